//! Splits a text into words, numbers, strings and marks, each with its place.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::error::{Position, TextError};

/// The smallest piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or keyword.
    Word(String),
    /// A name in backquotes, never a keyword.
    Quoted(String),
    /// Starts with a digit; what it means is seen where it is used.
    Number(String),
    /// `"…"`
    Text(Vec<u8>),
    /// `x"…"`
    Bytes(Vec<u8>),
    /// Punctuation.
    Mark(&'static str),
    /// After everything.
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) | Self::Number(text) => write!(f, "'{text}'"),
            Self::Quoted(text) => write!(f, "'`{text}`'"),
            Self::Text(_) => f.write_str("a string"),
            Self::Bytes(_) => f.write_str("a string of bytes"),
            Self::Mark(mark) => write!(f, "'{mark}'"),
            Self::End => f.write_str("the end of the text"),
        }
    }
}

/// Longer marks before their prefixes.
const MARKS: [&str; 21] = [
    "::", ":", "{", "}", "(", ")", "[", "]", "<", ">", ",", ";", "=", "+", "-", "*", "!", "&", "|",
    "#", "@",
];

struct Lexer<'a> {
    rest: &'a str,
    position: Position,
}

/// The tokens of a text; the last one is [`Token::End`].
pub(super) fn tokens(source: &str) -> Result<Vec<(Token, Position)>, TextError> {
    let mut lexer = Lexer {
        rest: source,
        position: Position { line: 1, column: 1 },
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let position = lexer.position;
        let token = lexer.token()?;
        let last = token == Token::End;
        tokens.push((token, position));
        if last {
            return Ok(tokens);
        }
    }
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '\n' {
            self.position.line = self.position.line.saturating_add(1);
            self.position.column = 1;
        } else {
            self.position.column = self.position.column.saturating_add(1);
        }
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest.starts_with(prefix);
        if found {
            for _ in prefix.chars() {
                self.next();
            }
        }
        found
    }

    fn skip_blanks(&mut self) -> Result<(), TextError> {
        loop {
            let start = self.position;
            if self.eat("//") {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.next();
                }
            } else if self.eat("/*") {
                while !self.eat("*/") {
                    if self.next().is_none() {
                        return Err(start.expected("a comment that ends", Token::End));
                    }
                }
            } else if self.peek().is_some_and(char::is_whitespace) {
                self.next();
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token, TextError> {
        let Some(first) = self.peek() else {
            return Ok(Token::End);
        };
        if self.eat("x\"") {
            return self.bytes().map(Token::Bytes);
        }
        if self.eat("\"") {
            return self.string('"').map(Token::Text);
        }
        if self.eat("`") {
            let start = self.position;
            let bytes = self.string('`')?;
            return String::from_utf8(bytes)
                .map(Token::Quoted)
                .map_err(|_| start.expected("a name in UTF-8", "other bytes"));
        }
        if in_word(first) {
            let mut word = String::new();
            while let Some(c) = self.peek().filter(|c| in_word(*c)) {
                word.push(c);
                self.next();
            }
            return Ok(if first.is_ascii_digit() {
                Token::Number(word)
            } else {
                Token::Word(word)
            });
        }
        for mark in MARKS {
            if self.eat(mark) {
                return Ok(Token::Mark(mark));
            }
        }
        Err(self
            .position
            .expected("a name, number, string or mark", format_args!("{first:?}")))
    }

    /// What follows an opening quote, up to and with the closing one.
    fn string(&mut self, quote: char) -> Result<Vec<u8>, TextError> {
        let mut bytes = Vec::new();
        loop {
            let place = self.position;
            match self.next() {
                None | Some('\n') => {
                    return Err(
                        place.expected(alloc::format!("a closing {quote}"), "the end of the line")
                    );
                }
                Some(c) if c == quote => return Ok(bytes),
                Some('\\') => bytes.push(self.escape()?),
                Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    fn escape(&mut self) -> Result<u8, TextError> {
        let place = self.position;
        match self.next() {
            Some('n') => Ok(b'\n'),
            Some('r') => Ok(b'\r'),
            Some('t') => Ok(b'\t'),
            Some('0') => Ok(0),
            Some('\\') => Ok(b'\\'),
            Some('"') => Ok(b'"'),
            Some('`') => Ok(b'`'),
            Some('x') => self.hex_pair(),
            other => Err(place.expected(
                "one of \\n \\r \\t \\0 \\\\ \\\" \\` \\xNN",
                format_args!("\\{}", other.unwrap_or(' ')),
            )),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, TextError> {
        let mut bytes = Vec::new();
        while !self.eat("\"") {
            bytes.push(self.hex_pair()?);
        }
        Ok(bytes)
    }

    fn hex_pair(&mut self) -> Result<u8, TextError> {
        let mut byte = 0_u8;
        for _ in 0..2 {
            let place = self.position;
            let c = self.peek();
            let digit = c
                .and_then(|c| c.to_digit(16))
                .and_then(|d| u8::try_from(d).ok())
                .ok_or_else(|| match c {
                    Some(c) => place.expected("two hex digits", format_args!("{c:?}")),
                    None => place.expected("two hex digits", Token::End),
                })?;
            self.next();
            byte = byte << 4 | digit;
        }
        Ok(byte)
    }
}
