//! Types, type parameters, abilities.

use super::{Parser, Result, path::Angle};
use crate::{
    Diagnostic, Span,
    ast::{Ability, Type, TypeKind, TypeParameter},
    lexer::TokenKind,
};

fn ability(text: &str) -> Option<Ability> {
    Some(match text {
        "copy" => Ability::Copy,
        "drop" => Ability::Drop,
        "store" => Ability::Store,
        "key" => Ability::Key,
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn begins_type(&self) -> bool {
        self.at_path() || ["&", "(", "|", "||"].iter().any(|s| self.at(s))
    }

    /// `has` and an ability, which together are no type and no expression.
    pub(super) fn at_has(&self) -> bool {
        self.at_word("has") && ability(self.text_of(self.token(1))).is_some()
    }

    pub(super) fn ty(&mut self) -> Result<Type> {
        self.nested(|p| {
            let start = p.here();
            let kind = p.type_kind()?;
            Ok(Type {
                kind,
                span: p.since(start),
            })
        })
    }

    fn type_kind(&mut self) -> Result<TypeKind> {
        if self.eat("&") {
            let mutable = self.at_word("mut")
                && (matches!(self.token(1).kind, TokenKind::Name | TokenKind::Number)
                    || ["&", "(", "|", "||"].iter().any(|s| self.is(1, s)));
            if mutable {
                self.bump();
            }
            let to = Box::new(self.ty()?);
            return Ok(TypeKind::Reference { mutable, to });
        }
        if self.at("(") {
            let mut types = self.list("(", Self::ty)?;
            return Ok(match (types.pop(), types.is_empty()) {
                (Some(only), true) => only.kind,
                (Some(last), false) => {
                    types.push(last);
                    TypeKind::Tuple(types)
                }
                (None, _) => TypeKind::Tuple(types),
            });
        }
        if self.at("|") || self.at("||") {
            return self.function_type();
        }
        if self.at_path() {
            return Ok(TypeKind::Path(self.path(Angle::Arguments, "a type")?));
        }
        self.unexpected("a type")
    }

    fn function_type(&mut self) -> Result<TypeKind> {
        let mut parameters = Vec::new();
        if !self.eat("||") {
            self.bump();
            loop {
                if self.eat_bar() {
                    break;
                }
                parameters.push(self.ty()?);
                if !self.at("|") && !self.at("||") && !self.eat(",") {
                    return self.unexpected("`,` or `|`");
                }
            }
        }
        let span = self.span_of(self.previous()).after();
        let returns = if self.begins_type() && !self.at_has() {
            self.ty()?
        } else {
            Type {
                kind: TypeKind::Tuple(Vec::new()),
                span,
            }
        };
        let abilities = if self.at_has() {
            self.bump();
            self.abilities("+")?
        } else {
            Vec::new()
        };
        Ok(TypeKind::Function {
            parameters,
            returns: Box::new(returns),
            abilities,
        })
    }

    /// `copy + drop`, `copy, drop`
    pub(super) fn abilities(&mut self, separator: &str) -> Result<Vec<(Ability, Span)>> {
        let mut abilities = Vec::new();
        loop {
            let token = self.token(0);
            let Some(ability) = ability(self.text_of(token)) else {
                let message = format!("expected an ability, found {}", self.found());
                let error = Diagnostic::error(self.here(), message)
                    .label("expected an ability")
                    .help("abilities are `copy`, `drop`, `store` and `key`");
                return self.fail(error);
            };
            self.bump();
            abilities.push((ability, self.span_of(token)));
            if !self.eat(separator) {
                return Ok(abilities);
            }
        }
    }

    /// `<phantom T: copy + drop, U>`, if it is there
    pub(super) fn type_parameters(&mut self) -> Result<Vec<TypeParameter>> {
        let mut parameters = Vec::new();
        if !self.eat("<") {
            return Ok(parameters);
        }
        while !self.eat(">") {
            let is_phantom = self.at_word("phantom") && self.token(1).kind == TokenKind::Name;
            if is_phantom {
                self.bump();
            }
            let name = self.name("a type parameter")?;
            let abilities = if self.eat(":") {
                self.abilities("+")?
            } else {
                Vec::new()
            };
            parameters.push(TypeParameter {
                name,
                abilities,
                is_phantom,
            });
            if !self.at(">") && !self.eat(",") {
                return self.unexpected("`,` or `>`");
            }
        }
        Ok(parameters)
    }
}
