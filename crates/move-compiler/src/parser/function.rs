//! Functions.

use super::{Parser, Result, item::Modifiers, path::Angle};
use crate::{
    Diagnostic, Ident,
    ast::{Function, Preface, Type, TypeKind},
    lexer::TokenKind,
};

impl Parser<'_> {
    pub(super) fn function(&mut self, preface: Preface, modifiers: Modifiers) -> Result<Function> {
        self.expect("fun")?;
        let name = self.name("the name of a function")?;
        let type_parameters = self.type_parameters()?;
        let parameters = self.list("(", Self::parameter)?;
        let nothing = self.span_of(self.previous()).after();
        let returns = if self.eat(":") {
            self.ty()?
        } else {
            Type {
                kind: TypeKind::Tuple(Vec::new()),
                span: nothing,
            }
        };
        let acquires = self.access_specifiers()?;
        let body = match (modifiers.native, self.at("{")) {
            (Some(native), true) => {
                let error = Diagnostic::error(self.here(), "a native function has no body")
                    .label("expected `;`")
                    .also(native, "declared native here");
                self.tell(error);
                self.skip_tree();
                None
            }
            (None, false) if self.at(";") => {
                let error =
                    Diagnostic::error(self.here(), format!("function `{name}` has no body"))
                        .label("expected `{`")
                        .help("only `native` functions have no body");
                self.tell(error);
                self.bump();
                None
            }
            (None, false) => return self.unexpected("the body of the function: `{`"),
            (Some(_), false) => {
                self.expect_semicolon("this native function")?;
                None
            }
            (None, true) => Some(self.block()?),
        };
        Ok(Function {
            preface,
            visibility: modifiers.visibility,
            entry: modifiers.entry,
            inline: modifiers.inline,
            name,
            type_parameters,
            parameters,
            returns,
            acquires,
            body,
            span: self.since(modifiers.start),
        })
    }

    fn parameter(&mut self) -> Result<(Ident, Type)> {
        let name = self.name("a parameter")?;
        if !self.at(":") {
            return self.unexpected("`:` and the type of the parameter");
        }
        self.bump();
        Ok((name, self.ty()?))
    }

    /// `acquires R, S<T>`, and `reads`, `writes`, `pure` with all that can follow them, of which
    /// only the resources behind `acquires` are kept.
    fn access_specifiers(&mut self) -> Result<Vec<Type>> {
        let mut acquires = Vec::new();
        loop {
            if self.at("!") && self.begins_specifiers(1) {
                self.bump();
            } else if self.at_word("pure") {
                self.bump();
                continue;
            } else if !self.begins_specifiers(0) {
                return Ok(acquires);
            }
            let negated = self.pos > 0 && self.previous().kind == TokenKind::Symbol("!");
            let kept = self.at("acquires") && !negated;
            self.bump();
            loop {
                let resource = self.access_specifier()?;
                acquires.extend(resource.filter(|_| kept));
                if !self.eat(",") || self.at("{") || self.at(";") {
                    break;
                }
            }
        }
    }

    fn begins_specifiers(&self, ahead: usize) -> bool {
        self.is(ahead, "acquires") || self.is_word(ahead, "reads") || self.is_word(ahead, "writes")
    }

    /// `R`, `R<T>`, `0x1::m::*`, `R(a)`, `*(0x1)`; only the first two are resources as such.
    fn access_specifier(&mut self) -> Result<Option<Type>> {
        let start = self.here();
        let wild = |p: &Self| {
            p.at("*") || (p.is(1, "::") && (p.is(2, "*") || (p.is(3, "::") && p.is(4, "*"))))
        };
        let mut resource = None;
        if wild(self) {
            while !self.eat("*") {
                self.bump();
            }
        } else {
            if !self.at_path() {
                return self.unexpected("a resource");
            }
            let path = self.path(Angle::Arguments, "a resource")?;
            resource = Some(Type {
                kind: TypeKind::Path(path),
                span: self.since(start),
            });
        }
        if self.at("(") {
            self.skip_tree();
            return Ok(None);
        }
        Ok(resource)
    }
}
