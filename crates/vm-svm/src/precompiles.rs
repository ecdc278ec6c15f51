//! Programs that only check signatures: ed25519, secp256k1 and secp256r1.
//!
//! Their instruction starts with a count, then for each signature where it, its key and its
//! message are: offsets into the data of instructions of the same transaction.

use alloy_primitives::{B256, hex, keccak256};
use p256::ecdsa::{Signature as P256Signature, VerifyingKey as P256Key, signature::Verifier};
use secp256k1::{
    Message, Secp256k1,
    ecdsa::{RecoverableSignature, RecoveryId},
};
use solana_precompile_error::PrecompileError;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{ed25519_program, secp256k1_program, secp256r1_program};

/// All three.
pub(crate) const PRECOMPILES: [(Pubkey, &str); 3] = [
    (ed25519_program::ID, "ed25519_program"),
    (secp256k1_program::ID, "secp256k1_program"),
    (secp256r1_program::ID, "secp256r1_program"),
];

/// Stands for the instruction itself where offsets name an instruction by 16 bits.
const OWN: u16 = u16::MAX;
/// Signatures that one instruction of the secp256r1 program may have.
const MAX_SECP256R1: u8 = 8;
/// How many numbers a signature of secp256k1 can have.
const SECP256K1_ORDER: [u8; 32] =
    hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
/// Bytes of the offsets of one signature, with instructions of 16 and of 8 bits.
const WIDE: usize = 14;
const NARROW: usize = 11;

/// Whether a program is one of them.
pub(crate) fn is_precompile(program: &Pubkey) -> bool {
    PRECOMPILES.iter().any(|(key, _)| key == program)
}

/// Checks the signatures that an instruction names. Of several reasons for which one does not hold,
/// the error is the first in Solana's own order.
pub(crate) fn check(
    program: &Pubkey,
    data: &[u8],
    instructions: &[&[u8]],
) -> Result<(), PrecompileError> {
    if ed25519_program::check_id(program) {
        return ed25519(data, instructions);
    }
    if secp256r1_program::check_id(program) {
        return secp256r1(data, instructions);
    }
    if secp256k1_program::check_id(program) {
        return secp256k1(data, instructions);
    }
    Err(PrecompileError::InvalidPublicKey)
}

fn ed25519(data: &[u8], instructions: &[&[u8]]) -> Result<(), PrecompileError> {
    for entry in entries(data, 2, WIDE)? {
        let wide = Wide::of(entry, data, instructions);
        let signature = ed25519_dalek::Signature::from_slice(wide.signature()?)
            .map_err(|_| PrecompileError::InvalidSignature)?;
        // A number that is too large for any signature.
        if signature
            .s_bytes()
            .last()
            .is_some_and(|byte| byte >> 5 != 0)
        {
            return Err(PrecompileError::InvalidSignature);
        }
        let key = wide.key(32)?.try_into();
        let key: &[u8; 32] = key.map_err(|_| PrecompileError::InvalidPublicKey)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(key)
            .map_err(|_| PrecompileError::InvalidPublicKey)?;
        key.verify_strict(wide.message()?, &signature)
            .map_err(|_| PrecompileError::InvalidSignature)?;
    }
    Ok(())
}

fn secp256r1(data: &[u8], instructions: &[&[u8]]) -> Result<(), PrecompileError> {
    let count = data.first().copied().unwrap_or_default();
    if count == 0 || count > MAX_SECP256R1 {
        return Err(PrecompileError::InvalidInstructionDataSize);
    }
    for entry in entries(data, 2, WIDE)? {
        let wide = Wide::of(entry, data, instructions);
        let (signature, key, message) = (wide.signature()?, wide.key(33)?, wide.message()?);
        let signature =
            P256Signature::from_slice(signature).map_err(|_| PrecompileError::InvalidSignature)?;
        // Of the two forms of a signature, the one with a high `s` is refused.
        if signature.normalize_s().is_some() {
            return Err(PrecompileError::InvalidSignature);
        }
        if !matches!(key.first(), Some(2 | 3)) {
            return Err(PrecompileError::InvalidPublicKey);
        }
        let key = P256Key::from_sec1_bytes(key).map_err(|_| PrecompileError::InvalidPublicKey)?;
        key.verify(message, &signature)
            .map_err(|_| PrecompileError::InvalidSignature)?;
    }
    Ok(())
}

