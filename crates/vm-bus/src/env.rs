//! What surrounds a call: the block and the transaction.

use alloy_primitives::{Address, B256};

/// The block in which a transaction runs, as far as contracts can see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockContext {
    /// Height.
    pub number: u64,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
    /// Recipient of priority fees.
    pub beneficiary: Address,
    /// Gas that all transactions together may use.
    pub gas_limit: u64,
    /// Wei for each gas that every transaction pays (EIP-1559).
    pub base_fee: u64,
    /// Randomness of the block (EIP-4399).
    pub prev_randao: B256,
    /// Difficulty, which only forks before the merge see.
    pub difficulty: alloy_primitives::U256,
    /// Hash of the parent block.
    pub parent_hash: B256,
    /// Root of the parent beacon block (EIP-4788), where the fork asks for it.
    pub parent_beacon_block_root: Option<B256>,
    /// Blob gas in excess (EIP-4844), where the fork asks for it.
    pub excess_blob_gas: Option<u64>,
}

/// Block and transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env {
    /// The chain id of EIP-155.
    pub chain_id: u64,
    /// The block.
    pub block: BlockContext,
    /// Who sent the transaction. Only `tx.origin` may show it to contracts.
    pub origin: Address,
    /// Wei that the transaction pays for each gas.
    pub gas_price: u128,
    /// The transaction's hash: of one that is carried, its own. Zero in a simulation.
    pub transaction_hash: B256,
}
