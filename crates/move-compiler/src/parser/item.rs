//! Definitions in modules and scripts, and the words before them.

use super::{Parser, Result};
use crate::{
    Diagnostic, Span,
    ast::{Const, Item, Preface, Visibility},
    lexer::TokenKind,
};

/// The words before `fun`, `struct`, `enum` and `const`.
pub(super) struct Modifiers {
    pub(super) start: Span,
    pub(super) visibility: Visibility,
    pub(super) entry: Option<Span>,
    pub(super) inline: Option<Span>,
    pub(super) native: Option<Span>,
}

impl Parser<'_> {
    pub(super) fn begins_item(&self) -> bool {
        const WORDS: [&str; 10] = [
            "fun", "struct", "use", "const", "friend", "public", "native", "inline", "spec", "#",
        ];
        if WORDS.iter().any(|s| self.at(s)) {
            return true;
        }
        let word = |text| self.at_word(text);
        match self.token(1).kind {
            TokenKind::Keyword("fun" | "inline" | "public" | "struct") => {
                word("entry") || word("package")
            }
            TokenKind::Name => word("enum"),
            _ => false,
        }
    }

    pub(super) fn item(&mut self, items: &mut Vec<Item>) -> Result<()> {
        let preface = self.preface()?;
        match self.kind() {
            TokenKind::Keyword("spec") => return self.skip_spec(),
            TokenKind::Keyword("use") => {
                items.extend(self.uses(preface)?.into_iter().map(Item::Use));
                return Ok(());
            }
            TokenKind::Keyword("friend") if self.friend_declaration() => {
                items.push(Item::Friend(self.friend(preface)?));
                return Ok(());
            }
            _ => {}
        }
        let modifiers = self.modifiers()?;
        let item = match self.kind() {
            TokenKind::Keyword("fun") => Item::Function(self.function(preface, modifiers)?),
            TokenKind::Keyword("struct") => {
                self.no_function_words(&modifiers, "struct");
                Item::Struct(self.structure(preface, modifiers)?)
            }
            TokenKind::Keyword("const") => {
                self.no_function_words(&modifiers, "constant");
                Item::Const(self.constant(preface, &modifiers)?)
            }
            _ if self.at_word("enum") => {
                self.no_function_words(&modifiers, "enum");
                Item::Struct(self.enumeration(preface, modifiers)?)
            }
            _ => return self.no_item(),
        };
        items.push(item);
        Ok(())
    }

    fn no_item(&mut self) -> Result<()> {
        let expected = "a function, struct, enum, constant, `use`, `friend` or `spec`";
        let message = format!("expected {expected}, found {}", self.found());
        let mut error = Diagnostic::error(self.here(), message).label("no definition begins so");
        if self.at(";") {
            error = error.help("remove this semicolon");
        }
        self.fail(error)
    }

    /// `friend a::m;` rather than `friend fun`.
    fn friend_declaration(&self) -> bool {
        match self.token(1).kind {
            TokenKind::Name => {
                let behind = self.token(2);
                let word = matches!(behind.kind, TokenKind::Keyword(_) | TokenKind::Name);
                !word || behind.first_in_line
            }
            TokenKind::Keyword(_) => false,
            _ => true,
        }
    }

    fn modifiers(&mut self) -> Result<Modifiers> {
        let mut modifiers = Modifiers {
            start: self.here(),
            visibility: Visibility::Private,
            entry: None,
            inline: None,
            native: None,
        };
        loop {
            let start = self.here();
            let next_is_word =
                matches!(self.token(1).kind, TokenKind::Keyword(_) | TokenKind::Name);
            let twice = match self.kind() {
                TokenKind::Keyword("public") => {
                    self.bump();
                    let visibility = self.public(start, &mut modifiers)?;
                    self.set_visibility(&mut modifiers, visibility)
                }
                TokenKind::Keyword("friend") => {
                    self.bump();
                    self.set_visibility(&mut modifiers, Visibility::Friend(start))
                }
                TokenKind::Keyword("native") => {
                    self.bump();
                    modifiers.native.replace(start).is_some()
                }
                TokenKind::Keyword("inline") => {
                    self.bump();
                    modifiers.inline.replace(start).is_some()
                }
                TokenKind::Name if next_is_word && self.at_word("package") => {
                    self.bump();
                    self.set_visibility(&mut modifiers, Visibility::Package(start))
                }
                TokenKind::Name if next_is_word && self.at_word("entry") => {
                    self.bump();
                    modifiers.entry.replace(start).is_some()
                }
                _ => return Ok(modifiers),
            };
            if twice {
                let error =
                    Diagnostic::error(start, "this contradicts or repeats a word before it")
                        .label("already said");
                self.tell(error);
            }
        }
    }

    /// Whether there was one already.
    fn set_visibility(&self, modifiers: &mut Modifiers, visibility: Visibility) -> bool {
        let before = std::mem::replace(&mut modifiers.visibility, visibility);
        before != Visibility::Private
    }

    /// What follows `public`.
    fn public(&mut self, start: Span, modifiers: &mut Modifiers) -> Result<Visibility> {
        if !self.at("(") {
            return Ok(Visibility::Public(start));
        }
        self.within("(", |p, close| {
            let close = p.tokens.get(close).copied().unwrap_or(super::END);
            let span = start.to(p.span_of(close));
            let visibility = if p.at("friend") {
                Visibility::Friend(span)
            } else if p.at_word("package") {
                Visibility::Package(span)
            } else if p.at("script") {
                // The old way to say `public entry`.
                modifiers.entry = Some(span);
                Visibility::Public(span)
            } else {
                return p.unexpected("`friend` or `package`");
            };
            p.bump();
            Ok(visibility)
        })
    }

    fn no_function_words(&mut self, modifiers: &Modifiers, what: &str) {
        for (word, span) in [("entry", modifiers.entry), ("inline", modifiers.inline)] {
            if let Some(span) = span {
                let error = Diagnostic::error(span, format!("a {what} cannot be `{word}`"))
                    .label("only functions can be this");
                self.tell(error);
            }
        }
    }

    fn constant(&mut self, preface: Preface, modifiers: &Modifiers) -> Result<Const> {
        self.expect("const")?;
        let name = self.name("the name of a constant")?;
        if !self.at(":") {
            return self.unexpected("`:` and the type of the constant");
        }
        self.bump();
        let ty = self.ty()?;
        if !self.at("=") {
            return self.unexpected("`=` and the value of the constant");
        }
        self.bump();
        let value = self.expression()?;
        self.expect_semicolon("this constant")?;
        Ok(Const {
            preface,
            visibility: modifiers.visibility,
            name,
            ty,
            value,
            span: self.since(modifiers.start),
        })
    }

    /// `;`, whose absence is told but is no reason to stop.
    pub(super) fn expect_semicolon(&mut self, what: &str) -> Result<()> {
        if self.eat(";") {
            return Ok(());
        }
        let place = self.span_of(self.previous()).after();
        let message = format!("expected `;` after {what}, found {}", self.found());
        let error = Diagnostic::error(place, message)
            .label("add `;` here")
            .also(self.here(), "this is unexpected");
        if self.token(0).first_in_line || self.at("}") {
            self.tell(error);
            return Ok(());
        }
        self.fail(error)
    }
}
