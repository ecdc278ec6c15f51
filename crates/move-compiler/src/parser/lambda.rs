//! Lambdas.

use super::{Parser, Result, pattern::Mode};
use crate::ast::{Expr, ExprKind, Lambda};

impl Parser<'_> {
    pub(super) fn at_lambda(&self) -> bool {
        let bar = |ahead| self.is(ahead, "|") || self.is(ahead, "||");
        bar(0) || ((self.at("move") || self.at("copy")) && bar(1))
    }

    pub(super) fn lambda(&mut self) -> Result<Expr> {
        let start = self.here();
        if self.at("move") || self.at("copy") {
            self.bump();
        }
        let mut parameters = Vec::new();
        if !self.eat("||") {
            self.bump();
            while !self.eat_bar() {
                let pattern = self.pattern(Mode::Bind)?;
                let ty = if self.eat(":") {
                    Some(self.ty()?)
                } else {
                    None
                };
                parameters.push((pattern, ty));
                if !self.at("|") && !self.at("||") && !self.eat(",") {
                    return self.unexpected("`,` or `|`");
                }
            }
        }
        let body = self.expression()?;
        let abilities = if self.at_has() {
            self.bump();
            self.abilities("+")?
        } else {
            Vec::new()
        };
        let lambda = Lambda {
            parameters,
            body,
            abilities,
        };
        Ok(self.expr(ExprKind::Lambda(Box::new(lambda)), start))
    }
}
