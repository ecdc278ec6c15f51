//! Collections and tokens of the first standard, which are items of tables: their
//! ids are hashes of their names.

use super::{
    Fold, address_at, flag_at, number_at, number_cell, text_at, text_cell, tokens::property,
};
use crate::aptos::indexer::{
    cell::Cell,
    read::Item,
    store::{replaced, row},
    tables::Table,
};
use alloy_primitives::hex;
use lumio_move_engine::Address;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Resources that hold the tables.
const COLLECTIONS: &str = "0x3::token::Collections";
const TOKEN_STORE: &str = "0x3::token::TokenStore";

/// Types of what is in the tables.
const COLLECTION_DATA: &str = "0x3::token::CollectionData";
const TOKEN_DATA: &str = "0x3::token::TokenData";
const TOKEN: &str = "0x3::token::Token";
/// The type of the keys of an account's tokens; those that are on offer have another.
const TOKEN_ID: &str = "0x3::token::TokenId";

/// The id of what has names.
fn id_of(names: &[&str]) -> Cell {
    let hash = Sha256::digest(names.join("::"));
    Cell::text(hex::encode_prefixed(hash))
}

fn long(address: &Address) -> String {
    format!("0x{}", address.to_hex())
}

/// The id of a collection.
fn collection_id(creator: &Address, name: &str) -> Cell {
    id_of(&[&long(creator), name])
}

/// Ids of a token's data and of its collection, and its name, by the key of its data.
fn names(key: &Value) -> Option<(Cell, Cell, String)> {
    let creator = address_at(key, "/creator")?;
    let collection = text_at(key, "/collection")?;
    let name = text_at(key, "/name")?;
    let token = id_of(&[&long(&creator), collection, name]);
    Some((token, collection_id(&creator, collection), name.to_owned()))
}

/// Properties as strings, by name.
fn properties(map: Option<&Value>) -> Cell {
    let mut object = Map::new();
    let entries = map.and_then(|map| map.pointer("/map/data"));
    for entry in entries.and_then(Value::as_array).into_iter().flatten() {
        let (Some(name), Some(bytes)) = (text_at(entry, "/key"), text_at(entry, "/value/value"))
        else {
            continue;
        };
        let kind = match text_at(entry, "/value/type").unwrap_or_default() {
            "bool" => Some(0),
            "u8" => Some(1),
            "u64" => Some(4),
            "u128" => Some(5),
            "address" => Some(7),
            "0x1::string::String" => Some(9),
            _ => None,
        };
        let bcs = hex::decode(bytes).unwrap_or_default();
        let shown = kind.and_then(|kind| property(kind, &bcs));
        object.insert(name.to_owned(), json!(shown.as_deref().unwrap_or(bytes)));
    }
    Cell::json(&Value::Object(object))
}

