//! Reads types, abilities, type parameters, attributes and access specifiers.

use alloc::{boxed::Box, string::String, vec, vec::Vec};

use super::{
    error::{TextError, TextProblem},
    lexer::Token,
    parser::Parser,
    syntax::{Access, Place, Resource, Selector, Type, TypeArguments},
};
use crate::format::{
    Ability, AbilitySet, AccessKind, FunctionAttribute, SIGNATURE_TOKEN_DEPTH_MAX, SignatureToken,
};

/// No binary has more for a struct or function.
const TYPE_PARAMETERS_MAX: usize = 255;

/// The types that are one word.
pub(super) const PRIMITIVES: [(&str, SignatureToken); 15] = [
    ("bool", SignatureToken::Bool),
    ("u8", SignatureToken::U8),
    ("u16", SignatureToken::U16),
    ("u32", SignatureToken::U32),
    ("u64", SignatureToken::U64),
    ("u128", SignatureToken::U128),
    ("u256", SignatureToken::U256),
    ("i8", SignatureToken::I8),
    ("i16", SignatureToken::I16),
    ("i32", SignatureToken::I32),
    ("i64", SignatureToken::I64),
    ("i128", SignatureToken::I128),
    ("i256", SignatureToken::I256),
    ("address", SignatureToken::Address),
    ("signer", SignatureToken::Signer),
];

impl Parser {
    pub(super) fn ty(&mut self) -> Result<Type, TextError> {
        if self.depth >= SIGNATURE_TOKEN_DEPTH_MAX {
            let problem = TextProblem::TooDeep(SIGNATURE_TOKEN_DEPTH_MAX);
            return Err(self.at().error(problem));
        }
        self.depth = self.depth.saturating_add(1);
        let ty = self.ty_inside();
        self.depth = self.depth.saturating_sub(1);
        ty
    }

    fn ty_inside(&mut self) -> Result<Type, TextError> {
        match self.peek().clone() {
            Token::Mark("&") => {
                self.advance();
                let mutable = self.eat_word("mut");
                let to = Box::new(self.ty()?);
                Ok(Type::Reference { mutable, to })
            }
            Token::Mark("|") => self.function_type(),
            Token::Mark("(") => {
                self.advance();
                if self.is_mark("(") {
                    return Err(self.expected("a type"));
                }
                let ty = self.ty_inside()?;
                self.expect(")")?;
                Ok(ty)
            }
            Token::Mark("#") => {
                let index = self.index()?;
                Ok(Type::Plain(SignatureToken::TypeParameter(index)))
            }
            Token::Word(word) => self.word_type(&word),
            Token::Quoted(_) | Token::Number(_) | Token::Mark("@") => self.struct_type(),
            _ => Err(self.expected("a type")),
        }
    }

    fn word_type(&mut self, word: &str) -> Result<Type, TextError> {
        if let Some((_, token)) = PRIMITIVES.iter().find(|(name, _)| *name == word) {
            self.advance();
            return Ok(Type::Plain(token.clone()));
        }
        let parameter = self.type_parameters.iter().position(|name| name == word);
        if let Some(index) = parameter.and_then(|i| u16::try_from(i).ok()) {
            self.advance();
            return Ok(Type::Plain(SignatureToken::TypeParameter(index)));
        }
        if word == "vector" {
            self.advance();
            self.expect("<")?;
            let element = Box::new(self.ty()?);
            self.expect(">")?;
            return Ok(Type::Vector(element));
        }
        if word == "struct" {
            self.advance();
            let index = self.index()?;
            return Ok(Type::Struct(Selector::Index(index), self.type_arguments()?));
        }
        self.struct_type()
    }

    fn struct_type(&mut self) -> Result<Type, TextError> {
        let path = self.path("a type")?;
        Ok(Type::Struct(Selector::Name(path), self.type_arguments()?))
    }

    /// `|u64, bool| u8 has copy + drop`; several results and none are in parentheses.
    fn function_type(&mut self) -> Result<Type, TextError> {
        let parameters = self.list("|", "|", Self::ty)?;
        let results = match self.peek() {
            Token::Mark("(") => self.list("(", ")", Self::ty)?,
            Token::Mark("&" | "|" | "#" | "@") | Token::Number(_) => vec![self.ty()?],
            Token::Word(word) if word == "struct" || self.is_name() => vec![self.ty()?],
            Token::Quoted(_) => vec![self.ty()?],
            _ => Vec::new(),
        };
        let abilities = if self.eat_word("has") {
            self.abilities(false)?
        } else {
            AbilitySet::EMPTY
        };
        Ok(Type::Function {
            parameters,
            results,
            abilities,
        })
    }

