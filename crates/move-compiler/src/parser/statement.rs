//! Blocks and statements.

use super::{Parser, Result, pattern::Mode};
use crate::{
    ast::{Block, Expr, ExprKind, Statement},
    lexer::TokenKind,
};

impl Parser<'_> {
    pub(super) fn block(&mut self) -> Result<Block> {
        let start = self.here();
        let mut block = Block {
            uses: Vec::new(),
            statements: Vec::new(),
            value: None,
            span: start,
        };
        self.within("{", |p, close| {
            while p.pos < close {
                let start = p.pos;
                if p.block_part(&mut block, close).is_err() {
                    p.recover_statement(start, close);
                    if p.pos >= close {
                        // Whether there was to be a value is not known.
                        block.value = Some(Box::new(Expr {
                            kind: ExprKind::Error,
                            span: p.here(),
                        }));
                    }
                }
            }
            Ok(())
        })?;
        block.span = self.since(start);
        Ok(block)
    }

    fn block_part(&mut self, block: &mut Block, close: usize) -> Result<()> {
        let use_first = block.statements.is_empty() && (self.at("use") || self.at("#"));
        if use_first {
            let preface = self.preface()?;
            block.uses.extend(self.uses(preface)?);
            return Ok(());
        }
        if self.at("let") {
            block.statements.push(self.binding()?);
            return Ok(());
        }
        let expr = if self.begins_block_like() {
            self.nested(Self::block_like_statement)?
        } else {
            self.expression()?
        };
        if self.pos == close {
            block.value = Some(Box::new(expr));
            return Ok(());
        }
        let needs_none = is_block_like(&expr) && self.previous().kind == TokenKind::Symbol("}");
        if !self.eat(";") && !needs_none {
            self.expect_semicolon("this statement")?;
        }
        block.statements.push(Statement::Expr(expr));
        Ok(())
    }

    /// `if`, loops, `match` and blocks where a statement begins: nothing needs to end them.
    fn block_like_statement(&mut self) -> Result<Expr> {
        let expr = self.term()?;
        if self.ends_statement(&expr) {
            return Ok(expr);
        }
        let expr = self.postfix(expr, false)?;
        self.rest_of_expression(expr)
    }

    /// Whether what follows a block-like expression is the next statement. What has a value can
    /// be an operand, unless the next line begins with something that begins a statement, too.
    pub(super) fn ends_statement(&self, expr: &Expr) -> bool {
        if self.previous().kind != TokenKind::Symbol("}") || self.at(".") {
            return false;
        }
        let has_value = match &expr.kind {
            ExprKind::If { otherwise, .. } => otherwise.is_some(),
            ExprKind::Match { .. } | ExprKind::Block(_) => true,
            _ => false,
        };
        let ambiguous = ["*", "&", "-", "|", "||", "["].iter().any(|s| self.at(s));
        !has_value || (ambiguous && self.token(0).first_in_line)
    }

    fn binding(&mut self) -> Result<Statement> {
        let start = self.expect("let")?;
        let pattern = self.pattern(Mode::Bind)?;
        let ty = if self.eat(":") {
            Some(self.ty()?)
        } else {
            None
        };
        let value = if self.eat("=") {
            Some(self.expression()?)
        } else {
            None
        };
        self.expect_semicolon("this statement")?;
        Ok(Statement::Let {
            pattern,
            ty,
            value,
            span: self.since(start),
        })
    }

    /// Goes on at the next statement of a block.
    fn recover_statement(&mut self, start: usize, close: usize) {
        self.pos = self.pos.clamp(start, close);
        while self.pos < close {
            if self.pos > start && self.token(0).first_in_line {
                let braced = self.previous().kind == TokenKind::Symbol("}");
                let begins = [
                    "let", "if", "while", "loop", "return", "abort", "break", "continue",
                ];
                if braced || begins.iter().any(|s| self.at(s)) {
                    return;
                }
            }
            if self.eat(";") {
                return;
            }
            self.skip_tree();
        }
        self.pos = close;
    }
}

fn is_block_like(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::While { .. }
            | ExprKind::For { .. }
            | ExprKind::Loop { .. }
            | ExprKind::Block(_)
            | ExprKind::Spec
    )
}
