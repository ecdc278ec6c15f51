//! The Move state at a version: accounts, resources, modules, tables, views.

use crate::{
    aptos::{
        AptosBackend, Result, account_of, internal, listing, native_coin, of_chain, of_eth,
        of_execution, of_fault, of_storage,
        show::{malformed, struct_tag},
    },
    backend::context_of,
    state::{account_state, move_account},
};
use lumio_executor::{BlockContext, Executor};
use lumio_move_engine::{Address, Layout, ModuleId, StructTag, TypeTag};
use lumio_move_transaction::EntryFunction;
use lumio_rpc::aptos::{Account, BackendError, Page, State, States, ViewOutcome};
use lumio_state::{Overlay, StateKey, StateView, Value, WriteSet};
use lumio_storage::{VersionPlace, View};
use lumio_vm_move::{
    GAS_PER_UNIT, MAX_GAS_UNITS, ViewError, canonical_tag, module_key, resource_key, table_item_key,
};
use std::sync::Arc;

/// A state, and what runs on it.
struct MoveState<'a> {
    executor: &'a Executor,
    /// The state, and over it what transactions of an unfinished block have changed.
    view: Overlay<View>,
    base: View,
    over: WriteSet,
    block: BlockContext,
}

impl States for AptosBackend {
    fn state(&self, version: u64) -> Result<Box<dyn State + '_>> {
        let snapshot = self.snapshot();
        let place = snapshot.place_of_version(version).map_err(of_storage)?;
        let place = place.ok_or_else(|| internal(format!("there is no version {version}")))?;
        let header = snapshot.header(place.block).map_err(of_storage)?;
        let header = header.ok_or_else(|| internal("a block is missing"))?;
        let block = context_of(&header.header);
        let range = snapshot.version_range(place.block).map_err(of_storage)?;
        let head = snapshot.head().map_or(0, |head| head.number);
        let (base, over) = match place.block.checked_sub(1) {
            Some(parent) if range.is_some_and(|(_, last)| version < last) => {
                let base = snapshot.state_at(parent).map_err(of_storage)?;
                let over = self.part_of_block(&base, place, &block)?;
                (base, over)
            }
            _ if place.block == head => (snapshot.latest_state(), WriteSet::new()),
            _ => {
                let base = snapshot.state_at(place.block).map_err(of_storage)?;
                (base, WriteSet::new())
            }
        };
        let mut view = Overlay::new(base.clone());
        view.apply(over.clone());
        Ok(Box::new(MoveState {
            executor: self.node.chain.executor(),
            view,
            base,
            over,
            block,
        }))
    }
}

impl AptosBackend {
    /// What a block has changed up to a place in it, over the state before it: no state is kept
    /// between the transactions of a block, so they run again.
    fn part_of_block(
        &self,
        before: &View,
        place: VersionPlace,
        block: &BlockContext,
    ) -> Result<WriteSet> {
        let chain = &self.node.chain;
        let mut state = Overlay::new(before.clone());
        state.apply(chain.edits_of(place.block).map_err(of_chain)?);
        let executor = chain.executor();
        let begun = executor.begin_block(&state, block).map_err(of_fault)?;
        state.apply(begun);
        let filled = chain.filled(place.block).map_err(of_chain)?;
        let (filled, _) = filled.ok_or_else(|| internal("a block is missing"))?;
        let count = place
            .index
            .map_or(0, |index| u64::from(index).saturating_add(1));
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        for transaction in filled.transactions.iter().take(count) {
            let executed = executor.execute(&state, block, transaction);
            state.apply(executed.map_err(of_execution)?.writes);
        }
        Ok(state.into_writes())
    }
}

impl MoveState<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Value>> {
        self.view.get(key).map_err(of_fault)
    }

    /// The store of the native coin, for an account that has some, or that has sent transactions.
    fn native_store(&self, owner: Address) -> Result<Option<Vec<u8>>> {
        let id = account_of(owner);
        let account = account_state(&self.view, id.evm_address()).map_err(of_eth)?;
        let is_known =
            !account.balance.is_zero() || move_account(&self.view, id).map_err(of_eth)?.is_some();
        Ok(is_known.then(|| native_coin::store(owner, account.balance)))
    }
}

