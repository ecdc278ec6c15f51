//! Numbers, texts and fixed pieces as bytes, and back.

use alloy_primitives::{Address, B256, Bytes};

/// Appends a number, seven bits to a byte, the lowest first.
pub(super) fn number(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push((value as u8) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Appends how many items or bytes follow.
pub(super) fn length(length: usize, bytes: &mut Vec<u8>) {
    number(length as u64, bytes);
}

/// Appends bytes after their length.
pub(super) fn data(data: &[u8], bytes: &mut Vec<u8>) {
    length(data.len(), bytes);
    bytes.extend_from_slice(data);
}

/// Appends a text after its length.
pub(super) fn text(text: &str, bytes: &mut Vec<u8>) {
    data(text.as_bytes(), bytes);
}

/// What is left to read. None wherever it is malformed.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let group = u64::from(byte & 0x7f);
            let shifted = group << shift;
            if shifted >> shift != group {
                return None;
            }
            value |= shifted;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn length(&mut self) -> Option<usize> {
        // No item is shorter than a byte, so a larger count is a lie that
        // must not reserve memory.
        let length = usize::try_from(self.number()?).ok()?;
        (length <= self.0.len()).then_some(length)
    }

    /// So many items as the number before them says.
    pub(super) fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.length()?;
        let mut items = Vec::with_capacity(count.min(256));
        for _ in 0..count {
            items.push(read(self)?);
        }
        Some(items)
    }

    pub(super) fn data(&mut self) -> Option<Bytes> {
        let length = self.length()?;
        Some(Bytes::copy_from_slice(self.take(length)?))
    }

    pub(super) fn address(&mut self) -> Option<Address> {
        Address::try_from(self.take(20)?).ok()
    }

    pub(super) fn hash(&mut self) -> Option<B256> {
        B256::try_from(self.take(32)?).ok()
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }
}
