//! One Move transaction: prologue, payload, epilogue.
//!
//! ```text
//! checks ──► prologue ──► payload ──► (publish) ──► epilogue
//!              │ refused     │ failed: dropped         fee, sequence number, fee statement
//!              ▼             ▼
//!          no block      fee is paid all the same
//! ```

use alloc::{string::String, vec::Vec};
use lumio_move_engine::{Gas, StatusCode};
use lumio_state::Fault;
use lumio_types::MoveTransaction;
use lumio_vm_bus::Host;

use crate::{
    Context, MoveRefusal, MoveVm,
    facts::facts,
    machine::Stop,
    prices::{
        self, GAS_PER_UNIT, MAX_GAS_PRICE, MAX_GAS_UNITS, MAX_TRANSACTION_BYTES, MIN_GAS_PRICE,
    },
    status,
};

/// The framework's module of prologue and epilogue.
pub(crate) const VALIDATION: &str = "transaction_validation";

/// A Move transaction that ran, whether its effects stand or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveTransacted {
    /// Whether its effects stand. Its fee is paid either way.
    pub success: bool,
    /// What it used, in EVM gas.
    pub gas_used: u64,
    /// The same in gas units, for which it paid.
    pub gas_units: u64,
    /// How it ended, in the words that Aptos' clients know.
    pub status: String,
}

/// A Move transaction that did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveTransactError {
    /// No block may contain it.
    Refused(MoveRefusal),
    /// The machinery failed.
    Fault(Fault),
}

impl From<Fault> for MoveTransactError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<MoveRefusal> for MoveTransactError {
    fn from(refusal: MoveRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A transaction on its way.
pub(crate) struct Run<'a, 'v> {
    pub(crate) vm: &'a MoveVm,
    pub(crate) bus: &'a mut dyn Host<'v>,
    pub(crate) transaction: &'a MoveTransaction,
    pub(crate) context: Context,
    pub(crate) is_simulation: bool,
}

impl MoveVm {
    /// Runs a whole transaction. What it changes stays in the host's journal. It may use no more
    /// than the host's gas, whatever it asks for.
    ///
    /// # Errors
    /// [`MoveTransactError::Refused`] leaves the journal as it was.
    pub fn transact<'v>(
        &self,
        transaction: &MoveTransaction,
        bus: &mut dyn Host<'v>,
        is_simulation: bool,
    ) -> Result<MoveTransacted, MoveTransactError> {
        let facts = facts(transaction);
        let run = Run {
            vm: self,
            bus,
            transaction,
            context: Context::new(facts),
            is_simulation,
        };
        run.go()
    }

    /// Whether the prologue lets a transaction through, by the state as it is: what a mempool
    /// asks.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    pub fn validate<'v>(
        &self,
        transaction: &MoveTransaction,
        bus: &mut dyn Host<'v>,
    ) -> Result<(), MoveTransactError> {
        let mut run = Run {
            vm: self,
            bus,
            transaction,
            context: Context::new(facts(transaction)),
            is_simulation: false,
        };
        let checkpoint = run.bus.journal().checkpoint();
        run.check_limits()?;
        check_intrinsic(transaction, &mut Gas::new(run.budget()))?;
        let result = run.prologue();
        run.bus.journal().revert(checkpoint);
        result
    }
}

impl Run<'_, '_> {
    fn go(mut self) -> Result<MoveTransacted, MoveTransactError> {
        self.check_limits()?;
        let raw = &self.transaction.signed.raw;
        let budget = self.budget();
        let mut gas = Gas::new(budget);
        check_intrinsic(self.transaction, &mut gas)?;
        self.prologue()?;
        let checkpoint = self.bus.journal().checkpoint();
        let outcome = self.payload(&mut gas).and_then(|()| {
            let vm = self.vm;
            vm.run_queue(self.bus, &mut self.context, checkpoint.logs, &mut gas)
        });
        let used = budget.saturating_sub(gas.left());
        let gas_units = used.div_ceil(GAS_PER_UNIT).min(raw.max_gas_amount);
        // A payload may spend what was to pay for it: then it has failed, too.
        let outcome = outcome.and_then(|()| self.epilogue(gas_units).map_err(unpaid));
        let text = match outcome {
            Ok(()) => None,
            Err(Stop::Fault(fault)) => return Err(fault.into()),
            Err(Stop::Code(error)) => {
                // What was kept before it failed, such as the request of a publication that
                // turned out to be none, goes with it.
                self.bus.journal().revert(checkpoint);
                self.context.publication = None;
                let text = status::of_failure(self.bus, &error)?;
                self.epilogue(gas_units).map_err(|stop| self.stop(stop))?;
                Some(text)
            }
        };
        Ok(MoveTransacted {
            success: text.is_none(),
            gas_used: used,
            gas_units,
            status: text.unwrap_or_else(|| status::SUCCESS.into()),
        })
    }

