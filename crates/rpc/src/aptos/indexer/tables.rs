//! The tables that clients see: names, columns, keys and relations, as Aptos'
//! indexer has them. The GraphQL schema, the store and the filters are all made
//! from these lists. Columns of tables that stay empty here are those that
//! clients ask for.

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    Int,
    Bigint,
    Numeric,
    Timestamp,
    Json,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
}

/// The row of another table whose key is the value of this row's `own`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relation {
    pub(super) name: &'static str,
    pub(super) own: &'static str,
    pub(super) table: Table,
}

/// A table's description.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) columns: &'static [Column],
    /// Names of the columns that make a row unique and that rows sort by.
    pub(super) key: &'static [&'static str],
    /// Columns by whose value rows are found at once, beside the first of the key.
    pub(super) indexes: &'static [&'static str],
    pub(super) relations: &'static [Relation],
    /// Whether rows are only ever added, so that the oldest may be dropped.
    pub(super) history: bool,
}

impl Spec {
    /// The place of a column.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|own| own.name == column)
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        nullable: false,
    }
}

const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

const fn flag(name: &'static str) -> Column {
    column(name, Kind::Bool)
}

const fn bigint(name: &'static str) -> Column {
    column(name, Kind::Bigint)
}

const fn numeric(name: &'static str) -> Column {
    column(name, Kind::Numeric)
}

const fn time(name: &'static str) -> Column {
    column(name, Kind::Timestamp)
}

const fn jsonb(name: &'static str) -> Column {
    column(name, Kind::Json)
}

const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

const fn null(column: Column) -> Column {
    Column {
        nullable: true,
        ..column
    }
}

macro_rules! tables {
    ($($table:ident $name:literal [$($column:expr),* $(,)?], key [$($key:literal),*]
        $(, indexes [$($index:literal),*])?
        $(, relations [$($relation:expr),*])?
        $(, history $history:literal)?;)*) => {
        /// A table.
        #[allow(clippy::enum_variant_names, reason = "clients chose the names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Table {
            $($table),*
        }

        impl Table {
            /// All that there are.
            pub(super) const ALL: &'static [Self] = &[$(Self::$table),*];

            /// Its description.
            pub(super) const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$table => {
                        const SPEC: Spec = Spec {
                            name: $name,
                            columns: &[$($column),*],
                            key: &[$($key),*],
                            indexes: &[$($($index),*)?],
                            relations: &[$($($relation),*)?],
                            history: false $(|| $history)?,
                        };
                        &SPEC
                    }),*
                }
            }
        }
    };
}

const METADATA: Relation = Relation {
    name: "metadata",
    own: "asset_type",
    table: Table::FungibleAssetMetadata,
};
const TOKEN: Relation = Relation {
    name: "current_token_data",
    own: "token_data_id",
    table: Table::CurrentTokenDatas,
};
const COLLECTION: Relation = Relation {
    name: "current_collection",
    own: "collection_id",
    table: Table::CurrentCollections,
};
const fn cdn(own: &'static str) -> Relation {
    Relation {
        name: "cdn_asset_uris",
        own,
        table: Table::ParsedAssetUris,
    }
}

