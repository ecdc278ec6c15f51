//! Reading BCS, in which Move's events say what they ask for.

use alloc::vec::Vec;
use alloy_primitives::B256;

/// Bytes that are read from the front. Every part is `None` where the bytes are no such thing.
pub(crate) struct Bcs<'b>(pub(crate) &'b [u8]);

impl<'b> Bcs<'b> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A length or a count, of at most 35 bits.
    pub(crate) fn length(&mut self) -> Option<usize> {
        let mut length = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    /// A `vector<u8>`.
    pub(crate) fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    /// A `bool`.
    pub(crate) fn bool(&mut self) -> Option<bool> {
        match self.take(1)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    /// An `address`.
    pub(crate) fn address(&mut self) -> Option<B256> {
        B256::try_from(self.take(32)?).ok()
    }

    /// A vector, each element with `read`.
    pub(crate) fn vector<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let count = self.length()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Some(items)
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
