//! Events: one ordered list for each transaction, of all VMs.

use crate::{AccountId, VmId};
use alloc::sync::Arc;
use alloy_primitives::{Bloom, Log};

/// Something that a contract announced, in the form of an Ethereum log.
///
/// The order in which VMs emit them within a transaction is the order of the
/// logs in its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The VM that emitted it.
    pub origin: EventOrigin,
    /// Address, topics and data, as Ethereum clients see them.
    pub log: Log,
}

/// Where an event comes from, and what only that VM's own clients are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventOrigin {
    /// The EVM.
    Evm,
    /// Move.
    Move(MoveEvent),
    /// The Solana VM.
    Svm,
}

impl EventOrigin {
    /// The VM.
    pub const fn vm(&self) -> VmId {
        match self {
            Self::Evm => VmId::Evm,
            Self::Move(_) => VmId::Move,
            Self::Svm => VmId::Svm,
        }
    }
}

/// What Move's clients are told of an event besides its log, whose data is its BCS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveEvent {
    /// Its type, as clients write it: `0x1::coin::DepositEvent`. Shared with other events of it.
    pub type_tag: Arc<str>,
    /// The handle that numbers it. Without one it is an event of a module.
    pub handle: Option<EventHandle>,
}

/// A place in the stream of one event handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHandle {
    /// The account for which the handle was made.
    pub creator: AccountId,
    /// Which of the account's handles it is.
    pub creation_number: u64,
    /// Which of the handle's events this is.
    pub sequence_number: u64,
}

/// The bloom filter of a list of logs.
pub fn block_bloom<'a>(logs: impl Iterator<Item = &'a Log>) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue_log(log);
    }
    bloom
}
