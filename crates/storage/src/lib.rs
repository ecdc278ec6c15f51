//! The embedded database: state, blocks, receipts and indexes, one durable
//! commit for each block.
//!
//! [`Database`] writes and [`Snapshot`] reads. A snapshot is the whole
//! database as it was after one commit: later commits do not change what it
//! answers, and taking one costs nothing. Which engine holds the tables is
//! known only inside this crate.
//!
//! **Layout.** The current data is flat, `key → value`: the state, the tries'
//! nodes, and where blocks and transactions are by their hashes. The changes of
//! the last few hundred blocks lie over it in memory and in a journal, and each
//! block brings a small part of the flat table up to date (see `layers`). Headers,
//! bodies, receipts and what each transaction changed in Move's state lie under
//! their block's number. For each recent block
//! one blob holds the state values that it replaced, so the state at block `n`
//! is the current one seen through the blobs of `n + 1` to the head.
//!
//! **Crash safety.** A block is one transaction of a copy-on-write B-tree: its
//! pages go to unused space and become the database with one switch of the
//! root, after they reached the disk. A commit that returned is there after a
//! power cut; one that did not return is there whole or not at all. The journal
//! is written in that same transaction, so there is nothing to reconcile when
//! the folder is opened again.
//!
//! **Coherence.** Values are cached with the version from which they hold. A
//! snapshot takes a cached value only if it holds at the snapshot's version,
//! and commits update the cache before they publish the next snapshot.

mod blocks;
mod cache;
mod changes;
mod commit;
mod database;
mod delta;
mod edits;
mod encode;
mod error;
mod history;
mod index;
mod keys;
mod layers;
mod layout;
mod list;
mod meta;
mod open;
mod rewind;
mod scan;
mod settle;
mod snapshot;
mod solana;
mod versions;
mod view;

pub use blocks::TransactionPlace;
pub use commit::{BlockCommit, NodeChange};
pub use database::Database;
pub use error::StorageError;
pub use index::AccountOrder;
pub use meta::{Identity, MetaChange};
pub use open::Options;
pub use rewind::Rewind;
pub use scan::{EvmAccount, StateEntries};
pub use snapshot::{Head, Snapshot};
pub use versions::{AccountTransaction, AccountVersion, HandleEvent, VersionPlace};
pub use view::View;
