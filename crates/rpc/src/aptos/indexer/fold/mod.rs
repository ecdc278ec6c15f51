//! Folds a block into the tables. A transaction's resources are put into
//! `Resources` first, then everything about the objects they belong to is
//! derived anew from there (`objects`, `assets`, `tokens`), then its events are
//! told apart, with the resources at hand that they are about.

mod assets;
mod objects;
mod tokens;
mod tokens_v1;
mod transactions;

pub(super) use assets::coin_storage;

use super::{
    cell::{Cell, Number, timestamp},
    read::{ReadBlock, ReadEvent, ReadTransaction, Resource},
    store::{Store, Tip, cell, row},
    tables::Table,
};
use lumio_move_engine::{Address, StructTag};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the native coin is called.
pub(super) const APTOS_COIN: &str = "0x1::aptos_coin::AptosCoin";
/// The metadata of the native coin's fungible asset.
pub(super) const NATIVE_METADATA: Address = Address::small(0xa);

/// Types of resources that objects are made of.
mod kinds {
    pub(super) const CORE: &str = "0x1::object::ObjectCore";
    pub(super) const UNTRANSFERABLE: &str = "0x1::object::Untransferable";
    pub(super) const METADATA: &str = "0x1::fungible_asset::Metadata";
    pub(super) const SUPPLY: &str = "0x1::fungible_asset::Supply";
    pub(super) const CONCURRENT_SUPPLY: &str = "0x1::fungible_asset::ConcurrentSupply";
    pub(super) const STORE: &str = "0x1::fungible_asset::FungibleStore";
    pub(super) const NATIVE_STORE: &str = "0x1::fungible_asset::NativeStore";
    pub(super) const FACE: &str = "0x1::fungible_asset::Face";
    pub(super) const CONTRACT: &str = "0x1::faces::Contract";
    pub(super) const CONCURRENT_BALANCE: &str = "0x1::fungible_asset::ConcurrentFungibleBalance";
    pub(super) const COLLECTION: &str = "0x4::collection::Collection";
    pub(super) const COLLECTION_SUPPLY: &str = "0x4::collection::ConcurrentSupply";
    pub(super) const FIXED_SUPPLY: &str = "0x4::collection::FixedSupply";
    pub(super) const UNLIMITED_SUPPLY: &str = "0x4::collection::UnlimitedSupply";
    pub(super) const APTOS_COLLECTION: &str = "0x4::aptos_token::AptosCollection";
    pub(super) const TOKEN: &str = "0x4::token::Token";
    pub(super) const TOKEN_IDENTIFIERS: &str = "0x4::token::TokenIdentifiers";
    pub(super) const PROPERTIES: &str = "0x4::property_map::PropertyMap";
    pub(super) const ALL: [&str; 18] = [
        CORE,
        UNTRANSFERABLE,
        METADATA,
        SUPPLY,
        CONCURRENT_SUPPLY,
        STORE,
        NATIVE_STORE,
        FACE,
        CONTRACT,
        CONCURRENT_BALANCE,
        COLLECTION,
        COLLECTION_SUPPLY,
        FIXED_SUPPLY,
        UNLIMITED_SUPPLY,
        APTOS_COLLECTION,
        TOKEN,
        TOKEN_IDENTIFIERS,
        PROPERTIES,
    ];
}

/// One transaction on its way into the tables.
struct Fold<'a> {
    store: &'a mut Store,
    block: Tip,
    epoch: u64,
    transaction: &'a ReadTransaction,
    version: Cell,
    time: Cell,
    /// Resources as they were before the transaction removed them: its events
    /// may be about them.
    removed: BTreeMap<(Address, &'static str), Value>,
    /// Accounts that the transaction has to do with.
    touched: BTreeSet<Address>,
    /// Those of them that people have.
    accounts: BTreeSet<Address>,
}

/// Brings the tables from the block before to this one.
pub(super) fn fold_block(store: &mut Store, block: &ReadBlock) {
    store.begin(block.tip);
    let time = Cell::from(timestamp(block.tip.timestamp_usecs));
    for transaction in &block.transactions {
        let mut fold = Fold {
            store,
            block: block.tip,
            epoch: block.epoch,
            transaction,
            version: transaction.version.into(),
            time: time.clone(),
            removed: BTreeMap::new(),
            touched: BTreeSet::new(),
            accounts: BTreeSet::new(),
        };
        fold.resources();
        fold.items();
        for (place, event) in (0_u64..).zip(&transaction.events) {
            fold.event(place, event);
        }
        fold.request();
        fold.finish();
    }
}