impl Fold<'_> {
    /// Remembers whose a table is, by the resource that holds it.
    pub(super) fn table_owner(&mut self, owner: &Address, kind: &str, value: &Value) {
        let (kind, pointers): (_, &[&str]) = match kind {
            "Collections" => (COLLECTIONS, &["/collection_data/handle"]),
            "TokenStore" => (TOKEN_STORE, &["/tokens/handle"]),
            _ => return,
        };
        for handle in pointers.iter().filter_map(|it| address_at(value, it)) {
            let cells = [
                ("address", Cell::address(&handle)),
                ("type", kind.into()),
                ("data", Cell::json(&json!({ "owner": long(owner) }))),
            ];
            let remembered = row(Table::Resources, cells);
            self.store.put(Table::Resources, remembered);
        }
    }

    fn owner_of_table(&self, handle: &Address, kind: &str) -> Option<Address> {
        address_at(&self.resource(handle, kind)?, "/owner")
    }

    /// An item of a table, if it is a collection or a token.
    pub(super) fn token_item(&mut self, item: &Item) {
        let Some((key_type, value_type, key, value)) = &item.typed else {
            return;
        };
        match (value_type.as_str(), value) {
            (COLLECTION_DATA, Some(value)) => self.collection_v1(&item.handle, key, value),
            (TOKEN_DATA, Some(value)) => self.token_data_v1(key, value),
            (TOKEN, value) if key_type == TOKEN_ID => {
                self.token_v1(&item.handle, key, value.as_ref());
            }
            _ => {}
        }
    }

    fn collection_v1(&mut self, handle: &Address, key: &Value, value: &Value) {
        let (Some(creator), Some(name)) = (self.owner_of_table(handle, COLLECTIONS), key.as_str())
        else {
            return;
        };
        let flag = |pointer| Cell::from(flag_at(value, pointer));
        let cells = [
            ("collection_id", collection_id(&creator, name)),
            ("collection_name", name.into()),
            ("creator_address", Cell::address(&creator)),
            ("current_supply", number_cell(value, "/supply")),
            ("description", text_cell(value, "/description")),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("max_supply", number_cell(value, "/maximum")),
            (
                "mutable_description",
                flag("/mutability_config/description"),
            ),
            ("mutable_uri", flag("/mutability_config/uri")),
            ("table_handle_v1", Cell::address(handle)),
            ("token_standard", "v1".into()),
            ("uri", text_cell(value, "/uri")),
        ];
        let collection = row(Table::CurrentCollections, cells);
        self.store.put(Table::CurrentCollections, collection);
    }

    fn token_data_v1(&mut self, key: &Value, value: &Value) {
        let Some((id, collection, name)) = names(key) else {
            return;
        };
        let newest = number_cell(value, "/largest_property_version");
        let cells = [
            ("collection_id", collection),
            ("description", text_cell(value, "/description")),
            ("is_deleted_v2", Cell::Null),
            ("largest_property_version_v1", newest),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("maximum", number_cell(value, "/maximum")),
            ("supply", number_cell(value, "/supply")),
            ("token_data_id", id),
            ("token_name", name.into()),
            (
                "token_properties",
                properties(value.get("default_properties")),
            ),
            ("token_standard", "v1".into()),
            ("token_uri", text_cell(value, "/uri")),
        ];
        let data = row(Table::CurrentTokenDatas, cells);
        self.store.put(Table::CurrentTokenDatas, data);
    }

    /// What an account has of a token, or nothing any more.
    fn token_v1(&mut self, handle: &Address, key: &Value, value: Option<&Value>) {
        let Some((id, _, _)) = key.get("token_data_id").and_then(names) else {
            return;
        };
        let version = number_cell(key, "/property_version");
        let Some(value) = value else {
            let key = [id, Cell::address(handle), version];
            if let Some(old) = self.store.get(Table::CurrentTokenOwnerships, &key) {
                let cells = [
                    ("amount", 0_u64.into()),
                    ("last_transaction_timestamp", self.time.clone()),
                    ("last_transaction_version", self.version.clone()),
                ];
                let gone = replaced(Table::CurrentTokenOwnerships, old, cells);
                self.store.put(Table::CurrentTokenOwnerships, gone);
            }
            return;
        };
        let Some(owner) = self.owner_of_table(handle, TOKEN_STORE) else {
            return;
        };
        self.touched.insert(owner);
        let cells = [
            (
                "amount",
                number_at(value, "/amount").map_or(Cell::Null, Cell::Number),
            ),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("owner_address", Cell::address(&owner)),
            ("property_version_v1", version),
            ("storage_id", Cell::address(handle)),
            ("table_type_v1", TOKEN_STORE.into()),
            ("token_data_id", id),
            (
                "token_properties_mutated_v1",
                properties(value.get("token_properties")),
            ),
            ("token_standard", "v1".into()),
        ];
        let ownership = row(Table::CurrentTokenOwnerships, cells);
        self.store.put(Table::CurrentTokenOwnerships, ownership);
    }
}
