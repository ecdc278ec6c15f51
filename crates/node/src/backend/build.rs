//! Filling in what a transaction request leaves out.

use crate::backend::{NodeBackend, Result};
use alloy_eips::BlockId;
use alloy_primitives::TxKind;
use alloy_rpc_types_eth::TransactionRequest;
use lumio_rpc::eth::{BackendError, CallRequest, ChainReader, Pool, Simulator};

/// The tip that is given where none is named, in wei.
const DEFAULT_TIP: u128 = 1_000_000;

impl NodeBackend {
    /// Nonce, fees, gas and chain id, where they are missing.
    pub(super) fn filled(&self, mut request: TransactionRequest) -> Result<TransactionRequest> {
        let invalid = |what: &str| BackendError::InvalidParams(what.into());
        let from = request.from.ok_or_else(|| invalid("missing field: from"))?;
        if request.blob_versioned_hashes.is_some() || request.sidecar.is_some() {
            return Err(BackendError::Rejected(
                "transaction type not supported".into(),
            ));
        }
        let chain_id = self.chain_id();
        if let Some(have) = request.chain_id
            && have != chain_id
        {
            return Err(BackendError::Rejected(format!(
                "invalid chain id for signer: have {have} want {chain_id}"
            )));
        }
        request.chain_id = Some(chain_id);
        if let (Some(input), Some(data)) = (&request.input.input, &request.input.data)
            && input != data
        {
            return Err(invalid(
                "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data",
            ));
        }
        if request.to.is_none() {
            if request.input.input().is_none_or(|input| input.is_empty()) {
                return Err(invalid("contract creation without any data provided"));
            }
            request.to = Some(TxKind::Create);
        }
        request.value.get_or_insert_default();
        if request.nonce.is_none() {
            request.nonce = Some(self.pending_nonce(from)?);
        }
        self.fill_fees(&mut request)?;
        if request.gas.is_none() {
            let estimate = CallRequest {
                transaction: request.clone(),
                at: BlockId::pending(),
                ..Default::default()
            };
            request.gas = Some(self.estimate_gas(estimate)?);
        }
        Ok(request)
    }

    fn fill_fees(&self, request: &mut TransactionRequest) -> Result<()> {
        let dynamic =
            request.max_fee_per_gas.is_some() || request.max_priority_fee_per_gas.is_some();
        if request.gas_price.is_some() {
            if dynamic {
                return Err(BackendError::InvalidParams(
                    "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified".into(),
                ));
            }
            return Ok(());
        }
        let base_fee = u128::from(self.next_base_fee()?);
        if matches!(request.transaction_type, Some(0 | 1)) && !dynamic {
            request.gas_price = Some(base_fee.saturating_add(DEFAULT_TIP));
            return Ok(());
        }
        let tip = match (request.max_priority_fee_per_gas, request.max_fee_per_gas) {
            (Some(tip), _) => tip,
            (None, Some(cap)) => DEFAULT_TIP.min(cap),
            (None, None) => DEFAULT_TIP,
        };
        request.max_priority_fee_per_gas = Some(tip);
        request
            .max_fee_per_gas
            .get_or_insert_with(|| base_fee.saturating_mul(2).saturating_add(tip));
        Ok(())
    }
}
