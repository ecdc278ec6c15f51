//! Signatures: `0x1::ed25519`, `multi_ed25519`, `secp256k1`.
//!
//! Verification is strict: keys of small order and malleable signatures are refused.

use alloc::vec::Vec;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use lumio_move_engine::{NativeOutcome, VmResult, bcs::put_bytes};
use lumio_move_transaction::verify_ed25519;

use super::{Done, Frame, Row, abort};

pub(super) const ROWS: &[Row] = &[
    (
        "ed25519",
        "public_key_validate_internal",
        DECODE,
        0,
        key_valid,
    ),
    (
        "ed25519",
        "signature_verify_strict_internal",
        CHECK,
        3,
        verify,
    ),
    ("ed25519", "generate_keys_internal", 100, 0, generate),
    ("ed25519", "sign_internal", 100, 1, sign),
    (
        "multi_ed25519",
        "public_key_validate_internal",
        500,
        150,
        keys_valid,
    ),
    (
        "multi_ed25519",
        "public_key_validate_v2_internal",
        500,
        150,
        multi_key_valid,
    ),
    (
        "multi_ed25519",
        "signature_verify_strict_internal",
        5_000,
        3,
        multi_verify,
    ),
    (
        "multi_ed25519",
        "generate_keys_internal",
        100,
        0,
        multi_generate,
    ),
    ("multi_ed25519", "sign_internal", 100, 1, multi_sign),
    ("secp256k1", "ecdsa_recover_internal", 50_000, 1, recover),
];

/// Of checking one signature.
pub(crate) const CHECK: u64 = 40_000;
/// Of decoding one public key.
pub(crate) const DECODE: u64 = 5_000;

const KEY: usize = 32;
const SIGNATURE: usize = 64;
const BITMAP: usize = 4;
const KEYS_MAX: usize = 32;

/// The arguments have lengths that their Move functions do not let through.
const EWRONG_LENGTH: u64 = 0x1_0001;
/// The bytes are no hash, recovery id or signature.
const ENOT_DESERIALIZED: u64 = 0x1_0001;

/// A key of full order.
fn key(bytes: &[u8]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?;
    (!key.is_weak()).then_some(key)
}

fn is_signed(signature: &[u8], key: &[u8], message: &[u8]) -> bool {
    match (key.as_array(), signature.as_array()) {
        (Some(key), Some(signature)) => verify_ed25519(key, signature, message).is_ok(),
        _ => false,
    }
}

fn key_valid(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.bytes(0)?;
    frame.give_bool(key(&bytes).is_some())
}

fn verify(frame: &mut Frame<'_>) -> Done {
    let message = frame.bytes(2)?;
    let (signature, key) = (frame.call.bytes(0)?, frame.call.bytes(1)?);
    frame.give_bool(is_signed(&signature, &key, &message))
}

/// A key that nobody else has in this test.
fn new_key(frame: &mut Frame<'_>) -> SigningKey {
    let address = frame.context.next_unique_address();
    SigningKey::from_bytes(&address.0)
}

/// Returns a secret and a public key, both as structs of one vector of bytes.
fn generate(frame: &mut Frame<'_>) -> Done {
    let key = new_key(frame);
    give_pair(frame, &key.to_bytes(), key.verifying_key().as_bytes())
}

fn give_pair(frame: &mut Frame<'_>, first: &[u8], second: &[u8]) -> Done {
    for (number, bytes) in [first, second].into_iter().enumerate() {
        let ty = frame.result_type(number)?;
        let mut bcs = Vec::new();
        put_bytes(&mut bcs, bytes);
        frame.call.return_bcs(ty, &bcs)?;
    }
    Ok(NativeOutcome::Return)
}

fn secret(bytes: &[u8]) -> VmResult<SigningKey> {
    match bytes.try_into() {
        Ok(bytes) => Ok(SigningKey::from_bytes(bytes)),
        Err(_) => abort(EWRONG_LENGTH),
    }
}

fn sign(frame: &mut Frame<'_>) -> Done {
    let key = secret(&frame.call.bytes(0)?)?;
    let message = frame.bytes(1)?;
    frame.give_bytes(&key.sign(&message).to_bytes())
}

