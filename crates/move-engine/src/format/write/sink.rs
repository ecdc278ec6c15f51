//! Bytes being written, in one version of the format.

use alloc::vec::Vec;

use crate::{StatusCode, VmError, VmResult};

#[derive(Debug)]
pub(super) struct Sink {
    pub(super) bytes: Vec<u8>,
    pub(super) version: u32,
}

/// What cannot be written, in words.
#[cold]
pub(super) fn unwritable(what: &str) -> VmError {
    VmError::new(StatusCode::ValueSerializationError).with_message(what)
}

impl Sink {
    pub(super) fn new(version: u32) -> Self {
        Self {
            bytes: Vec::new(),
            version,
        }
    }

    pub(super) fn u8(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// An unsigned LEB128 number.
    pub(super) fn uleb(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub(super) fn index(&mut self, index: u16) {
        self.uleb(u64::from(index));
    }

    /// The number of a field or variant.
    pub(super) fn number(&mut self, number: u16, max: u64, what: &str) -> VmResult<()> {
        if u64::from(number) > max {
            return Err(unwritable(what));
        }
        self.index(number);
        Ok(())
    }

    /// How many entries follow.
    pub(super) fn count(&mut self, count: usize, max: u64, what: &str) -> VmResult<()> {
        let count = count as u64;
        if count > max {
            return Err(unwritable(what));
        }
        self.uleb(count);
        Ok(())
    }

    /// A byte string with its length before it.
    pub(super) fn blob(&mut self, bytes: &[u8], max: u64, what: &str) -> VmResult<()> {
        self.count(bytes.len(), max, what)?;
        self.raw(bytes);
        Ok(())
    }

    /// Fails unless the version has something.
    pub(super) fn since(&self, version: u32, what: &str) -> VmResult<()> {
        if self.version < version {
            Err(unwritable(what))
        } else {
            Ok(())
        }
    }
}
