//! Coins and fungible assets: what they are, who has how much, what was moved.

use super::{
    APTOS_COIN, Fold, NATIVE_METADATA, address_at, flag_at, kinds, number_at, number_cell, text_at,
    text_cell,
};
use crate::aptos::indexer::{
    cell::{Cell, Number},
    read::{ReadEvent, Resource, shown_type},
    store::row,
    tables::Table,
};
use lumio_move_engine::Address;
use lumio_move_transaction::{object_address_from_object, object_address_from_seed};
use serde_json::Value;

/// What changed in a balance.
struct Activity<'a> {
    /// Its event's number; -1 of the gas fee, which no event tells.
    event_index: Number,
    kind: &'a str,
    asset: Cell,
    standard: &'static str,
    owner: Option<Address>,
    storage: Address,
    amount: Cell,
    frozen: Option<bool>,
    gas_fee: bool,
}

/// Where a coin's balance would be if it were a fungible asset: its place among
/// balances.
pub(in crate::aptos::indexer) fn coin_storage(owner: Address, coin_type: &str) -> Address {
    let metadata = if coin_type == APTOS_COIN {
        NATIVE_METADATA
    } else {
        object_address_from_seed(NATIVE_METADATA, coin_type.as_bytes())
    };
    object_address_from_object(owner, metadata)
}

fn coin_type(resource: &Resource) -> Option<String> {
    let coin = resource.tag.type_arguments.first()?;
    Some(shown_type(&coin.to_string()))
}

