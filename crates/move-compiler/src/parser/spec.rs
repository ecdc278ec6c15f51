//! Specifications, which are skipped.

use super::{Parser, Result};

impl Parser<'_> {
    /// `spec … { … }`, `spec fun …;`, outside of code
    pub(super) fn skip_spec(&mut self) -> Result<()> {
        self.expect("spec")?;
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

    /// `spec { … }` in code
    pub(super) fn skip_inline_spec(&mut self) -> Result<()> {
        self.expect("spec")?;
        if !self.at("{") {
            return self.unexpected("`{` behind `spec`");
        }
        self.skip_tree();
        Ok(())
    }
}
