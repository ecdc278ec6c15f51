//! A position in a binary, and the primitive values that can be read there.

use crate::{StatusCode, U256, VmError, VmResult};

/// What is left to read. `version` decides what may be there.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    pub(super) version: u32,
}

/// `MALFORMED`, with words.
#[cold]
pub(super) fn malformed(what: &str) -> VmError {
    VmError::new(StatusCode::Malformed).with_message(what)
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], version: u32) -> Self {
        Self {
            rest: bytes,
            version,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `n` bytes.
    pub(super) fn take(&mut self, n: usize) -> VmResult<&'a [u8]> {
        let (taken, rest) = self
            .rest
            .split_at_checked(n)
            .ok_or_else(|| malformed("the binary ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, status: StatusCode) -> VmResult<[u8; N]> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| VmError::new(status))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> VmResult<u8> {
        let [byte] = self.array(StatusCode::Malformed)?;
        Ok(byte)
    }

    pub(super) fn u16(&mut self) -> VmResult<u16> {
        self.array(StatusCode::BadU16).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> VmResult<u32> {
        self.array(StatusCode::BadU32).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> VmResult<u64> {
        self.array(StatusCode::BadU64).map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> VmResult<u128> {
        self.array(StatusCode::BadU128).map(u128::from_le_bytes)
    }

    pub(super) fn u256(&mut self) -> VmResult<U256> {
        self.array::<32>(StatusCode::BadU256)
            .map(U256::from_le_bytes)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn uleb(&mut self) -> VmResult<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let low = u64::from(byte & 0x7f);
            let placed = low
                .checked_shl(shift)
                .filter(|placed| placed >> shift == low);
            value |= placed.ok_or_else(|| malformed("a number has more than 64 bits"))?;
            if byte & 0x80 == 0 {
                if shift > 0 && byte == 0 {
                    return Err(malformed("a number is not in its shortest form"));
                }
                return Ok(value);
            }
        }
        Err(malformed("a number has more than 64 bits"))
    }

    /// The same, at most `max`.
    pub(super) fn uleb_max(&mut self, max: u64, what: &str) -> VmResult<u64> {
        let value = self.uleb()?;
        if value > max {
            Err(malformed(what))
        } else {
            Ok(value)
        }
    }

    /// An index into a table.
    pub(super) fn index(&mut self) -> VmResult<u16> {
        u16::try_from(self.uleb()?).map_err(|_| malformed("a table index exceeds 65535"))
    }

    /// How many entries follow. Nothing vouches for the number: see [`Cursor::capacity`].
    pub(super) fn count(&mut self, max: u64, what: &str) -> VmResult<usize> {
        usize::try_from(self.uleb_max(max, what)?).map_err(|_| malformed(what))
    }

    /// For how many of `count` entries memory may be reserved: each takes at least one byte of what
    /// is left, so that no declared number makes the reader allocate more than the binary can hold.
    pub(super) fn capacity(&self, count: usize) -> usize {
        count.min(self.rest.len())
    }

    /// A byte string with its length before it.
    pub(super) fn blob(&mut self, max: u64, what: &str) -> VmResult<&'a [u8]> {
        let length = self.count(max, what)?;
        self.take(length)
    }

    /// Fails unless the binary's version has something.
    pub(super) fn since(&self, version: u32, what: &str) -> VmResult<()> {
        if self.version < version {
            Err(malformed(what))
        } else {
            Ok(())
        }
    }
}
