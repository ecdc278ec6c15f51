//! The embedded database: state, blocks, receipts and indexes, one durable
//! commit for each block.
//!
//! [`Database`] writes and [`Snapshot`] reads. A snapshot is the whole
//! database as it was after one commit: later commits do not change what it
//! answers, and taking one costs nothing. Which engine holds the tables is
//! known only inside this crate.
//!
//! **Layout.** The current state is flat, `key → value`. For each recent block
//! one blob holds the values that its writes replaced, so the state at block
//! `n` is the current one seen through the blobs of `n + 1` to the head.
//! Headers, bodies and receipts lie under their block's number; hashes of
//! blocks and transactions point to numbers. The trie's nodes are kept as of
//! the head only.
//!
//! **Crash safety.** A block is one transaction of a copy-on-write B-tree: its
//! pages go to unused space and become the database with one switch of the
//! root, after they reached the disk. A commit that returned is there after a
//! power cut; one that did not return is there whole or not at all. Nothing
//! is ever written besides the transaction, so there is nothing to reconcile
//! when the folder is opened again.
//!
//! **Coherence.** Values are cached with the version from which they hold. A
//! snapshot takes a cached value only if it holds at the snapshot's version,
//! and commits update the cache before they publish the next snapshot.

mod cache;
mod commit;
mod diff;
mod encode;
mod error;
mod history;
mod layout;
mod list;
mod open;
mod read;
mod rewind;
mod scan;
mod view;

pub use commit::{BlockCommit, NodeChange};
pub use error::StorageError;
pub use open::{Database, Identity, Options};
pub use read::{Head, Snapshot, TransactionPlace};
pub use rewind::Rewind;
pub use scan::EvmAccount;
pub use view::View;
