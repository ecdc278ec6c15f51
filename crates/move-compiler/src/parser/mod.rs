//! Makes the syntax tree of a file. An error is told once, then parsing goes on at the next
//! statement or definition, so that one run finds as many errors as it can.
//!
//! Brackets are paired before anything else and missing ones are added (see [`brackets`]), so every
//! construct in brackets knows its end, and no error inside of it can run over that end.

mod attribute;
mod brackets;
mod control;
mod expression;
mod function;
mod item;
mod lambda;
mod literal;
mod module;
mod operator;
mod path;
mod pattern;
mod spec;
mod statement;
mod structs;
mod term;
mod types;
mod uses;

use crate::{
    Diagnostic, Diagnostics, FileId, Ident, Sources, Span, Symbol, ast,
    lexer::{Reporter, Token, TokenKind, lex},
};

/// How many constructs can be open at a time: few enough for a thread's usual stack.
const MAX_DEPTH: u32 = 128;

/// How deep the tree can be, where long chains of operators count, too.
const MAX_HEIGHT: u32 = 256;

/// Parses a file. What cannot be parsed is told and left out.
pub fn parse_file(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> ast::File {
    let text = sources.get(file).map_or("", |s| &s.text);
    let mut report = Reporter::new(diagnostics, file);
    let mut lexed = lex(text, &mut report);
    let brackets = brackets::pair(text, &mut lexed.tokens, &mut report);
    let mut parser = Parser {
        text,
        tokens: lexed.tokens,
        docs: lexed.docs,
        partners: brackets.partners,
        damaged: brackets.damaged,
        report,
        pos: 0,
        depth: 0,
        height: 0,
        specified: Vec::new(),
        skipped: Vec::new(),
    };
    let mut parsed = parser.file();
    parsed.skipped = parser.skipped;
    parsed
}

/// An error that has been told.
#[derive(Debug)]
struct Told;

type Result<T> = std::result::Result<T, Told>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    docs: Vec<(u32, String)>,
    /// For each opening bracket the position of the closing one.
    partners: Vec<usize>,
    /// Where brackets were wrong, which has been told, so that more errors would only confuse.
    damaged: Vec<bool>,
    report: Reporter<'a>,
    pos: usize,
    /// How many constructs are open.
    depth: u32,
    /// How deep the tree is that the innermost open construct has made so far.
    height: u32,
    /// What the specifications of the module under way are about.
    specified: Vec<Ident>,
    /// Where specifications are.
    skipped: Vec<Span>,
}

/// What is at the end, also behind it.
const END: Token = Token {
    kind: TokenKind::End,
    start: 0,
    end: 0,
    first_in_line: true,
};

impl<'a> Parser<'a> {
    fn token(&self, ahead: usize) -> Token {
        let last = self.tokens.last().copied().unwrap_or(END);
        let token = self.tokens.get(self.pos.saturating_add(ahead)).copied();
        token.unwrap_or(last)
    }

    fn kind(&self) -> TokenKind {
        self.token(0).kind
    }

    fn previous(&self) -> Token {
        let token = self.pos.checked_sub(1).and_then(|p| self.tokens.get(p));
        token.copied().unwrap_or(END)
    }

    fn span_of(&self, token: Token) -> Span {
        self.report.span(token.start, token.end)
    }

    /// Where the next token is.
    fn here(&self) -> Span {
        self.span_of(self.token(0))
    }

    /// From a start to the end of the last token.
    fn since(&self, start: Span) -> Span {
        start.to(self.span_of(self.previous()))
    }

