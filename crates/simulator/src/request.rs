//! From the requests of Ethereum's API to transactions in revm's form.

use crate::{Base, GAS_CAP, SimulateError, Simulator};
use alloy_primitives::{Bytes, TxKind, U256};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_state::Journal;
use lumio_vm_evm::{Checks, EvmTransaction};
use revm::context::{TxEnv, either::Either};

/// A request that is ready to run.
pub(crate) struct Prepared {
    pub(crate) transaction: EvmTransaction,
    pub(crate) checks: Checks,
}

impl Simulator {
    /// Fills what a request leaves open. Without a gas price it pays nothing,
    /// and only its value must be there.
    pub(crate) fn prepare(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
    ) -> Result<Prepared, SimulateError> {
        let caller = request.from.unwrap_or_default();
        let (fee_cap, tip) = fees(request, base.block.base_fee)?;
        let pays = fee_cap > 0;
        let account = Journal::new(base.view).account(caller)?;
        let value = request.value.unwrap_or_default();
        if value > account.balance {
            return Err(SimulateError::Rejected(format!(
                "insufficient funds for gas * price + value: address {caller} have {} want {value}",
                account.balance
            )));
        }
        let chain_id = self.executor.spec().chain_id;
        if let Some(other) = request.chain_id.filter(|id| *id != chain_id) {
            return Err(SimulateError::InvalidParams(format!(
                "chainId does not match node's (have={other}, want={chain_id})"
            )));
        }
        let authorizations = request.authorization_list.clone().unwrap_or_default();
        let kind = request.to.unwrap_or(TxKind::Create);
        let tx = TxEnv {
            tx_type: transaction_type(request),
            caller,
            gas_limit: request.gas.unwrap_or(base.block.gas_limit).min(GAS_CAP),
            gas_price: fee_cap,
            kind,
            value,
            data: input(request)?,
            nonce: request.nonce.unwrap_or(account.nonce),
            chain_id: Some(chain_id),
            access_list: request.access_list.clone().unwrap_or_default(),
            gas_priority_fee: tip,
            blob_hashes: Vec::new(),
            max_fee_per_blob_gas: 0,
            authorization_list: authorizations.into_iter().map(Either::Left).collect(),
        };
        let checks = Checks {
            nonce: false,
            balance: true,
            gas_limit: false,
            sender_without_code: false,
            base_fee: pays,
            fees: pays,
        };
        let transaction = EvmTransaction {
            base: tx,
            enveloped_tx: Some(Bytes::new()),
            deposit: Default::default(),
        };
        Ok(Prepared {
            transaction,
            checks,
        })
    }
}

/// Fee cap and tip in wei.
fn fees(
    request: &TransactionRequest,
    base_fee: u64,
) -> Result<(u128, Option<u128>), SimulateError> {
    let (cap, tip) = (request.max_fee_per_gas, request.max_priority_fee_per_gas);
    if request.gas_price.is_some() && (cap.is_some() || tip.is_some()) {
        return Err(SimulateError::InvalidParams(
            "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified".into(),
        ));
    }
    if let Some(price) = request.gas_price {
        return Ok((price, None));
    }
    match (cap, tip) {
        (None, None) => Ok((0, None)),
        (Some(cap), tip) if tip.unwrap_or_default() > cap => Err(SimulateError::Rejected(format!(
            "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {}, \
             maxFeePerGas: {cap}",
            tip.unwrap_or_default()
        ))),
        (Some(cap), tip) => Ok((cap, Some(tip.unwrap_or_default()))),
        (None, Some(tip)) => Ok((tip.saturating_add(u128::from(base_fee)), Some(tip))),
    }
}

fn transaction_type(request: &TransactionRequest) -> u8 {
    if request
        .authorization_list
        .as_ref()
        .is_some_and(|list| !list.is_empty())
    {
        4
    } else if request.max_fee_per_gas.is_some() || request.max_priority_fee_per_gas.is_some() {
        2
    } else {
        u8::from(request.access_list.is_some())
    }
}

fn input(request: &TransactionRequest) -> Result<Bytes, SimulateError> {
    let both = (request.input.input.as_ref(), request.input.data.as_ref());
    if let (Some(input), Some(data)) = both
        && input != data
    {
        return Err(SimulateError::InvalidParams(
            "both \"data\" and \"input\" are set and not equal; please use \"input\"".into(),
        ));
    }
    let input = both.0.or(both.1).cloned().unwrap_or_default();
    if request.to.is_none_or(|to| to.is_create()) && input.is_empty() {
        return Err(SimulateError::InvalidParams(
            "contract creation without any data provided".into(),
        ));
    }
    Ok(input)
}

/// The most gas that the sender can pay for, or `None` if it pays nothing.
pub(crate) fn affordable_gas(
    base: Base<'_>,
    transaction: &EvmTransaction,
) -> Result<Option<u64>, SimulateError> {
    let tx = &transaction.base;
    if tx.gas_price == 0 {
        return Ok(None);
    }
    let balance = Journal::new(base.view).balance(tx.caller)?;
    let rest = balance
        .checked_sub(tx.value)
        .ok_or_else(|| SimulateError::Rejected("insufficient funds for transfer".into()))?;
    let gas = rest / U256::from(tx.gas_price);
    Ok(Some(u64::try_from(gas).unwrap_or(u64::MAX)))
}
