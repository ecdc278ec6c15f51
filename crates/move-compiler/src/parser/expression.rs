//! Expressions: assignments, casts, operators, and what follows a term.

use super::{Parser, Result, path::Angle, pattern::Mode};
use crate::{
    Diagnostic, Span,
    ast::{Expr, ExprKind, Path, Pattern, UnaryOp},
    lexer::TokenKind,
};

impl Parser<'_> {
    /// An expression from a start to the last token.
    pub(super) fn expr(&self, kind: ExprKind, start: Span) -> Expr {
        Expr {
            kind,
            span: self.since(start),
        }
    }

    pub(super) fn expression(&mut self) -> Result<Expr> {
        self.nested(|p| {
            if p.at_lambda() {
                return p.lambda();
            }
            if p.deconstruction_is_assigned() {
                return p.deconstruction();
            }
            let left = p.unary()?;
            p.rest_of_expression(left)
        })
    }

    /// All that can follow an operand at the start of an expression.
    pub(super) fn rest_of_expression(&mut self, left: Expr) -> Result<Expr> {
        let start = left.span;
        if self.at("as") {
            let cast = self.cast(left)?;
            if self.operator().is_some() {
                let error =
                    Diagnostic::error(self.here(), "a cast within an expression needs parentheses")
                        .label("an operator cannot follow a cast")
                        .also(cast.span, "put this into parentheses");
                return self.fail(error);
            }
            return Ok(cast);
        }
        if self.at_word("is") && matches!(self.token(1).kind, TokenKind::Name | TokenKind::Number) {
            self.bump();
            let variants = self.variants()?;
            self.grow()?;
            let is = self.expr(ExprKind::Is(Box::new(left), variants), start);
            if self.operator().is_some() {
                let error = Diagnostic::error(
                    self.here(),
                    "a test with `is` within an expression needs parentheses",
                )
                .label("an operator cannot follow it")
                .also(is.span, "put this into parentheses");
                return self.fail(error);
            }
            return Ok(is);
        }
        let left = self.operators(left, 0)?;
        if self.at("=") {
            let span = left.span;
            let kind = self.assigned(left)?;
            self.bump();
            let value = Box::new(self.expression()?);
            let to = Box::new(Pattern { kind, span });
            return Ok(self.expr(ExprKind::Assign { to, value }, start));
        }
        if let Some((op, tokens)) = self.compound_operator() {
            if !Self::assignable(&left) {
                return self.no_place(left.span);
            }
            for _ in 0..tokens {
                self.bump();
            }
            let value = Box::new(self.expression()?);
            let to = Box::new(left);
            return Ok(self.expr(ExprKind::CompoundAssign { op, to, value }, start));
        }
        Ok(left)
    }

    /// `(a, b) = e`, `S { a, .. } = e`
    fn deconstruction(&mut self) -> Result<Expr> {
        let start = self.here();
        let to = Box::new(self.pattern(Mode::Assign)?);
        self.expect("=")?;
        let value = Box::new(self.expression()?);
        Ok(self.expr(ExprKind::Assign { to, value }, start))
    }

    /// `e as t`, where `as` is next
    pub(super) fn cast(&mut self, value: Expr) -> Result<Expr> {
        let start = value.span;
        self.expect("as")?;
        let ty = self.ty()?;
        self.grow()?;
        Ok(self.expr(ExprKind::Cast(Box::new(value), ty), start))
    }

    /// `V1 | V2`
    fn variants(&mut self) -> Result<Vec<Path>> {
        let mut variants = Vec::new();
        loop {
            variants.push(self.path(Angle::Arguments, "a variant")?);
            if !self.eat("|") {
                return Ok(variants);
            }
        }
    }

    /// Operators that bind more tightly than a limit, and their right operands.
    pub(super) fn operators(&mut self, mut left: Expr, above: u8) -> Result<Expr> {
        while let Some(operator) = self.operator().filter(|o| o.binds > above) {
            let op_start = self.here();
            for _ in 0..operator.tokens {
                self.bump();
            }
            let op_span = self.since(op_start);
            let right = self.unary()?;
            let right = self.operators(right, operator.binds)?;
            self.grow()?;
            let span = left.span.to(right.span);
            left = Expr {
                kind: ExprKind::Binary {
                    op: operator.op,
                    op_span,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                span,
            };
        }
        Ok(left)
    }

    /// A term with what is before it and what is behind it.
    pub(super) fn unary(&mut self) -> Result<Expr> {
        match self.kind() {
            TokenKind::Symbol("!" | "-" | "&" | "*") => self.nested(Self::prefixed),
            TokenKind::Keyword("copy" | "move") => {
                let start = self.here();
                let copies = self.at("copy");
                self.bump();
                let variable = self.variable()?;
                let kind = match copies {
                    true => ExprKind::Copy(variable),
                    false => ExprKind::Move(variable),
                };
                Ok(self.expr(kind, start))
            }
            _ => {
                let parenthesised = self.at("(");
                let term = self.term()?;
                self.postfix(term, parenthesised)
            }
        }
    }

    /// What `copy` and `move` are about.
    fn variable(&mut self) -> Result<Box<Expr>> {
        let name = self.name("a variable")?;
        let span = name.span;
        let path = Path {
            address: None,
            names: vec![name],
            type_arguments: None,
            span,
        };
        Ok(Box::new(self.expr(ExprKind::Path(path), span)))
    }

    fn prefixed(&mut self) -> Result<Expr> {
        let start = self.here();
        let token = self.bump();
        let mutable = token.kind == TokenKind::Symbol("&")
            && self.at_word("mut")
            && !self.joined(1)
            && self.joined(0);
        if mutable || (self.at_word("mut") && self.joined(0) && self.is(1, "(")) {
            self.bump();
            let of = Box::new(self.unary()?);
            return Ok(self.expr(ExprKind::Borrow { mutable: true, of }, start));
        }
        let of = Box::new(self.unary()?);
        let kind = match token.kind {
            TokenKind::Symbol("!") => ExprKind::Unary(UnaryOp::Not, of),
            TokenKind::Symbol("-") => ExprKind::Unary(UnaryOp::Negate, of),
            TokenKind::Symbol("*") => ExprKind::Dereference(of),
            _ => ExprKind::Borrow { mutable: false, of },
        };
        Ok(self.expr(kind, start))
    }

    /// Fields, calls and indices behind a term.
    pub(super) fn postfix(&mut self, mut base: Expr, parenthesised: bool) -> Result<Expr> {
        let mut callable = parenthesised || matches!(base.kind, ExprKind::Call { .. });
        loop {
            let start = base.span;
            let of = |base| Box::new(base);
            let kind = if self.at("[") {
                callable = true;
                let index = Box::new(self.within("[", |p, _| p.expression())?);
                ExprKind::Index {
                    of: of(base),
                    index,
                }
            } else if self.at("(") && callable {
                let arguments = self.arguments()?;
                ExprKind::CallValue {
                    function: of(base),
                    arguments,
                }
            } else if self.eat(".") {
                let (kind, is_call) = self.member(base)?;
                callable = is_call;
                kind
            } else {
                return Ok(base);
            };
            self.grow()?;
            base = self.expr(kind, start);
        }
    }

    /// What is behind a dot, and whether it is a call.
    fn member(&mut self, base: Expr) -> Result<(ExprKind, bool)> {
        let of = Box::new(base);
        if self.kind() == TokenKind::Number {
            let token = self.token(0);
            if !self.text_of(token).bytes().all(|b| b.is_ascii_digit()) {
                return self.unexpected("the name or number of a field");
            }
            self.bump();
            let name = self.ident(token);
            return Ok((ExprKind::Field { of, name }, false));
        }
        let name = self.name("a field or function behind `.`")?;
        let type_arguments = if self.at("::") {
            self.bump();
            Some(self.type_arguments(Angle::Arguments)?)
        } else {
            None
        };
        if !self.at("(") {
            if type_arguments.is_some() {
                return self.unexpected("`(` and arguments");
            }
            return Ok((ExprKind::Field { of, name }, false));
        }
        let arguments = self.arguments()?;
        let call = ExprKind::MethodCall {
            receiver: of,
            name,
            type_arguments,
            arguments,
        };
        Ok((call, true))
    }

    pub(super) fn arguments(&mut self) -> Result<Vec<Expr>> {
        self.list("(", Self::expression)
    }
}