    fn text_of(&self, token: Token) -> &'a str {
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default()
    }

    fn bump(&mut self) -> Token {
        let token = self.token(0);
        if token.kind != TokenKind::End {
            self.pos = self.pos.saturating_add(1);
        }
        token
    }

    fn is(&self, ahead: usize, text: &str) -> bool {
        match self.token(ahead).kind {
            TokenKind::Symbol(s) | TokenKind::Keyword(s) => s == text,
            _ => false,
        }
    }

    /// Whether a certain symbol or reserved word is next.
    fn at(&self, text: &str) -> bool {
        self.is(0, text)
    }

    fn is_word(&self, ahead: usize, text: &str) -> bool {
        let token = self.token(ahead);
        token.kind == TokenKind::Name && self.text_of(token) == text
    }

    /// Whether a certain contextual keyword is next.
    fn at_word(&self, text: &str) -> bool {
        self.is_word(0, text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let there = self.at(text);
        if there {
            self.bump();
        }
        there
    }

    fn expect(&mut self, text: &str) -> Result<Span> {
        if self.at(text) {
            let token = self.bump();
            return Ok(self.span_of(token));
        }
        self.unexpected(&format!("`{text}`"))
    }

    /// `|`, which may be the first half of `||`.
    fn eat_bar(&mut self) -> bool {
        if self.at("||")
            && let Some(token) = self.tokens.get_mut(self.pos)
        {
            token.kind = TokenKind::Symbol("|");
            token.start = token.start.saturating_add(1);
            return true;
        }
        self.eat("|")
    }

    /// Whether nothing is between a token and the one before it.
    fn joined(&self, ahead: usize) -> bool {
        let at = self.pos.saturating_add(ahead);
        let before = at.checked_sub(1).and_then(|p| self.tokens.get(p));
        before.is_some_and(|b| b.end == self.token(ahead).start)
    }

    /// The next token as messages name it.
    fn found(&self) -> String {
        let token = self.token(0);
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Keyword(word) => format!("the reserved word `{word}`"),
            TokenKind::Bytes | TokenKind::Hex | TokenKind::Text => "a string".to_owned(),
            _ => {
                let shown: String = self.text_of(token).chars().take(40).collect();
                format!("`{}`", shown.escape_debug())
            }
        }
    }

    fn unexpected<T>(&mut self, expected: &str) -> Result<T> {
        let message = format!("expected {expected}, found {}", self.found());
        let label = format!("expected {expected}");
        self.fail(Diagnostic::error(self.here(), message).label(label))
    }

    fn fail<T>(&mut self, diagnostic: Diagnostic) -> Result<T> {
        self.tell(diagnostic);
        Err(Told)
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        let at = self.pos.min(self.damaged.len().saturating_sub(1));
        let told = self.damaged.get(at).copied().unwrap_or_default();
        // What the lexer did not know it has told.
        if !told && self.kind() != TokenKind::Unknown {
            self.report.push(diagnostic);
        }
    }

    fn name(&mut self, expected: &str) -> Result<Ident> {
        let token = self.token(0);
        match token.kind {
            TokenKind::Name => {
                self.bump();
                Ok(self.ident(token))
            }
            TokenKind::Keyword(word) => {
                let message = format!("expected {expected}, found the reserved word `{word}`");
                let error = Diagnostic::error(self.here(), message)
                    .label(format!("expected {expected}"))
                    .help(format!("`{word}` cannot be a name; choose another one"));
                self.fail(error)
            }
            _ => self.unexpected(expected),
        }
    }

    fn ident(&self, token: Token) -> Ident {
        Ident {
            name: Symbol::from(self.text_of(token)),
            span: self.span_of(token),
        }
    }

    /// Parses something that may contain itself.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(MAX_DEPTH);
        }
        self.depth = self.depth.saturating_add(1);
        let outer = std::mem::take(&mut self.height);
        let parsed = parse(self);
        self.depth = self.depth.saturating_sub(1);
        if parsed.is_ok() {
            self.grow()?;
        }
        self.height = self.height.max(outer);
        parsed
    }

    /// Counts a level that was put above what the innermost open construct has made.
    fn grow(&mut self) -> Result<()> {
        if self.height >= MAX_HEIGHT {
            return self.too_deep(MAX_HEIGHT);
        }
        self.height = self.height.saturating_add(1);
        Ok(())
    }

    fn too_deep<T>(&mut self, levels: u32) -> Result<T> {
        let message = format!("this is nested more than {levels} levels deep");
        let error = Diagnostic::error(self.here(), message)
            .label("too deep")
            .help("use a variable or a function for a part of it");
        self.fail(error)
    }

    /// Where the bracket closes that is next; its own position if it is none.
    fn partner(&self, ahead: usize) -> usize {
        let at = self.pos.saturating_add(ahead);
        match self.partners.get(at) {
            Some(partner) if *partner > at => *partner,
            _ => at,
        }
    }

    /// How far ahead the token behind the bracket is that closes the one at `ahead`.
    fn behind_partner(&self, ahead: usize) -> usize {
        let behind = self.partner(ahead).saturating_add(1);
        behind.saturating_sub(self.pos)
    }

    /// Parses what is between brackets, and is behind them afterwards, whatever happens.
    fn within<T>(
        &mut self,
        open: &str,
        parse: impl FnOnce(&mut Self, usize) -> Result<T>,
    ) -> Result<T> {
        if !self.at(open) {
            return self.unexpected(&format!("`{open}`"));
        }
        let close = self.partner(0);
        self.bump();
        let mut parsed = parse(self, close);
        if parsed.is_ok() && self.pos != close {
            let token = self.tokens.get(close).copied().unwrap_or(END);
            let closing = match token.kind {
                TokenKind::Symbol(symbol) => symbol,
                _ => "",
            };
            parsed = self.unexpected(&format!("`{closing}`"));
        }
        self.pos = close
            .saturating_add(1)
            .min(self.tokens.len().saturating_sub(1));
        parsed
    }

    /// Parses a list with commas between brackets, perhaps with one behind the last.
    fn list<T>(
        &mut self,
        open: &str,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.within(open, |p, close| {
            let mut items = Vec::new();
            while p.pos < close {
                items.push(item(p)?);
                if p.pos < close && !p.eat(",") {
                    let token = p.tokens.get(close).copied().unwrap_or(END);
                    let closing = match token.kind {
                        TokenKind::Symbol(symbol) => symbol,
                        _ => "",
                    };
                    return p.unexpected(&format!("`,` or `{closing}`"));
                }
            }
            Ok(items)
        })
    }

    /// Skips a token, or all that is between brackets.
    fn skip_tree(&mut self) {
        let behind = self.partner(0).saturating_add(1);
        self.pos = behind.min(self.tokens.len().saturating_sub(1));
    }
}
