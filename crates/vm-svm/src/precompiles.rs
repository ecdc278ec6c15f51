//! Programs that only check signatures: ed25519, secp256k1 and secp256r1.
//!
//! Their instruction starts with a count, then for each signature where it, its key and its
//! message are: offsets into the data of instructions of the same transaction.

use alloy_primitives::keccak256;
use k256::ecdsa::{RecoveryId, Signature as K256Signature, VerifyingKey as K256Key};
use p256::ecdsa::{Signature as P256Signature, VerifyingKey as P256Key, signature::Verifier};
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
/// Bytes of the offsets of one signature, with instructions of 16 and of 8 bits.
const WIDE: usize = 14;
const NARROW: usize = 11;

/// Whether a program is one of them.
pub(crate) fn is_precompile(program: &Pubkey) -> bool {
    PRECOMPILES.iter().any(|(key, _)| key == program)
}

/// Checks the signatures that an instruction names.
pub(crate) fn check(
    program: &Pubkey,
    data: &[u8],
    instructions: &[&[u8]],
) -> Result<(), PrecompileError> {
    if ed25519_program::check_id(program) {
        return each_wide(data, instructions, 32, |key, signature, message| {
            let key: &[u8; 32] = key
                .try_into()
                .map_err(|_| PrecompileError::InvalidPublicKey)?;
            let key = ed25519_dalek::VerifyingKey::from_bytes(key)
                .map_err(|_| PrecompileError::InvalidPublicKey)?;
            let signature = ed25519_dalek::Signature::from_slice(signature)
                .map_err(|_| PrecompileError::InvalidSignature)?;
            key.verify_strict(message, &signature)
                .map_err(|_| PrecompileError::InvalidSignature)
        });
    }
    if secp256r1_program::check_id(program) {
        let count = data.first().copied().unwrap_or_default();
        if count == 0 || count > MAX_SECP256R1 {
            return Err(PrecompileError::InvalidInstructionDataSize);
        }
        return each_wide(data, instructions, 33, |key, signature, message| {
            let key =
                P256Key::from_sec1_bytes(key).map_err(|_| PrecompileError::InvalidPublicKey)?;
            let signature = P256Signature::from_slice(signature)
                .map_err(|_| PrecompileError::InvalidSignature)?;
            // Of the two forms of a signature, the one with a high `s` is refused.
            if signature.normalize_s().is_some() {
                return Err(PrecompileError::InvalidSignature);
            }
            key.verify(message, &signature)
                .map_err(|_| PrecompileError::InvalidSignature)
        });
    }
    if secp256k1_program::check_id(program) {
        return each_secp256k1(data, instructions);
    }
    Err(PrecompileError::InvalidPublicKey)
}

/// Two bytes of an entry of offsets.
fn short(entry: &[u8], at: usize) -> Result<u16, PrecompileError> {
    let bytes = entry.get(at..).and_then(|rest| rest.first_chunk::<2>());
    let bytes = bytes.ok_or(PrecompileError::InvalidInstructionDataSize)?;
    Ok(u16::from_le_bytes(*bytes))
}

fn part(data: &[u8], at: u16, length: usize) -> Result<&[u8], PrecompileError> {
    let start = usize::from(at);
    let end = start.saturating_add(length);
    data.get(start..end)
        .ok_or(PrecompileError::InvalidDataOffsets)
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

fn each_wide(
    data: &[u8],
    instructions: &[&[u8]],
    key_length: usize,
    check: impl Fn(&[u8], &[u8], &[u8]) -> Result<(), PrecompileError>,
) -> Result<(), PrecompileError> {
    let of = |index: u16| match index {
        OWN => Ok(data),
        index => {
            let found = instructions.get(usize::from(index)).copied();
            found.ok_or(PrecompileError::InvalidDataOffsets)
        }
    };
    for entry in entries(data, 2, WIDE)? {
        let signature = part(of(short(entry, 2)?)?, short(entry, 0)?, 64)?;
        let key = part(of(short(entry, 6)?)?, short(entry, 4)?, key_length)?;
        let length = usize::from(short(entry, 10)?);
        let message = part(of(short(entry, 12)?)?, short(entry, 8)?, length)?;
        check(key, signature, message)?;
    }
    Ok(())
}

fn each_secp256k1(data: &[u8], instructions: &[&[u8]]) -> Result<(), PrecompileError> {
    let of = |entry: &[u8], at: usize| {
        let index = entry
            .get(at)
            .ok_or(PrecompileError::InvalidInstructionDataSize)?;
        let found = instructions.get(usize::from(*index)).copied();
        found.ok_or(PrecompileError::InvalidDataOffsets)
    };
    for entry in entries(data, 1, NARROW)? {
        let signature = part(of(entry, 2)?, short(entry, 0)?, 65)?;
        let address = part(of(entry, 5)?, short(entry, 3)?, 20)?;
        let length = usize::from(short(entry, 8)?);
        let message = part(of(entry, 10)?, short(entry, 6)?, length)?;
        let (signature, recovery) = signature.split_at(64);
        let id = recovery.first().copied().and_then(RecoveryId::from_byte);
        let mut id = id.ok_or(PrecompileError::InvalidRecoveryId)?;
        let mut signature =
            K256Signature::from_slice(signature).map_err(|_| PrecompileError::InvalidSignature)?;
        if let Some(low) = signature.normalize_s() {
            signature = low;
            id = RecoveryId::new(!id.is_y_odd(), id.is_x_reduced());
        }
        let hash = keccak256(message);
        let key = K256Key::recover_from_prehash(hash.as_slice(), &signature, id)
            .map_err(|_| PrecompileError::InvalidSignature)?;
        let point = key.to_encoded_point(false);
        let coordinates = point.as_bytes().get(1..).unwrap_or_default();
        if keccak256(coordinates).get(12..) != Some(address) {
            return Err(PrecompileError::InvalidSignature);
        }
    }
    Ok(())
}
