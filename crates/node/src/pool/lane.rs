//! Lanes: transactions in one lane run in order, those of different lanes in any.

use alloy_consensus::Transaction as _;
use alloy_primitives::Address;
use lumio_move_transaction::ReplayProtector;
use lumio_types::{AccountId, CARRIER, Carried, MoveTransaction, Transaction};
use std::sync::Arc;

/// Whose counter puts a transaction in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// The nonces of an EVM account. What it carries is in its lane, too.
    Evm(Address),
    /// The sequence numbers of a Move account whose transactions came without an EVM account.
    Move(AccountId),
    /// A lane for one Move transaction alone, which has a nonce in place of a sequence number.
    Once(AccountId, u64),
}

impl Lane {
    /// The lane of a transaction.
    pub fn of(transaction: &Transaction) -> Self {
        place(transaction).0
    }
}

/// The lane of a transaction, and its number there.
pub(super) fn place(transaction: &Transaction) -> (Lane, u64) {
    let Some(inner) = native(transaction) else {
        let nonce = transaction.envelope().nonce();
        return (Lane::Evm(transaction.sender()), nonce);
    };
    let sender = AccountId(inner.sender.address.0.into());
    match inner.signed.raw.replay_protector() {
        ReplayProtector::SequenceNumber(number) => (Lane::Move(sender), number),
        ReplayProtector::Nonce(nonce) => (Lane::Once(sender, nonce), 0),
    }
}

/// The Move transaction that a transaction carries.
pub(crate) fn carried(transaction: &Transaction) -> Option<&Arc<MoveTransaction>> {
    match transaction.carried()? {
        Carried::Move(inner) => Some(inner),
    }
}

/// The Move transaction in a carrier of nobody's.
fn native(transaction: &Transaction) -> Option<&Arc<MoveTransaction>> {
    carried(transaction).filter(|_| transaction.sender() == CARRIER)
}
