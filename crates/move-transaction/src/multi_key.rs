//! Accounts with several keys of any scheme.

use alloc::vec::Vec;

use lumio_move_engine::bcs::put_bytes;

use crate::{
    AnyPublicKey, AnySignature, AuthenticationKey, Bcs, DecodeError, Reader,
    bcs::write_list,
    hash::{MULTI_KEY, sha3_256},
};

/// Keys of one account.
pub(crate) const KEYS_MAX: u32 = 32;
/// Bytes of a bitmap over them.
const BITMAP_MAX: u32 = 4;

/// Several keys, some of which must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiKey {
    /// The keys.
    pub keys: Vec<AnyPublicKey>,
    /// How many must sign.
    pub threshold: u8,
}

/// Signatures of some of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiKeySignature {
    /// The signatures, in the order of the keys.
    pub signatures: Vec<AnySignature>,
    /// Whose they are: the highest bit of the first byte is the first key. Clients send four bytes,
    /// or as many as the keys need.
    pub bitmap: Vec<u8>,
}

impl MultiKey {
    /// The authentication key of an account that has these keys.
    pub fn authentication_key(&self) -> AuthenticationKey {
        sha3_256(&[&self.to_bytes(), &[MULTI_KEY]])
    }
}

impl MultiKeySignature {
    /// Places of the keys that signed.
    pub fn signers(&self) -> impl Iterator<Item = usize> + '_ {
        named_keys(&self.bitmap)
    }
}

/// Places of the bits that are set.
pub(crate) fn named_keys(bitmap: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let bits = bitmap
        .iter()
        .flat_map(|byte| (0..8_u32).map(move |bit| byte & (0x80 >> bit) != 0));
    bits.enumerate()
        .filter_map(|(place, set)| set.then_some(place))
}

impl Bcs for MultiKey {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            keys: reader.list("keys", KEYS_MAX)?,
            threshold: reader.u8()?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_list(&self.keys, out);
        out.push(self.threshold);
    }
}

impl Bcs for MultiKeySignature {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            signatures: reader.list("signatures", KEYS_MAX)?,
            bitmap: reader.bytes_up_to("bytes of bitmap", BITMAP_MAX)?.into(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_list(&self.signatures, out);
        put_bytes(out, &self.bitmap);
    }
}
