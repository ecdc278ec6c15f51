//! Numbers, addresses, strings.

use lumio_move_engine::{Address, U256};

use super::{Parser, Result};
use crate::{
    Diagnostic, Ident, Span, Symbol,
    ast::{AddressName, Literal},
    lexer::{Token, TokenKind},
};

const SUFFIXES: [&str; 12] = [
    "u8", "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "i256",
];

/// The value of digits, none if it is too large.
fn value(digits: &str, radix: u64) -> Option<U256> {
    let mut value = U256::ZERO;
    for digit in digits.chars().filter(|c| *c != '_') {
        let digit = digit.to_digit(u32::try_from(radix).ok()?)?;
        value = value
            .checked_mul(U256::from(radix))?
            .checked_add(U256::from(digit))?;
    }
    Some(value)
}

impl Parser<'_> {
    /// Radix, digits and suffix of a number.
    fn digits(text: &str) -> (u64, &str, &str) {
        let (radix, rest) = match text.strip_prefix("0x") {
            Some(hex) => (16, hex),
            None => (10, text),
        };
        let fits = |c: char| c == '_' || c.is_digit(if radix == 16 { 16 } else { 10 });
        let split = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let (digits, suffix) = rest.split_at_checked(split).unwrap_or((rest, ""));
        (radix, digits, suffix)
    }

    fn number_value(&mut self, token: Token, radix: u64, digits: &str) -> U256 {
        let span = self.span_of(token);
        if !digits.bytes().any(|b| b != b'_') {
            let error = Diagnostic::error(span, "this number has no digits");
            self.tell(error);
            return U256::ZERO;
        }
        match value(digits, radix) {
            Some(value) => value,
            None => {
                let error = Diagnostic::error(span, "this number is too large")
                    .label("it does not fit into 256 bits");
                self.tell(error);
                U256::ZERO
            }
        }
    }

    fn number(&mut self) -> Literal {
        let token = self.token(0);
        let text = self.text_of(token);
        let (radix, digits, suffix) = Self::digits(text);
        let value = self.number_value(token, radix, digits);
        let span = self.span_of(token);
        let start = token
            .end
            .saturating_sub(u32::try_from(suffix.len()).unwrap_or(0));
        let place = self.report.span(start, token.end);
        let known = SUFFIXES.contains(&suffix);
        if !suffix.is_empty() && !known {
            let error = Diagnostic::error(place, format!("`{suffix}` is no suffix of numbers"))
                .label("unknown suffix")
                .help("numbers can end in u8, u16, u32, u64, u128, u256 and i8 to i256");
            self.tell(error);
        }
        self.bump();
        Literal::Number {
            value,
            suffix: known.then(|| Ident {
                name: Symbol::from(suffix),
                span: place,
            }),
            span,
        }
    }

    /// A number that is an address.
    pub(super) fn address_number(&mut self) -> (Address, Span) {
        let token = self.token(0);
        let span = self.span_of(token);
        let (radix, digits, suffix) = Self::digits(self.text_of(token));
        let value = self.number_value(token, radix, digits);
        if !suffix.is_empty() {
            let error = Diagnostic::error(span, "this is not an address")
                .label("expected hexadecimal digits behind `0x`, or decimal digits");
            self.tell(error);
        }
        self.bump();
        (Address(value.to_be_bytes()), span)
    }

    /// `0x1`, `std`
    pub(super) fn address_name(&mut self, expected: &str) -> Result<AddressName> {
        if self.kind() == TokenKind::Number {
            let (address, span) = self.address_number();
            return Ok(AddressName::Number(address, span));
        }
        Ok(AddressName::Named(self.name(expected)?))
    }

    /// A literal, if one is next.
    pub(super) fn literal(&mut self) -> Result<Option<Literal>> {
        let token = self.token(0);
        let span = self.span_of(token);
        let text = self.text_of(token);
        let literal = match token.kind {
            TokenKind::Number => return Ok(Some(self.number())),
            TokenKind::Keyword(word @ ("true" | "false")) => Literal::Bool(word == "true", span),
            TokenKind::Symbol("@") => {
                self.bump();
                let name = self.address_name("an address behind `@`")?;
                return Ok(Some(Literal::Address(name, self.since(span))));
            }
            TokenKind::Hex => {
                let digits = text.get(2..text.len().saturating_sub(1));
                Literal::Bytes(self.hex(digits.unwrap_or_default(), span), span)
            }
            TokenKind::Bytes => {
                let inner = text.get(2..text.len().saturating_sub(1));
                let bytes = self.unescape(inner.unwrap_or_default(), token.start.saturating_add(2));
                if !text.is_ascii() {
                    let error = Diagnostic::error(span, "byte strings hold ASCII only")
                        .label("there is a character in it that is not ASCII")
                        .help("write its bytes in UTF-8 as `\\x…`");
                    self.tell(error);
                }
                Literal::Bytes(bytes, span)
            }
            TokenKind::Text => {
                let inner = text.get(1..text.len().saturating_sub(1));
                let bytes = self.unescape(inner.unwrap_or_default(), token.start.saturating_add(1));
                let text = String::from_utf8(bytes).unwrap_or_else(|_| {
                    let error = Diagnostic::error(span, "this text is not UTF-8");
                    self.tell(error);
                    String::new()
                });
                Literal::Text(text, span)
            }
            _ => return Ok(None),
        };
        self.bump();
        Ok(Some(literal))
    }

    fn hex(&mut self, digits: &str, span: Span) -> Vec<u8> {
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            let error = Diagnostic::error(span, "a hex string holds hexadecimal digits only")
                .label("there is something else in it");
            self.tell(error);
        } else if digits.len() % 2 == 1 {
            let error = Diagnostic::error(span, "a hex string needs two digits for each byte")
                .label("the number of its digits is odd");
            self.tell(error);
        }
        let nibble = |b: &u8| char::from(*b).to_digit(16).unwrap_or(0);
        digits
            .as_bytes()
            .chunks_exact(2)
            .map(|pair| {
                let byte = pair.iter().fold(0, |byte: u32, b| (byte << 4) | nibble(b));
                u8::try_from(byte).unwrap_or(0)
            })
            .collect()
    }

    fn unescape(&mut self, text: &str, start: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.char_indices();
        while let Some((at, c)) = rest.next() {
            if c != '\\' {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                continue;
            }
            let mut digit = || rest.next().and_then(|(_, c)| c.to_digit(16));
            let escape = text
                .get(at.saturating_add(1)..)
                .and_then(|t| t.chars().next());
            let byte = match escape {
                Some('x') => {
                    digit();
                    match (digit(), digit()) {
                        (Some(high), Some(low)) => u8::try_from((high << 4) | low).ok(),
                        _ => None,
                    }
                }
                _ => {
                    rest.next();
                    match escape {
                        Some('n') => Some(b'\n'),
                        Some('r') => Some(b'\r'),
                        Some('t') => Some(b'\t'),
                        Some('0') => Some(0),
                        Some('\\') => Some(b'\\'),
                        Some('"') => Some(b'"'),
                        _ => None,
                    }
                }
            };
            if let Some(byte) = byte {
                bytes.push(byte);
                continue;
            }
            let begin = start.saturating_add(u32::try_from(at).unwrap_or(0));
            let length = 1usize.saturating_add(escape.map_or(0, char::len_utf8));
            let end = begin.saturating_add(u32::try_from(length).unwrap_or(1));
            let error = Diagnostic::error(self.report.span(begin, end), "unknown escape")
                .label("not known")
                .help(
                    "known are \\n, \\r, \\t, \\0, \\\\, \\\" and \\x with two hexadecimal digits",
                );
            self.tell(error);
        }
        bytes
    }
}
