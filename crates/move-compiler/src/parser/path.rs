//! Paths and type arguments.

use super::{Parser, Result};
use crate::{
    Diagnostic,
    ast::{Path, Type},
    lexer::TokenKind,
};

/// What `<` behind a name begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Angle {
    /// Type arguments.
    Arguments,
    /// Type arguments only if no space is before it, otherwise it is an operator.
    IfJoined,
}

impl Parser<'_> {
    pub(super) fn at_path(&self) -> bool {
        match self.kind() {
            TokenKind::Name => true,
            TokenKind::Number => self.is(1, "::"),
            _ => false,
        }
    }

    pub(super) fn path(&mut self, angle: Angle, expected: &str) -> Result<Path> {
        let start = self.here();
        let mut path = Path {
            address: None,
            names: Vec::new(),
            type_arguments: None,
            span: start,
        };
        if self.kind() == TokenKind::Number && self.is(1, "::") {
            path.address = Some(self.address_number());
            self.bump();
        }
        path.names.push(self.name(expected)?);
        loop {
            if path.type_arguments.is_none() && self.begins_type_arguments(angle, &path) {
                path.type_arguments = Some(self.type_arguments(angle)?);
            } else if self.at("::") {
                self.bump();
                path.names.push(self.name("a name behind `::`")?);
            } else {
                break;
            }
        }
        path.span = self.since(start);
        Ok(path)
    }

    fn begins_type_arguments(&self, angle: Angle, path: &Path) -> bool {
        let is_vector = || {
            let name = path.names.first().map(|n| n.as_str());
            path.names.len() == 1 && path.address.is_none() && name == Some("vector")
        };
        self.at("<") && (angle == Angle::Arguments || self.joined(0) || is_vector())
    }

    /// `<t, u>`
    pub(super) fn type_arguments(&mut self, angle: Angle) -> Result<Vec<Type>> {
        let open = self.expect("<")?;
        let mut arguments = Vec::new();
        loop {
            if self.eat(">") {
                return Ok(arguments);
            }
            let is_type = self.begins_type();
            if is_type {
                arguments.push(self.ty()?);
            }
            if is_type && (self.at(">") || self.eat(",")) {
                continue;
            }
            let expected = if is_type { "`,` or `>`" } else { "a type" };
            let message = format!("expected {expected}, found {}", self.found());
            let mut error = Diagnostic::error(self.here(), message)
                .label(format!("expected {expected}"))
                .also(open, "type arguments begin here");
            if angle == Angle::IfJoined {
                error = error.help("to compare, put a space before `<`");
            }
            return self.fail(error);
        }
    }
}