/// A multi-key: its keys, and how many must sign. Keys of full order only.
fn multi_key(bytes: &[u8]) -> Option<(Vec<&[u8]>, usize)> {
    let (threshold, keys) = bytes.split_last()?;
    let threshold = usize::from(*threshold);
    if keys.is_empty() || keys.len() % KEY != 0 || keys.len() / KEY > KEYS_MAX {
        return None;
    }
    let keys: Vec<&[u8]> = keys.chunks(KEY).collect();
    let fits = threshold > 0 && threshold <= keys.len();
    (fits && keys.iter().all(|bytes| key(bytes).is_some())).then_some((keys, threshold))
}

/// Whether the keys are valid, whatever comes behind the last whole one.
fn keys_valid(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.bytes(0)?;
    let mut keys = bytes.chunks_exact(KEY);
    let fits = keys.len() <= KEYS_MAX && keys.all(|bytes| key(bytes).is_some());
    frame.give_bool(fits)
}

fn multi_key_valid(frame: &mut Frame<'_>) -> Done {
    let bytes = frame.bytes(0)?;
    frame.give_bool(multi_key(&bytes).is_some())
}

fn is_multi_signed(signatures: &[u8], key: &[u8], message: &[u8]) -> Option<bool> {
    let (keys, threshold) = multi_key(key)?;
    let (signatures, bitmap) =
        signatures.split_at_checked(signatures.len().checked_sub(BITMAP)?)?;
    // The first key's bit is the highest of the first byte.
    let mut signers = Vec::new();
    for number in 0..KEYS_MAX {
        let byte = bitmap.get(number / 8)?;
        if byte & (0x80_u8 >> (number % 8)) != 0 {
            signers.push(*keys.get(number)?);
        }
    }
    if signers.len() < threshold || signatures.len() != signers.len().checked_mul(SIGNATURE)? {
        return Some(false);
    }
    let mut pairs = signatures.chunks(SIGNATURE).zip(signers);
    Some(pairs.all(|(signature, key)| is_signed(signature, key, message)))
}

fn multi_verify(frame: &mut Frame<'_>) -> Done {
    // Each key is decoded, and each signature checked, over the whole message.
    let count = |bytes: u64, each: usize| bytes.div_ceil(each as u64);
    let keys = count(frame.call.vector_len(1)?, KEY);
    let signatures = count(frame.call.vector_len(0)?, SIGNATURE);
    let message = frame.call.vector_len(2)?.saturating_mul(frame.per_byte);
    let price = CHECK.saturating_add(message).saturating_mul(signatures);
    let keys = keys.saturating_mul(DECODE);
    frame.call.charge(price.saturating_add(keys))?;
    let (signatures, key) = (frame.call.bytes(0)?, frame.call.bytes(1)?);
    let message = frame.call.bytes(2)?;
    frame.give_bool(is_multi_signed(&signatures, &key, &message).unwrap_or(false))
}

fn multi_generate(frame: &mut Frame<'_>) -> Done {
    let (threshold, count) = (frame.call.u64(0)?, frame.call.u64(1)?);
    let (mut secrets, mut public) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let key = new_key(frame);
        secrets.extend(key.to_bytes());
        public.extend(key.verifying_key().as_bytes());
    }
    public.push(u8::try_from(threshold).unwrap_or(u8::MAX));
    secrets.extend(public.last().copied());
    give_pair(frame, &secrets, &public)
}

/// Signs with as many of the first keys as must sign.
fn multi_sign(frame: &mut Frame<'_>) -> Done {
    let secrets = frame.call.bytes(0)?;
    let message = frame.bytes(1)?;
    let (threshold, secrets) = secrets
        .split_last()
        .map_or((0, [].as_slice()), |(t, s)| (*t, s));
    let mut bytes = Vec::new();
    let mut bitmap = 0_u32;
    for (number, bytes_of_key) in secrets.chunks(KEY).enumerate().take(usize::from(threshold)) {
        bytes.extend(secret(bytes_of_key)?.sign(&message).to_bytes());
        bitmap |= 0x8000_0000_u32 >> number;
    }
    bytes.extend(bitmap.to_be_bytes());
    frame.give_bytes(&bytes)
}

/// The public key (64 bytes) that has signed a hash of 32 bytes, and whether there is one.
fn recover(frame: &mut Frame<'_>) -> Done {
    let hash = frame.bytes(0)?;
    let id = frame.call.u64(1)?;
    let signature = frame.bytes(2)?;
    let Some(key) = crate::recover::recover(&hash, id, &signature) else {
        return abort(ENOT_DESERIALIZED);
    };
    frame
        .call
        .return_bytes(key.as_ref().map_or([].as_slice(), |key| key))?;
    frame.give_bool(key.is_some())
}
