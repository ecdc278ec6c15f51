//! The third step of a block: its header, but for the roots of its state.

use crate::{
    chain::Unsealed,
    producer::{Executed, extra_data},
};
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header};
use alloy_eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_primitives::{B64, Bloom, U256};
use lumio_executor::BlockContext;
use lumio_types::{receipts_root, transactions_root};

/// The block that a context and what ran in it make.
pub(crate) fn unsealed(context: &BlockContext, executed: Executed) -> Unsealed {
    let mut bloom = Bloom::ZERO;
    for receipt in &executed.receipts {
        for log in receipt.logs() {
            bloom.accrue_log(log);
        }
    }
    let header = Header {
        parent_hash: context.parent_hash,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: context.beneficiary,
        // Set once the trie is updated.
        state_root: Default::default(),
        withdrawals_root: Some(Default::default()),
        transactions_root: transactions_root(&executed.transactions),
        receipts_root: receipts_root(&executed.receipts),
        logs_bloom: bloom,
        difficulty: U256::ZERO,
        number: context.number,
        gas_limit: context.gas_limit,
        gas_used: executed.gas_used,
        timestamp: context.timestamp,
        extra_data: extra_data(),
        mix_hash: context.prev_randao,
        nonce: B64::ZERO,
        base_fee_per_gas: Some(context.base_fee),
        blob_gas_used: Some(0),
        excess_blob_gas: context.excess_blob_gas,
        parent_beacon_block_root: context.parent_beacon_block_root,
        requests_hash: Some(EMPTY_REQUESTS_HASH),
        ..Default::default()
    };
    Unsealed {
        header,
        transactions: executed.transactions,
        receipts: executed.receipts,
        writes: executed.writes,
        changes: executed.changes,
        beginning: executed.beginning,
    }
}
