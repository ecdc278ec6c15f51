//! Reading and writing BCS: every type of this crate has exactly one form in bytes.

use alloc::vec::Vec;

use lumio_move_engine::{Address, TypeTag, bcs::put_uleb};

use crate::{DecodeError, Reader};

/// What has a form in BCS.
pub trait Bcs: Sized {
    /// Reads one.
    ///
    /// # Errors
    /// If the bytes are not the form of one, or exceed a bound.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Appends it.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads all of some bytes.
    ///
    /// # Errors
    /// As [`Bcs::read`], and if bytes are left.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let value = Self::read(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    /// Its bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}

/// Appends a list with its length before it.
pub(crate) fn write_list<T: Bcs>(list: &[T], out: &mut Vec<u8>) {
    put_uleb(out, list.len() as u64);
    list.iter().for_each(|element| element.write(out));
}

/// Appends an option: its presence as a byte, then what it holds.
pub(crate) fn write_option<T: Bcs>(option: Option<&T>, out: &mut Vec<u8>) {
    out.push(u8::from(option.is_some()));
    if let Some(value) = option {
        value.write(out);
    }
}

impl Bcs for Address {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array().map(Self)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}

impl Bcs for TypeTag {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.type_tag()
    }
    fn write(&self, out: &mut Vec<u8>) {
        TypeTag::write(self, out);
    }
}

impl Bcs for u64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array().map(Self::from_le_bytes)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
}
