//! Transactions that a recent blockhash has let in: none of them comes again while the blockhash
//! may still be named.
//!
//! Each is noted alone, so that transactions of a block have no key in common. The end of the block
//! lists them, and what a block lists is forgotten once its own hash is too old: so are the hashes
//! of the blocks before it, which its transactions name.
//!
//! **Invariant:** what is noted is not forgotten before its blockhash expires.

use alloy_primitives::{B256, Bytes};
use lumio_state::{Fault, Journal, StateKey, Value, WriteSet};

/// The messages of a block.
const LIST: &[u8] = b"svm/list/";
/// Bytes of a message's hash.
const HASH: usize = 32;

fn list_key(block: u64) -> StateKey {
    StateKey::System([LIST, &block.to_be_bytes()].concat().into())
}

/// Notes a message, under its key.
pub(crate) fn note(journal: &mut Journal<'_>, message: B256) -> Result<(), Fault> {
    let is_known = Value::from([].as_slice());
    journal.write(StateKey::SvmMessage(message), Some(is_known))
}

/// Adds to what a block writes the list of the messages in it.
pub(crate) fn list(block: u64, writes: &mut WriteSet) {
    let mut hashes = Vec::new();
    for (key, value) in writes.range(StateKey::SvmMessage(B256::ZERO)..) {
        let StateKey::SvmMessage(hash) = key else {
            break;
        };
        if value.is_some() {
            hashes.extend_from_slice(hash.as_slice());
        }
    }
    if !hashes.is_empty() {
        let hashes = Value::from(Bytes::from(hashes));
        writes.insert(list_key(block), Some(hashes));
    }
}

/// Forgets the messages of a block.
pub(crate) fn forget(journal: &mut Journal<'_>, block: u64) -> Result<(), Fault> {
    let list = list_key(block);
    let Some(hashes) = journal.read(&list)? else {
        return Ok(());
    };
    for hash in hashes.chunks_exact(HASH) {
        journal.write(StateKey::SvmMessage(B256::from_slice(hash)), None)?;
    }
    journal.write(list, None)
}
