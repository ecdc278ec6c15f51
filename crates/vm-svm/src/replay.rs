//! Transactions that a recent blockhash has let in: none of them comes again while the blockhash
//! may still be named.
//!
//! ```text
//! slot of the blockhash ──► last message ──► the one before ──► … ──► first
//! ```
//!
//! **Invariant:** what is noted of a blockhash is forgotten when it expires, and not before.

use lumio_state::{Fault, Journal, StateKey, Value};
use solana_hash::Hash;

/// The last message of a slot's blockhash.
const LAST: &[u8] = b"svm/last/";
/// A message, and the one before it.
const SEEN: &[u8] = b"svm/seen/";

fn last_key(slot: u64) -> StateKey {
    StateKey::System([LAST, &slot.to_be_bytes()].concat().into())
}

/// Where it is noted that a message, by its hash, has been let in.
pub(crate) fn seen_key(message: &[u8]) -> StateKey {
    StateKey::System([SEEN, message].concat().into())
}

/// Notes a message that names the blockhash of a slot, under its key.
pub(crate) fn note(
    journal: &mut Journal<'_>,
    slot: u64,
    seen: StateKey,
    message: &Hash,
) -> Result<(), Fault> {
    let last = last_key(slot);
    let before = journal.read(&last)?;
    let before = before.unwrap_or_else(|| Value::from([].as_slice()));
    journal.write(seen, Some(before))?;
    journal.write(last, Some(Value::from(message.as_ref())))
}

/// Forgets all messages that named the blockhash of a slot.
pub(crate) fn forget(journal: &mut Journal<'_>, slot: u64) -> Result<(), Fault> {
    let last = last_key(slot);
    let Some(mut message) = journal.read(&last)? else {
        return Ok(());
    };
    journal.write(last, None)?;
    while !message.is_empty() {
        let key = seen_key(&message);
        let broken = || Fault::Storage(format!("Solana messages of slot {slot} are not linked"));
        let before = journal.read(&key)?.ok_or_else(broken)?;
        journal.write(key, None)?;
        message = before;
    }
    Ok(())
}