tables! {
    ProcessorStatus "processor_status" [
        text("processor"), bigint("last_success_version"), time("last_updated"),
        null(time("last_transaction_timestamp")),
    ], key ["processor"];

    LedgerInfos "ledger_infos" [bigint("chain_id")], key ["chain_id"];

    Events "events" [
        text("account_address"), bigint("creation_number"), jsonb("data"), bigint("event_index"),
        text("indexed_type"), bigint("sequence_number"), bigint("transaction_block_height"),
        bigint("transaction_version"), text("type"),
    ], key ["transaction_version", "event_index"], indexes ["account_address", "indexed_type"],
        history true;

    UserTransactions "user_transactions" [
        bigint("block_height"), text("entry_function_id_str"), bigint("epoch"),
        time("expiration_timestamp_secs"), numeric("gas_unit_price"), numeric("max_gas_amount"),
        text("parent_signature_type"), text("sender"), bigint("sequence_number"),
        time("timestamp"), bigint("version"),
    ], key ["version"], indexes ["sender", "entry_function_id_str"], history true;

    AccountTransactions "account_transactions" [
        text("account_address"), bigint("transaction_version"),
    ], key ["transaction_version", "account_address"], indexes ["account_address"],
        relations [Relation {
            name: "user_transaction",
            own: "transaction_version",
            table: Table::UserTransactions,
        }], history true;

    FungibleAssetBalances "current_fungible_asset_balances" [
        null(numeric("amount")), null(text("asset_type")), flag("is_frozen"),
        null(flag("is_primary")), null(time("last_transaction_timestamp")),
        null(bigint("last_transaction_version")), text("owner_address"), text("storage_id"),
        null(text("token_standard")),
    ], key ["storage_id", "asset_type"], indexes ["owner_address", "asset_type"],
        relations [METADATA];

    FungibleAssetMetadata "fungible_asset_metadata" [
        text("asset_type"), text("creator_address"), int("decimals"), null(text("icon_uri")),
        time("last_transaction_timestamp"), bigint("last_transaction_version"),
        null(numeric("maximum_v2")), text("name"), null(text("project_uri")),
        null(text("supply_aggregator_table_handle_v1")),
        null(text("supply_aggregator_table_key_v1")), null(numeric("supply_v2")), text("symbol"),
        text("token_standard"),
    ], key ["asset_type"], indexes ["creator_address"];

    FungibleAssetActivities "fungible_asset_activities" [
        null(numeric("amount")), null(text("asset_type")), bigint("block_height"),
        null(text("entry_function_id_str")), bigint("event_index"),
        null(text("gas_fee_payer_address")), null(flag("is_frozen")), flag("is_gas_fee"),
        flag("is_transaction_success"), null(text("owner_address")), text("storage_id"),
        numeric("storage_refund_amount"), text("token_standard"), time("transaction_timestamp"),
        bigint("transaction_version"), text("type"),
    ], key ["transaction_version", "event_index"], indexes ["owner_address", "asset_type"],
        relations [METADATA], history true;

    CurrentObjects "current_objects" [
        flag("allow_ungated_transfer"), flag("is_deleted"), numeric("last_guid_creation_num"),
        bigint("last_transaction_version"), text("object_address"), text("owner_address"),
        text("state_key_hash"),
    ], key ["object_address"], indexes ["owner_address"];

    TableItems "table_items" [
        jsonb("decoded_key"), null(jsonb("decoded_value")), text("key"), text("table_handle"),
        bigint("transaction_version"), bigint("write_set_change_index"),
    ], key ["transaction_version", "write_set_change_index"], indexes ["table_handle"],
        history true;

    TableMetadatas "table_metadatas" [
        text("handle"), text("key_type"), text("value_type"),
    ], key ["handle"];

    CurrentCollections "current_collections_v2" [
        text("collection_id"), text("collection_name"), null(jsonb("collection_properties")),
        text("creator_address"), numeric("current_supply"), text("description"),
        time("last_transaction_timestamp"), bigint("last_transaction_version"),
        null(numeric("max_supply")), null(flag("mutable_description")), null(flag("mutable_uri")),
        null(text("table_handle_v1")), text("token_standard"), null(numeric("total_minted_v2")),
        text("uri"),
    ], key ["collection_id"], indexes ["creator_address", "collection_name"],
        relations [cdn("uri")];

    CurrentTokenDatas "current_token_datas_v2" [
        text("collection_id"), null(bigint("decimals")), text("description"),
        null(flag("is_deleted_v2")), null(flag("is_fungible_v2")),
        null(numeric("largest_property_version_v1")), time("last_transaction_timestamp"),
        bigint("last_transaction_version"), null(numeric("maximum")), null(numeric("supply")),
        text("token_data_id"), text("token_name"), jsonb("token_properties"),
        text("token_standard"), text("token_uri"),
    ], key ["token_data_id"], indexes ["collection_id"],
        relations [COLLECTION, cdn("token_uri")];

    CurrentTokenOwnerships "current_token_ownerships_v2" [
        numeric("amount"), null(flag("is_fungible_v2")), null(flag("is_soulbound_v2")),
        time("last_transaction_timestamp"), bigint("last_transaction_version"),
        null(flag("non_transferrable_by_owner")), text("owner_address"),
        numeric("property_version_v1"), text("storage_id"), null(text("table_type_v1")),
        text("token_data_id"), null(jsonb("token_properties_mutated_v1")), text("token_standard"),
    ], key ["token_data_id", "storage_id", "property_version_v1"], indexes ["owner_address"], relations [TOKEN];

    TokenActivities "token_activities_v2" [
        null(text("after_value")), null(text("before_value")), null(text("entry_function_id_str")),
        text("event_account_address"), bigint("event_index"), null(text("from_address")),
        null(flag("is_fungible_v2")), numeric("property_version_v1"), null(text("to_address")),
        numeric("token_amount"), text("token_data_id"), text("token_standard"),
        time("transaction_timestamp"), bigint("transaction_version"), text("type"),
    ], key ["transaction_version", "event_index"],
        indexes ["token_data_id", "from_address", "to_address"], relations [TOKEN], history true;

    CollectionOwnerships "current_collection_ownership_v2_view" [
        null(text("collection_id")), null(text("collection_name")), null(text("collection_uri")),
        null(text("creator_address")), null(bigint("distinct_tokens")),
        null(bigint("last_transaction_version")), null(text("owner_address")),
        null(text("single_token_uri")),
    ], key ["owner_address", "collection_id"], relations [COLLECTION];

    ParsedAssetUris "nft_metadata_crawler_parsed_asset_uris" [
        int("animation_optimizer_retry_count"), text("asset_uri"), null(text("cdn_animation_uri")),
        null(text("cdn_image_uri")), null(text("cdn_json_uri")),
        int("image_optimizer_retry_count"), int("json_parser_retry_count"),
        null(text("raw_animation_uri")), null(text("raw_image_uri")),
    ], key ["asset_uri"];

    DelegatedStakingActivities "delegated_staking_activities" [
        numeric("amount"), text("delegator_address"), bigint("event_index"), text("event_type"),
        text("pool_address"), bigint("transaction_version"),
    ], key ["transaction_version", "event_index"];

    DelegatorsPerPool "num_active_delegator_per_pool" [
        null(bigint("num_active_delegator")), null(text("pool_address")),
    ], key ["pool_address"];

    CurrentAptosNames "current_aptos_names" [
        null(text("domain")), null(time("domain_expiration_timestamp")),
        null(text("domain_with_suffix")), null(time("expiration_timestamp")),
        null(flag("is_active")), null(flag("is_primary")), null(bigint("last_transaction_version")),
        null(text("owner_address")), null(text("registered_address")), null(text("subdomain")),
        null(bigint("subdomain_expiration_policy")), null(text("token_name")),
        null(text("token_standard")),
    ], key ["domain", "subdomain"];

    // What follows is for the projection and not shown.
    Accounts "" [text("address"), bigint("version"), time("timestamp")], key ["address"];

    Resources "" [text("address"), text("type"), jsonb("data")], key ["address", "type"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_indexes_and_relations_name_columns() {
        for table in Table::ALL {
            let spec = table.spec();
            for name in spec.key.iter().chain(spec.indexes) {
                assert!(spec.place(name).is_some(), "{} has no {name}", spec.name);
            }
            for relation in spec.relations {
                assert!(spec.place(relation.own).is_some(), "{}", relation.name);
                assert_eq!(relation.table.spec().key.len(), 1, "{}", relation.name);
            }
        }
    }
}
