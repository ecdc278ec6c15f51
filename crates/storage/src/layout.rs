//! The tables of the database and the names of its metadata.

use redb::TableDefinition;

/// Raised whenever a table or an encoding changes its meaning.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// Whether each commit also stores which pages are free, for which it waits
/// for the disk twice. Without it, opening after a kill walks the whole file.
pub(crate) const QUICK_REPAIR: bool = false;

/// The current state: encoded state key → value.
pub(crate) const STATE: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("state");
/// The tries' nodes at the head: [`node_key`] → RLP.
pub(crate) const NODES: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("nodes");
/// Block number → what the block's state writes replaced.
pub(crate) const DIFFS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("diffs");
/// Block number → block hash, then the header's RLP.
pub(crate) const HEADERS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("headers");
/// Block number → the list of its transactions, each after its sender.
pub(crate) const BODIES: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("bodies");
/// Block number → the list of its receipts.
pub(crate) const RECEIPTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("receipts");
/// Block hash → block number.
pub(crate) const NUMBERS: TableDefinition<'static, &[u8; 32], u64> =
    TableDefinition::new("numbers");
/// Transaction hash → block number and index in the block.
pub(crate) const TRANSACTIONS: TableDefinition<'static, &[u8; 32], (u64, u32)> =
    TableDefinition::new("transactions");
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

const ACCOUNT_TRIE: u8 = 0;
const STORAGE_TRIE: u8 = 1;

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
