//! A chain on which a little of everything happened:
//!
//! ```text
//! 0  genesis      the native coin and its fungible asset
//! 2  alice        creates gold (an asset) and mints 1000, a collection with a
//!                 token, and moon coins
//! 4  alice        gives bob the token and 300 gold
//! 5  an EVM user  calls a contract, which logs
//! ```

use crate::chain::{Chain, Effects, call, evm_call};
use lumio_move_engine::Address;
use lumio_move_transaction::object_address_from_object;
use lumio_rpc::aptos::TransactionBody;
use serde_json::{Value, json};
use std::sync::Arc;

pub const ALICE: &str = "0xa11ce0000000000000000000000000000000000000000000000000000000000a";
pub const BOB: &str = "0xb0b000000000000000000000000000000000000000000000000000000000000b";
pub const CAROL: &str = "0xca01000000000000000000000000000000000000000000000000000000000001";
pub const GOLD: &str = "0x901d000000000000000000000000000000000000000000000000000000000001";
pub const COLLECTION: &str = "0xc011000000000000000000000000000000000000000000000000000000000001";
pub const TOKEN: &str = "0x704e000000000000000000000000000000000000000000000000000000000001";
pub const EVM_USER: &str = "0x000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266";
pub const CONTRACT: &str = "0x0000000000000000000000005fbdb2315678afecb367f032d93f642f64180aa3";
pub const TABLE: &str = "0x7ab1e00000000000000000000000000000000000000000000000000000000001";

pub fn store_of(owner: &str, asset: &str) -> String {
    let parse = |text: &str| text.parse::<Address>().unwrap();
    let store = object_address_from_object(parse(owner), parse(asset));
    format!("0x{}", store.to_hex())
}

pub fn core(owner: &str) -> Value {
    json!({"guid_creation_num": "1125899906842624", "owner": owner, "allow_ungated_transfer": true})
}

fn gold_store(effects: Effects, owner: &str, balance: u64) -> Effects {
    let store = store_of(owner, GOLD);
    let value = json!({"metadata": GOLD, "balance": balance});
    effects
        .write(&store, "0x1::object::ObjectCore", &core(owner))
        .write(&store, "0x1::fungible_asset::FungibleStore", &value)
}

fn genesis() -> Effects {
    let coin = json!({"name": "Ether", "symbol": "ETH", "decimals": 8});
    Effects::default()
        .write(
            "0x1",
            "0x1::coin::CoinInfo<0x1::native_coin::NativeCoin>",
            &coin,
        )
        .write("0xa", "0x1::object::ObjectCore", &core("0x1"))
        .write("0xa", "0x1::fungible_asset::Metadata", &coin)
}

fn creation() -> Effects {
    let gold = json!({"name": "Gold", "symbol": "GLD", "decimals": 2, "icon_uri": "i", "project_uri": "p"});
    let minted = json!({"current_supply": {"value": 1, "max_value": 10},
        "total_minted": {"value": 1, "max_value": u64::MAX}});
    let properties = json!([{"key": "level", "value": {"type": 9, "value": "\u{4}high"}}]);
    let effects = Effects::default()
        .write(GOLD, "0x1::object::ObjectCore", &core(ALICE))
        .write(GOLD, "0x1::fungible_asset::Metadata", &gold)
        .write(
            GOLD,
            "0x1::fungible_asset::Supply",
            &json!({"current": "1000", "maximum": [5000]}),
        )
        .write(COLLECTION, "0x1::object::ObjectCore", &core(ALICE))
        .write(
            COLLECTION,
            "0x4::collection::Collection",
            &json!({"creator": ALICE, "description": "all", "name": "Swords", "uri": "swords"}),
        )
        .write(COLLECTION, "0x4::collection::ConcurrentSupply", &minted)
        .write(TOKEN, "0x1::object::ObjectCore", &core(ALICE))
        .write(
            TOKEN,
            "0x4::token::Token",
            &json!({"collection": COLLECTION, "description": "sharp", "name": "Sting", "uri": "sting"}),
        )
        .write(TOKEN, "0x4::property_map::PropertyMap", &properties)
        .write(
            ALICE,
            "0x1::coin::CoinStore<0xcafe::moon::Moon>",
            &json!({"coin": 77}),
        );
    gold_store(effects, ALICE, 1000)
        .write(
            ALICE,
            "0xcafe::game::Board",
            &json!({"title": "best", "scores": TABLE}),
        )
        .emit(
            "0x1::fungible_asset::Deposit",
            &json!({"store": store_of(ALICE, GOLD), "amount": 1000}),
        )
        .emit(
            "0x4::collection::Mint",
            &json!({"collection": COLLECTION, "token": TOKEN}),
        )
        .emit(
            "0x1::coin::CoinDeposit",
            &json!({"coin_type": "0xcafe::moon::Moon", "account": ALICE, "amount": 77}),
        )
        .emit_by(
            Some((ALICE, 4, 0)),
            "0xcafe::game::Scored",
            &json!({"player": ALICE, "points": 12}),
        )
}

fn transfer() -> Effects {
    let effects = Effects::default().write(TOKEN, "0x1::object::ObjectCore", &core(BOB));
    let effects = gold_store(gold_store(effects, ALICE, 700), BOB, 300);
    effects
        .item(TABLE, &json!("points"), &json!(12))
        .emit(
            "0x1::object::Transfer",
            &json!({"object": TOKEN, "from": ALICE, "to": BOB}),
        )
        .emit(
            "0x1::fungible_asset::Withdraw",
            &json!({"store": store_of(ALICE, GOLD), "amount": 300}),
        )
        .emit(
            "0x1::fungible_asset::Deposit",
            &json!({"store": store_of(BOB, GOLD), "amount": 300}),
        )
        .emit_by(
            Some((ALICE, 4, 1)),
            "0xcafe::game::Scored",
            &json!({"player": BOB, "points": 13}),
        )
        .emit("0xcafe::game::Scored", &json!({"player": BOB, "points": 1}))
}

/// What bob's burning of the token does.
pub fn burn() -> Effects {
    Effects::default()
        .delete(TOKEN, "0x1::object::ObjectCore")
        .delete(TOKEN, "0x4::token::Token")
        .emit(
            "0x4::collection::Burn",
            &json!({"collection": COLLECTION, "token": TOKEN, "previous_owner": BOB}),
        )
}

pub fn chain() -> Arc<Chain> {
    let chain = Chain::new();
    chain.fund(ALICE, 500_000_000);
    chain.fund(CAROL, 7);
    chain.block(0, vec![(TransactionBody::Genesis, genesis())]);
    chain.block(0, vec![(call(ALICE, 0, "0xcafe::game::start"), creation())]);
    let evm = evm_call(EVM_USER, CONTRACT);
    chain.block(
        0,
        vec![
            (call(ALICE, 1, "0xcafe::game::give"), transfer()),
            (evm, Effects::default().log(CONTRACT)),
        ],
    );
    chain
}