impl Fold<'_> {
    fn resources(&mut self) {
        let transaction = self.transaction;
        let mut objects = BTreeSet::new();
        for resource in &transaction.resources {
            self.touched.insert(resource.address);
            if let Some(kind) = object_kind(&resource.tag) {
                self.keep(resource, kind);
                objects.insert(resource.address);
            } else if resource.tag.module.address == Address::ONE {
                match (
                    resource.tag.module.name.as_str(),
                    resource.tag.name.as_str(),
                ) {
                    ("coin", "CoinStore") => self.coin_store(resource),
                    ("coin", "CoinInfo") => self.coin_info(resource),
                    ("account", "Account") => {
                        self.accounts.insert(resource.address);
                    }
                    _ => {}
                }
            } else if is_token_v1(&resource.tag)
                && let Some(value) = &resource.value
            {
                self.table_owner(&resource.address, &resource.tag.name, value);
            }
        }
        // Metadata and collections come before what refers to them.
        for address in &objects {
            self.object(*address);
            self.asset(*address);
            self.collection(*address);
        }
        for address in &objects {
            self.token(*address);
        }
        for address in &objects {
            self.fungible_store(*address);
        }
    }

    fn keep(&mut self, resource: &Resource, kind: &'static str) {
        let key = vec![Cell::address(&resource.address), kind.into()];
        match &resource.value {
            Some(value) => {
                let cells = [
                    ("address", Cell::address(&resource.address)),
                    ("type", kind.into()),
                    ("data", Cell::json(value)),
                ];
                self.store
                    .put(Table::Resources, row(Table::Resources, cells));
            }
            None => {
                if let Some(value) = self.resource(&resource.address, kind) {
                    self.removed.insert((resource.address, kind), value);
                }
                self.store.remove(Table::Resources, key);
            }
        }
    }

    /// A resource of an object, as it is now.
    fn resource(&self, address: &Address, kind: &str) -> Option<Value> {
        let key = [Cell::address(address), kind.into()];
        let row = self.store.get(Table::Resources, &key)?;
        Some(cell(Table::Resources, row, "data").to_json())
    }

    /// A resource of an object, as it is now or was before the transaction.
    fn resource_or_removed(&self, address: &Address, kind: &'static str) -> Option<Value> {
        self.resource(address, kind)
            .or_else(|| self.removed.get(&(*address, kind)).cloned())
    }

    fn event(&mut self, place: u64, event: &ReadEvent) {
        self.event_row(place, event);
        if event.account != Address::default() {
            self.touched.insert(event.account);
        }
        self.asset_event(place, event);
        self.token_event(place, event);
    }

    /// What the sender called, if it is a function.
    fn function(&self) -> Cell {
        let request = self.transaction.request.as_ref();
        request
            .and_then(|request| request.function.as_deref())
            .into()
    }
}

fn is_token_v1(tag: &StructTag) -> bool {
    tag.module.address == Address::small(3) && tag.module.name == "token"
}

fn object_kind(tag: &StructTag) -> Option<&'static str> {
    let name = tag.to_string();
    kinds::ALL.into_iter().find(|kind| *kind == name)
}

/// A string in JSON.
fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// A number in JSON; wide ones are strings there.
fn number_at(value: &Value, pointer: &str) -> Option<Number> {
    match value.pointer(pointer)? {
        Value::String(text) => Number::parse(text),
        Value::Number(number) => Number::parse(&number.to_string()),
        _ => None,
    }
}

fn flag_at(value: &Value, pointer: &str) -> Option<bool> {
    value.pointer(pointer)?.as_bool()
}

fn address_at(value: &Value, pointer: &str) -> Option<Address> {
    text_at(value, pointer)?.parse().ok()
}

fn text_cell(value: &Value, pointer: &str) -> Cell {
    Cell::text(text_at(value, pointer).unwrap_or_default())
}

fn number_cell(value: &Value, pointer: &str) -> Cell {
    number_at(value, pointer).map_or(Cell::Null, Cell::Number)
}
