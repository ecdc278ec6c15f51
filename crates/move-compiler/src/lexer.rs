//! Cuts the text of a file into tokens.
//!
//! `>` is always a token of its own, so that `vector<vector<u8>>` needs no special treatment; the
//! parser joins it with what follows in operators such as `>>` and `>=`.

use crate::{Diagnostic, Diagnostics, FileId, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name, which contextual keywords are, too.
    Name,
    /// A reserved word.
    Keyword(&'static str),
    /// Punctuation.
    Symbol(&'static str),
    /// `7`, `0xff_u64`
    Number,
    /// `b"…"`
    Bytes,
    /// `x"…"`
    Hex,
    /// `"…"`
    Text,
    /// `'a`
    Label,
    /// Something that has been told to be wrong.
    Unknown,
    /// The end of the file.
    End,
}

/// A token and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether it is the first in its line.
    pub(crate) first_in_line: bool,
}

/// The tokens of a file, of which the last is [`TokenKind::End`].
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    /// Doc comments in order, each with where it begins.
    pub(crate) docs: Vec<(u32, String)>,
}

/// How many errors of one file are worth telling.
const MAX_ERRORS: usize = 100;

/// Tells errors, until there are so many that more would not be read.
pub(crate) struct Reporter<'a> {
    diagnostics: &'a mut Diagnostics,
    file: FileId,
    left: usize,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(diagnostics: &'a mut Diagnostics, file: FileId) -> Self {
        Self {
            diagnostics,
            file,
            left: MAX_ERRORS,
        }
    }

    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.file,
            start,
            end: end.max(start),
        }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.left > 0 {
            self.left = self.left.saturating_sub(1);
            self.diagnostics.push(diagnostic);
        }
    }
}

const KEYWORDS: [&str; 27] = [
    "abort",
    "acquires",
    "as",
    "break",
    "const",
    "continue",
    "copy",
    "else",
    "false",
    "friend",
    "fun",
    "if",
    "inline",
    "invariant",
    "let",
    "loop",
    "module",
    "move",
    "native",
    "public",
    "return",
    "script",
    "spec",
    "struct",
    "true",
    "use",
    "while",
];

/// Longer ones before their beginnings.
const SYMBOLS: [&str; 49] = [
    "<==>", "==>", "<<=", "<<", "<=", "<", ">", "==", "=>", "=", "!=", "!", "&&", "&=", "&", "||",
    "|=", "|", "+=", "+", "-=", "-", "*=", "*", "/=", "/", "%=", "%", "^=", "^", "::", ":", "..",
    ".", ",", ";", "(", ")", "[", "]", "{", "}", "#", "@", "~", "$", "?", "\\", "`",
];

/// Cuts a text into tokens.
pub(crate) fn lex(text: &str, report: &mut Reporter<'_>) -> Lexed {
    let mut lexer = Lexer {
        text,
        at: 0,
        first_in_line: true,
        out: Lexed::default(),
        report,
    };
    if u32::try_from(text.len()).is_err() {
        let start = lexer.report.span(0, 0);
        lexer
            .report
            .push(Diagnostic::error(start, "the file is larger than 4 GiB"));
        lexer.at = text.len();
    }
    lexer.run();
    lexer.out
}

