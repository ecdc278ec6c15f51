//! Type tags from text: `0x1::coin::Coin<u64>`, `vector<address>`, `|u64, &u8|bool has copy`.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use core::str::FromStr;

use crate::{
    Address, FunctionParameterTag, FunctionTag, ModuleId, StructTag, TypeTag,
    format::{Ability, AbilitySet},
    is_identifier,
};

/// Why a text is no type tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no type: expected {expected} at character {position}")]
pub struct TagError {
    /// The whole text.
    pub text: String,
    /// What was expected.
    pub expected: &'static str,
    /// Where, in bytes from the start.
    pub position: usize,
}

/// Tags inside each other.
const DEPTH_MAX: u8 = 32;

struct Parser<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn error(&self, expected: &'static str) -> TagError {
        TagError {
            text: self.text.to_string(),
            expected,
            position: self.position,
        }
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        let spaces = rest.len().saturating_sub(rest.trim_start().len());
        self.position = self.position.saturating_add(spaces);
    }

    /// Takes a sign if it is next.
    fn take(&mut self, sign: &str) -> bool {
        self.skip_spaces();
        let found = self.rest().starts_with(sign);
        if found {
            self.position = self.position.saturating_add(sign.len());
        }
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), TagError> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.error(sign))
        }
    }

    fn word(&mut self) -> &'a str {
        self.skip_spaces();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$');
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.position = self.position.saturating_add(word.len());
        word
    }

    /// A comma-separated list up to a closing sign.
    fn list<T>(
        &mut self,
        close: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<T, TagError>,
    ) -> Result<Vec<T>, TagError> {
        let mut items = Vec::new();
        while !self.take(close) {
            if !items.is_empty() {
                self.expect(",")?;
                if self.take(close) {
                    break;
                }
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn tag(&mut self, depth: u8) -> Result<TypeTag, TagError> {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| self.error("fewer types in each other"))?;
        if self.take("|") {
            return self.function(depth);
        }
        let start = self.position;
        let word = self.word();
        Ok(match word {
            "bool" => TypeTag::Bool,
            "u8" => TypeTag::U8,
            "u16" => TypeTag::U16,
            "u32" => TypeTag::U32,
            "u64" => TypeTag::U64,
            "u128" => TypeTag::U128,
            "u256" => TypeTag::U256,
            "i8" => TypeTag::I8,
            "i16" => TypeTag::I16,
            "i32" => TypeTag::I32,
            "i64" => TypeTag::I64,
            "i128" => TypeTag::I128,
            "i256" => TypeTag::I256,
            "address" => TypeTag::Address,
            "signer" => TypeTag::Signer,
            "vector" => {
                self.expect("<")?;
                let element = self.tag(depth)?;
                self.expect(">")?;
                TypeTag::Vector(Box::new(element))
            }
            _ => {
                let Ok(address) = Address::from_str(word) else {
                    self.position = start;
                    return Err(self.error("a type"));
                };
                TypeTag::Struct(Box::new(self.named(address, depth)?))
            }
        })
    }

    fn named(&mut self, address: Address, depth: u8) -> Result<StructTag, TagError> {
        let mut names = [""; 2];
        for name in &mut names {
            self.expect("::")?;
            *name = self.word();
            if !is_identifier(name, true) {
                return Err(self.error("a name"));
            }
        }
        let [module, name] = names;
        let type_arguments = if self.take("<") {
            self.list(">", |p| p.tag(depth))?
        } else {
            Vec::new()
        };
        let module = ModuleId::new(address, module);
        Ok(StructTag {
            module,
            name: name.to_string(),
            type_arguments,
        })
    }

    fn function(&mut self, depth: u8) -> Result<TypeTag, TagError> {
        let parameters = self.list("|", |p| p.parameter(depth))?;
        let results = if self.take("(") {
            self.list(")", |p| p.parameter(depth))?
        } else {
            alloc::vec![self.parameter(depth)?]
        };
        let mut abilities = AbilitySet::EMPTY;
        if self.take("has ") {
            loop {
                let word = self.word();
                let ability = Ability::ALL.into_iter().find(|a| a.name() == word);
                abilities = abilities.with(ability.ok_or_else(|| self.error("an ability"))?);
                if !self.take("+") {
                    break;
                }
            }
        }
        Ok(TypeTag::Function(Box::new(FunctionTag {
            parameters,
            results,
            abilities,
        })))
    }

    fn parameter(&mut self, depth: u8) -> Result<FunctionParameterTag, TagError> {
        if !self.take("&") {
            return self.tag(depth).map(FunctionParameterTag::Value);
        }
        if self.take("mut ") {
            return self.tag(depth).map(FunctionParameterTag::MutableReference);
        }
        self.tag(depth).map(FunctionParameterTag::Reference)
    }
}

impl FromStr for TypeTag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let mut parser = Parser { text, position: 0 };
        let tag = parser.tag(DEPTH_MAX)?;
        parser.skip_spaces();
        if parser.rest().is_empty() {
            Ok(tag)
        } else {
            Err(parser.error("the end"))
        }
    }
}

impl FromStr for StructTag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        match text.parse()? {
            TypeTag::Struct(tag) => Ok(*tag),
            _ => Err(Parser { text, position: 0 }.error("a struct")),
        }
    }
}
