//! Control flow: `if`, loops, `match`, `return` and their like.

use super::{Parser, Result, pattern::Mode};
use crate::{
    Diagnostic, Ident, Symbol,
    ast::{Arm, Expr, ExprKind, Label},
    lexer::TokenKind,
};

impl Parser<'_> {
    /// `match (…) {` or `for (i in`: anything else with these words is a name.
    pub(super) fn at_contextual_control(&self) -> bool {
        self.at_match() || self.at_for()
    }

    fn at_match(&self) -> bool {
        self.at_word("match") && self.is(1, "(") && self.is(self.behind_partner(1), "{")
    }

    fn at_for(&self) -> bool {
        self.at_word("for")
            && self.is(1, "(")
            && self.token(2).kind == TokenKind::Name
            && self.is_word(3, "in")
    }

    /// Whether a construct begins here that can be a statement without a semicolon.
    pub(super) fn begins_block_like(&self) -> bool {
        ["{", "if", "while", "loop", "spec"]
            .iter()
            .any(|s| self.at(s))
            || self.kind() == TokenKind::Label
            || self.at_contextual_control()
    }

    /// Control flow, if that is what is next.
    pub(super) fn control(&mut self) -> Result<Option<Expr>> {
        let start = self.here();
        let kind = match self.kind() {
            TokenKind::Keyword("if") => return self.if_else().map(Some),
            TokenKind::Keyword("while" | "loop") => self.repetition(None)?,
            TokenKind::Keyword("spec") => {
                self.skip_inline_spec()?;
                ExprKind::Spec
            }
            TokenKind::Keyword("return") => {
                self.bump();
                let value = self.begins_expression().then(|| self.expression());
                ExprKind::Return(value.transpose()?.map(Box::new))
            }
            TokenKind::Keyword("abort") => {
                self.bump();
                if !self.begins_expression() {
                    return self.unexpected("an error code behind `abort`");
                }
                ExprKind::Abort(Box::new(self.expression()?))
            }
            TokenKind::Keyword("break") => {
                self.bump();
                ExprKind::Break(self.label())
            }
            TokenKind::Keyword("continue") => {
                self.bump();
                ExprKind::Continue(self.label())
            }
            TokenKind::Label => {
                let label = self.label();
                self.expect(":")?;
                self.repetition(label)?
            }
            _ if self.at_match() => self.matching()?,
            _ if self.at_for() => self.repetition(None)?,
            _ => return Ok(None),
        };
        Ok(Some(self.expr(kind, start)))
    }

    fn label(&mut self) -> Option<Label> {
        let token = self.token(0);
        if token.kind != TokenKind::Label {
            return None;
        }
        self.bump();
        Some(Ident {
            name: Symbol::from(self.text_of(token).trim_start_matches('\'')),
            span: self.span_of(token),
        })
    }

    /// `(e)` behind `if`, `while`, `match`
    fn condition(&mut self, what: &str) -> Result<Box<Expr>> {
        if !self.at("(") {
            let message = format!("expected `(` behind `{what}`, found {}", self.found());
            let error = Diagnostic::error(self.here(), message)
                .label("expected `(`")
                .help(format!("write `{what} (…)`"));
            return self.fail(error);
        }
        self.within("(", |p, _| p.expression()).map(Box::new)
    }

    /// A block, after which nothing of the same expression follows, or any expression.
    fn branch(&mut self) -> Result<Box<Expr>> {
        let start = self.here();
        if self.at("{") {
            let block = self.nested(Self::block)?;
            return Ok(Box::new(self.expr(ExprKind::Block(block), start)));
        }
        self.expression().map(Box::new)
    }

    fn if_else(&mut self) -> Result<Expr> {
        let start = self.expect("if")?;
        let condition = self.condition("if")?;
        let then = self.branch()?;
        let otherwise = if !self.eat("else") {
            None
        } else if self.at("if") {
            Some(Box::new(self.nested(Self::else_if)?))
        } else {
            Some(self.branch()?)
        };
        let kind = ExprKind::If {
            condition,
            then,
            otherwise,
        };
        Ok(self.expr(kind, start))
    }

    /// `if` behind `else`, which takes what follows it with it.
    fn else_if(&mut self) -> Result<Expr> {
        let inner = self.if_else()?;
        if self.ends_statement(&inner) {
            return Ok(inner);
        }
        let inner = self.postfix(inner, false)?;
        self.rest_of_expression(inner)
    }

    fn repetition(&mut self, label: Option<Label>) -> Result<ExprKind> {
        let kind = if self.eat("while") {
            let condition = self.condition("while")?;
            let body = self.branch()?;
            ExprKind::While {
                label,
                condition,
                body,
            }
        } else if self.eat("loop") {
            let body = self.branch()?;
            ExprKind::Loop { label, body }
        } else if self.at_for() {
            self.range_loop(label)?
        } else {
            return self.unexpected("`while`, `loop` or `for` behind the label");
        };
        // Invariants of the loop.
        if self.at("spec") && self.is(1, "{") {
            self.skip_inline_spec()?;
        }
        Ok(kind)
    }

    fn range_loop(&mut self, label: Option<Label>) -> Result<ExprKind> {
        self.bump();
        let (variable, from, to) = self.within("(", |p, _| {
            let variable = p.name("a variable")?;
            p.bump();
            let from = Box::new(p.bound()?);
            p.expect("..")?;
            let to = Box::new(p.bound()?);
            if p.at("spec") {
                p.skip_inline_spec()?;
            }
            Ok((variable, from, to))
        })?;
        let body = self.branch()?;
        Ok(ExprKind::For {
            label,
            variable,
            from,
            to,
            body,
        })
    }

    fn bound(&mut self) -> Result<Expr> {
        self.nested(|p| {
            let left = p.unary()?;
            p.operators(left, 0)
        })
    }

    fn matching(&mut self) -> Result<ExprKind> {
        self.bump();
        let value = self.condition("match")?;
        let arms = self.within("{", |p, close| {
            let mut arms = Vec::new();
            while p.pos < close {
                let arm = p.arm()?;
                let braced = p.previous().kind == TokenKind::Symbol("}");
                arms.push(arm);
                if !p.eat(",") && p.pos < close && !braced {
                    return p.unexpected("`,` or `}` behind a case of `match`");
                }
            }
            Ok(arms)
        })?;
        Ok(ExprKind::Match { value, arms })
    }

    fn arm(&mut self) -> Result<Arm> {
        let mut patterns = vec![self.pattern(Mode::Match)?];
        while self.eat("|") {
            patterns.push(self.pattern(Mode::Match)?);
        }
        let guard = if self.eat("if") {
            Some(self.expression()?)
        } else {
            None
        };
        if !self.at("=>") {
            return self.unexpected("`=>` behind the pattern");
        }
        self.bump();
        let body = *self.branch()?;
        Ok(Arm {
            patterns,
            guard,
            body,
        })
    }
}
