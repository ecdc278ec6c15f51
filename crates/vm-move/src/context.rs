//! What natives know of their transaction, and what they leave behind.

use alloc::{collections::BTreeSet, string::String, sync::Arc, vec::Vec};
use alloy_primitives::{B256, Log, address};
use lumio_move_engine::{
    Address, Change, ModuleId, NativeCall, StateKey, StatusCode, TypeTag, U256, VmError, VmResult,
};
use lumio_state::Journal;
use lumio_types::VmId;
use lumio_vm_bus::{Call, Outcome, SolanaAccount, originals::Showing};
use sha3::{Digest, Sha3_256};

/// What natives ask of the chain, besides resources and table items.
pub trait Chain {
    /// The bytes of a published module.
    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>>;

    /// An account's balance, in wei.
    fn balance(&mut self, account: Address) -> VmResult<U256>;

    /// Moves wei from one account to another. False, and nothing is moved, if there are too few.
    fn transfer(&mut self, from: Address, to: Address, wei: U256) -> VmResult<bool>;

    /// Adds new wei to an account.
    ///
    /// # Errors
    /// `ARITHMETIC_ERROR` if there would be more than a balance can hold.
    fn mint(&mut self, to: Address, wei: U256) -> VmResult<()>;

    /// Moves wei to an account at which nobody looks. False, and nothing is moved, if there are too
    /// few.
    ///
    /// # Errors
    /// As [`transfer`](Self::transfer).
    fn pay_fee(&mut self, from: Address, to: Address, wei: U256) -> VmResult<bool> {
        self.transfer(from, to, wei)
    }

    /// Destroys wei of an account. False, and nothing is destroyed, if there are too few.
    fn burn(&mut self, from: Address, wei: U256) -> VmResult<bool>;

    /// A number that is larger than all that were given out before, and no less than `least`.
    ///
    /// # Errors
    /// `ARITHMETIC_ERROR` if there is none.
    fn next_number(&mut self, least: u128) -> VmResult<u128>;

    /// Adds an event to those of the transaction.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if it is no event.
    fn emit(&mut self, event: EmittedEvent) -> VmResult<()>;

    /// The events so far: for unit tests, which look at them.
    fn emitted(&self) -> &[EmittedEvent];

    /// Sets an account's balance, in wei: for unit tests, which have no ledger behind them.
    ///
    /// # Errors
    /// `UNREACHABLE` on a real chain.
    fn set_balance(&mut self, account: Address, wei: U256) -> VmResult<()>;

    /// Calls a contract of another VM, and tells which entries of Move's state it has changed.
    ///
    /// # Errors
    /// `UNIMPLEMENTED_FUNCTIONALITY` where there is no other VM.
    fn call(
        &mut self,
        crossing: Crossing,
        context: &mut Context,
        caller: &mut dyn NativeCall,
    ) -> VmResult<(Outcome, BTreeSet<StateKey>)> {
        let _ = (crossing, context, caller);
        let error = VmError::new(StatusCode::UnimplementedFunctionality);
        Err(error.with_message("there is no other virtual machine in a unit test"))
    }

    /// Adds a log of the EVM to the events of the transaction. Unit tests have no EVM that looks at it.
    fn log(&mut self, log: Log) {
        let _ = log;
    }

    /// How many modules wait further out for the call that this is part of.
    fn waiting(&self) -> u64 {
        0
    }

    /// The account behind an account id, which may be the EVM address of a longer one.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn linked(&mut self, id: B256) -> VmResult<B256> {
        Ok(id)
    }

    /// Records that an account is behind its EVM address. Whether that is a new entry of the state.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn link(&mut self, id: B256) -> VmResult<bool> {
        let _ = id;
        Ok(false)
    }

    /// What an account is on Solana besides its ETH.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn solana_account(&mut self, id: B256) -> VmResult<Option<SolanaAccount>> {
        let _ = id;
        Ok(None)
    }

    /// What such an account is to the ERC-20 that it shows, if it shows one.
    ///
    /// # Errors
    /// When the state cannot be read.
    fn showing(&mut self, id: B256, account: &SolanaAccount) -> VmResult<Option<Showing>> {
        let _ = (id, account);
        Ok(None)
    }

    /// Whether a program or module of a VM waits for the call that this is part of.
    fn is_waited_for_by(&self, vm: VmId) -> bool {
        let _ = vm;
        false
    }

    /// Whether nothing may change.
    fn is_static(&self) -> bool {
        false
    }

    /// Shows what code prints: for unit tests. A real chain shows it to nobody.
    fn print(&mut self, _text: &str) {}
}

/// Under whose name the counters are in transient storage: an address that runs no code.
const COUNTERS: alloy_primitives::Address = address!("4200000000000000000000000000000000000F01");

/// A call of another VM, with what it must know of this one.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The call. Its gas is what it gets at most.
    pub call: Call,
    /// What the session has changed so far.
    pub changes: Vec<Change>,
}