fn secp256k1(data: &[u8], instructions: &[&[u8]]) -> Result<(), PrecompileError> {
    let of = |entry: &[u8], at: usize| {
        let index = entry.get(at).copied().map(usize::from);
        index.and_then(|index| instructions.get(index).copied())
    };
    let unsigned = || PrecompileError::InvalidSignature;
    for entry in entries(data, 1, NARROW)? {
        let signed = of(entry, 2).ok_or(PrecompileError::InvalidInstructionDataSize)?;
        let signature = part(signed, short(entry, 0)?, 65).ok_or_else(unsigned)?;
        let (signature, recovery) = signature.split_at(64);
        let mut halves = signature.chunks_exact(32);
        if halves.any(|number| number >= SECP256K1_ORDER.as_slice()) {
            return Err(unsigned());
        }
        let id = recovery.first().copied().map(i32::from);
        let id = id.and_then(|id| RecoveryId::try_from(id).ok());
        let id = id.ok_or(PrecompileError::InvalidRecoveryId)?;
        let address = of(entry, 5).ok_or(PrecompileError::InvalidDataOffsets)?;
        let address = part(address, short(entry, 3)?, 20).ok_or_else(unsigned)?;
        let message = of(entry, 10).ok_or(PrecompileError::InvalidDataOffsets)?;
        let length = usize::from(short(entry, 8)?);
        let message = part(message, short(entry, 6)?, length).ok_or_else(unsigned)?;
        let found = recovered(message, signature, id).ok_or_else(unsigned)?;
        if found.get(12..) != Some(address) {
            return Err(unsigned());
        }
    }
    Ok(())
}

/// The hash of the key that has signed a message, whose end is its Ethereum address.
fn recovered(message: &[u8], signature: &[u8], id: RecoveryId) -> Option<B256> {
    let signature = RecoverableSignature::from_compact(signature, id).ok()?;
    let hash = Message::from_digest(keccak256(message).0);
    let key = Secp256k1::verification_only().recover_ecdsa(hash, &signature);
    let point = key.ok()?.serialize_uncompressed();
    Some(keccak256(point.get(1..)?))
}

/// Where a signature, its key and its message are, in offsets of 14 bytes.
struct Wide<'d> {
    entry: &'d [u8],
    data: &'d [u8],
    instructions: &'d [&'d [u8]],
}

impl<'d> Wide<'d> {
    const fn of(entry: &'d [u8], data: &'d [u8], instructions: &'d [&'d [u8]]) -> Self {
        Self {
            entry,
            data,
            instructions,
        }
    }

    /// So many bytes, whose offset and whose instruction stand at these places.
    fn part(
        &self,
        offset: usize,
        index: usize,
        length: usize,
    ) -> Result<&'d [u8], PrecompileError> {
        let outside = || PrecompileError::InvalidDataOffsets;
        let data = match short(self.entry, index)? {
            OWN => self.data,
            index => {
                let found = self.instructions.get(usize::from(index)).copied();
                found.ok_or_else(outside)?
            }
        };
        part(data, short(self.entry, offset)?, length).ok_or_else(outside)
    }

    fn signature(&self) -> Result<&'d [u8], PrecompileError> {
        self.part(0, 2, 64)
    }

    fn key(&self, length: usize) -> Result<&'d [u8], PrecompileError> {
        self.part(4, 6, length)
    }

    fn message(&self) -> Result<&'d [u8], PrecompileError> {
        let length = usize::from(short(self.entry, 10)?);
        self.part(8, 12, length)
    }
}

/// Two bytes of an entry of offsets.
fn short(entry: &[u8], at: usize) -> Result<u16, PrecompileError> {
    let bytes = entry.get(at..).and_then(|rest| rest.first_chunk::<2>());
    let bytes = bytes.ok_or(PrecompileError::InvalidInstructionDataSize)?;
    Ok(u16::from_le_bytes(*bytes))
}

fn part(data: &[u8], at: u16, length: usize) -> Option<&[u8]> {
    let start = usize::from(at);
    data.get(start..start.saturating_add(length))
}

/// The entries of offsets, so many bytes each, after so many bytes of head.
fn entries(
    data: &[u8],
    head: usize,
    size: usize,
) -> Result<impl Iterator<Item = &[u8]>, PrecompileError> {
    let broken = PrecompileError::InvalidInstructionDataSize;
    let count = usize::from(*data.first().ok_or(broken.clone())?);
    if data.len() < head || (count == 0 && data.len() > head) {
        return Err(broken);
    }
    let end = head.saturating_add(count.saturating_mul(size));
    let table = data.get(head..end).ok_or(broken)?;
    Ok(table.chunks_exact(size))
}
