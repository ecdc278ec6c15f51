//! `eth_estimateGas` and `eth_createAccessList`.

use crate::{
    Base, Overrides, SimulateError, Simulator,
    call::overridden,
    request::{Prepared, affordable_gas},
    trace::list_accesses,
};
use alloy_eips::eip7825::MAX_TX_GAS_LIMIT_OSAKA;
use alloy_primitives::{B256, U256};
use alloy_rpc_types_eth::{AccessListResult, TransactionRequest};
use lumio_executor::{Executed, SpecId};
use lumio_vm_evm::EvmTransaction;

/// Gas of a transfer to an account without code.
const TRANSFER_GAS: u64 = 21_000;

/// The search ends when the bounds are so close: one part in so many.
const PRECISION: u64 = 64;

impl Simulator {
    /// A gas limit with which the transaction succeeds on this state.
    ///
    /// # Errors
    /// When it fails with all the gas that it may have.
    pub fn estimate_gas(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        overrides: &Overrides,
    ) -> Result<u64, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let base = Base {
            view: &state,
            block: &block,
        };
        let prepared = self.prepare(base, request)?;
        let most = self.most_gas(base, request, &prepared.transaction)?;
        let first = self.run_with(base, &prepared, most)?;
        let first = match first {
            Ran::Succeeded(executed) => executed,
            Ran::OutOfGas => {
                return Err(SimulateError::Rejected(format!(
                    "gas required exceeds allowance ({most})"
                )));
            }
            Ran::Failed(error) => return Err(error),
        };
        self.search(base, &prepared, first.gas_used, most)
    }

    /// The least gas known to suffice, within the precision. A limit is never
    /// returned that was not tried.
    fn search(
        &self,
        base: Base<'_>,
        prepared: &Prepared,
        gas_used: u64,
        most: u64,
    ) -> Result<u64, SimulateError> {
        let mut enough = most;
        let mut too_little = gas_used.saturating_sub(1).min(most);
        // Most transactions need what they used, or a 64th more.
        for guess in [
            gas_used,
            gas_used.saturating_add(gas_used / 63).saturating_add(2_300),
        ] {
            if guess < enough && guess > too_little {
                match self.run_with(base, prepared, guess)? {
                    Ran::Succeeded(_) => {
                        enough = guess;
                        break;
                    }
                    Ran::OutOfGas | Ran::Failed(_) => too_little = guess,
                }
            }
        }
        while enough - too_little > 1 && enough - too_little > enough / PRECISION {
            let middle = too_little + (enough - too_little) / 2;
            match self.run_with(base, prepared, middle)? {
                Ran::Succeeded(_) => enough = middle,
                Ran::OutOfGas | Ran::Failed(_) => too_little = middle,
            }
        }
        Ok(enough)
    }

    fn most_gas(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        transaction: &EvmTransaction,
    ) -> Result<u64, SimulateError> {
        let mut most = base.block.gas_limit.min(self.transaction_gas_cap());
        if let Some(gas) = request.gas.filter(|gas| *gas >= TRANSFER_GAS) {
            most = most.min(gas);
        }
        if let Some(gas) = affordable_gas(base, transaction)? {
            most = most.min(gas);
        }
        Ok(most)
    }

    /// Most gas that one transaction may ask for.
    pub(crate) fn transaction_gas_cap(&self) -> u64 {
        let fork = self.executor.spec().rules.ethereum_fork();
        if fork.is_enabled_in(SpecId::OSAKA) {
            MAX_TX_GAS_LIMIT_OSAKA
        } else {
            u64::MAX
        }
    }

    fn run_with(
        &self,
        base: Base<'_>,
        prepared: &Prepared,
        gas: u64,
    ) -> Result<Ran, SimulateError> {
        let mut transaction = prepared.transaction.clone();
        transaction.base.gas_limit = gas;
        match self.run(base, transaction, prepared.checks, B256::ZERO) {
            Ok(executed) if executed.success => Ok(Ran::Succeeded(Box::new(executed))),
            Ok(executed) if executed.halt.as_deref() == Some("out of gas") => Ok(Ran::OutOfGas),
            Ok(executed) => Ok(Ran::Failed(SimulateError::of_failure(executed))),
            Err(SimulateError::Rejected(reason)) if is_too_little_gas(&reason) => Ok(Ran::OutOfGas),
            Err(error) => Err(error),
        }
    }

    /// The accounts and slots that a transaction looks at, so that it can
    /// announce them, and the gas that it then uses.
    ///
    /// # Errors
    /// When it is refused. A revert is part of the result.
    pub fn create_access_list(
        &self,
        base: Base<'_>,
        request: &TransactionRequest,
        overrides: &Overrides,
    ) -> Result<AccessListResult, SimulateError> {
        let (state, block) = overridden(base, overrides)?;
        let base = Base {
            view: &state,
            block: &block,
        };
        let mut list = request.access_list.clone().unwrap_or_default();
        // Each run can only add to the list: a known slot stays known. Gas that
        // it saves may open further paths, so that it is run until it settles.
        loop {
            let with_list = TransactionRequest {
                access_list: Some(list.clone()),
                ..request.clone()
            };
            let prepared = self.prepare(base, &with_list)?;
            let (found, executed) = list_accesses(self, base, &prepared)?;
            if found == list {
                return Ok(AccessListResult {
                    access_list: list,
                    gas_used: U256::from(executed.gas_used),
                    error: (!executed.success)
                        .then(|| SimulateError::of_failure(executed).to_string()),
                });
            }
            list = found;
        }
    }
}

/// How a try with some gas limit went.
enum Ran {
    Succeeded(Box<Executed>),
    OutOfGas,
    Failed(SimulateError),
}

fn is_too_little_gas(reason: &str) -> bool {
    reason.starts_with("intrinsic gas too low")
        || reason.starts_with("insufficient gas for floor data gas cost")
}
