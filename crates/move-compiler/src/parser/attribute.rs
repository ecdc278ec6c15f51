//! Attributes and doc comments.

use super::{Parser, Result};
use crate::{
    Ident, Symbol,
    ast::{Attribute, AttributeValue, Preface},
    lexer::TokenKind,
    parser::path::Angle,
};

impl Parser<'_> {
    /// Attributes and doc comments before a definition.
    pub(super) fn preface(&mut self) -> Result<Preface> {
        let from = self.previous().end;
        let from = if self.pos == 0 { 0 } else { from };
        let mut attributes = Vec::new();
        while self.at("#") {
            self.bump();
            attributes.extend(self.list("[", Self::attribute)?);
        }
        let to = self.token(0).start;
        let first = self.docs.partition_point(|(at, _)| *at < from);
        let docs = self.docs.get(first..).unwrap_or_default();
        let lines: Vec<_> = docs
            .iter()
            .take_while(|(at, _)| *at < to)
            .map(|(_, doc)| doc.as_str())
            .collect();
        Ok(Preface {
            attributes,
            doc: lines.join("\n"),
        })
    }

    fn attribute(&mut self) -> Result<Attribute> {
        self.nested(|p| {
            let start = p.here();
            let mut name = p.attribute_name()?;
            while p.at("::") {
                p.bump();
                let part = p.attribute_name()?;
                name = Ident {
                    name: Symbol::from(format!("{name}::{part}")),
                    span: p.since(start),
                };
            }
            let value = if p.at("(") {
                AttributeValue::List(p.list("(", Self::attribute)?)
            } else if p.eat("=") {
                p.attribute_value()?
            } else {
                AttributeValue::None
            };
            Ok(Attribute {
                name,
                value,
                span: p.since(start),
            })
        })
    }

    /// A name, which may be a reserved word here.
    fn attribute_name(&mut self) -> Result<Ident> {
        if let TokenKind::Keyword(_) = self.kind() {
            let token = self.bump();
            return Ok(self.ident(token));
        }
        self.name("an attribute")
    }

    fn attribute_value(&mut self) -> Result<AttributeValue> {
        if self.at_path() {
            let path = self.path(Angle::IfJoined, "a value")?;
            return Ok(AttributeValue::Path(path));
        }
        match self.literal()? {
            Some(literal) => Ok(AttributeValue::Literal(literal)),
            None => self.unexpected("a literal or a name"),
        }
    }
}
