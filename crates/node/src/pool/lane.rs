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
    /// A lane for one transaction alone, which has no order among its account's: a Move
    /// transaction with a nonce in place of a sequence number, or a Solana transaction.
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
    let is_native = transaction.sender() == CARRIER;
    match transaction.carried().filter(|_| is_native) {
        None => {
            let nonce = transaction.envelope().nonce();
            (Lane::Evm(transaction.sender()), nonce)
        }
        Some(inner @ Carried::Move(moving)) => match moving.signed.raw.replay_protector() {
            ReplayProtector::SequenceNumber(number) => (Lane::Move(inner.sender()), number),
            ReplayProtector::Nonce(nonce) => (Lane::Once(inner.sender(), nonce), 0),
        },
        Some(inner @ Carried::Solana(_)) => {
            let [.., a, b, c, d, e, f, g, h] = inner.hash().0;
            let name = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            (Lane::Once(inner.sender(), name), 0)
        }
    }
}

/// The Move transaction that a transaction carries.
pub(crate) fn carried_move(transaction: &Transaction) -> Option<&Arc<MoveTransaction>> {
    transaction.carried()?.as_move()
}
