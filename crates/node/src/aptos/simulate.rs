//! Trying a Move transaction on the newest state, without signatures, and keeping nothing.

use crate::aptos::{
    AptosBackend, Result, account_of,
    ledger::{MICROS, latest_version},
    of_eth, of_execution, of_fault,
    show::{change, end, event},
};
use lumio_executor::ExecuteError;
use lumio_move_transaction::Hash;
use lumio_rpc::aptos::{BackendError, SimulateRequest, Transaction, TransactionBody};
use lumio_state::{Overlay, StateView};
use lumio_types::{CarriedReceipt, MoveTransaction, octas_of};
use lumio_vm_move::{GAS_PER_UNIT, MAX_GAS_UNITS};
use std::sync::Arc;

impl AptosBackend {
    pub(super) fn try_out(&self, request: SimulateRequest) -> Result<Transaction> {
        let SimulateRequest {
            transaction: mut signed,
            estimate_max_gas_amount,
        } = request;
        let snapshot = self.snapshot();
        let block = self.node.context_on(&snapshot).map_err(of_eth)?;
        let executor = self.node.chain.executor();
        let mut state = Overlay::new(snapshot.latest_state());
        let begun = executor.begin_block(&state, &block).map_err(of_fault)?;
        state.apply(begun);
        let mut inner = simulated(&signed)?;
        if estimate_max_gas_amount {
            let payer = account_of(inner.payer()).evm_address();
            let balance = state
                .word(&lumio_state::StateKey::Balance(payer))
                .map_err(of_fault)?;
            let octas = octas_of(balance).map_or(u64::MAX, |split| split.units);
            let affordable = octas.checked_div(signed.raw.gas_unit_price);
            let most = MAX_GAS_UNITS.min(block.gas_limit / GAS_PER_UNIT);
            signed.raw.max_gas_amount = affordable.unwrap_or(most).min(most);
            inner = simulated(&signed)?;
        }
        let executed = executor.simulate_move(&state, &block, &inner);
        let mut shown = Transaction {
            version: latest_version(&snapshot)?,
            hash: inner.hash.0,
            body: TransactionBody::User(Arc::new(signed)),
            success: false,
            vm_status: String::new(),
            gas_used: 0,
            timestamp_usecs: block.timestamp.saturating_mul(MICROS),
            changes: Vec::new(),
            events: Vec::new(),
            state_checkpoint_hash: None,
            accumulator_root_hash: Hash::default(),
        };
        match executed {
            Ok(executed) => {
                shown.success = executed.success;
                let mut after = state;
                after.apply(executed.writes.clone());
                for (key, value) in &executed.writes {
                    shown.changes.extend(change(&after, key, value.as_ref())?);
                }
                shown.events = executed.events.iter().filter_map(event).collect();
                if let Some(carried) = executed.carried.as_ref().and_then(CarriedReceipt::as_move) {
                    end(&mut shown, carried);
                }
            }
            Err(ExecuteError::Move(refusal)) => shown.vm_status = refusal.status.name.into(),
            Err(error) => return Err(of_execution(error)),
        }
        Ok(shown)
    }
}

fn simulated(signed: &lumio_move_transaction::SignedTransaction) -> Result<MoveTransaction> {
    MoveTransaction::simulated(signed.clone())
        .map_err(|error| BackendError::InvalidInput(error.to_string()))
}
