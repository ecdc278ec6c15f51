//! `0x1::aptos_hash`.

use blake2::{Blake2b, digest::consts::U32};
use core::hash::Hasher;
use lumio_move_engine::NativeOutcome;
use ripemd::Ripemd160;
use sha2::{Digest, Sha512};
use sha3::{Keccak256, Sha3_512};
use siphasher::sip::SipHasher;

use super::{Done, Frame, Row};

pub(super) const ROWS: &[Row] = &[
    ("aptos_hash", "sip_hash", 150, 1, sip_hash),
    ("aptos_hash", "keccak256", 500, 3, digest::<Keccak256>),
    ("aptos_hash", "sha2_512_internal", 450, 2, digest::<Sha512>),
    (
        "aptos_hash",
        "sha3_512_internal",
        500,
        5,
        digest::<Sha3_512>,
    ),
    (
        "aptos_hash",
        "ripemd160_internal",
        400,
        3,
        digest::<Ripemd160>,
    ),
    (
        "aptos_hash",
        "blake2b_256_internal",
        350,
        2,
        digest::<Blake2b<U32>>,
    ),
];

fn digest<D: Digest>(frame: &mut Frame<'_>) -> Done {
    let data = frame.bytes(0)?;
    frame.call.return_bytes(&D::digest(data))?;
    Ok(NativeOutcome::Return)
}

/// SipHash-2-4 with a key of zeros.
fn sip_hash(frame: &mut Frame<'_>) -> Done {
    let data = frame.bytes(0)?;
    let mut hasher = SipHasher::new();
    hasher.write(&data);
    frame.call.return_u64(hasher.finish())?;
    Ok(NativeOutcome::Return)
}
