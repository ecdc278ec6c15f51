//! Structs and enums.

use super::{Parser, Result, item::Modifiers};
use crate::{
    Diagnostic, Span,
    ast::{Ability, Field, Fields, Preface, Struct, StructBody, Variant},
};

impl Parser<'_> {
    pub(super) fn structure(&mut self, preface: Preface, modifiers: Modifiers) -> Result<Struct> {
        self.expect("struct")?;
        let name = self.name("the name of a struct")?;
        let type_parameters = self.type_parameters()?;
        let mut abilities = self.has()?;
        let body = if modifiers.native.is_some() {
            self.expect_semicolon("this native struct")?;
            StructBody::Native
        } else if self.at("{") {
            let fields = self.list("{", Self::field)?;
            self.abilities_behind(&mut abilities)?;
            StructBody::Fields(Fields::Named(fields))
        } else if self.at("(") && abilities.is_empty() {
            let types = self.list("(", Self::ty)?;
            abilities = self.has()?;
            self.expect_semicolon("this struct")?;
            StructBody::Fields(Fields::Positional(types))
        } else if self.at("(") {
            let error = Diagnostic::error(self.here(), "expected `{`, found `(`")
                .label("expected `{`")
                .help("write the abilities behind positional fields: `struct S(u64) has drop;`");
            return self.fail(error);
        } else if abilities.is_empty() {
            return self.unexpected("the fields of the struct, as in `{ a: u64 }` or `(u64)`");
        } else {
            return self.unexpected("`{`");
        };
        Ok(Struct {
            preface,
            visibility: modifiers.visibility,
            name,
            type_parameters,
            abilities,
            body,
            span: self.since(modifiers.start),
        })
    }

    pub(super) fn enumeration(&mut self, preface: Preface, modifiers: Modifiers) -> Result<Struct> {
        self.bump();
        let name = self.name("the name of an enum")?;
        let type_parameters = self.type_parameters()?;
        let mut abilities = self.has()?;
        let variants = self.within("{", |p, close| {
            let mut variants = Vec::new();
            while p.pos < close {
                let variant = p.variant()?;
                let braced = matches!(variant.fields, Fields::Named(_));
                variants.push(variant);
                if !p.eat(",") && p.pos < close && !braced {
                    return p.unexpected("`,` or `}`");
                }
            }
            Ok(variants)
        })?;
        self.abilities_behind(&mut abilities)?;
        Ok(Struct {
            preface,
            visibility: modifiers.visibility,
            name,
            type_parameters,
            abilities,
            body: StructBody::Variants(variants),
            span: self.since(modifiers.start),
        })
    }

    fn variant(&mut self) -> Result<Variant> {
        let preface = self.preface()?;
        let name = self.name("a variant")?;
        let fields = if self.at("{") {
            Fields::Named(self.list("{", Self::field)?)
        } else if self.at("(") {
            Fields::Positional(self.list("(", Self::ty)?)
        } else {
            Fields::Unit
        };
        Ok(Variant {
            preface,
            name,
            fields,
        })
    }

    fn field(&mut self) -> Result<Field> {
        let preface = self.preface()?;
        let name = self.name("a field")?;
        if !self.at(":") {
            return self.unexpected("`:` and the type of the field");
        }
        self.bump();
        let ty = self.ty()?;
        Ok(Field { preface, name, ty })
    }

    fn has(&mut self) -> Result<Vec<(Ability, Span)>> {
        if !self.at_word("has") {
            return Ok(Vec::new());
        }
        self.bump();
        self.abilities(",")
    }

    /// `has copy;` behind the braces
    fn abilities_behind(&mut self, abilities: &mut Vec<(Ability, Span)>) -> Result<()> {
        if !self.at_word("has") {
            return Ok(());
        }
        let place = self.here();
        let behind = self.has()?;
        if let Some((_, first)) = abilities.first() {
            let error = Diagnostic::error(place, "abilities are declared twice")
                .label("declared again")
                .also(*first, "declared before");
            self.tell(error);
        }
        abilities.extend(behind);
        self.expect_semicolon("these abilities")
    }
}
