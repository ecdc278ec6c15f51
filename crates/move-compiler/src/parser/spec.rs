//! Specifications, which are skipped.

use super::{Parser, Result};
use crate::{Diagnostic, ast::Item, lexer::TokenKind};

impl Parser<'_> {
    /// `spec … { … }`, `spec fun …;`, outside of code
    pub(super) fn skip_spec(&mut self) -> Result<()> {
        let start = self.here();
        let skipped = self.skip_specification();
        let span = self.since(start);
        self.skipped.push(span);
        skipped
    }

    fn skip_specification(&mut self) -> Result<()> {
        self.expect("spec")?;
        let behind = ["{", "(", "<"].iter().any(|s| self.is(1, s));
        if self.kind() == TokenKind::Name && behind {
            let about = self.ident(self.token(0));
            self.specified.push(about);
        }
        loop {
            if self.at("{") {
                self.skip_tree();
                return Ok(());
            }
            if self.eat(";") {
                return Ok(());
            }
            if self.at("}") || self.pos.saturating_add(1) >= self.tokens.len() {
                return self.unexpected("`{` and what is specified");
            }
            self.skip_tree();
        }
    }

    /// Tells of specifications of what is not in the module.
    pub(super) fn check_specified(&mut self, items: &[Item]) {
        for about in std::mem::take(&mut self.specified) {
            let known = items.iter().any(|item| match item {
                Item::Function(f) => f.name.name == about.name,
                Item::Struct(s) => s.name.name == about.name,
                Item::Const(c) => c.name.name == about.name,
                Item::Use(_) | Item::Friend(_) => false,
            });
            if !known {
                let message = format!("there is no `{about}` in this module to specify");
                self.tell(Diagnostic::error(about.span, message));
            }
        }
    }

    /// `spec { … }` in code
    pub(super) fn skip_inline_spec(&mut self) -> Result<()> {
        self.expect("spec")?;
        if !self.at("{") {
            return self.unexpected("`{` behind `spec`");
        }
        let start = self.here();
        self.skip_tree();
        let span = self.since(start);
        self.skipped.push(span);
        Ok(())
    }
}
