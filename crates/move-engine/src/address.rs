//! Addresses and names of modules.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, str::FromStr};

/// A 32-byte account address.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(pub [u8; 32]);

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address: write 0x and 1 to 64 hex digits")]
pub struct AddressError(pub String);

impl Address {
    /// `0x1`, where the standard modules are.
    pub const ONE: Self = Self::small(1);

    /// The address whose last byte is `n`, all others zero.
    pub const fn small(n: u8) -> Self {
        let mut bytes = [0; 32];
        bytes[31] = n;
        Self(bytes)
    }

    /// 64 hex digits without `0x`.
    pub fn to_hex(&self) -> String {
        let mut text = String::with_capacity(64);
        self.0.iter().for_each(|byte| push_hex(&mut text, *byte));
        text
    }

    /// `0x` and hex digits without leading zeros.
    pub fn to_short_hex(&self) -> String {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        let mut text = String::with_capacity(66);
        text.push_str("0x");
        match self.0.get(zeros..).and_then(<[u8]>::split_first) {
            None => text.push('0'),
            Some((first, others)) => {
                if first >> 4 != 0 {
                    text.push(digit(first >> 4));
                }
                text.push(digit(first & 0xF));
                others.iter().for_each(|byte| push_hex(&mut text, *byte));
            }
        }
        text
    }
}

fn push_hex(text: &mut String, byte: u8) {
    text.push(digit(byte >> 4));
    text.push(digit(byte & 0xF));
}

fn digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_short_hex())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads 1 to 64 hex digits, with or without `0x`.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = || AddressError(text.to_string());
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return Err(error());
        }
        let padded = format!("{digits:0>64}");
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(padded.as_bytes().chunks(2)) {
            let pair = core::str::from_utf8(pair).map_err(|_| error())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

/// Where a module is published, and its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId {
    /// The account.
    pub address: Address,
    /// The name.
    pub name: String,
}

impl ModuleId {
    /// Puts the two together.
    pub fn new(address: Address, name: impl Into<String>) -> Self {
        Self {
            address,
            name: name.into(),
        }
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.address, self.name)
    }
}

/// Whether a text can be a name: a letter or `_`, then letters, digits and `_` (not `_` alone);
/// `$` also counts as a letter where `dollar` says so (binaries of version 9 and later). Compilers
/// call a script's module `<SELF>` or, for each of several scripts, `<SELF>_0` and so on.
pub fn is_identifier(text: &str, dollar: bool) -> bool {
    if let Some(number) = text.strip_prefix("<SELF>") {
        let digits = number.strip_prefix('_').unwrap_or_default();
        return number.is_empty()
            || !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    }
    let extra = |c: char| c == '_' || dollar && c == '$';
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let rest_is_empty = text.len() == 1;
    (first.is_ascii_alphabetic() || extra(first) && !rest_is_empty)
        && chars.all(|c| c.is_ascii_alphanumeric() || extra(c))
}
