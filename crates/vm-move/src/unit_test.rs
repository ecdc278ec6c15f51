//! The chain that unit tests of Move packages see: modules, an empty state, an empty ledger.

use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use lumio_move_engine::{
    Address, Engine, Host, ModuleId, NativeCall, NativeOutcome, StatusCode, StructTag, U256,
    VmResult,
};

use crate::{
    Chain, Context, EmittedEvent, TransactionFacts, aliases, native_functions, run_native,
};

/// The chain id that tests see.
const CHAIN_ID: u8 = 4;

/// Modules by name.
pub type Modules = BTreeMap<ModuleId, Arc<[u8]>>;

/// One test's chain.
pub struct TestChain<'a> {
    modules: &'a Modules,
    balances: BTreeMap<Address, U256>,
    number: u128,
    events: Vec<EmittedEvent>,
    context: Context,
    print: fn(&str),
}

/// The engine for unit tests.
pub fn test_engine() -> Engine {
    Engine {
        natives: native_functions(true),
        aliases: aliases(),
        ..Engine::default()
    }
}

impl<'a> TestChain<'a> {
    /// A chain with nothing but modules.
    pub fn new(modules: &'a Modules) -> Self {
        let facts = TransactionFacts {
            hash: [1; 32],
            chain_id: CHAIN_ID,
            is_unbiasable: true,
            ..TransactionFacts::default()
        };
        Self {
            modules,
            balances: BTreeMap::new(),
            number: 0,
            events: Vec::new(),
            context: Context::new(facts),
            print: |_| {},
        }
    }

    /// The same chain, which shows what tests print.
    #[must_use]
    pub fn printing(mut self, print: fn(&str)) -> Self {
        self.print = print;
        self
    }
}

/// What natives ask, without the context that they are given besides.
struct Ledger<'a, 'b> {
    modules: &'a Modules,
    balances: &'b mut BTreeMap<Address, U256>,
    number: &'b mut u128,
    events: &'b mut Vec<EmittedEvent>,
    print: fn(&str),
}

impl Chain for Ledger<'_, '_> {
    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        Ok(self.modules.get(id).cloned())
    }

    fn balance(&mut self, account: Address) -> VmResult<U256> {
        Ok(self.balances.get(&account).copied().unwrap_or_default())
    }

    fn transfer(&mut self, from: Address, to: Address, wei: U256) -> VmResult<bool> {
        let Some(left) = self.balance(from)?.checked_sub(wei) else {
            return Ok(false);
        };
        self.balances.insert(from, left);
        let Some(sum) = self.balance(to)?.checked_add(wei) else {
            self.balances.insert(from, left.saturating_add(wei));
            return Ok(false);
        };
        self.balances.insert(to, sum);
        Ok(true)
    }

    fn mint(&mut self, to: Address, wei: U256) -> VmResult<()> {
        let sum = self.balance(to)?.checked_add(wei);
        self.balances
            .insert(to, sum.ok_or(StatusCode::ArithmeticError)?);
        Ok(())
    }

    fn burn(&mut self, from: Address, wei: U256) -> VmResult<bool> {
        let left = self.balance(from)?.checked_sub(wei);
        if let Some(left) = left {
            self.balances.insert(from, left);
        }
        Ok(left.is_some())
    }

    fn next_number(&mut self, least: u128) -> VmResult<u128> {
        *self.number = least.max(self.number.saturating_add(1));
        Ok(*self.number)
    }

    fn emit(&mut self, event: EmittedEvent) -> VmResult<()> {
        self.events.push(event);
        Ok(())
    }

    fn emitted(&self) -> &[EmittedEvent] {
        self.events
    }

    fn set_balance(&mut self, account: Address, wei: U256) -> VmResult<()> {
        self.balances.insert(account, wei);
        Ok(())
    }

    fn print(&mut self, text: &str) {
        (self.print)(text);
    }
}

impl Host for TestChain<'_> {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        Ok([0; 32])
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        Ok(self.modules.get(id).cloned())
    }

    fn resource(&mut self, _: Address, _: &StructTag) -> VmResult<Option<Vec<u8>>> {
        Ok(None)
    }

    fn native(&mut self, number: u32, call: &mut dyn NativeCall) -> VmResult<NativeOutcome> {
        let mut ledger = Ledger {
            modules: self.modules,
            balances: &mut self.balances,
            number: &mut self.number,
            events: &mut self.events,
            print: self.print,
        };
        run_native(number, call, &mut self.context, &mut ledger)
    }
}
