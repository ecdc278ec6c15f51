//! Patterns of `let`, of assignments, of lambdas and of `match`.

use super::{Parser, Result, path::Angle};
use crate::{
    Diagnostic, Ident, Span,
    ast::{Expr, ExprKind, Pattern, PatternFields, PatternKind},
    lexer::TokenKind,
};

/// Where a pattern is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It makes variables.
    Bind,
    /// It is assigned to.
    Assign,
    /// It is compared.
    Match,
}

impl Parser<'_> {
    pub(super) fn pattern(&mut self, mode: Mode) -> Result<Pattern> {
        self.nested(|p| {
            let start = p.here();
            let kind = p.pattern_kind(mode)?;
            Ok(Pattern {
                kind,
                span: p.since(start),
            })
        })
    }

    fn pattern_kind(&mut self, mode: Mode) -> Result<PatternKind> {
        if self.at("(") {
            if mode == Mode::Assign && !self.is_deconstruction(0) {
                return self.place();
            }
            let mut parts = self.list("(", |p| p.part(mode))?;
            return Ok(match (parts.pop(), parts.is_empty()) {
                (Some(only), true) if !matches!(only.kind, PatternKind::Rest) => only.kind,
                (Some(last), _) => {
                    parts.push(last);
                    PatternKind::Tuple(parts)
                }
                (None, _) => PatternKind::Tuple(parts),
            });
        }
        if mode == Mode::Assign && !self.deconstructs() {
            return self.place();
        }
        if self.at_path() {
            return self.named_pattern(mode);
        }
        if mode == Mode::Match
            && let Some(literal) = self.literal()?
        {
            return Ok(PatternKind::Literal(literal));
        }
        match (self.literal_is_next(), mode) {
            (true, Mode::Bind) => {
                let error = Diagnostic::error(self.here(), "a literal cannot be bound to a value")
                    .label("expected a variable, a struct or a tuple");
                self.fail(error)
            }
            (_, Mode::Match) => self.unexpected("a pattern"),
            _ => self.unexpected("a variable, a struct or a tuple"),
        }
    }

    fn literal_is_next(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Number | TokenKind::Bytes | TokenKind::Hex | TokenKind::Text
        ) || self.at("true")
            || self.at("false")
    }

    fn named_pattern(&mut self, mode: Mode) -> Result<PatternKind> {
        let path = self.path(Angle::Arguments, "a variable or a struct")?;
        let fields = if self.at("{") {
            self.named_fields(mode)?
        } else if self.at("(") {
            PatternFields::Positional(self.list("(", |p| p.part(mode))?)
        } else if path.address.is_none()
            && path.type_arguments.is_none()
            && let [name] = path.names.as_slice()
        {
            return Ok(match name.as_str() {
                "_" => PatternKind::Wildcard,
                _ => PatternKind::Name(name.clone()),
            });
        } else {
            PatternFields::Unit
        };
        Ok(PatternKind::Struct { path, fields })
    }

    fn named_fields(&mut self, mode: Mode) -> Result<PatternFields> {
        let mut rest = None;
        let fields = self.list("{", |p| {
            if p.at("..") {
                let token = p.bump();
                rest = Some(p.span_of(token));
                return Ok(None);
            }
            p.named_field(mode).map(Some)
        })?;
        Ok(PatternFields::Named {
            fields: fields.into_iter().flatten().collect(),
            rest,
        })
    }

    fn named_field(&mut self, mode: Mode) -> Result<(Ident, Pattern)> {
        let name = self.name("a field")?;
        if self.eat(":") {
            return Ok((name, self.pattern(mode)?));
        }
        let pattern = Pattern {
            kind: PatternKind::Name(name.clone()),
            span: name.span,
        };
        Ok((name, pattern))
    }

    /// A pattern or `..`
    fn part(&mut self, mode: Mode) -> Result<Pattern> {
        if self.at("..") {
            let token = self.bump();
            return Ok(Pattern {
                kind: PatternKind::Rest,
                span: self.span_of(token),
            });
        }
        self.pattern(mode)
    }

    fn place(&mut self) -> Result<PatternKind> {
        let place = self.unary()?;
        self.assigned(place)
    }

    /// Turns the left of an assignment into a pattern.
    pub(super) fn assigned(&mut self, place: Expr) -> Result<PatternKind> {
        match &place.kind {
            ExprKind::Path(path) if path.address.is_none() && path.type_arguments.is_none() => {
                if let [name] = path.names.as_slice() {
                    return Ok(match name.as_str() {
                        "_" => PatternKind::Wildcard,
                        _ => PatternKind::Name(name.clone()),
                    });
                }
            }
            ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::Dereference(_) => {
                return Ok(PatternKind::Place(Box::new(place)));
            }
            _ => {}
        }
        self.no_place(place.span)
    }

    pub(super) fn assignable(expr: &Expr) -> bool {
        matches!(
            expr.kind,
            ExprKind::Path(_)
                | ExprKind::Field { .. }
                | ExprKind::Index { .. }
                | ExprKind::Dereference(_)
        )
    }

    pub(super) fn no_place<T>(&mut self, span: Span) -> Result<T> {
        let error = Diagnostic::error(span, "nothing can be assigned to this")
            .label("expected a variable, a field, an element, `*reference` or a pattern");
        self.fail(error)
    }

    /// Whether a tuple or struct is next that `=` follows.
    pub(super) fn deconstruction_is_assigned(&self) -> bool {
        self.deconstruction_end()
            .is_some_and(|end| self.is(end, "="))
    }

    /// Whether a tuple or struct is next as a part of a pattern that is assigned to.
    fn deconstructs(&self) -> bool {
        self.deconstruction_end()
            .is_some_and(|end| self.ends_part(end))
    }

    fn is_deconstruction(&self, ahead: usize) -> bool {
        self.is(ahead, "(") && self.ends_part(self.behind_partner(ahead))
    }

    fn ends_part(&self, ahead: usize) -> bool {
        [",", ")", "}", "="].iter().any(|s| self.is(ahead, s))
    }

    /// How far ahead the end of a tuple or of a path with fields is.
    fn deconstruction_end(&self) -> Option<usize> {
        if self.at("(") {
            return Some(self.behind_partner(0));
        }
        if !self.at_path() {
            return None;
        }
        let mut ahead = 1usize;
        while self.is(ahead, "::")
            && matches!(self.token(ahead.saturating_add(1)).kind, TokenKind::Name)
        {
            ahead = ahead.saturating_add(2);
        }
        if self.is(ahead, "<") {
            ahead = self.behind_angles(ahead)?;
        }
        let fields = self.is(ahead, "{") || self.is(ahead, "(");
        fields.then(|| self.behind_partner(ahead))
    }

    /// Behind `<…>` with nothing but types in it, if that is what is there.
    fn behind_angles(&self, ahead: usize) -> Option<usize> {
        /// More than any type needs, and few enough to look at often.
        const MOST: usize = 64;
        let mut open = 0usize;
        let mut at = ahead;
        for _ in 0..MOST {
            let token = self.token(at);
            match token.kind {
                TokenKind::Symbol("<") => open = open.saturating_add(1),
                TokenKind::Symbol(">") => open = open.saturating_sub(1),
                TokenKind::Symbol("::" | "," | "&" | "|") | TokenKind::Name | TokenKind::Number => {
                }
                _ => return None,
            }
            at = at.saturating_add(1);
            if open == 0 {
                return Some(at);
            }
        }
        None
    }
}
