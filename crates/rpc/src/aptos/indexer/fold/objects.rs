//! Objects and who owns them.

use super::{
    super::super::{backend::Change, changes::key_hash, convert::hex_of},
    Fold, address_at, flag_at, kinds, number_cell,
};
use crate::aptos::indexer::{
    cell::Cell,
    store::{replaced, row},
    tables::Table,
};
use lumio_move_engine::{Address, ModuleId, StructTag};
use serde_json::Value;

/// Under what the resources of an object are stored together.
fn group_key(address: Address) -> String {
    hex_of(&key_hash(&Change::Resource {
        address,
        tag: StructTag {
            module: ModuleId::new(Address::ONE, "object"),
            name: "ObjectGroup".into(),
            type_arguments: Vec::new(),
        },
        value: None,
    }))
}

impl Fold<'_> {
    /// The core of an object, if it is there.
    pub(super) fn core(&self, address: &Address) -> Option<Value> {
        self.resource(address, kinds::CORE)
    }

    /// Who owns an object, or did before the transaction.
    pub(super) fn owner(&self, address: &Address) -> Option<Address> {
        let core = self.resource_or_removed(address, kinds::CORE)?;
        address_at(&core, "/owner")
    }

    /// Whether the owner cannot give an object away.
    pub(super) fn is_soulbound(&self, address: &Address, core: &Value) -> bool {
        flag_at(core, "/allow_ungated_transfer") == Some(false)
            || self.resource(address, kinds::UNTRANSFERABLE).is_some()
    }

    /// The row of an object.
    pub(super) fn object(&mut self, address: Address) {
        let Some(core) = self.core(&address) else {
            let key = [Cell::address(&address)];
            if let Some(old) = self.store.get(Table::CurrentObjects, &key) {
                let cells = [
                    ("is_deleted", true.into()),
                    ("last_transaction_version", self.version.clone()),
                ];
                let gone = replaced(Table::CurrentObjects, old, cells);
                self.store.put(Table::CurrentObjects, gone);
            }
            return;
        };
        let owner = address_at(&core, "/owner").unwrap_or_default();
        self.touched.insert(owner);
        let cells = [
            (
                "allow_ungated_transfer",
                flag_at(&core, "/allow_ungated_transfer").into(),
            ),
            ("is_deleted", false.into()),
            (
                "last_guid_creation_num",
                number_cell(&core, "/guid_creation_num"),
            ),
            ("last_transaction_version", self.version.clone()),
            ("object_address", Cell::address(&address)),
            ("owner_address", Cell::address(&owner)),
            ("state_key_hash", group_key(address).into()),
        ];
        let object = row(Table::CurrentObjects, cells);
        self.store.put(Table::CurrentObjects, object);
    }
}