/// An entry function as a transaction names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFunctionFacts {
    /// The module's account.
    pub address: Address,
    /// The module's name.
    pub module: String,
    /// The function's name.
    pub function: String,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
    /// Its arguments in BCS, without signers.
    pub arguments: Vec<Vec<u8>>,
}

/// What a multisig account is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MultisigFacts {
    /// The account.
    pub address: Address,
    /// What to run; none if it is kept on chain.
    pub entry_function: Option<EntryFunctionFacts>,
}

/// What a transaction says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionFacts {
    /// Its hash; unique addresses and table handles are derived from it.
    pub hash: [u8; 32],
    /// Who sent it; none in views and in the block prologue.
    pub sender: Option<Address>,
    /// Who else signed it.
    pub secondary_signers: Vec<Address>,
    /// Who pays.
    pub gas_payer: Address,
    /// The most gas that it may take, in gas units.
    pub max_gas_amount: u64,
    /// The price of a gas unit, in octas.
    pub gas_unit_price: u64,
    /// The chain, as Move counts chains.
    pub chain_id: u8,
    /// SHA3-256 of its script; empty if it is none.
    pub script_hash: Vec<u8>,
    /// The entry function that it calls.
    pub entry_function: Option<EntryFunctionFacts>,
    /// The multisig account that it acts for.
    pub multisig: Option<MultisigFacts>,
    /// Whether its entry function asked for randomness by attribute.
    pub is_unbiasable: bool,
}

/// An event that Move code has emitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmittedEvent {
    /// Of a handle: the BCS of its GUID and the event's number. None for a module event.
    pub handle: Option<(Vec<u8>, u64)>,
    /// Its type.
    pub tag: TypeTag,
    /// Its BCS.
    pub data: Vec<u8>,
}

/// A request to publish modules when the transaction's function has returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Whose modules they are.
    pub owner: Address,
    /// The names that the package says it has.
    pub expected_modules: Vec<String>,
    /// Which modules they may use; none if all.
    pub allowed_dependencies: Option<Vec<(Address, String)>>,
    /// The modules.
    pub bundle: Vec<Vec<u8>>,
    /// The upgrade policy: 0 arbitrary, 1 compatible, 2 immutable.
    pub policy: u8,
}

/// What lives for one transaction.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// What the transaction says about itself.
    pub facts: TransactionFacts,
    /// What is to be published.
    pub publication: Option<Publication>,
    /// Items and bytes in the state.
    pub storage_usage: (u64, u64),
    refund: i64,
    tables: u32,
    unique_addresses: u64,
    random_numbers: u64,
}

impl Context {
    /// At the beginning of a transaction.
    pub fn new(facts: TransactionFacts) -> Self {
        Self {
            facts,
            ..Self::default()
        }
    }

    /// EVM gas that contracts of the EVM have freed, which the outermost call gives back.
    pub(crate) const fn refund(&self) -> i64 {
        self.refund
    }

    pub(crate) const fn add_refund(&mut self, gas: i64) {
        self.refund = self.refund.saturating_add(gas);
    }

    /// Counters that all sessions of a transaction share, as words.
    fn counters(&self) -> [u64; 3] {
        [
            u64::from(self.tables),
            self.unique_addresses,
            self.random_numbers,
        ]
    }

    /// Leaves the counters where another session of the transaction finds them. They go back with
    /// the frame that reverts, as all else does.
    pub(crate) fn leave_counters(&self, journal: &mut Journal<'_>) {
        for (slot, counter) in (0_u64..).zip(self.counters()) {
            journal.set_transient(COUNTERS, U256::from(slot), U256::from(counter));
        }
    }

    /// Takes the counters up again.
    pub(crate) fn take_counters(&mut self, journal: &Journal<'_>) {
        let counter = |slot: u64| {
            journal
                .transient(COUNTERS, U256::from(slot))
                .saturating_to()
        };
        self.tables = u32::try_from(counter(0)).unwrap_or(u32::MAX);
        self.unique_addresses = counter(1);
        self.random_numbers = counter(2);
    }

    /// The address of the next new table.
    pub(crate) fn next_table(&mut self) -> Address {
        let mut hasher = Sha3_256::new_with_prefix(self.facts.hash);
        hasher.update(self.tables.to_le_bytes());
        self.tables = self.tables.saturating_add(1);
        Address(hasher.finalize().into())
    }

    /// An address that nobody has.
    pub(crate) fn next_unique_address(&mut self) -> Address {
        self.unique_addresses = self.unique_addresses.saturating_add(1);
        let mut hasher = Sha3_256::new_with_prefix(self.facts.hash);
        hasher.update(self.unique_addresses.to_le_bytes());
        hasher.update([0xFB]);
        Address(hasher.finalize().into())
    }

    /// How many random numbers have been asked for before.
    pub(crate) fn next_random_number(&mut self) -> u64 {
        let number = self.random_numbers;
        self.random_numbers = self.random_numbers.saturating_add(1);
        number
    }
}
