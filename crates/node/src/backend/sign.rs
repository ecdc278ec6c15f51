//! Signing with the node's keys, and going without a signature.

use crate::{
    backend::{NodeBackend, Result},
    state::internal,
};
use alloy_consensus::{SignableTransaction, Transaction as _, TypedTransaction};
use alloy_primitives::{Address, B256, Bytes, Signature, U256};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_rpc::eth::BackendError;
use lumio_types::{Carried, Envelope, Transaction};

impl NodeBackend {
    /// Fills, and signs with a key of the node.
    pub(super) fn signed(&self, request: TransactionRequest) -> Result<Transaction> {
        let request = self.filled(request)?;
        let (from, unsigned) = unsigned(request)?;
        let signature = self
            .keyring
            .sign(from, unsigned.signature_hash())
            .map_err(internal)?
            .ok_or_else(|| unknown(from))?;
        with_carried(envelope(unsigned, signature)?, from)
    }

    /// Fills, and signs with a key of the node or, for an impersonated sender, not at all.
    pub(super) fn signed_or_impersonated(
        &self,
        request: TransactionRequest,
    ) -> Result<Transaction> {
        let from = request.from.or_else(|| self.keyring.addresses().next());
        let from = from.ok_or_else(|| BackendError::InvalidParams("missing field: from".into()))?;
        let request = request.from(from);
        if self.keyring.contains(from) {
            return self.signed(request);
        }
        let impersonated = {
            let impersonated = self.impersonated.read();
            impersonated.everyone || impersonated.addresses.contains(&from)
        };
        if !impersonated {
            return Err(unknown(from));
        }
        let (from, unsigned) = unsigned(self.filled(request)?)?;
        with_carried(envelope(unsigned, placeholder(from))?, from)
    }

    /// The signature of one of the node's keys over a hash, as 65 bytes.
    pub(super) fn sign_hash(&self, address: Address, hash: B256) -> Result<Bytes> {
        let signature = self.keyring.sign(address, hash).map_err(internal)?;
        let signature = signature.ok_or_else(|| unknown(address))?;
        Ok(Bytes::copy_from_slice(&signature.as_bytes()))
    }
}

/// A transaction whose sender the node answers for. For what it carries, its own signers do.
fn with_carried(envelope: Envelope, sender: Address) -> Result<Transaction> {
    let inner = match envelope.to() {
        Some(_) => None,
        None => Carried::decode(envelope.input())
            .map_err(|error| BackendError::Rejected(error.to_string()))?,
    };
    Ok(match inner {
        Some(inner) => Transaction::carrier(envelope, sender, inner),
        None => Transaction::trusted(envelope, sender),
    })
}

/// Stands where a signature belongs. It names the sender, so that equal transactions of two
/// impersonated senders have different hashes.
pub(super) fn placeholder(sender: Address) -> Signature {
    Signature::new(U256::from_be_slice(sender.as_slice()), U256::from(1), false)
}

fn unknown(address: Address) -> BackendError {
    BackendError::Rejected(format!(
        "unknown account: the node has no key of {address}, and it is not impersonated"
    ))
}

pub(super) fn unsigned(request: TransactionRequest) -> Result<(Address, TypedTransaction)> {
    let from = request
        .from
        .ok_or_else(|| BackendError::InvalidParams("missing field: from".into()))?;
    let unsigned = request
        .build_typed_tx()
        .map_err(|_| BackendError::InvalidParams("the fields fit no type of transaction".into()))?;
    Ok((from, unsigned))
}

pub(super) fn envelope(unsigned: TypedTransaction, signature: Signature) -> Result<Envelope> {
    Ok(match unsigned {
        TypedTransaction::Legacy(tx) => Envelope::Legacy(tx.into_signed(signature)),
        TypedTransaction::Eip2930(tx) => Envelope::Eip2930(tx.into_signed(signature)),
        TypedTransaction::Eip1559(tx) => Envelope::Eip1559(tx.into_signed(signature)),
        TypedTransaction::Eip7702(tx) => Envelope::Eip7702(tx.into_signed(signature)),
        TypedTransaction::Eip4844(_) => {
            return Err(BackendError::Rejected(
                "transaction type not supported".into(),
            ));
        }
    })
}