struct Lexer<'a, 'r, 'd> {
    text: &'a str,
    at: usize,
    first_in_line: bool,
    out: Lexed,
    report: &'r mut Reporter<'d>,
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'a> Lexer<'a, '_, '_> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text
            .as_bytes()
            .get(self.at.saturating_add(ahead))
            .copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, by: usize) {
        self.at = self.at.saturating_add(by).min(self.text.len());
    }

    /// How many bytes from here on fulfil a condition.
    fn run_of(&self, skip: usize, fits: impl Fn(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes().get(self.at.saturating_add(skip)..);
        let run = bytes.unwrap_or_default().iter().take_while(|b| fits(**b));
        run.count().saturating_add(skip)
    }

    fn error(&mut self, start: usize, end: usize, message: &str, label: &str) {
        let span = self.report.span(position(start), position(end));
        self.report
            .push(Diagnostic::error(span, message).label(label));
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.at;
        self.advance(length);
        self.out.tokens.push(Token {
            kind,
            start: position(start),
            end: position(self.at),
            first_in_line: self.first_in_line,
        });
        self.first_in_line = false;
    }

    fn run(&mut self) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\n' => {
                    self.first_in_line = true;
                    self.advance(1);
                }
                b' ' | b'\t' | b'\r' => self.advance(1),
                b'/' if self.byte(1) == Some(b'/') => self.line_comment(),
                b'/' if self.byte(1) == Some(b'*') => self.block_comment(),
                b'b' if self.byte(1) == Some(b'"') => self.string(TokenKind::Bytes, 2),
                b'x' if self.byte(1) == Some(b'"') => self.string(TokenKind::Hex, 2),
                b'"' => self.string(TokenKind::Text, 1),
                b'0'..=b'9' => {
                    let length = self.run_of(0, |b| b.is_ascii_alphanumeric() || b == b'_');
                    self.push(TokenKind::Number, length);
                }
                b'\'' if self.byte(1).is_some_and(is_name_start) => {
                    let length = self.run_of(1, is_name);
                    self.push(TokenKind::Label, length);
                }
                b if is_name_start(b) => {
                    let length = self.run_of(0, is_name);
                    let word = self.rest().get(..length).unwrap_or_default();
                    let keyword = KEYWORDS.iter().find(|k| **k == word);
                    let kind = keyword.map_or(TokenKind::Name, |k| TokenKind::Keyword(k));
                    self.push(kind, length);
                }
                _ => self.symbol(),
            }
        }
        self.push(TokenKind::End, 0);
    }

    fn symbol(&mut self) {
        let rest = self.rest().as_bytes();
        if let Some(symbol) = SYMBOLS.iter().find(|s| rest.starts_with(s.as_bytes())) {
            self.push(TokenKind::Symbol(symbol), symbol.len());
            return;
        }
        let known = |b: u8| {
            b.is_ascii_alphanumeric()
                || b.is_ascii_whitespace()
                || b == b'"'
                || SYMBOLS.iter().any(|s| s.as_bytes().first() == Some(&b))
        };
        let length = self.run_of(1, |b| !known(b) && b != b'_' && b != b'\'');
        let shown = self.rest().get(..length).unwrap_or_default();
        let shown: String = shown.chars().take(20).collect();
        let message = format!("unexpected character `{}`", shown.escape_debug());
        self.error(
            self.at,
            self.at.saturating_add(length),
            &message,
            "Move code has none of these outside of comments and text",
        );
        self.push(TokenKind::Unknown, length);
    }

    fn line_comment(&mut self) {
        let length = self.run_of(0, |b| b != b'\n');
        let comment = self.rest().get(..length).unwrap_or_default();
        if let Some(doc) = comment.strip_prefix("///")
            && !doc.starts_with('/')
        {
            let doc = doc.strip_prefix(' ').unwrap_or(doc).trim_end();
            self.out.docs.push((position(self.at), doc.to_owned()));
        }
        self.advance(length);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0usize;
        loop {
            match (self.byte(0), self.byte(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth = depth.saturating_add(1);
                    self.advance(2);
                }
                (Some(b'*'), Some(b'/')) => {
                    depth = depth.saturating_sub(1);
                    self.advance(2);
                    if depth == 0 {
                        break;
                    }
                }
                (Some(byte), _) => {
                    self.first_in_line |= byte == b'\n';
                    self.advance(1);
                }
                (None, _) => {
                    self.error(
                        start,
                        start.saturating_add(2),
                        "this comment is not closed",
                        "opened here; `/*` inside of a comment opens another one",
                    );
                    return;
                }
            }
        }
        let comment = self.text.get(start..self.at).unwrap_or_default();
        if let Some(doc) = comment
            .strip_prefix("/**")
            .and_then(|d| d.strip_suffix("*/"))
            && !doc.starts_with('*')
        {
            let lines: Vec<_> = doc.trim().lines().map(str::trim).collect();
            self.out.docs.push((position(start), lines.join("\n")));
        }
    }

    fn string(&mut self, kind: TokenKind, prefix: usize) {
        let mut length = prefix;
        loop {
            match self.byte(length) {
                Some(b'"') => break length = length.saturating_add(1),
                Some(b'\\')
                    if kind != TokenKind::Hex
                        && self.byte(length.saturating_add(1)) != Some(b'\n') =>
                {
                    length = length.saturating_add(2);
                }
                None | Some(b'\n') => {
                    let end = self.at.saturating_add(length);
                    self.error(
                        self.at,
                        end,
                        "this string is not closed",
                        "expected `\"` before the end of the line",
                    );
                    self.push(TokenKind::Unknown, length);
                    return;
                }
                Some(_) => length = length.saturating_add(1),
            }
        }
        self.push(kind, length);
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