    /// Refuses what needs no state to be refused.
    fn check_limits(&self) -> Result<(), MoveRefusal> {
        let signed = &self.transaction.signed;
        let bytes = self.transaction.length;
        let refuse = |status: StatusCode, message: String| Err(status::refusal(status, message));
        if bytes > MAX_TRANSACTION_BYTES {
            return refuse(
                StatusCode::ExceededMaxTransactionSize,
                alloc::format!("{bytes} bytes, at most {MAX_TRANSACTION_BYTES} are allowed"),
            );
        }
        if signed.raw.max_gas_amount > MAX_GAS_UNITS {
            return refuse(
                StatusCode::MaxGasUnitsExceedsMaxGasUnitsBound,
                alloc::format!(
                    "{} gas units, at most {MAX_GAS_UNITS} are allowed",
                    signed.raw.max_gas_amount
                ),
            );
        }
        let price = signed.raw.gas_unit_price;
        if price < self.least_price() && !self.is_simulation {
            return refuse(
                StatusCode::GasUnitPriceBelowMinBound,
                alloc::format!(
                    "{price} octas, at least {} are needed now",
                    self.least_price()
                ),
            );
        }
        if price > MAX_GAS_PRICE {
            return refuse(
                StatusCode::GasUnitPriceAboveMaxBound,
                alloc::format!("{price} octas, at most {MAX_GAS_PRICE} are allowed"),
            );
        }
        Ok(())
    }

    /// EVM gas that it may use.
    fn budget(&mut self) -> u64 {
        let asked = self.transaction.signed.raw.max_gas_amount;
        let asked = asked.saturating_mul(GAS_PER_UNIT);
        asked.min(self.bus.meter().remaining())
    }

    /// Octas that a gas unit costs at the block's base fee, at least.
    fn least_price(&self) -> u64 {
        least_price(self.bus.env().block.base_fee)
    }

    /// Why a transaction of which the framework's part failed is in no block.
    pub(crate) fn stop(&self, stop: Stop) -> MoveTransactError {
        match stop {
            Stop::Fault(fault) => fault.into(),
            Stop::Code(error) => status::of_prologue(&error).into(),
        }
    }

    pub(crate) fn framework(
        &mut self,
        function: (&str, &str),
        arguments: &[Vec<u8>],
    ) -> Result<(), Stop> {
        self.vm
            .call_framework(self.bus, &mut self.context, function, arguments)
    }
}

/// Why a payload fails that itself came to its end.
fn unpaid(stop: Stop) -> Stop {
    match stop {
        Stop::Code(error) => {
            Stop::Code(error.with_message("the transaction has spent what was to pay for its gas"))
        }
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}

/// Charges what a transaction costs before it runs.
fn check_intrinsic(transaction: &MoveTransaction, gas: &mut Gas) -> Result<(), MoveRefusal> {
    let signatures = transaction.signed.signature_count();
    let needed = prices::intrinsic(transaction.length, signatures);
    gas.charge(needed).map_err(|_| {
        let least = needed.div_ceil(GAS_PER_UNIT);
        let message = alloc::format!("at least {least} gas units are needed");
        let status = StatusCode::MaxGasUnitsBelowMinTransactionGasUnits;
        status::refusal(status, message)
    })
}

/// Octas that a gas unit costs at a base fee (wei for each EVM gas), at least.
pub fn least_price(base_fee: u64) -> u64 {
    let wei = u128::from(base_fee).saturating_mul(u128::from(GAS_PER_UNIT));
    let octas = wei.div_ceil(u128::from(lumio_types::OCTA_WEI));
    u64::try_from(octas).unwrap_or(u64::MAX).max(MIN_GAS_PRICE)
}
