//! What is left of some BCS. Nothing is allocated that the bytes at hand do not pay for.

use alloc::{string::String, vec::Vec};

use lumio_move_engine::{TypeTag, bcs, is_identifier};

use crate::{Bcs, DecodeCause, DecodeError};

/// Reads BCS strictly: shortest lengths, booleans of 0 and 1, bounded lists.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    left: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            left: bytes,
            offset: 0,
        }
    }

    /// An error here.
    pub(crate) fn fail(&self, cause: DecodeCause) -> DecodeError {
        DecodeError {
            offset: self.offset,
            cause,
        }
    }

    /// Fails if something is left.
    ///
    /// # Errors
    /// [`DecodeCause::Trailing`].
    pub fn end(&self) -> Result<(), DecodeError> {
        match self.left.len() {
            0 => Ok(()),
            left => Err(self.fail(DecodeCause::Trailing(left))),
        }
    }

    pub(crate) fn take(&mut self, needed: usize) -> Result<&'a [u8], DecodeError> {
        let Some((taken, left)) = self.left.split_at_checked(needed) else {
            let left = self.left.len();
            return Err(self.fail(DecodeCause::Truncated { needed, left }));
        };
        self.left = left;
        self.offset = self.offset.saturating_add(needed);
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, DecodeError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.fail(DecodeCause::NotBoolean(other))),
        }
    }

    pub(crate) fn option<T: Bcs>(&mut self) -> Result<Option<T>, DecodeError> {
        self.bool()?.then(|| T::read(self)).transpose()
    }

    /// A length or variant.
    pub(crate) fn uleb(&mut self) -> Result<u32, DecodeError> {
        let mut value = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if shift > 0 && byte == 0 {
                    return Err(self.fail(DecodeCause::NotCanonical));
                }
                return u32::try_from(value).map_err(|_| self.fail(DecodeCause::TooWide));
            }
        }
        Err(self.fail(DecodeCause::TooWide))
    }

    /// A number of elements.
    fn count(&mut self, what: &'static str, most: u32) -> Result<u32, DecodeError> {
        let count = self.uleb()?;
        if count > most {
            return Err(self.fail(DecodeCause::TooMany { what, count, most }));
        }
        Ok(count)
    }

    pub(crate) fn list<T: Bcs>(
        &mut self,
        what: &'static str,
        most: u32,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.count(what, most)?;
        // Nothing is reserved: the count may be a lie that the bytes do not pay for.
        (0..count).map(|_| T::read(self)).collect()
    }

    /// A byte string, as long as what is left.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.uleb()?;
        self.take(length as usize)
    }

    /// A byte string of bounded length.
    pub(crate) fn bytes_up_to(
        &mut self,
        what: &'static str,
        most: u32,
    ) -> Result<&'a [u8], DecodeError> {
        let length = self.count(what, most)?;
        self.take(length as usize)
    }

    /// A byte string that always has the same length and yet has it before it.
    pub(crate) fn fixed<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], DecodeError> {
        let found = self.uleb()?;
        if found as usize != N {
            let expected = N as u32;
            return Err(self.fail(DecodeCause::WrongLength {
                what,
                found,
                expected,
            }));
        }
        self.array()
    }

    /// A name in Move.
    pub(crate) fn name(&mut self, what: &'static str) -> Result<String, DecodeError> {
        let bytes = self.bytes()?;
        let text =
            core::str::from_utf8(bytes).map_err(|_| self.fail(DecodeCause::NotUtf8(what)))?;
        if !is_identifier(text, true) {
            let name = text.chars().take(64).collect();
            return Err(self.fail(DecodeCause::BadName { what, name }));
        }
        Ok(text.into())
    }

    /// A type tag, as the engine reads it: at most 32 inside each other.
    pub(crate) fn type_tag(&mut self) -> Result<TypeTag, DecodeError> {
        let mut inner = bcs::Reader::new(self.left);
        let tag = TypeTag::read(&mut inner).map_err(|error| {
            let message = error.details().message.clone();
            self.fail(DecodeCause::TypeTag(
                message.unwrap_or_else(|| error.status().name().into()),
            ))
        })?;
        self.take(self.left.len().saturating_sub(inner.left()))?;
        Ok(tag)
    }

    /// A variant that does not exist.
    pub(crate) fn no_variant<T>(&self, what: &'static str, variant: u32) -> Result<T, DecodeError> {
        Err(self.fail(DecodeCause::UnknownVariant { what, variant }))
    }
}
