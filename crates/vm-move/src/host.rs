//! The chain as the engine sees it: modules, resources and table items in the one journal of all
//! VMs, and ETH in its ledger.

use alloc::{boxed::Box, collections::BTreeSet, sync::Arc, vec::Vec};
use alloy_primitives::{B256, Bytes, Log, LogData};
use lumio_move_engine::{
    Address, Change, Changes, Host, ModuleId, NativeCall, NativeOutcome, StateKey as EngineKey,
    StatusCode, StructTag, TypeTag, U256, VmResult,
};
use lumio_state::{Fault, Journal, StateKey, Value};
use lumio_types::{AccountId, Event, EventHandle, EventOrigin, EvmForm, MoveEvent, VmId};
use lumio_vm_bus::{
    Meter, Outcome, SolanaAccount, is_program_owned, ledger_address, ledger_address_of,
    originals::{Showing, showing},
    solana_account,
};
use sha3::{Digest, Sha3_256};

use crate::{
    Chain, Context, Crossing, EmittedEvent, call::account_behind, codes::Loaded, derived::Derived,
    natives::TABLE_PREFIX, run_native,
};

/// Under what the code epoch is kept: a hash of all publications so far.
const EPOCH_KEY: &[u8] = b"move/epoch";

/// Under what the last number is kept that `monotonically_increasing_counter` gave out. A count
/// within a block would not do: blocks may share a time.
const NUMBER_KEY: &[u8] = b"move/number";

/// The account of a Move address.
pub(crate) fn account(address: Address) -> AccountId {
    AccountId(B256::from(address.0))
}

/// The state key of a resource.
pub fn resource_key(owner: Address, tag: &StructTag) -> StateKey {
    let mut name = Vec::with_capacity(128);
    tag.write(&mut name);
    StateKey::MoveResource(account(owner), name.into())
}

/// The state key of a module.
pub fn module_key(id: &ModuleId) -> StateKey {
    let name = Bytes::copy_from_slice(id.name.as_bytes());
    StateKey::MoveModule(account(id.address), name)
}

/// The state key of a table item, by the BCS of its key.
pub fn table_item_key(handle: Address, key: &[u8]) -> StateKey {
    StateKey::MoveTableItem(B256::from(handle.0), Bytes::copy_from_slice(key))
}

pub(crate) fn epoch_key() -> StateKey {
    StateKey::System(Bytes::from_static(EPOCH_KEY))
}

/// What a session's host has besides the bus: the transaction's context, hashes that are known
/// already, and the fault that ended the session, if one did.
pub(crate) struct ChainHost<'a, 'v> {
    pub(crate) bus: &'a mut dyn lumio_vm_bus::Host<'v>,
    pub(crate) context: &'a mut Context,
    pub(crate) fault: Option<Fault>,
    derived: &'a mut Derived,
}

/// Turns a fault into the engine's error, and keeps it.
fn kept<T>(fault: &mut Option<Fault>, result: Result<T, Fault>) -> VmResult<T> {
    result.map_err(|error| {
        *fault = Some(error);
        StatusCode::StorageError.into()
    })
}

impl<'a, 'v> ChainHost<'a, 'v> {
    pub(crate) fn new(
        bus: &'a mut dyn lumio_vm_bus::Host<'v>,
        context: &'a mut Context,
        derived: &'a mut Derived,
    ) -> Self {
        Self {
            bus,
            context,
            fault: None,
            derived,
        }
    }

    fn read(&mut self, key: &StateKey) -> VmResult<Option<Value>> {
        let value = self.bus.journal().read(key);
        kept(&mut self.fault, value)
    }
}

