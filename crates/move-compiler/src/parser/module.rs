//! What a file consists of: modules, scripts, address blocks.

use super::{Parser, Result};
use crate::{
    Diagnostic,
    ast::{AddressName, File, Item, Module, Preface, Script},
    lexer::TokenKind,
};

impl Parser<'_> {
    pub(super) fn file(&mut self) -> File {
        let mut file = File::default();
        let end = self.tokens.len().saturating_sub(1);
        while self.pos < end {
            let start = self.pos;
            if self.top(&mut file).is_err() {
                self.recover(start, end, Self::begins_top);
            }
        }
        file
    }

    fn begins_top(&self) -> bool {
        ["module", "script", "spec", "#"].iter().any(|s| self.at(s)) || self.at_address_block()
    }

    fn at_address_block(&self) -> bool {
        self.at_word("address")
            && matches!(self.token(1).kind, TokenKind::Name | TokenKind::Number)
            && self.is(2, "{")
    }

    /// Goes on at the next place that looks like a beginning, never before where it stopped.
    pub(super) fn recover(&mut self, start: usize, end: usize, begins: impl Fn(&Self) -> bool) {
        if self.pos <= start {
            self.pos = start;
            self.skip_tree();
        }
        while self.pos < end && !begins(self) {
            self.skip_tree();
        }
        self.pos = self.pos.min(end);
    }

    fn top(&mut self, file: &mut File) -> Result<()> {
        let preface = self.preface()?;
        if self.at_address_block() {
            self.bump();
            let address = self.address_name("an address")?;
            return self.address_block(&address, file);
        }
        match self.kind() {
            TokenKind::Keyword("module") => {
                let module = self.module(preface, None)?;
                file.modules.push(module);
                Ok(())
            }
            TokenKind::Keyword("script") => {
                let script = self.script(preface)?;
                file.scripts.push(script);
                Ok(())
            }
            TokenKind::Keyword("spec") => self.skip_spec(),
            TokenKind::Keyword("fun" | "struct" | "const" | "use" | "friend" | "public") => {
                let message = format!("expected a module or a script, found {}", self.found());
                let error = Diagnostic::error(self.here(), message)
                    .label("this can only be in a module")
                    .help("put it into `module address::name { … }`");
                self.fail(error)
            }
            _ => self.unexpected("a module or a script"),
        }
    }

    fn address_block(&mut self, address: &AddressName, file: &mut File) -> Result<()> {
        self.within("{", |p, close| {
            while p.pos < close {
                let start = p.pos;
                match p.module_in_block(address) {
                    Ok(Some(module)) => file.modules.push(module),
                    Ok(None) => {}
                    Err(_) => p.recover(start, close, Self::begins_top),
                }
            }
            Ok(())
        })
    }

    fn module_in_block(&mut self, address: &AddressName) -> Result<Option<Module>> {
        let preface = self.preface()?;
        if self.at("spec") {
            self.skip_spec()?;
            return Ok(None);
        }
        self.module(preface, Some(address)).map(Some)
    }

    fn module(&mut self, preface: Preface, outer: Option<&AddressName>) -> Result<Module> {
        let start = self.expect("module")?;
        let first = if self.kind() == TokenKind::Number {
            self.address_name("an address")?
        } else {
            AddressName::Named(self.name("the name of a module")?)
        };
        let (address, name) = if self.eat("::") {
            (Some(first), self.name("the name of a module")?)
        } else {
            match first {
                AddressName::Named(name) => (outer.cloned(), name),
                AddressName::Number(..) => return self.unexpected("`::` and a name"),
            }
        };
        if address.is_none() {
            let error = Diagnostic::error(name.span, format!("module `{name}` has no address"))
                .label("expected `address::name`")
                .help(format!("write `module my_address::{name} {{ … }}`"));
            self.tell(error);
        }
        self.specified.clear();
        let items = self.items()?;
        self.check_specified(&items);
        Ok(Module {
            preface,
            address,
            name,
            items,
            span: self.since(start),
        })
    }

    fn script(&mut self, preface: Preface) -> Result<Script> {
        let start = self.expect("script")?;
        let items = self.items()?;
        Ok(Script {
            preface,
            items,
            span: self.since(start),
        })
    }

    fn items(&mut self) -> Result<Vec<Item>> {
        self.within("{", |p, close| {
            let mut items = Vec::new();
            while p.pos < close {
                let start = p.pos;
                if p.item(&mut items).is_err() {
                    p.recover(start, close, Self::begins_item);
                }
            }
            Ok(items)
        })
    }
}
