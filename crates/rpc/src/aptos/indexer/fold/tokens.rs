//! Collections and tokens that are objects: what they are, who has them, what
//! became of them.

use super::{Fold, address_at, flag_at, kinds, number_at, number_cell, text_at, text_cell};
use crate::aptos::indexer::{
    cell::{Cell, Number},
    read::ReadEvent,
    store::{replaced, row},
    tables::Table,
};
use alloy_primitives::hex;
use lumio_move_engine::{Address, U256, bcs::Reader};
use serde_json::{Map, Value, json};

/// What became of a token.
#[derive(Default)]
struct Activity {
    token: Address,
    from: Option<Address>,
    to: Option<Address>,
    before: Option<String>,
    after: Option<String>,
}

impl Fold<'_> {
    /// The row of a collection, if the object is one.
    pub(super) fn collection(&mut self, address: Address) {
        let Some(collection) = self.resource(&address, kinds::COLLECTION) else {
            return;
        };
        let [supply, maximum, minted] = self.collection_supply(&address);
        let options = self.resource(&address, kinds::APTOS_COLLECTION);
        let option = |pointer: &str| {
            let options = options.as_ref();
            Cell::from(options.and_then(|options| flag_at(options, pointer)))
        };
        let cells = [
            ("collection_id", Cell::address(&address)),
            ("collection_name", text_cell(&collection, "/name")),
            (
                "collection_properties",
                Cell::json(&self.properties(&address)),
            ),
            (
                "creator_address",
                address_at(&collection, "/creator").as_ref().into(),
            ),
            ("current_supply", supply),
            ("description", text_cell(&collection, "/description")),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("max_supply", maximum),
            ("mutable_description", option("/mutable_description")),
            ("mutable_uri", option("/mutable_uri")),
            ("token_standard", "v2".into()),
            ("total_minted_v2", minted),
            ("uri", text_cell(&collection, "/uri")),
        ];
        let collection = row(Table::CurrentCollections, cells);
        self.store.put(Table::CurrentCollections, collection);
    }

    /// How many tokens there are, may be, and ever were.
    fn collection_supply(&self, address: &Address) -> [Cell; 3] {
        if let Some(supply) = self.resource(address, kinds::COLLECTION_SUPPLY) {
            let bound = number_at(&supply, "/current_supply/max_value");
            let bound = bound.filter(|bound| *bound != Number::from(u64::MAX));
            return [
                number_cell(&supply, "/current_supply/value"),
                bound.map_or(Cell::Null, Cell::Number),
                number_cell(&supply, "/total_minted/value"),
            ];
        }
        let counted = self
            .resource(address, kinds::FIXED_SUPPLY)
            .or_else(|| self.resource(address, kinds::UNLIMITED_SUPPLY));
        match counted {
            Some(supply) => [
                number_cell(&supply, "/current_supply"),
                number_cell(&supply, "/max_supply"),
                number_cell(&supply, "/total_minted"),
            ],
            None => [0_u64.into(), Cell::Null, Cell::Null],
        }
    }

    /// The rows of a token and of its owner, if the object is one or was.
    pub(super) fn token(&mut self, address: Address) {
        let id = Cell::address(&address);
        let core = self.core(&address);
        let (Some(token), Some(core)) = (self.resource(&address, kinds::TOKEN), core) else {
            return self.token_gone(&id);
        };
        let fungible = self.token_supply(&address);
        let [supply, maximum, decimals] =
            fungible
                .clone()
                .unwrap_or([Cell::Null, Cell::Null, 0_u64.into()]);
        let identifiers = self.resource(&address, kinds::TOKEN_IDENTIFIERS);
        let name = identifiers
            .as_ref()
            .and_then(|identifiers| text_at(identifiers, "/name/value"))
            .or_else(|| text_at(&token, "/name"));
        let cells = [
            (
                "collection_id",
                address_at(&token, "/collection/inner").as_ref().into(),
            ),
            ("decimals", decimals),
            ("description", text_cell(&token, "/description")),
            ("is_deleted_v2", false.into()),
            ("is_fungible_v2", fungible.is_some().into()),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("maximum", maximum),
            ("supply", supply),
            ("token_data_id", id),
            ("token_name", name.unwrap_or_default().into()),
            ("token_properties", Cell::json(&self.properties(&address))),
            ("token_standard", "v2".into()),
            ("token_uri", text_cell(&token, "/uri")),
        ];
        let data = row(Table::CurrentTokenDatas, cells);
        self.store.put(Table::CurrentTokenDatas, data);
        // Of a fungible token, balances are in stores.
        if fungible.is_none() {
            let owner = address_at(&core, "/owner").unwrap_or_default();
            self.token_ownership(&address, &address, &owner, 1_u64.into(), Some(false));
        }
    }

    /// The row of somebody who has a token.
    pub(super) fn token_ownership(
        &mut self,
        token: &Address,
        storage: &Address,
        owner: &Address,
        amount: Cell,
        fungible: Option<bool>,
    ) {
        let core = self.core(storage);
        let soulbound = core.map(|core| self.is_soulbound(storage, &core));
        let cells = [
            ("amount", amount),
            ("is_fungible_v2", fungible.into()),
            ("is_soulbound_v2", soulbound.into()),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("non_transferrable_by_owner", soulbound.into()),
            ("owner_address", Cell::address(owner)),
            ("property_version_v1", 0_u64.into()),
            ("storage_id", Cell::address(storage)),
            ("token_data_id", Cell::address(token)),
            ("token_standard", "v2".into()),
        ];
        let ownership = row(Table::CurrentTokenOwnerships, cells);
        self.store.put(Table::CurrentTokenOwnerships, ownership);
    }

    /// A burnt token stays known, and nobody has it.
    fn token_gone(&mut self, id: &Cell) {
        let data = self
            .store
            .get(Table::CurrentTokenDatas, core::slice::from_ref(id));
        if let Some(data) = data {
            let cells = [
                ("is_deleted_v2", true.into()),
                ("last_transaction_timestamp", self.time.clone()),
                ("last_transaction_version", self.version.clone()),
            ];
            let gone = replaced(Table::CurrentTokenDatas, data, cells);
            self.store.put(Table::CurrentTokenDatas, gone);
        }
        let key = [id.clone(), id.clone(), 0_u64.into()];
        let ownership = self.store.get(Table::CurrentTokenOwnerships, &key);
        if let Some(ownership) = ownership {
            let cells = [
                ("amount", 0_u64.into()),
                ("last_transaction_timestamp", self.time.clone()),
                ("last_transaction_version", self.version.clone()),
            ];
            let gone = replaced(Table::CurrentTokenOwnerships, ownership, cells);
            self.store.put(Table::CurrentTokenOwnerships, gone);
        }
    }

    /// The properties of an object: values as strings, by name.
    fn properties(&self, address: &Address) -> Value {
        let mut object = Map::new();
        let map = self.resource(address, kinds::PROPERTIES);
        let entries = map.as_ref().and_then(|map| map.pointer("/inner/data"));
        for entry in entries.and_then(Value::as_array).into_iter().flatten() {
            let (Some(name), Some(bytes)) =
                (text_at(entry, "/key"), text_at(entry, "/value/value"))
            else {
                continue;
            };
            let kind = entry.pointer("/value/type").and_then(Value::as_u64);
            let shown = hex::decode(bytes)
                .ok()
                .and_then(|bcs| property(kind.unwrap_or_default(), &bcs));
            object.insert(name.to_owned(), json!(shown.as_deref().unwrap_or(bytes)));
        }
        Value::Object(object)
    }

    /// Tells events that are about tokens.
    pub(super) fn token_event(&mut self, place: u64, event: &ReadEvent) {
        let data = &event.data;
        let token = |pointer: &str| address_at(data, pointer).unwrap_or_default();
        let activity = match event.kind.as_str() {
            "0x4::collection::Mint" => Activity {
                token: token("/token"),
                to: self.owner(&token("/token")),
                ..Activity::default()
            },
            "0x4::collection::Burn" => Activity {
                token: token("/token"),
                from: address_at(data, "/previous_owner"),
                ..Activity::default()
            },
            "0x1::object::Transfer" => Activity {
                token: token("/object"),
                from: address_at(data, "/from"),
                to: address_at(data, "/to"),
                ..Activity::default()
            },
            "0x4::token::Mutation" => Activity {
                token: token("/token_address"),
                from: self.owner(&token("/token_address")),
                before: text_at(data, "/old_value").map(str::to_owned),
                after: text_at(data, "/new_value").map(str::to_owned),
                ..Activity::default()
            },
            _ => return,
        };
        // Other objects change hands too.
        if self
            .resource_or_removed(&activity.token, kinds::TOKEN)
            .is_some()
        {
            self.token_activity(place, event, &activity);
        }
    }

    fn token_activity(&mut self, place: u64, event: &ReadEvent, activity: &Activity) {
        self.touched
            .extend(activity.from.iter().chain(&activity.to));
        let fungible = self
            .resource_or_removed(&activity.token, kinds::METADATA)
            .is_some();
        let cells = [
            ("after_value", activity.after.clone().into()),
            ("before_value", activity.before.clone().into()),
            ("entry_function_id_str", self.function()),
            ("event_account_address", Cell::address(&event.account)),
            ("event_index", place.into()),
            ("from_address", activity.from.as_ref().into()),
            ("is_fungible_v2", fungible.into()),
            ("property_version_v1", 0_u64.into()),
            ("to_address", activity.to.as_ref().into()),
            ("token_amount", 1_u64.into()),
            ("token_data_id", Cell::address(&activity.token)),
            ("token_standard", "v2".into()),
            ("transaction_timestamp", self.time.clone()),
            ("transaction_version", self.version.clone()),
            ("type", event.kind.as_str().into()),
        ];
        let activity = row(Table::TokenActivities, cells);
        self.store.put(Table::TokenActivities, activity);
    }
}

