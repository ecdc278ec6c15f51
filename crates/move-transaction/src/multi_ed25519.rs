//! Accounts with several ed25519 keys, in the older form.

use alloc::vec::Vec;

use lumio_move_engine::bcs::put_uleb;

use crate::{
    AuthenticationKey, Bcs, DecodeCause, DecodeError, Ed25519PublicKey, Ed25519Signature, Reader,
    hash::{MULTI_ED25519, sha3_256},
    multi_key::{KEYS_MAX, named_keys},
};

const KEY: usize = 32;
const SIGNATURE: usize = 64;
const BITMAP: usize = 4;

/// Several keys, some of which must sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiEd25519PublicKey {
    /// The keys.
    pub keys: Vec<Ed25519PublicKey>,
    /// How many must sign.
    pub threshold: u8,
}

/// Signatures of some of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiEd25519Signature {
    /// The signatures, in the order of the keys.
    pub signatures: Vec<Ed25519Signature>,
    /// Whose they are: the highest bit of the first byte is the first key.
    pub bitmap: [u8; BITMAP],
}

impl MultiEd25519PublicKey {
    /// The authentication key of an account that has these keys.
    pub fn authentication_key(&self) -> AuthenticationKey {
        sha3_256(&[&self.joined(), &[MULTI_ED25519]])
    }

    fn joined(&self) -> Vec<u8> {
        let mut out: Vec<u8> = self.keys.iter().flat_map(|key| key.0).collect();
        out.push(self.threshold);
        out
    }
}

impl MultiEd25519Signature {
    /// Places of the keys that signed.
    pub fn signers(&self) -> impl Iterator<Item = usize> + '_ {
        named_keys(&self.bitmap)
    }
}

/// Splits what is a number of chunks of one size, and a tail.
fn split<const CHUNK: usize, const TAIL: usize>(
    reader: &mut Reader<'_>,
    what: &'static str,
) -> Result<(Vec<[u8; CHUNK]>, [u8; TAIL]), DecodeError> {
    let bytes = reader.bytes()?;
    let odd = reader.fail(DecodeCause::OddLength {
        what,
        found: bytes.len(),
    });
    let most = CHUNK.saturating_mul(KEYS_MAX as usize);
    match bytes.split_last_chunk::<TAIL>() {
        Some((body, tail)) if body.len() <= most => match body.as_chunks::<CHUNK>() {
            (chunks, []) => Ok((chunks.to_vec(), *tail)),
            _ => Err(odd),
        },
        _ => Err(odd),
    }
}

impl Bcs for MultiEd25519PublicKey {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (keys, [threshold]) = split::<KEY, 1>(reader, "a multi-ed25519 public key")?;
        Ok(Self {
            keys: keys.into_iter().map(Ed25519PublicKey).collect(),
            threshold,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let joined = self.joined();
        put_uleb(out, joined.len() as u64);
        out.extend(joined);
    }
}

impl Bcs for MultiEd25519Signature {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (signatures, bitmap) = split::<SIGNATURE, BITMAP>(reader, "a multi-ed25519 signature")?;
        Ok(Self {
            signatures: signatures.into_iter().map(Ed25519Signature).collect(),
            bitmap,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let length = self.signatures.len().saturating_mul(SIGNATURE);
        put_uleb(out, length.saturating_add(BITMAP) as u64);
        self.signatures
            .iter()
            .for_each(|signature| out.extend(signature.0));
        out.extend(self.bitmap);
    }
}