/// Writes what a session has changed.
pub(crate) fn apply(journal: &mut Journal<'_>, changes: Changes) -> Result<(), Fault> {
    if !changes.modules.is_empty() {
        let old = journal.read(&epoch_key())?;
        let mut epoch = Sha3_256::new_with_prefix(b"lumio/code");
        epoch.update(old.as_deref().unwrap_or_default());
        for (id, bytes) in &changes.modules {
            epoch.update(id.address.0);
            epoch.update(Sha3_256::digest(id.name.as_bytes()));
            epoch.update(Sha3_256::digest(bytes));
            journal.write(module_key(id), Some(Value::from(&**bytes)))?;
        }
        let epoch: [u8; 32] = epoch.finalize().into();
        journal.write(epoch_key(), Some(Value::from(epoch.as_slice())))?;
    }
    for Change { key, value, .. } in changes.state {
        let key = match &key {
            EngineKey::Resource(owner, tag) => resource_key(*owner, tag),
            EngineKey::Item(item) => {
                item_key(item).ok_or_else(|| Fault::Bug("an item that is no table's".into()))?
            }
        };
        journal.write(key, value.map(|bytes| Value::from(Bytes::from(bytes))))?;
    }
    Ok(())
}

/// The key by which the engine knows an entry of the state, if it is one of Move's.
fn engine_key(key: &StateKey) -> Option<EngineKey> {
    match key {
        StateKey::MoveResource(owner, tag) => {
            let mut reader = lumio_move_engine::bcs::Reader::new(tag);
            let tag = StructTag::read(&mut reader).ok()?;
            Some(EngineKey::Resource(Address(owner.0.0), tag))
        }
        StateKey::MoveTableItem(handle, key) => {
            let mut item = Vec::from(TABLE_PREFIX);
            item.extend(handle.0);
            item.extend_from_slice(key);
            Some(EngineKey::Item(item))
        }
        StateKey::Balance(_)
        | StateKey::EvmAccount(_)
        | StateKey::EvmStorage(..)
        | StateKey::EvmCode(_)
        | StateKey::Link(_)
        | StateKey::MoveModule(..)
        | StateKey::SvmAccount(_)
        | StateKey::SvmMessage(_)
        | StateKey::System(_) => None,
    }
}

/// The state key of what natives keep.
fn item_key(item: &[u8]) -> Option<StateKey> {
    let (handle, key) = item.strip_prefix(TABLE_PREFIX)?.split_first_chunk::<32>()?;
    Some(table_item_key(Address(*handle), key))
}

