//! Primitives of BCS: what both interpreters read and write values with.

use alloc::{string::String, vec::Vec};

use crate::{Address, StatusCode, VmError, VmResult};

/// What is left of some BCS. Errors are `VALUE_DESERIALIZATION_ERROR`; whoever knows better
/// replaces the status.
#[derive(Clone, Debug)]
pub struct Reader<'a>(&'a [u8]);

#[cold]
fn bad(what: &str) -> VmError {
    VmError::new(StatusCode::ValueDeserializationError).with_message(what)
}

impl<'a> Reader<'a> {
    /// Reads from the start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.0.len()
    }

    /// Fails if something is left.
    pub fn end(&self) -> VmResult<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(bad("bytes follow the end of the value"))
        }
    }

    /// The next bytes.
    pub fn take(&mut self, length: usize) -> VmResult<&'a [u8]> {
        let split = self.0.split_at_checked(length);
        let (taken, rest) = split.ok_or_else(|| bad("the value ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next byte.
    pub fn u8(&mut self) -> VmResult<u8> {
        self.take(1)?
            .first()
            .copied()
            .ok_or_else(|| bad("the value ends too early"))
    }

    /// A `bool`: 0 or 1.
    pub fn bool(&mut self) -> VmResult<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(bad("a bool is neither 0 nor 1")),
        }
    }

    /// A 32-byte address.
    pub fn address(&mut self) -> VmResult<Address> {
        let bytes = self.take(32)?;
        bytes
            .try_into()
            .map(Address)
            .map_err(|_| bad("the value ends too early"))
    }

    /// A little-endian `u64`.
    pub fn u64(&mut self) -> VmResult<u64> {
        let bytes = self
            .take(8)?
            .try_into()
            .map_err(|_| bad("the value ends too early"))?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A length or variant: an unsigned LEB128 number of at most 32 bits in its shortest form.
    pub fn uleb(&mut self) -> VmResult<u32> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if shift > 0 && byte == 0 {
                    return Err(bad("a length is not in its shortest form"));
                }
                return u32::try_from(value).map_err(|_| bad("a length exceeds 32 bits"));
            }
        }
        Err(bad("a length exceeds 32 bits"))
    }

    /// A UTF-8 string with its length before it.
    pub fn string(&mut self) -> VmResult<String> {
        let length = self.uleb()? as usize;
        let text = core::str::from_utf8(self.take(length)?).map_err(|_| bad("not UTF-8"))?;
        Ok(String::from(text))
    }
}

/// Appends an unsigned LEB128 number.
pub fn put_uleb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a byte string with its length before it.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uleb(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
