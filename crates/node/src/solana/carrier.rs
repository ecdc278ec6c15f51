//! Carriers: Ethereum transactions that bring Solana transactions that did not come in one.

use alloy_consensus::{SignableTransaction, TxLegacy};
use alloy_primitives::TxKind;
use lumio_types::{
    CARRIER, Carried, Envelope, SOLANA_MAGIC, SolanaTransaction, Transaction, sign_carrier,
};
use std::sync::Arc;

/// Puts a verified transaction into a carrier that brings it so much gas.
pub(super) fn carrier(inner: SolanaTransaction, chain_id: u64, gas_limit: u64) -> Transaction {
    let envelope = TxLegacy {
        chain_id: Some(chain_id),
        gas_limit,
        to: TxKind::Create,
        input: [SOLANA_MAGIC.as_slice(), &inner.wire].concat().into(),
        ..TxLegacy::default()
    };
    let signature = sign_carrier(envelope.signature_hash());
    let envelope = Envelope::Legacy(envelope.into_signed(signature));
    Transaction::carrier(envelope, CARRIER, Carried::Solana(Arc::new(inner)))
}
