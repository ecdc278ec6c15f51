//! Analysed bytecode by its hash: the one thing that outlives a transaction.
//!
//! Keyed by content, it can never be stale.

use alloy_primitives::B256;
use revm::state::Bytecode;

/// Most entries that are kept; then the cache starts anew. Together with
/// [`LARGEST`] this bounds it to 200 MiB at the worst.
#[cfg(feature = "std")]
const CAPACITY: usize = 4096;

/// Longest code that is kept, in bytes: the largest init code. A simulation
/// may make up any code.
#[cfg(feature = "std")]
const LARGEST: usize = 48 * 1024;

/// Bytecode with its jump table, shared by all threads.
#[derive(Debug, Default)]
pub struct CodeCache {
    #[cfg(feature = "std")]
    codes: std::sync::RwLock<alloy_primitives::map::B256Map<Bytecode>>,
}

#[cfg(feature = "std")]
impl CodeCache {
    /// The code, if it has been analysed before.
    pub fn get(&self, hash: &B256) -> Option<Bytecode> {
        // A poisoned lock only means that a reader died; the map is whole.
        let codes = self
            .codes
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        codes.get(hash).cloned()
    }

    /// Keeps analysed code.
    pub fn insert(&self, hash: B256, code: Bytecode) {
        if code.len() > LARGEST {
            return;
        }
        let mut codes = self
            .codes
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if codes.len() >= CAPACITY {
            codes.clear();
        }
        codes.insert(hash, code);
    }
}

/// Without threads and locks nothing is kept: a proof runs each code once.
#[cfg(not(feature = "std"))]
impl CodeCache {
    /// Nothing.
    pub fn get(&self, _: &B256) -> Option<Bytecode> {
        None
    }

    /// Keeps nothing.
    pub fn insert(&self, _: B256, _: Bytecode) {}
}
