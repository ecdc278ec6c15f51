//! Events: one ordered list for each transaction, of all VMs.

use crate::VmId;
use alloy_primitives::{Bloom, Log};

/// Something that a contract announced, in the form of an Ethereum log.
///
/// The order in which VMs emit them within a transaction is the order of the
/// logs in its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The VM that emitted it.
    pub vm: VmId,
    /// Address, topics and data, as Ethereum clients see them.
    pub log: Log,
}

/// The bloom filter of a list of logs.
pub fn block_bloom<'a>(logs: impl Iterator<Item = &'a Log>) -> Bloom {
    let mut bloom = Bloom::ZERO;
    for log in logs {
        bloom.accrue_log(log);
    }
    bloom
}
