//! Who signed a hash with secp256k1: by the C library, or without it by one in Rust that accepts
//! the same.

/// The public key, in 64 bytes: an outer `None` if the parts are no hash, recovery id and
/// signature; an inner one if no key has signed so.
#[cfg(feature = "std")]
pub(crate) fn recover(hash: &[u8], id: u64, signature: &[u8]) -> Option<Option<[u8; 64]>> {
    use secp256k1::{
        Message, Secp256k1,
        ecdsa::{RecoverableSignature, RecoveryId},
    };
    let id = RecoveryId::try_from(i32::try_from(id).ok()?).ok()?;
    let signature = RecoverableSignature::from_compact(signature, id).ok()?;
    let message = Message::from_digest(hash.try_into().ok()?);
    let key = Secp256k1::verification_only().recover_ecdsa(message, &signature);
    let key = key.ok().map(|key| key.serialize_uncompressed());
    Some(key.and_then(|key| key.last_chunk::<64>().copied()))
}

/// The same in Rust.
#[cfg(not(feature = "std"))]
pub(crate) fn recover(hash: &[u8], id: u64, signature: &[u8]) -> Option<Option<[u8; 64]>> {
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
    let id = RecoveryId::from_byte(u8::try_from(id).ok()?)?;
    let hash: &[u8; 32] = hash.try_into().ok()?;
    let signature = Signature::from_slice(signature).ok()?;
    let key = VerifyingKey::recover_from_prehash(hash, &signature, id).ok();
    let point = key.map(|key| key.to_encoded_point(false));
    Some(point.and_then(|point| point.as_bytes().last_chunk::<64>().copied()))
}
