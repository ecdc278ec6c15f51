//! Numbers, and constants: their literals to BCS and back.

use alloc::{format, string::String, vec::Vec};

use super::{error::TextError, lexer::Token, parser::Parser, syntax::Type};
use crate::{Address, U256, format::SignatureToken};

/// Width in bits, and whether it is signed.
pub(super) fn integer_type(token: &SignatureToken) -> Option<(usize, bool)> {
    let width = match token {
        SignatureToken::U8 | SignatureToken::I8 => 8,
        SignatureToken::U16 | SignatureToken::I16 => 16,
        SignatureToken::U32 | SignatureToken::I32 => 32,
        SignatureToken::U64 | SignatureToken::I64 => 64,
        SignatureToken::U128 | SignatureToken::I128 => 128,
        SignatureToken::U256 | SignatureToken::I256 => 256,
        _ => return None,
    };
    Some((width, token.is_signed_integer()))
}

/// The number that a text is, or `Some(None)` if it is one of more than 256 bits.
fn number(text: &str) -> Option<Option<U256>> {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, radix) = if let Some(digits) = text.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = text.strip_prefix("0b") {
        (digits, 2)
    } else {
        (text.as_str(), 10)
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    is_number.then(|| U256::from_str_radix(digits, u64::from(radix)).ok())
}

/// Appends a number in ULEB128.
fn write_length(mut length: usize, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(length & 0x7f).unwrap_or_default();
        length >>= 7;
        if length == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

impl Parser {
    fn unsigned(&mut self, what: &str) -> Result<(U256, String), TextError> {
        let Token::Number(text) = self.peek().clone() else {
            return Err(self.expected(what));
        };
        let value = number(&text).ok_or_else(|| self.expected(what))?;
        let value = value.ok_or_else(|| self.at().out_of_range(&text, "256 bits"))?;
        self.advance();
        Ok((value, text))
    }

    /// A number that fits the type of what is asked for.
    pub(super) fn small<T: TryFrom<U256>>(&mut self, what: &str) -> Result<T, TextError> {
        let at = self.at();
        let (value, text) = self.unsigned(what)?;
        T::try_from(value).map_err(|_| at.out_of_range(text, what))
    }

    /// `#7`: an entry of a table.
    pub(super) fn index(&mut self) -> Result<u16, TextError> {
        self.expect("#")?;
        self.small("an index below 65536")
    }

    /// `#7`: a parameter or local.
    pub(super) fn local_index(&mut self) -> Result<u8, TextError> {
        self.expect("#")?;
        self.small("a number below 256")
    }

    /// An integer of the type, in two's complement of its width if negative.
    pub(super) fn integer(&mut self, token: &SignatureToken) -> Result<U256, TextError> {
        let (width, signed) = integer_type(token).unwrap_or((256, false));
        let at = self.at();
        let negative = signed && self.eat("-");
        let (magnitude, text) = self.unsigned("an integer")?;
        let bits = if signed {
            width.saturating_sub(1)
        } else {
            width
        };
        let all = U256::MAX >> 256_usize.saturating_sub(width);
        let limit = U256::MAX >> 256_usize.saturating_sub(bits);
        let fits = if negative {
            magnitude <= limit.wrapping_add(U256::from(1))
        } else {
            magnitude <= limit
        };
        if !fits {
            let sign = if negative { "-" } else { "" };
            return Err(at.out_of_range(format_args!("{sign}{text}"), type_name(token)));
        }
        Ok(if negative {
            magnitude.wrapping_neg() & all
        } else {
            magnitude
        })
    }

    /// The BCS of a value of the type. It nests no deeper than the type does.
    pub(super) fn literal(&mut self, ty: &Type) -> Result<Vec<u8>, TextError> {
        if self.eat_word("bcs") {
            return match self.peek().clone() {
                Token::Bytes(bytes) => {
                    self.advance();
                    Ok(bytes)
                }
                _ => Err(self.expected("a string of bytes")),
            };
        }
        match ty {
            Type::Plain(SignatureToken::Bool) if self.eat_word("true") => Ok(alloc::vec![1]),
            Type::Plain(SignatureToken::Bool) if self.eat_word("false") => Ok(alloc::vec![0]),
            Type::Plain(SignatureToken::Bool) => Err(self.expected("'true', 'false' or 'bcs'")),
            Type::Plain(SignatureToken::Address) => Ok(self.address()?.0.to_vec()),
            Type::Plain(token) if token.is_integer() => {
                let bytes: [u8; 32] = self.integer(token)?.to_le_bytes();
                let width = integer_type(token).map_or(0, |(bits, _)| bits / 8);
                Ok(bytes.into_iter().take(width).collect())
            }
            Type::Vector(element) => self.vector(element),
            _ => Err(self.expected("'bcs'")),
        }
    }

    fn vector(&mut self, element: &Type) -> Result<Vec<u8>, TextError> {
        let mut out = Vec::new();
        match self.peek().clone() {
            Token::Text(bytes) | Token::Bytes(bytes)
                if *element == Type::Plain(SignatureToken::U8) =>
            {
                self.advance();
                write_length(bytes.len(), &mut out);
                out.extend(bytes);
            }
            Token::Mark("[") => {
                let items = self.list("[", "]", |p| p.literal(element))?;
                write_length(items.len(), &mut out);
                out.extend(items.into_iter().flatten());
            }
            _ => return Err(self.expected("a vector")),
        }
        Ok(out)
    }
}

fn type_name(token: &SignatureToken) -> &'static str {
    super::types::PRIMITIVES
        .iter()
        .find(|(_, t)| t == token)
        .map_or("the type", |(name, _)| *name)
}

