//! Ed25519 keys that this thread has decompressed: who signs one transaction signs more.

use core::cell::RefCell;
use ed25519_dalek::VerifyingKey;
use std::thread_local;

/// How many a thread keeps, in 200 bytes each. A key has one place, which it takes from another.
const PLACES: u16 = 1_024;

thread_local! {
    static KEYS: RefCell<alloc::vec::Vec<Option<VerifyingKey>>> =
        RefCell::new(alloc::vec![None; usize::from(PLACES)]);
}

/// The key of that form, if it is one.
pub(super) fn decompressed(form: &[u8; 32]) -> Option<VerifyingKey> {
    let [low, high, ..] = *form;
    let place = usize::from(u16::from_le_bytes([low, high]) % PLACES);
    KEYS.with_borrow_mut(|keys| {
        let known = keys.get(place).copied().flatten();
        if known.is_some_and(|key| key.as_bytes() == form) {
            return known;
        }
        let key = VerifyingKey::from_bytes(form).ok()?;
        if let Some(place) = keys.get_mut(place) {
            *place = Some(key);
        }
        Some(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    #[test]
    fn what_is_kept_is_what_was_asked_for() {
        let form = |number: u16| {
            let mut secret = [3; 32];
            secret[..2].copy_from_slice(&number.to_le_bytes());
            SigningKey::from_bytes(&secret).verifying_key().to_bytes()
        };
        let forms: alloc::vec::Vec<_> = (0..2 * PLACES).map(form).collect();
        for _ in 0..2 {
            for form in &forms {
                for _ in 0..2 {
                    assert_eq!(decompressed(form), VerifyingKey::from_bytes(form).ok());
                }
                // The same place, another key, or none.
                let mut other = *form;
                other[20] ^= 1;
                assert_eq!(decompressed(&other), VerifyingKey::from_bytes(&other).ok());
            }
        }
    }
}