    pub(super) fn type_arguments(&mut self) -> Result<TypeArguments, TextError> {
        if self.is_mark("<") {
            self.list("<", ">", Self::ty).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Abilities with `+` between them, or also with commas.
    pub(super) fn abilities(&mut self, commas: bool) -> Result<AbilitySet, TextError> {
        let mut set = AbilitySet::EMPTY;
        loop {
            let found = Ability::ALL.into_iter().find(|a| self.is_word(a.name()));
            let ability = found.ok_or_else(|| self.expected("an ability"))?;
            self.advance();
            set = set.with(ability);
            if !(self.eat("+") || commas && self.eat(",")) {
                return Ok(set);
            }
        }
    }

    /// Type parameters, which are in scope from then on: constraints, and whether phantom.
    pub(super) fn type_parameter_list(
        &mut self,
        phantom: bool,
    ) -> Result<Vec<(AbilitySet, bool)>, TextError> {
        if !self.is_mark("<") {
            return Ok(Vec::new());
        }
        let mut names = Vec::<String>::new();
        let list = self.list("<", ">", |p| {
            let is_phantom = phantom && p.eat_word("phantom");
            let name = p.name("a type parameter")?;
            // Few enough for the search among them.
            if names.len() >= TYPE_PARAMETERS_MAX {
                return Err(name.at.error(TextProblem::TooMany("type parameters")));
            }
            if names.contains(&name.text) {
                return Err(name.at.twice("type parameter", name.text));
            }
            names.push(name.text);
            let constraints = if p.eat(":") {
                p.abilities(false)?
            } else {
                AbilitySet::EMPTY
            };
            Ok((constraints, is_phantom))
        })?;
        self.type_parameters = names;
        Ok(list)
    }

    /// `#[persistent, pack_variant(1)]` or nothing.
    pub(super) fn attributes(&mut self) -> Result<Vec<FunctionAttribute>, TextError> {
        if !self.eat("#") {
            return Ok(Vec::new());
        }
        self.list("[", "]", |p| {
            let name = p.name("an attribute")?;
            let numbered = |p: &mut Self, make: fn(u16) -> FunctionAttribute| {
                p.expect("(")?;
                let number = p.small("a number")?;
                p.expect(")")?;
                Ok(make(number))
            };
            match name.text.as_str() {
                "persistent" => Ok(FunctionAttribute::Persistent),
                "module_lock" => Ok(FunctionAttribute::ModuleLock),
                "pack" => Ok(FunctionAttribute::Pack),
                "unpack" => Ok(FunctionAttribute::Unpack),
                "pack_variant" => numbered(p, FunctionAttribute::PackVariant),
                "unpack_variant" => numbered(p, FunctionAttribute::UnpackVariant),
                "test_variant" => numbered(p, FunctionAttribute::TestVariant),
                "borrow_field" => numbered(p, FunctionAttribute::BorrowFieldImmutable),
                "borrow_field_mut" => numbered(p, FunctionAttribute::BorrowFieldMutable),
                _ => Err(name.at.unknown("attribute", name.text)),
            }
        })
    }

    /// `access [reads 0x1::m::*, !writes S<u64>(a0)]` or nothing.
    pub(super) fn access(&mut self) -> Result<Option<Vec<Access>>, TextError> {
        if !self.eat_word("access") {
            return Ok(None);
        }
        self.list("[", "]", Self::access_specifier).map(Some)
    }

    fn access_specifier(&mut self) -> Result<Access, TextError> {
        let at = self.at();
        let negated = self.eat("!");
        let kind = if self.eat_word("reads") {
            AccessKind::Reads
        } else if self.eat_word("writes") {
            AccessKind::Writes
        } else if self.eat_word("acquires") {
            AccessKind::Acquires
        } else {
            return Err(self.expected("'reads', 'writes' or 'acquires'"));
        };
        let resource = self.resource()?;
        let mut address = Place::Any;
        if self.eat("(") {
            address = self.place()?;
            self.expect(")")?;
        }
        Ok(Access {
            kind,
            negated,
            resource,
            address,
            at,
        })
    }

    fn resource(&mut self) -> Result<Resource, TextError> {
        if self.eat("*") {
            return Ok(Resource::Any);
        }
        if !matches!(self.peek(), Token::Number(_) | Token::Mark("@")) {
            let path = self.path("a resource")?;
            return Ok(Resource::Struct(path, self.type_arguments()?));
        }
        let address = self.address()?;
        self.expect("::")?;
        if self.eat("*") {
            return Ok(Resource::AtAddress(address));
        }
        let module = crate::ModuleId::new(address, self.name("a module's name")?.text);
        self.expect("::")?;
        if self.eat("*") {
            return Ok(Resource::InModule(module));
        }
        let name = self.name("a resource")?;
        let path = super::syntax::Path {
            module: Some(module),
            name,
        };
        Ok(Resource::Struct(path, self.type_arguments()?))
    }

    /// An address, `#2` for the third parameter, or a function of it.
    fn place(&mut self) -> Result<Place, TextError> {
        if self.eat("*") {
            return Ok(Place::Any);
        }
        if self.is_mark("#") {
            return self.local_index().map(Place::Parameter);
        }
        let is_address = matches!(self.peek(), Token::Number(_))
            && *self.peek_at(1) != Token::Mark("::")
            || self.is_mark("@") && *self.peek_at(2) != Token::Mark("::");
        if is_address {
            return self.address().map(Place::Literal);
        }
        let function = self.path("an address, parameter or function")?;
        let arguments = self.type_arguments()?;
        self.expect("(")?;
        let parameter = self.local_index()?;
        self.expect(")")?;
        Ok(Place::Computed(function, arguments, parameter))
    }
}
