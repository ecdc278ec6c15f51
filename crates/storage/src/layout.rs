//! The tables of the database, the keys of the current data, and the names of
//! its metadata.

use alloy_primitives::B256;
use redb::TableDefinition;

/// Raised whenever a table or an encoding changes its meaning.
pub(crate) const FORMAT_VERSION: u32 = 2;

/// Whether each commit also stores which pages are free, for which it waits
/// for the disk twice. Without it, opening after a kill walks the whole file,
/// which takes a second for each gigabyte.
pub(crate) const QUICK_REPAIR: bool = false;

/// The current data as of some of the last [`SLICES`] blocks, under the keys
/// of this module: state, trie nodes, numbers of blocks, places of
/// transactions.
pub(crate) const CURRENT: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("current");
/// Block number → what the block changed in the current data, for the last
/// [`SLICES`] blocks.
pub(crate) const JOURNAL: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("journal");
/// Block number → what the block's state writes replaced.
pub(crate) const DIFFS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("diffs");
/// Block number → block hash, then the header's RLP.
pub(crate) const HEADERS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("headers");
/// Block number → the list of its transactions, each after its sender.
pub(crate) const BODIES: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("bodies");
/// Block number → the list of its receipts.
pub(crate) const RECEIPTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("receipts");
/// State edits that no block holds yet: encoded state key → new value.
pub(crate) const EDITS: TableDefinition<'static, &[u8], Option<&[u8]>> =
    TableDefinition::new("edits");
/// Name → value.
pub(crate) const META: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("meta");

/// Name of [`FORMAT_VERSION`], a little-endian `u32`.
pub(crate) const META_FORMAT: &str = "lumio/format";
/// Name of the chain id, a little-endian `u64`, then the genesis hash.
pub(crate) const META_IDENTITY: &str = "lumio/identity";
/// What the names of callers' own metadata get in front.
pub(crate) const META_CALLER: &str = "node/";

/// Into how many slices the current data is cut. Each block brings one of
/// them up to date in [`CURRENT`].
pub(crate) const SLICES: u64 = 16;

/// State keys start with bytes below this one.
pub(crate) const STATE_END: &[u8] = &[ACCOUNT_TRIE];

const ACCOUNT_TRIE: u8 = 0x80;
const STORAGE_TRIE: u8 = 0x81;
const TRANSACTION: u8 = 0x90;
const BLOCK: u8 = 0x91;

const EVM_STORAGE: u8 = 0x03;
const MOVE_TABLE_ITEM: u8 = 0x12;

/// Writes the key of a trie node over `key`. All nodes of one trie are one
/// range, in the order of their paths.
pub(crate) fn node_key(owner: Option<&[u8; 32]>, path: &[u8], key: &mut Vec<u8>) {
    key.clear();
    match owner {
        None => key.push(ACCOUNT_TRIE),
        Some(owner) => {
            key.push(STORAGE_TRIE);
            key.extend_from_slice(owner);
        }
    }
    key.extend_from_slice(path);
}

/// The key of a transaction's place.
pub(crate) fn transaction_key(hash: B256) -> [u8; 33] {
    hash_key(TRANSACTION, hash)
}

/// The key of a block's number.
pub(crate) fn block_key(hash: B256) -> [u8; 33] {
    hash_key(BLOCK, hash)
}

fn hash_key(space: u8, hash: B256) -> [u8; 33] {
    let mut key = [0; 33];
    key[0] = space;
    key[1..].copy_from_slice(hash.as_slice());
    key
}

/// The first byte string after all those that start with `prefix`, if there
/// is one.
pub(crate) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// The slice of a key, below [`SLICES`]. Neighbours in the table mostly share
/// one, and each gets about as many keys as any other, because addresses,
/// storage slots and trie paths come from hashes.
pub(crate) fn slice_of(key: &[u8]) -> usize {
    let byte = |at: usize| key.get(at).copied().unwrap_or_default();
    let slice = match byte(0) {
        EVM_STORAGE => byte(21) >> 4,
        MOVE_TABLE_ITEM => byte(33) >> 4,
        ACCOUNT_TRIE => byte(1) & 0x0f,
        STORAGE_TRIE => byte(33) & 0x0f,
        _ => byte(1) >> 4,
    };
    usize::from(slice)
}