impl Fold<'_> {
    pub(super) fn coin_store(&mut self, resource: &Resource) {
        let Some(coin) = coin_type(resource) else {
            return;
        };
        self.accounts.insert(resource.address);
        // Nothing writes the native coin's store: its rows come from the ledger.
        if coin == APTOS_COIN {
            return;
        }
        let storage = Cell::address(&coin_storage(resource.address, &coin));
        let Some(value) = &resource.value else {
            let key = vec![storage, coin.into()];
            return self.store.remove(Table::FungibleAssetBalances, key);
        };
        let cells = [
            ("amount", number_cell(value, "/coin/value")),
            ("asset_type", coin.into()),
            (
                "is_frozen",
                flag_at(value, "/frozen").unwrap_or(false).into(),
            ),
            ("is_primary", true.into()),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("owner_address", Cell::address(&resource.address)),
            ("storage_id", storage),
            ("token_standard", "v1".into()),
        ];
        let balance = row(Table::FungibleAssetBalances, cells);
        self.store.put(Table::FungibleAssetBalances, balance);
    }

    pub(super) fn coin_info(&mut self, resource: &Resource) {
        let (Some(coin), Some(value)) = (coin_type(resource), &resource.value) else {
            return;
        };
        let cells = [
            ("asset_type", coin.into()),
            ("creator_address", Cell::address(&resource.address)),
            ("decimals", number_cell(value, "/decimals")),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("name", text_cell(value, "/name")),
            (
                "supply_v2",
                number_cell(value, "/supply/vec/0/integer/vec/0/value"),
            ),
            ("symbol", text_cell(value, "/symbol")),
            ("token_standard", "v1".into()),
        ];
        let metadata = row(Table::FungibleAssetMetadata, cells);
        self.store.put(Table::FungibleAssetMetadata, metadata);
    }

    /// Supply and its bound, of a metadata object. That of ETH is the chain's.
    fn supply(&self, address: &Address) -> (Option<Number>, Option<Number>) {
        if *address == NATIVE_METADATA {
            return (None, None);
        }
        if let Some(supply) = self.resource(address, kinds::CONCURRENT_SUPPLY) {
            let bound = number_at(&supply, "/current/max_value");
            let bound = bound.filter(|bound| *bound != Number::from(u128::MAX));
            return (number_at(&supply, "/current/value"), bound);
        }
        match self.resource(address, kinds::SUPPLY) {
            Some(supply) => (
                number_at(&supply, "/current"),
                number_at(&supply, "/maximum/vec/0"),
            ),
            None => (None, None),
        }
    }

    /// The row of a fungible asset's metadata, if the object is one.
    pub(super) fn asset(&mut self, address: Address) {
        let Some(metadata) = self.resource(&address, kinds::METADATA) else {
            return;
        };
        let (supply, maximum) = self.supply(&address);
        let cells = [
            ("asset_type", Cell::address(&address)),
            (
                "creator_address",
                Cell::address(&self.owner(&address).unwrap_or_default()),
            ),
            ("decimals", number_cell(&metadata, "/decimals")),
            ("icon_uri", text_cell(&metadata, "/icon_uri")),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("maximum_v2", maximum.map_or(Cell::Null, Cell::Number)),
            ("name", text_cell(&metadata, "/name")),
            ("project_uri", text_cell(&metadata, "/project_uri")),
            ("supply_v2", supply.map_or(Cell::Null, Cell::Number)),
            ("symbol", text_cell(&metadata, "/symbol")),
            ("token_standard", "v2".into()),
        ];
        let metadata = row(Table::FungibleAssetMetadata, cells);
        self.store.put(Table::FungibleAssetMetadata, metadata);
    }

    /// Supply, bound and decimals of a token that is a fungible asset too.
    pub(super) fn token_supply(&self, address: &Address) -> Option<[Cell; 3]> {
        let metadata = self.resource(address, kinds::METADATA)?;
        let (supply, maximum) = self.supply(address);
        Some([
            supply.map_or(Cell::Null, Cell::Number),
            maximum.map_or(Cell::Null, Cell::Number),
            number_cell(&metadata, "/decimals"),
        ])
    }

    /// The row of a fungible store's balance, if the object is a store or was.
    pub(super) fn fungible_store(&mut self, address: Address) {
        let Some(store) = self.resource_or_removed(&address, kinds::STORE) else {
            return;
        };
        let metadata = address_at(&store, "/metadata/inner").unwrap_or_default();
        let storage = Cell::address(&address);
        let there = self.resource(&address, kinds::STORE).is_some();
        let owner = self.owner(&address).filter(|_| there);
        let native = metadata == NATIVE_METADATA;
        // A primary store of ETH shows its owner's balance, which has a row.
        let shadow = native && self.resource(&address, kinds::NATIVE_STORE).is_some();
        let Some(owner) = owner.filter(|_| !shadow) else {
            let key = vec![storage.clone(), Cell::address(&metadata)];
            self.store.remove(Table::FungibleAssetBalances, key);
            let key = vec![Cell::address(&metadata), storage];
            return self.store.remove(Table::CurrentTokenOwnerships, key);
        };
        let concurrent = self.resource(&address, kinds::CONCURRENT_BALANCE);
        let amount = match concurrent {
            _ if native => Cell::Octas(address.into()),
            _ if self.is_kept_by_erc20(&metadata) => {
                let shown = self.resource(&address, kinds::NATIVE_STORE);
                let account = shown.and_then(|store| address_at(&store, "/account"));
                Cell::Kept((account.unwrap_or(address), metadata).into())
            }
            Some(balance) => number_cell(&balance, "/balance/value"),
            None => number_cell(&store, "/balance"),
        };
        let primary = object_address_from_object(owner, metadata) == address;
        let cells = [
            ("amount", amount.clone()),
            ("asset_type", Cell::address(&metadata)),
            (
                "is_frozen",
                flag_at(&store, "/frozen").unwrap_or(false).into(),
            ),
            ("is_primary", primary.into()),
            ("last_transaction_timestamp", self.time.clone()),
            ("last_transaction_version", self.version.clone()),
            ("owner_address", Cell::address(&owner)),
            ("storage_id", storage),
            ("token_standard", "v2".into()),
        ];
        let balance = row(Table::FungibleAssetBalances, cells);
        self.store.put(Table::FungibleAssetBalances, balance);
        if self.resource(&metadata, kinds::TOKEN).is_some() {
            self.token_ownership(&metadata, &address, &owner, amount, Some(true));
        }
    }

    fn is_kept_by_erc20(&self, metadata: &Address) -> bool {
        let face = self.resource(metadata, kinds::FACE);
        face.is_some_and(|face| flag_at(&face, "/keeps") == Some(true))
    }

    /// Rows of those whose balances an ERC-20 contract has changed: they need no store for that.
    fn erc20_holders(&mut self, contract: &Address, accounts: &[Address]) {
        let metadata = self.resource(contract, kinds::CONTRACT);
        let metadata = metadata.and_then(|it| address_at(&it, "/metadata/inner"));
        let Some(metadata) = metadata.filter(|metadata| self.is_kept_by_erc20(metadata)) else {
            return;
        };
        for account in accounts {
            // A store that is a holder of its own has its row.
            if self.resource(account, kinds::STORE).is_some() {
                self.fungible_store(*account);
                continue;
            }
            self.touched.insert(*account);
            let cells = [
                ("amount", Cell::Kept((*account, metadata).into())),
                ("asset_type", Cell::address(&metadata)),
                ("is_frozen", false.into()),
                ("is_primary", true.into()),
                ("last_transaction_timestamp", self.time.clone()),
                ("last_transaction_version", self.version.clone()),
                ("owner_address", Cell::address(account)),
                (
                    "storage_id",
                    Cell::address(&object_address_from_object(*account, metadata)),
                ),
                ("token_standard", "v2".into()),
            ];
            let balance = row(Table::FungibleAssetBalances, cells);
            self.store.put(Table::FungibleAssetBalances, balance);
        }
    }

    /// Tells events that are about balances.
    pub(super) fn asset_event(&mut self, place: u64, event: &ReadEvent) {
        if let Some((contract, accounts)) = &event.moved {
            self.erc20_holders(contract, accounts);
        }
        match event.kind.as_str() {
            "0x1::coin::CoinDeposit" | "0x1::coin::CoinWithdraw" => self.coin_event(place, event),
            "0x1::fungible_asset::Deposit"
            | "0x1::fungible_asset::Withdraw"
            | "0x1::fungible_asset::Frozen" => {
                self.store_event(place, event);
            }
            _ => {}
        }
    }

    fn coin_event(&mut self, place: u64, event: &ReadEvent) {
        let Some(account) = address_at(&event.data, "/account") else {
            return;
        };
        self.touched.insert(account);
        self.accounts.insert(account);
        let coin = shown_type(text_at(&event.data, "/coin_type").unwrap_or_default());
        self.activity(Activity {
            event_index: place.into(),
            kind: &event.kind,
            storage: coin_storage(account, &coin),
            asset: coin.into(),
            standard: "v1",
            owner: Some(account),
            amount: number_cell(&event.data, "/amount"),
            frozen: None,
            gas_fee: false,
        });
    }

    fn store_event(&mut self, place: u64, event: &ReadEvent) -> Option<()> {
        let storage = address_at(&event.data, "/store")?;
        let store: Value = self.resource_or_removed(&storage, kinds::STORE)?;
        let owner = self.owner(&storage);
        self.touched.extend(owner);
        self.activity(Activity {
            event_index: place.into(),
            kind: &event.kind,
            asset: address_at(&store, "/metadata/inner").as_ref().into(),
            standard: "v2",
            owner,
            storage,
            amount: number_cell(&event.data, "/amount"),
            frozen: flag_at(&event.data, "/frozen"),
            gas_fee: false,
        });
        Some(())
    }

    /// The fee, which is paid without an event.
    pub(super) fn gas_fee(&mut self, payer: Address, octas: u128) {
        self.activity(Activity {
            event_index: Number::from(-1_i64),
            kind: "0x1::aptos_coin::GasFeeEvent",
            asset: APTOS_COIN.into(),
            standard: "v1",
            owner: Some(payer),
            storage: coin_storage(payer, APTOS_COIN),
            amount: octas.into(),
            frozen: None,
            gas_fee: true,
        });
    }

    fn activity(&mut self, activity: Activity<'_>) {
        let request = self.transaction.request.as_ref();
        let fee_payer = request.and_then(|request| request.fee_payer.as_ref());
        let cells = [
            ("amount", activity.amount),
            ("asset_type", activity.asset),
            ("block_height", self.block.height.into()),
            ("entry_function_id_str", self.function()),
            ("event_index", Cell::Number(activity.event_index)),
            (
                "gas_fee_payer_address",
                fee_payer.filter(|_| activity.gas_fee).into(),
            ),
            ("is_frozen", activity.frozen.into()),
            ("is_gas_fee", activity.gas_fee.into()),
            ("is_transaction_success", self.transaction.success.into()),
            ("owner_address", activity.owner.as_ref().into()),
            ("storage_id", Cell::address(&activity.storage)),
            ("storage_refund_amount", 0_u64.into()),
            ("token_standard", activity.standard.into()),
            ("transaction_timestamp", self.time.clone()),
            ("transaction_version", self.version.clone()),
            ("type", activity.kind.into()),
        ];
        let activity = row(Table::FungibleAssetActivities, cells);
        self.store.put(Table::FungibleAssetActivities, activity);
    }
}
