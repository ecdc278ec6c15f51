//! Transactions in revm's form.

use alloc::vec::Vec;
use alloy_consensus::Transaction as _;
use lumio_types::{Envelope, Transaction};
use op_revm::{OpTransaction, transaction::deposit::DepositTransactionParts};
use revm::{context::TxEnv, context_interface::either::Either};

/// A transaction as revm takes it, with what the OP stack's rules need: its
/// encoding, which the L1 data fee depends on, or the parts of a deposit.
pub type EvmTransaction = OpTransaction<TxEnv>;

/// Brings a transaction of the chain into revm's form.
pub fn evm_transaction(transaction: &Transaction) -> EvmTransaction {
    let envelope = transaction.envelope();
    let deposit = match envelope {
        Envelope::Deposit(deposit) => DepositTransactionParts {
            source_hash: deposit.source_hash,
            mint: (deposit.mint != 0).then_some(deposit.mint),
            is_system_transaction: deposit.is_system_transaction,
        },
        Envelope::Legacy(_)
        | Envelope::Eip2930(_)
        | Envelope::Eip1559(_)
        | Envelope::Eip7702(_)
        | Envelope::PostExec(_) => DepositTransactionParts::default(),
    };
    let authorizations = envelope.authorization_list().unwrap_or_default();
    OpTransaction {
        base: TxEnv {
            tx_type: envelope.tx_type().into(),
            caller: transaction.sender(),
            gas_limit: envelope.gas_limit(),
            gas_price: envelope.max_fee_per_gas(),
            kind: envelope.kind(),
            value: envelope.value(),
            data: envelope.input().clone(),
            nonce: envelope.nonce(),
            chain_id: envelope.chain_id(),
            access_list: envelope.access_list().cloned().unwrap_or_default(),
            gas_priority_fee: envelope.max_priority_fee_per_gas(),
            blob_hashes: Vec::new(),
            max_fee_per_blob_gas: 0,
            authorization_list: authorizations.iter().cloned().map(Either::Left).collect(),
        },
        enveloped_tx: Some(transaction.encoded()),
        deposit,
    }
}