/// A constant as a literal that gives the same bytes again.
pub(super) fn render(token: &SignatureToken, data: &[u8]) -> String {
    let mut rest = data;
    match render_part(token, &mut rest) {
        Some(text) if rest.is_empty() => text,
        _ => format!("bcs {}", hex_string(data)),
    }
}

/// Bytes as `x"…"`.
pub(super) fn hex_string(bytes: &[u8]) -> String {
    let mut text = String::from("x\"");
    for byte in bytes {
        text.push_str(&format!("{byte:02x}"));
    }
    text.push('"');
    text
}

/// Bytes as `"…"` if they are printable, else as `x"…"`.
pub(super) fn byte_string(bytes: &[u8]) -> String {
    if bytes.is_empty() || !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
        return hex_string(bytes);
    }
    let mut text = String::from("\"");
    for byte in bytes {
        if matches!(byte, b'"' | b'\\') {
            text.push('\\');
        }
        text.push(char::from(*byte));
    }
    text.push('"');
    text
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

/// A length in the shortest ULEB128.
fn read_length(rest: &mut &[u8]) -> Option<usize> {
    let before = *rest;
    let mut length = 0_usize;
    for shift in [0_u32, 7, 14, 21] {
        let byte = *take(rest, 1)?.first()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let mut again = Vec::new();
            write_length(length, &mut again);
            return before.starts_with(&again).then_some(length);
        }
    }
    None
}

/// Nests as deep as the type does.
fn render_part(token: &SignatureToken, rest: &mut &[u8]) -> Option<String> {
    if let Some((width, signed)) = integer_type(token) {
        let bytes = take(rest, width / 8)?;
        return Some(render_integer(bytes, signed));
    }
    match token {
        SignatureToken::Bool => match take(rest, 1)? {
            [0] => Some("false".into()),
            [1] => Some("true".into()),
            _ => None,
        },
        SignatureToken::Address => {
            let bytes = take(rest, 32)?.try_into().ok()?;
            Some(Address(bytes).to_short_hex())
        }
        SignatureToken::Vector(element) if **element == SignatureToken::U8 => {
            let length = read_length(rest)?;
            Some(byte_string(take(rest, length)?))
        }
        SignatureToken::Vector(element) => {
            let length = read_length(rest)?;
            let mut items = Vec::new();
            for _ in 0..length {
                items.push(render_part(element, rest)?);
            }
            Some(format!("[{}]", items.join(", ")))
        }
        _ => None,
    }
}

/// An integer of at most 32 little-endian bytes.
pub(super) fn render_integer(bytes: &[u8], signed: bool) -> String {
    let negative = signed && bytes.last().is_some_and(|b| b & 0x80 != 0);
    let mut wide = [if negative { 0xff } else { 0 }; 32];
    for (to, from) in wide.iter_mut().zip(bytes) {
        *to = *from;
    }
    let value = U256::from_le_bytes(wide);
    if negative {
        format!("-{}", value.wrapping_neg())
    } else {
        format!("{value}")
    }
}
