//! Carriers: Ethereum transactions that bring Move transactions that did not come in one.

use crate::aptos::internal;
use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::TxKind;
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use lumio_move_transaction::Bcs;
use lumio_rpc::aptos::BackendError;
use lumio_types::{CARRIER, CARRIER_KEY, Envelope, MOVE_MAGIC, MoveTransaction, Transaction};
use lumio_vm_move::GAS_PER_UNIT;
use std::sync::{Arc, LazyLock};

static SIGNER: LazyLock<Option<PrivateKeySigner>> =
    LazyLock::new(|| PrivateKeySigner::from_bytes(&CARRIER_KEY).ok());

/// Puts a verified transaction into a carrier for a chain whose blocks have so much gas.
pub(super) fn carrier(
    inner: MoveTransaction,
    chain_id: u64,
    block_gas_limit: u64,
) -> Result<Transaction, BackendError> {
    let asked = inner.signed.raw.max_gas_amount.saturating_mul(GAS_PER_UNIT);
    let envelope = TxLegacy {
        chain_id: Some(chain_id),
        gas_limit: asked.min(block_gas_limit),
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &inner.signed.to_bytes()]
            .concat()
            .into(),
        ..TxLegacy::default()
    };
    let signer = SIGNER
        .as_ref()
        .ok_or_else(|| internal("the carriers' key is no key"))?;
    let signature = signer
        .sign_hash_sync(&envelope.signature_hash())
        .map_err(internal)?;
    let envelope = Envelope::Legacy(envelope.into_signed(signature));
    Ok(Transaction::carrier(envelope, CARRIER, Arc::new(inner)))
}