impl State for MoveState<'_> {
    fn account(&mut self, address: Address) -> Result<Option<Account>> {
        let account = move_account(&self.view, account_of(address)).map_err(of_eth)?;
        Ok(account.map(|account| Account {
            sequence_number: account.sequence_number,
            authentication_key: account.authentication_key,
        }))
    }

    fn resource(&mut self, address: Address, tag: &StructTag) -> Result<Option<Vec<u8>>> {
        let tag = canonical_tag(tag);
        if tag == native_coin::canonical() {
            return self.native_store(address);
        }
        let value = self.get(&resource_key(address, &tag))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn resources(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<(StructTag, Vec<u8>)>> {
        let prefix = StateKey::resource_prefix(account_of(address));
        let limit = usize::from(limit);
        let found = listing::entries(&self.base, &self.over, &prefix, cursor, limit)?;
        let mut items = Vec::new();
        let mut last = None;
        for (key, value) in found {
            last = Some(key.encode());
            let StateKey::MoveResource(_, name) = &key else {
                return Err(malformed("a resource's key"));
            };
            let tag = struct_tag(name).ok_or_else(|| malformed("a resource's type"))?;
            items.push((tag, value.to_vec()));
        }
        let next = last.filter(|_| items.len() >= limit);
        if next.is_none()
            && let Some(store) = self.native_store(address)?
        {
            items.push((native_coin::shown(), store));
        }
        Ok(Page { items, next })
    }

    fn module(&mut self, id: &ModuleId) -> Result<Option<Arc<[u8]>>> {
        let value = self.get(&module_key(id))?;
        Ok(value.map(|value| Arc::from(&*value)))
    }

    fn modules(
        &mut self,
        address: Address,
        cursor: Option<&[u8]>,
        limit: u16,
    ) -> Result<Page<Arc<[u8]>>> {
        let prefix = StateKey::module_prefix(account_of(address));
        let limit = usize::from(limit);
        let found = listing::entries(&self.base, &self.over, &prefix, cursor, limit)?;
        let next = found
            .last()
            .map(|(key, _)| key.encode())
            .filter(|_| found.len() >= limit);
        let items = found.into_iter().map(|(_, value)| Arc::from(&*value));
        Ok(Page {
            items: items.collect(),
            next,
        })
    }

    fn table_item(&mut self, handle: Address, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let value = self.get(&table_item_key(handle, key))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn layout(&mut self, tag: &TypeTag) -> Result<Option<Layout>> {
        let (view, block) = (&self.view, &self.block);
        let layout = self
            .executor
            .with_move(view, block, block.gas_limit, |vm, bus| vm.layout(bus, tag));
        layout.map_err(of_execution)?.map_err(of_fault)
    }

    fn view(&mut self, call: &EntryFunction) -> Result<ViewOutcome> {
        self.view_within(call, MAX_GAS_UNITS)
    }

    fn view_within(&mut self, call: &EntryFunction, gas_units: u64) -> Result<ViewOutcome> {
        let gas = gas_units.saturating_mul(GAS_PER_UNIT);
        let viewed = self
            .executor
            .with_move(&self.view, &self.block, gas, |vm, bus| {
                vm.view(
                    bus,
                    (&call.module, &call.function),
                    &call.type_arguments,
                    &call.arguments,
                )
            });
        match viewed.map_err(of_execution)? {
            Ok(viewed) => Ok(ViewOutcome {
                values: viewed.types.into_iter().zip(viewed.values).collect(),
                gas_used: viewed.gas_used.div_ceil(GAS_PER_UNIT),
            }),
            Err(ViewError::Failed(message, code)) => Err(BackendError::Vm { code, message }),
            Err(ViewError::Fault(fault)) => Err(of_fault(fault)),
        }
    }
}
