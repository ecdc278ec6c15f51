//! Signatures of many transactions, checked on several threads. Each is checked on its own, by the
//! strict rule of Ed25519: what is true of a signature never depends on its neighbours.

use alloy_primitives::map::B256Map;
use ed25519_dalek::{Signature, VerifyingKey};
use parking_lot::Mutex;
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use std::num::NonZeroUsize;

use crate::account::account_id;

/// Public keys that are remembered, about 200 bytes each.
const MAX_KEYS: usize = 65_536;
/// Transactions that a thread takes at a time.
const SHARE: usize = 16;

/// Checks signatures, and remembers the public keys that it has decompressed.
#[derive(Default)]
pub struct Verifier {
    keys: Mutex<B256Map<VerifyingKey>>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl Verifier {
    /// Whether all signatures of a transaction hold, and are as many as it needs.
    pub fn verify(&self, transaction: &VersionedTransaction) -> bool {
        let (message, signatures) = (&transaction.message, &transaction.signatures);
        let needed = usize::from(message.header().num_required_signatures);
        let Some(signers) = message.static_account_keys().get(..needed) else {
            return false;
        };
        if needed == 0 || signatures.len() != needed {
            return false;
        }
        let bytes = message.serialize();
        signers.iter().zip(signatures).all(|(signer, signature)| {
            let signature = Signature::from_bytes(signature.as_array());
            let key = self.key(signer);
            key.is_some_and(|key| key.verify_strict(&bytes, &signature).is_ok())
        })
    }

    /// The same for many transactions, in their order, on up to so many threads.
    pub fn verify_all(
        &self,
        transactions: &[&VersionedTransaction],
        threads: NonZeroUsize,
    ) -> Vec<bool> {
        let mut results = vec![false; transactions.len()];
        let shares = transactions.chunks(SHARE).zip(results.chunks_mut(SHARE));
        let threads = threads.get().min(shares.len());
        let shares = Mutex::new(shares);
        let work = || {
            loop {
                // The lock is held for the taking of a share alone.
                let share = shares.lock().next();
                let Some((transactions, results)) = share else {
                    return;
                };
                for (transaction, result) in transactions.iter().zip(results) {
                    *result = self.verify(transaction);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        results
    }

    fn key(&self, signer: &Pubkey) -> Option<VerifyingKey> {
        let id = account_id(signer).0;
        if let Some(key) = self.keys.lock().get(&id) {
            return Some(*key);
        }
        let key = VerifyingKey::from_bytes(&id.0).ok()?;
        let mut keys = self.keys.lock();
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(id, key);
        Some(key)
    }
}
