//! The tables of the database, the keys of the current data, and the names of
//! its metadata.

use alloy_primitives::B256;
use lumio_types::{AccountId, EventHandle};
use redb::TableDefinition;

/// Raised whenever a table or an encoding changes its meaning.
pub(crate) const FORMAT_VERSION: u32 = 6;

/// Whether each commit also stores which pages are free, for which it waits
/// for the disk twice. Without it, opening after a kill walks the whole file,
/// which takes a second for each gigabyte.
pub(crate) const QUICK_REPAIR: bool = false;

/// The current data, each slice as of some recent block, under the keys of this
/// module: state, trie nodes, and indexes.
pub(crate) const CURRENT: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("current");
/// Block number → what the block changed in the current data, for the blocks
/// after which not every slice has had its turn.
pub(crate) const JOURNAL: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("journal");
/// Block number → what the block's state writes replaced.
pub(crate) const DIFFS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("diffs");
/// Block number → the block's first version, its hash, then the header's RLP.
pub(crate) const HEADERS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("headers");
/// Block number → the list of its transactions, each after its sender.
pub(crate) const BODIES: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("bodies");
/// Block number → the list of its receipts.
pub(crate) const RECEIPTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("receipts");
/// Block number → a list: the events of the block's beginning, then what
/// changed in Move's state, with the beginning and with each transaction.
pub(crate) const CHANGES: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("changes");
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
/// them, or some, up to date in [`CURRENT`].
pub(crate) const SLICES: usize = 256;

/// State keys start with bytes below this one.
pub(crate) const STATE_END: &[u8] = &[ACCOUNT_TRIE];

const ACCOUNT_TRIE: u8 = 0x80;
const STORAGE_TRIE: u8 = 0x81;
const TRANSACTION: u8 = 0x90;
const BLOCK: u8 = 0x91;
const ACCOUNT: u8 = 0x92;
const SEQUENCE: u8 = 0x93;
const EVENT: u8 = 0x94;
const MENTION: u8 = 0x95;

const EVM_STORAGE: u8 = 0x03;
const MOVE_RESOURCE: u8 = 0x10;
const MOVE_MODULE: u8 = 0x11;
const MOVE_TABLE_ITEM: u8 = 0x12;
const SVM_ACCOUNT: u8 = 0x20;

/// Length of what the keys of all events of one handle begin with.
pub(crate) const HANDLE_PREFIX: usize = 41;

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

/// What the keys of all transactions of an account begin with.
pub(crate) fn account_prefix(account: AccountId) -> [u8; 33] {
    hash_key(ACCOUNT, account.0)
}

/// The key of a transaction of an account, by its version.
pub(crate) fn account_key(account: AccountId, version: u64) -> [u8; 41] {
    numbered_key(account_prefix(account), version)
}

/// What the keys of an account's numbered Move transactions begin with.
pub(crate) fn sequence_prefix(account: AccountId) -> [u8; 33] {
    hash_key(SEQUENCE, account.0)
}

/// The key of a Move transaction's version, by its sequence number.
pub(crate) fn sequence_key(account: AccountId, number: u64) -> [u8; 41] {
    numbered_key(sequence_prefix(account), number)
}

/// The key of a Solana transaction that names an account, by its version.
pub(crate) fn mention_key(account: AccountId, version: u64) -> [u8; 41] {
    numbered_key(hash_key(MENTION, account.0), version)
}

/// The key of an event's place: creator, creation number, sequence number.
pub(crate) fn event_key(handle: &EventHandle) -> [u8; HANDLE_PREFIX + 8] {
    let creator = hash_key(EVENT, handle.creator.0);
    let mut key = [0; HANDLE_PREFIX + 8];
    let (prefix, number) = key.split_at_mut(HANDLE_PREFIX);
    prefix.copy_from_slice(&numbered_key(creator, handle.creation_number));
    number.copy_from_slice(&handle.sequence_number.to_be_bytes());
    key
}

fn numbered_key(prefix: [u8; 33], number: u64) -> [u8; 41] {
    let mut key = [0; 41];
    key[..33].copy_from_slice(&prefix);
    key[33..].copy_from_slice(&number.to_be_bytes());
    key
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

/// The slice of a key, below [`SLICES`]. Neighbours in the table share one
/// wherever their keys come from hashes, and each slice gets about as many keys
/// as any other.
pub(crate) fn slice_of(key: &[u8]) -> u8 {
    let byte = |at: usize| key.get(at).copied().unwrap_or_default();
    let nibbles = |at: usize| byte(at) << 4 | byte(at.saturating_add(1)) & 0x0f;
    match byte(0) {
        EVM_STORAGE => byte(21),
        MOVE_RESOURCE | MOVE_MODULE | SVM_ACCOUNT | ACCOUNT | SEQUENCE | EVENT | MENTION => {
            // The account ids of the EVM are addresses after twelve zeros.
            match key.get(1..13) {
                Some([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) => byte(13),
                _ => byte(1),
            }
        }
        MOVE_TABLE_ITEM => byte(33),
        ACCOUNT_TRIE => nibbles(1),
        STORAGE_TRIE => nibbles(33),
        _ => byte(1),
    }
}
