//! What was asked for, by whom, what it emitted, and items of tables.

use super::Fold;
use crate::aptos::{
    convert::hex_of,
    indexer::{
        cell::{Cell, timestamp},
        read::ReadEvent,
        store::row,
        tables::Table,
    },
};

/// Types are indexed by so many characters.
const INDEXED_TYPE_LENGTH: usize = 300;

impl Fold<'_> {
    pub(super) fn event_row(&mut self, place: u64, event: &ReadEvent) {
        let indexed: String = event.kind.chars().take(INDEXED_TYPE_LENGTH).collect();
        let cells = [
            ("account_address", Cell::address(&event.account)),
            ("creation_number", event.creation_number.into()),
            ("data", Cell::json(&event.data)),
            ("event_index", place.into()),
            ("indexed_type", indexed.into()),
            ("sequence_number", event.sequence_number.into()),
            ("transaction_block_height", self.block.height.into()),
            ("transaction_version", self.version.clone()),
            ("type", event.kind.as_str().into()),
        ];
        self.store.put(Table::Events, row(Table::Events, cells));
    }

    /// Items of tables whose types are known.
    pub(super) fn items(&mut self) {
        let transaction = self.transaction;
        for item in &transaction.items {
            self.token_item(item);
            let Some((key_type, value_type, key, value)) = &item.typed else {
                continue;
            };
            let cells = [
                ("decoded_key", Cell::json(key)),
                (
                    "decoded_value",
                    value.as_ref().map_or(Cell::Null, Cell::json),
                ),
                ("key", hex_of(&item.key).into()),
                ("table_handle", Cell::address(&item.handle)),
                ("transaction_version", self.version.clone()),
                ("write_set_change_index", (item.place as u64).into()),
            ];
            self.store
                .put(Table::TableItems, row(Table::TableItems, cells));
            let handle = Cell::address(&item.handle);
            if self
                .store
                .get(Table::TableMetadatas, core::slice::from_ref(&handle))
                .is_none()
            {
                let cells = [
                    ("handle", handle),
                    ("key_type", key_type.as_str().into()),
                    ("value_type", value_type.as_str().into()),
                ];
                let metadata = row(Table::TableMetadatas, cells);
                self.store.put(Table::TableMetadatas, metadata);
            }
        }
    }

    /// What the sender asked for, and what it cost.
    pub(super) fn request(&mut self) {
        let transaction = self.transaction;
        let Some(request) = &transaction.request else {
            return;
        };
        let signers = request.others.iter().chain(&request.fee_payer);
        let people = signers.chain([&request.sender]).copied();
        self.accounts.extend(people);
        let expiry = timestamp(request.expiration_secs.saturating_mul(1_000_000));
        let cells = [
            ("block_height", self.block.height.into()),
            (
                "entry_function_id_str",
                request.function.clone().unwrap_or_default().into(),
            ),
            ("epoch", self.epoch.into()),
            ("expiration_timestamp_secs", expiry.into()),
            ("gas_unit_price", request.gas_unit_price.into()),
            ("max_gas_amount", request.max_gas_amount.into()),
            ("parent_signature_type", request.signature.as_str().into()),
            ("sender", Cell::address(&request.sender)),
            ("sequence_number", request.sequence_number.into()),
            ("timestamp", self.time.clone()),
            ("version", self.version.clone()),
        ];
        let asked = row(Table::UserTransactions, cells);
        self.store.put(Table::UserTransactions, asked);
        let fee = u128::from(transaction.gas_used).saturating_mul(request.gas_unit_price.into());
        self.gas_fee(request.fee_payer.unwrap_or(request.sender), fee);
    }

    /// Whom it had to do with.
    pub(super) fn finish(mut self) {
        for account in &self.accounts {
            let cells = [
                ("address", Cell::address(account)),
                ("version", self.version.clone()),
                ("timestamp", self.time.clone()),
            ];
            self.store.put(Table::Accounts, row(Table::Accounts, cells));
        }
        if self.transaction.request.is_none() {
            return;
        }
        self.touched.append(&mut self.accounts);
        for account in &self.touched {
            let cells = [
                ("account_address", Cell::address(account)),
                ("transaction_version", self.version.clone()),
            ];
            let touched = row(Table::AccountTransactions, cells);
            self.store.put(Table::AccountTransactions, touched);
        }
    }
}
