//! Reading Solidity's ABI where it comes from a stranger.
//!
//! Offsets may point anywhere, so that a few bytes can stand for a value of any size. A [`Reader`]
//! never gives out more than the data hold: what an ordinary encoder makes fits in that.

use alloc::{string::String, vec::Vec};
use alloy_primitives::{B256, Bytes, U256};

/// Why some data are no encoding of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbiError {
    /// The data end in the middle of a value.
    #[error("the data end too early")]
    Short,
    /// An offset or a length is larger than all of the data.
    #[error("an offset or a length points outside of the data")]
    Outside,
    /// Values share their data.
    #[error("several values are encoded in the same bytes")]
    Shared,
    /// A string is not UTF-8.
    #[error("a string is not UTF-8")]
    NotUtf8,
}

/// Data with a bound for what may be read of them.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    left: usize,
}

impl<'a> Reader<'a> {
    /// Reads data.
    pub const fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            left: data.len(),
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), AbiError> {
        self.left = self.left.checked_sub(bytes).ok_or(AbiError::Shared)?;
        Ok(())
    }

    /// The word at a place.
    ///
    /// # Errors
    /// When there is none.
    pub fn word(&mut self, at: usize) -> Result<B256, AbiError> {
        let bytes = self
            .data
            .get(at..)
            .and_then(|rest| rest.first_chunk::<32>());
        let word = bytes.ok_or(AbiError::Short)?;
        self.spend(32)?;
        Ok(B256::from(*word))
    }

    /// The number at a place, which counts bytes or elements of these data.
    fn size(&mut self, at: usize) -> Result<usize, AbiError> {
        let number = U256::from_be_bytes(self.word(at)?.0);
        let number = usize::try_from(number).map_err(|_| AbiError::Outside)?;
        (number <= self.data.len())
            .then_some(number)
            .ok_or(AbiError::Outside)
    }

    /// Where something of variable size begins: the offset at a place, from the beginning of the
    /// tuple that the place is in.
    ///
    /// # Errors
    /// When that is outside of the data.
    pub fn follow(&mut self, at: usize, tuple: usize) -> Result<usize, AbiError> {
        let offset = self.size(at)?;
        tuple.checked_add(offset).ok_or(AbiError::Outside)
    }

    /// The `bytes` or `string` at a place.
    ///
    /// # Errors
    /// When it is longer than the data.
    pub fn bytes(&mut self, at: usize) -> Result<&'a [u8], AbiError> {
        let length = self.size(at)?;
        let start = at.checked_add(32).ok_or(AbiError::Outside)?;
        let end = start.checked_add(length).ok_or(AbiError::Outside)?;
        let bytes = self.data.get(start..end).ok_or(AbiError::Short)?;
        self.spend(length)?;
        Ok(bytes)
    }

    /// The `string` at a place.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes), or when it is not UTF-8.
    pub fn string(&mut self, at: usize) -> Result<String, AbiError> {
        let text = core::str::from_utf8(self.bytes(at)?);
        text.map(String::from).map_err(|_| AbiError::NotUtf8)
    }

    /// How many elements the array at a place has, and where they begin.
    ///
    /// # Errors
    /// When there cannot be so many.
    pub fn array(&mut self, at: usize) -> Result<(usize, usize), AbiError> {
        let count = self.size(at)?;
        let start = at.checked_add(32).ok_or(AbiError::Outside)?;
        Ok((count, start))
    }

    /// The `bytes[]` at a place.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn byte_strings(&mut self, at: usize) -> Result<Vec<Bytes>, AbiError> {
        let (count, start) = self.array(at)?;
        let mut strings = Vec::new();
        for number in 0..count {
            let place = start.saturating_add(number.saturating_mul(32));
            let at = self.follow(place, start)?;
            strings.push(Bytes::copy_from_slice(self.bytes(at)?));
        }
        Ok(strings)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};
    use alloy_sol_types::SolValue;

    #[test]
    fn reads_what_an_encoder_wrote() {
        let data = (U256::from(7), "seven".to_string(), vec![1_u64, 2]).abi_encode_params();
        let mut reader = Reader::new(&data);
        assert_eq!(reader.word(0).unwrap(), B256::with_last_byte(7));
        let at = reader.follow(32, 0).unwrap();
        assert_eq!(reader.string(at).unwrap(), "seven");
        let at = reader.follow(64, 0).unwrap();
        let (count, start) = reader.array(at).unwrap();
        assert_eq!(count, 2);
        assert_eq!(reader.word(start + 32).unwrap(), B256::with_last_byte(2));
    }

    #[test]
    fn a_few_bytes_never_stand_for_many() {
        // An array whose hundred elements are all the same long string.
        let mut data: Vec<u8> = Vec::new();
        data.extend(U256::from(100).to_be_bytes::<32>());
        for _ in 0..100 {
            data.extend(U256::from(100 * 32).to_be_bytes::<32>());
        }
        data.extend(U256::from(3_000).to_be_bytes::<32>());
        data.extend([b'x'; 3_008]);
        let mut reader = Reader::new(&data);
        let (count, start) = reader.array(0).unwrap();
        let mut read = || {
            for element in 0..count {
                let at = reader.follow(start + element * 32, start)?;
                reader.bytes(at)?;
            }
            Ok(())
        };
        assert_eq!(read(), Err(AbiError::Shared));
    }

    #[test]
    fn wild_offsets_are_refused() {
        let data = U256::MAX.abi_encode();
        let mut reader = Reader::new(&data);
        assert_eq!(reader.follow(0, 0), Err(AbiError::Outside));
        assert!(reader.bytes(0).is_err());
        assert_eq!(reader.word(1), Err(AbiError::Short));
        assert_eq!(reader.word(usize::MAX), Err(AbiError::Short));
    }
}
