//! `use` and `friend`.

use super::{Parser, Result, path::Angle};
use crate::{
    Ident,
    ast::{Friend, Preface, Use, UseWhat},
    lexer::TokenKind,
};

impl Parser<'_> {
    /// `use …;`, of which groups of modules are dissolved.
    pub(super) fn uses(&mut self, preface: Preface) -> Result<Vec<Use>> {
        let start = self.expect("use")?;
        let address = self.address_name("the address of a module")?;
        self.expect("::")?;
        let found = if self.at("{") {
            self.list("{", Self::use_module)?
        } else {
            vec![self.use_module()?]
        };
        self.expect_semicolon("this `use`")?;
        let span = self.since(start);
        let make = |(module, what)| Use {
            preface: preface.clone(),
            address: address.clone(),
            module,
            what,
            span,
        };
        Ok(found.into_iter().map(make).collect())
    }

    fn use_module(&mut self) -> Result<(Ident, UseWhat)> {
        let module = self.name("a module")?;
        if !self.eat("::") {
            return Ok((module, UseWhat::Module(self.alias()?)));
        }
        let what = if self.at("{") {
            UseWhat::Members(self.list("{", Self::use_member)?)
        } else if self.at("*") {
            let token = self.bump();
            UseWhat::All(self.span_of(token))
        } else {
            UseWhat::Members(vec![self.use_member()?])
        };
        Ok((module, what))
    }

    fn use_member(&mut self) -> Result<(Ident, Option<Ident>)> {
        let member = self.name("a member of the module")?;
        Ok((member, self.alias()?))
    }

    fn alias(&mut self) -> Result<Option<Ident>> {
        if !self.eat("as") {
            return Ok(None);
        }
        self.name("another name").map(Some)
    }

    /// `friend a::m;`
    pub(super) fn friend(&mut self, preface: Preface) -> Result<Friend> {
        let start = self.expect("friend")?;
        let module = if self.kind() == TokenKind::Number || self.at_path() {
            self.path(Angle::Arguments, "a module")?
        } else {
            return self.unexpected("a module");
        };
        self.expect_semicolon("this `friend`")?;
        Ok(Friend {
            preface,
            module,
            span: self.since(start),
        })
    }
}
