//! The root of a list: transactions, receipts, and withdrawals of a block.

use super::{MemoryNodes, Nibbles, Trie, TrieError};
use alloc::vec::Vec;
use alloy_primitives::B256;
use alloy_rlp::Encodable;

/// The root of the trie that has each item, in its consensus encoding, under the RLP of its index.
///
/// # Errors
///
/// None for items that are not empty, as encodings never are.
pub fn ordered_root<T: AsRef<[u8]>>(items: impl IntoIterator<Item = T>) -> Result<B256, TrieError> {
    let (mut trie, store) = (Trie::empty(None), MemoryNodes::new());
    let mut key = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        key.clear();
        index.encode(&mut key);
        // RLP of an index is at most nine bytes.
        let path = Nibbles::from_bytes(&key).unwrap_or(Nibbles::EMPTY);
        trie.update_path(&store, &path, &mut |_, new| {
            new.extend_from_slice(item.as_ref());
            Ok(())
        })?;
    }
    Ok(trie.root())
}