impl Host for ChainHost<'_, '_> {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        let epoch = self.read(&epoch_key())?;
        let hash = epoch.and_then(|epoch| epoch.as_hash());
        Ok(hash.unwrap_or_default().0)
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        let bytes = self.read(&module_key(id))?;
        Ok(bytes.map(|bytes| Arc::from(&*bytes)))
    }

    fn resource(&mut self, address: Address, tag: &StructTag) -> VmResult<Option<Vec<u8>>> {
        let value = self.read(&resource_key(address, tag))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn item(&mut self, key: &[u8]) -> VmResult<Option<Vec<u8>>> {
        let key = item_key(key).ok_or(StatusCode::StorageError)?;
        let value = self.read(&key)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn native(&mut self, number: u32, call: &mut dyn NativeCall) -> VmResult<NativeOutcome> {
        let mut chain = OnJournal {
            bus: self.bus,
            fault: &mut self.fault,
            derived: self.derived,
        };
        run_native(number, call, self.context, &mut chain)
    }
}

/// What natives ask of the chain.
struct OnJournal<'a, 'v> {
    bus: &'a mut dyn lumio_vm_bus::Host<'v>,
    fault: &'a mut Option<Fault>,
    derived: &'a mut Derived,
}

impl OnJournal<'_, '_> {
    fn ask<T>(
        &mut self,
        ask: impl FnOnce(&mut lumio_state::Journal<'_>) -> Result<T, Fault>,
    ) -> VmResult<T> {
        let answer = ask(self.bus.journal());
        kept(self.fault, answer)
    }

    /// Where the ledger keeps an account that is about to pay. None if a Solana program relies on
    /// what it owns.
    fn payer(&mut self, owner: Address) -> VmResult<Option<alloy_primitives::Address>> {
        let form = self.derived.form(owner);
        let id = account(owner);
        if self.ask(|journal| is_program_owned(journal, id, form))? {
            return Ok(None);
        }
        self.entry(owner).map(Some)
    }

    /// Where the ledger keeps an account that is about to change.
    fn entry(&mut self, owner: Address) -> VmResult<alloy_primitives::Address> {
        let form = self.derived.form(owner);
        self.ask(|journal| ledger_address_of(journal, account(owner), form))
    }
}

impl Chain for OnJournal<'_, '_> {
    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        let bytes = self.ask(|journal| journal.read(&module_key(id)))?;
        Ok(bytes.map(|bytes| Arc::from(&*bytes)))
    }

    fn balance(&mut self, owner: Address) -> VmResult<U256> {
        let entry = self.derived.form(owner).address();
        self.ask(|journal| journal.balance(entry))
    }

    fn transfer(&mut self, from: Address, to: Address, wei: U256) -> VmResult<bool> {
        if wei.is_zero() {
            // Nothing is paid for a link then.
            return Ok(true);
        }
        let Some(payer) = self.payer(from)? else {
            return Ok(false);
        };
        let payee = self.entry(to)?;
        self.ask(|journal| Ok(journal.transfer(payer, payee, wei)?.is_ok()))
    }

    fn pay_fee(&mut self, from: Address, to: Address, wei: U256) -> VmResult<bool> {
        let paid = self.burn(from, wei)?;
        if paid {
            let payee = self.entry(to)?;
            self.ask(|journal| journal.credit(payee, wei))?;
        }
        Ok(paid)
    }

    /// Nobody on a chain has the capability that leads here: ETH comes by deposits only.
    fn mint(&mut self, _: Address, _: U256) -> VmResult<()> {
        Err(StatusCode::Unreachable.into())
    }

    fn burn(&mut self, from: Address, wei: U256) -> VmResult<bool> {
        let Some(payer) = self.payer(from)? else {
            return Ok(false);
        };
        self.ask(|journal| {
            let Some(left) = journal.balance(payer)?.checked_sub(wei) else {
                return Ok(false);
            };
            journal.set_balance(payer, left)?;
            Ok(true)
        })
    }

    fn next_number(&mut self, least: u128) -> VmResult<u128> {
        let key = StateKey::System(Bytes::from_static(NUMBER_KEY));
        let last = self.ask(|journal| journal.read(&key))?;
        let mut number = least;
        if let Some(last) = last.and_then(|last| last.as_array().copied()) {
            let next = u128::from_be_bytes(last).checked_add(1);
            number = least.max(next.ok_or(StatusCode::ArithmeticError)?);
        }
        let value = Value::from(number.to_be_bytes().as_slice());
        self.ask(|journal| journal.write(key, Some(value)))?;
        Ok(number)
    }

    fn set_balance(&mut self, _: Address, _: U256) -> VmResult<()> {
        Err(StatusCode::Unreachable.into())
    }

    fn emit(&mut self, event: EmittedEvent) -> VmResult<()> {
        let event = in_log(event, self.derived)?;
        self.bus.journal().emit(event);
        Ok(())
    }

    fn emitted(&self) -> &[EmittedEvent] {
        &[]
    }

    fn call(
        &mut self,
        crossing: Crossing,
        context: &mut Context,
        caller: &mut dyn NativeCall,
    ) -> VmResult<(Outcome, BTreeSet<EngineKey>)> {
        // Unless this session has published, runs further in can use its code.
        let epoch = self.ask(|journal| journal.read(&epoch_key()))?;
        let epoch = epoch.and_then(|epoch| epoch.as_hash()).unwrap_or_default();
        let is_shared = caller.code().is_of_epoch(epoch.0);
        if is_shared {
            let loaded = Loaded {
                code: caller.take_code(),
                derived: core::mem::take(self.derived),
                is_relied_on: true,
            };
            self.bus.parked().put(VmId::Move, Box::new(loaded));
        }
        let called = cross(self.bus, crossing, context);
        if is_shared {
            let loaded = self.bus.parked().take::<Loaded>(VmId::Move);
            let missing = || Fault::Bug("the loaded code of a waiting session is gone".into());
            let loaded = kept(self.fault, loaded.ok_or_else(missing))?;
            caller.put_code(loaded.code);
            *self.derived = loaded.derived;
        }
        kept(self.fault, called)
    }

    fn log(&mut self, log: Log) {
        self.bus.journal().emit(Event {
            origin: EventOrigin::Evm,
            log,
        });
    }

    fn waiting(&self) -> u64 {
        self.bus.waiting().len() as u64
    }

    fn linked(&mut self, id: B256) -> VmResult<B256> {
        self.ask(|journal| account_behind(journal, id))
    }

    fn link(&mut self, id: B256) -> VmResult<bool> {
        self.ask(|journal| {
            let id = AccountId(id);
            let EvmForm::Alias(address) = id.evm_form() else {
                return Ok(false);
            };
            let is_new = journal.read(&StateKey::Link(address))?.is_none();
            ledger_address(journal, id)?;
            Ok(is_new)
        })
    }

    fn solana_account(&mut self, id: B256) -> VmResult<Option<SolanaAccount>> {
        self.ask(|journal| solana_account(journal, AccountId(id)))
    }

    fn showing(&mut self, id: B256, account: &SolanaAccount) -> VmResult<Option<Showing>> {
        self.ask(|journal| showing(journal, id, account))
    }

    fn is_waited_for_by(&self, vm: VmId) -> bool {
        self.bus.waiting().iter().any(|waiting| waiting.vm == vm)
    }

    fn is_static(&self) -> bool {
        self.bus.is_static()
    }
}

/// Calls a contract of another VM: what the session has changed is written before, and what the
/// callee has changed is told after.
fn cross(
    bus: &mut dyn lumio_vm_bus::Host<'_>,
    crossing: Crossing,
    context: &mut Context,
) -> Result<(Outcome, BTreeSet<EngineKey>), Fault> {
    let Crossing { call, changes } = crossing;
    let journal = bus.journal();
    let changes = Changes {
        state: changes,
        ..Changes::default()
    };
    apply(journal, changes)?;
    context.leave_counters(journal);
    let checkpoint = journal.checkpoint();
    *bus.meter() = Meter::new(call.gas);
    let outcome = bus.call(call)?;
    let journal = bus.journal();
    context.take_counters(journal);
    let written = journal.keys_written_since(checkpoint);
    let changed = written.filter_map(engine_key).collect();
    Ok((outcome, changed))
}

/// An event as Ethereum sees it: at the last 20 bytes of its creator, with the hash of its type's
/// canonical name as topic, and its BCS as data.
fn in_log(event: EmittedEvent, derived: &mut Derived) -> VmResult<Event> {
    let mut creator = match &event.tag {
        TypeTag::Struct(tag) => Some(tag.module.address),
        // What a handle emits may be of any type.
        _ => None,
    };
    let mut handle = None;
    if let Some((guid, sequence_number)) = event.handle {
        // A GUID: the creation number, then the account.
        let parts = guid.split_first_chunk::<8>();
        let parts = parts.and_then(|(number, owner)| Some((number, owner.as_array::<32>()?)));
        let (number, owner) = parts.ok_or(StatusCode::TypeMismatch)?;
        creator = Some(Address(*owner));
        handle = Some(EventHandle {
            creator: account(Address(*owner)),
            creation_number: u64::from_le_bytes(*number),
            sequence_number,
        });
    }
    let creator = creator.ok_or(StatusCode::TypeMismatch)?;
    let (_, last) = creator.0.split_at(12);
    let name = derived.event(&event.tag);
    Ok(Event {
        origin: EventOrigin::Move(MoveEvent {
            type_tag: name.text,
            handle,
        }),
        log: Log {
            address: alloy_primitives::Address::from_slice(last),
            data: LogData::new_unchecked(alloc::vec![name.topic], event.data.into()),
        },
    })
}
