//! The first step of a block: its context, from its parent and the settings.

use crate::producer::{ProduceError, Settings};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, U256, keccak256};
use lumio_executor::{BlockContext, FeeParameters, next_base_fee};
use lumio_types::SealedHeader;

/// How the base fee moves: the OP stack's pace, towards half the gas limit as on Ethereum, since
/// a development chain's blocks come faster and fuller than a rollup's.
const FEES: FeeParameters = FeeParameters {
    elasticity: 2,
    denominator: 250,
    minimum_wei: 0,
};

/// The context of the block after `parent`.
///
/// # Errors
/// When the height leaves 64 bits.
pub(crate) fn context_after(
    parent: &SealedHeader,
    settings: &Settings,
) -> Result<BlockContext, ProduceError> {
    let header = &parent.header;
    let number = header
        .number
        .checked_add(1)
        .ok_or(ProduceError::Range("the block number"))?;
    let base_fee = settings
        .next_base_fee
        .unwrap_or_else(|| next_base_fee_after(header));
    Ok(BlockContext {
        number,
        timestamp: settings.clock.timestamp(header.timestamp),
        beneficiary: settings.beneficiary,
        gas_limit: settings.gas_limit,
        base_fee,
        prev_randao: settings
            .next_prev_randao
            .unwrap_or_else(|| prev_randao(parent)),
        difficulty: U256::ZERO,
        parent_hash: parent.hash,
        parent_beacon_block_root: Some(B256::ZERO),
        excess_blob_gas: Some(0),
    })
}

/// The gas of a block after which the base fee stays as it is.
pub(crate) fn gas_target(gas_limit: u64) -> u64 {
    gas_limit / u64::from(FEES.elasticity.max(1))
}

/// The base fee in wei of the block after one.
pub(crate) fn next_base_fee_after(header: &Header) -> u64 {
    next_base_fee(
        header.gas_used,
        header.gas_limit,
        header.base_fee_per_gas.unwrap_or_default(),
        FEES,
    )
}

/// A value that differs from block to block. It is no source of randomness: without an L1, there
/// is none.
fn prev_randao(parent: &SealedHeader) -> B256 {
    let mut preimage = [0; 46];
    let (domain, hash) = preimage.split_at_mut(14);
    domain.copy_from_slice(b"lumio/mix-hash");
    hash.copy_from_slice(parent.hash.as_slice());
    keccak256(preimage)
}

/// The parameters of the base fee, as the header carries them since OP's Jovian: version,
/// denominator, elasticity, least base fee.
pub(crate) fn extra_data() -> Bytes {
    let mut bytes = Vec::with_capacity(17);
    bytes.push(1);
    bytes.extend_from_slice(&FEES.denominator.to_be_bytes());
    bytes.extend_from_slice(&FEES.elasticity.to_be_bytes());
    bytes.extend_from_slice(&FEES.minimum_wei.to_be_bytes());
    bytes.into()
}