/// A property's value, by the code of its type; none if it is not of that type.
pub(super) fn property(kind: u64, bcs: &[u8]) -> Option<String> {
    let mut reader = Reader::new(bcs);
    let text = match kind {
        0 => reader.bool().ok()?.to_string(),
        1..=6 => {
            let bytes = 1_usize << (kind - 1);
            U256::from_le_slice(reader.take(bytes).ok()?).to_string()
        }
        7 => format!("0x{}", reader.address().ok()?.to_hex()),
        8 => {
            let length = reader.uleb().ok()?;
            hex::encode_prefixed(reader.take(usize::try_from(length).ok()?).ok()?)
        }
        9 => reader.string().ok()?,
        _ => return None,
    };
    reader.end().ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::property;

    #[test]
    fn properties_are_read_by_the_code_of_their_type() {
        assert_eq!(property(0, &[1]).as_deref(), Some("true"));
        assert_eq!(property(2, &[1, 1]).as_deref(), Some("257"));
        assert_eq!(property(6, &[255; 32]).map(|text| text.len()), Some(78));
        assert_eq!(property(8, &[2, 0xab, 1]).as_deref(), Some("0xab01"));
        assert_eq!(property(9, b"\x02hi").as_deref(), Some("hi"));
        assert_eq!(property(9, b"\x03hi"), None);
        assert_eq!(property(4, &[0; 9]), None);
        assert_eq!(property(77, &[]), None);
    }
}
