//! Counts the verifier's work, so that every binary is done with in bounded time.

use super::Config;
use crate::{StatusCode, VmError, VmResult};

/// What work is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The module or script.
    Module,
    /// One of its functions.
    Function,
}

/// Units of work done, against a limit for the module and one for each function.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    module: Account,
    function: Account,
    total: u64,
}

#[derive(Clone, Debug)]
struct Account {
    spent: u64,
    limit: u64,
}

impl Account {
    fn new(limit: Option<u64>) -> Self {
        Self {
            spent: 0,
            limit: limit.unwrap_or(u64::MAX),
        }
    }

    fn charge(&mut self, units: u64) -> VmResult<()> {
        self.spent = self.spent.saturating_add(units);
        if self.spent > self.limit {
            return Err(VmError::new(StatusCode::ConstraintNotSatisfied)
                .with_message("more work than the verifier does for one binary"));
        }
        Ok(())
    }
}

impl Meter {
    /// Nothing spent yet.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            module: Account::new(config.max_module_meter_units),
            function: Account::new(config.max_function_meter_units),
            total: 0,
        }
    }

    /// All units so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Starts counting the next function (or module) from zero.
    pub(crate) fn enter(&mut self, scope: Scope) {
        self.account(scope).spent = 0;
    }

    /// Counts some units.
    ///
    /// # Errors
    /// `CONSTRAINT_NOT_SATISFIED` beyond the limit.
    pub(crate) fn charge(&mut self, scope: Scope, units: u64) -> VmResult<()> {
        self.total = self.total.saturating_add(units);
        self.account(scope).charge(units)
    }

    /// Counts so many units for each of some items.
    ///
    /// # Errors
    /// `CONSTRAINT_NOT_SATISFIED` beyond the limit.
    pub(crate) fn charge_items(
        &mut self,
        scope: Scope,
        units_per_item: u64,
        items: usize,
    ) -> VmResult<()> {
        let items = u64::try_from(items).unwrap_or(u64::MAX);
        self.charge(scope, units_per_item.saturating_mul(items))
    }

    /// Counts for the module what the function has spent.
    ///
    /// # Errors
    /// `CONSTRAINT_NOT_SATISFIED` beyond the module's limit.
    pub(crate) fn leave_function(&mut self) -> VmResult<()> {
        self.module.charge(self.function.spent)
    }

    fn account(&mut self, scope: Scope) -> &mut Account {
        match scope {
            Scope::Module => &mut self.module,
            Scope::Function => &mut self.function,
        }
    }
}
