//! Carriers: Ethereum transactions that bring Move transactions that did not come in one.

use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::TxKind;
use lumio_move_transaction::Bcs;
use lumio_types::{
    CARRIER, Carried, Envelope, MOVE_MAGIC, MoveTransaction, Transaction, sign_carrier,
};
use lumio_vm_move::GAS_PER_UNIT;
use std::sync::Arc;

/// Puts a verified transaction into a carrier for a chain whose blocks have so much gas.
pub(super) fn carrier(inner: MoveTransaction, chain_id: u64, block_gas_limit: u64) -> Transaction {
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
    let signature = sign_carrier(envelope.signature_hash());
    let envelope = Envelope::Legacy(envelope.into_signed(signature));
    Transaction::carrier(envelope, CARRIER, Carried::Move(Arc::new(inner)))
}
