//! Layouts of the framework's types that the index reads, and values of them
//! from JSON.

use lumio_move_engine::{
    Address, Layout, StructTag, TypeTag,
    bcs::{put_bytes, put_uleb},
    code::Integer,
};
use serde_json::Value;

pub fn tag(text: &str) -> StructTag {
    text.parse().unwrap()
}

pub fn type_tag(text: &str) -> TypeTag {
    text.parse().unwrap()
}

fn structure(name: &str, fields: &[(&str, Layout)]) -> Layout {
    Layout::Struct {
        tag: tag(name),
        fields: fields
            .iter()
            .map(|(name, layout)| ((*name).to_owned(), layout.clone()))
            .collect(),
    }
}

fn list(element: Layout) -> Layout {
    Layout::Vector(Box::new(element))
}

/// What a type looks like; none if there is no such type.
pub fn layout(tag: &TypeTag) -> Option<Layout> {
    use Layout::{Address as Addr, Bool};
    let u8s = Layout::Integer(Integer::U8);
    let u64s = Layout::Integer(Integer::U64);
    let u128s = Layout::Integer(Integer::U128);
    let text = structure("0x1::string::String", &[("bytes", list(u8s.clone()))]);
    let object = |of: &str| structure(&format!("0x1::object::Object<{of}>"), &[("inner", Addr)]);
    let option = |of: Layout, name: &str| {
        structure(
            &format!("0x1::option::Option<{name}>"),
            &[("vec", list(of))],
        )
    };
    let handle = |of: &str| {
        let id = structure(
            "0x1::guid::ID",
            &[("creation_num", u64s.clone()), ("addr", Addr)],
        );
        let guid = structure("0x1::guid::GUID", &[("id", id)]);
        structure(
            &format!("0x1::event::EventHandle<{of}>"),
            &[("counter", u64s.clone()), ("guid", guid)],
        )
    };
    let aggregator = structure(
        "0x1::aggregator_v2::Aggregator<u64>",
        &[("value", u64s.clone()), ("max_value", u64s.clone())],
    );
    let name = tag.to_string();
    let generic = name.split('<').next().unwrap_or_default();
    let fields: Vec<(&str, Layout)> = match generic {
        "u64" => return Some(u64s),
        "address" => return Some(Addr),
        "0x1::string::String" => return Some(text),
        "0x1::object::ObjectCore" => vec![
            ("guid_creation_num", u64s.clone()),
            ("owner", Addr),
            ("allow_ungated_transfer", Bool),
            ("transfer_events", handle("0x1::object::TransferEvent")),
        ],
        "0x1::object::Transfer" => vec![("object", Addr), ("from", Addr), ("to", Addr)],
        "0x1::account::Account" => vec![("authentication_key", list(u8s))],
        "0x1::coin::CoinInfo" => vec![
            ("name", text.clone()),
            ("symbol", text),
            ("decimals", u8s),
            ("supply", option(u64s, "u64")),
        ],
        "0x1::coin::CoinStore" => vec![
            (
                "coin",
                structure("0x1::coin::Coin<u64>", &[("value", u64s.clone())]),
            ),
            ("frozen", Bool),
            ("deposit_events", handle("0x1::coin::DepositEvent")),
            ("withdraw_events", handle("0x1::coin::WithdrawEvent")),
        ],
        "0x1::coin::CoinDeposit" | "0x1::coin::CoinWithdraw" => {
            vec![("coin_type", text), ("account", Addr), ("amount", u64s)]
        }
        "0x1::fungible_asset::Metadata" => vec![
            ("name", text.clone()),
            ("symbol", text.clone()),
            ("decimals", u8s),
            ("icon_uri", text.clone()),
            ("project_uri", text),
        ],
        "0x1::fungible_asset::Supply" => {
            vec![
                ("current", u128s.clone()),
                ("maximum", option(u128s, "u128")),
            ]
        }
        "0x1::fungible_asset::FungibleStore" => vec![
            ("metadata", object("0x1::fungible_asset::Metadata")),
            ("balance", u64s),
            ("frozen", Bool),
        ],
        "0x1::fungible_asset::NativeStore" => vec![("account", Addr)],
        "0x1::fungible_asset::Deposit" | "0x1::fungible_asset::Withdraw" => {
            vec![("store", Addr), ("amount", u64s)]
        }
        "0x4::collection::Collection" => vec![
            ("creator", Addr),
            ("description", text.clone()),
            ("name", text.clone()),
            ("uri", text),
            ("mutation_events", handle("0x4::collection::MutationEvent")),
        ],
        "0x4::collection::ConcurrentSupply" => vec![
            ("current_supply", aggregator.clone()),
            ("total_minted", aggregator),
        ],
        "0x4::collection::Mint" => vec![
            ("collection", Addr),
            (
                "index",
                structure(
                    "0x1::aggregator_v2::AggregatorSnapshot<u64>",
                    &[("value", u64s)],
                ),
            ),
            ("token", Addr),
        ],
        "0x4::collection::Burn" => vec![
            ("collection", Addr),
            ("index", u64s),
            ("token", Addr),
            ("previous_owner", Addr),
        ],
        "0x4::token::Token" => vec![
            ("collection", object("0x4::collection::Collection")),
            ("index", u64s.clone()),
            ("description", text.clone()),
            ("name", text.clone()),
            ("uri", text),
            ("mutation_events", handle("0x4::token::MutationEvent")),
        ],
        "0x4::property_map::PropertyMap" => {
            let value = structure(
                "0x4::property_map::PropertyValue",
                &[("type", u8s.clone()), ("value", list(u8s))],
            );
            let entry = structure(
                "0x1::simple_map::Element<0x1::string::String, 0x4::property_map::PropertyValue>",
                &[("key", text), ("value", value)],
            );
            let map = structure(
                "0x1::simple_map::SimpleMap<0x1::string::String, 0x4::property_map::PropertyValue>",
                &[("data", list(entry))],
            );
            vec![("inner", map)]
        }
        "0xcafe::game::Board" => {
            let table = "0x1::table::Table<0x1::string::String, u64>";
            vec![
                ("title", text),
                ("scores", structure(table, &[("handle", Addr)])),
            ]
        }
        "0xcafe::game::Scored" => vec![("player", Addr), ("points", u64s)],
        _ => return None,
    };
    Some(structure(&name, &fields))
}

/// The BCS of a value. What JSON does not have is zero or empty.
pub fn bcs(kind: &str, json: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&layout(&type_tag(kind)).unwrap(), json, &mut out);
    out
}

fn write(layout: &Layout, json: &Value, out: &mut Vec<u8>) {
    match layout {
        Layout::Bool => out.push(u8::from(json.as_bool().unwrap_or(false))),
        Layout::Integer(integer) => {
            let number = json.as_u64().map(u128::from);
            let number = number.or_else(|| json.as_str().map(|text| text.parse().unwrap()));
            let bytes = number.unwrap_or(0).to_le_bytes();
            out.extend(&bytes[..usize::from(integer.bits() / 8)]);
        }
        Layout::Address => {
            let address: Address = json
                .as_str()
                .map_or(Address::default(), |text| text.parse().unwrap());
            out.extend(address.0);
        }
        Layout::Vector(element) => {
            if let Some(text) = json.as_str() {
                return put_bytes(out, text.as_bytes());
            }
            let items = json.as_array().cloned().unwrap_or_default();
            put_uleb(out, items.len() as u64);
            for item in &items {
                write(element, item, out);
            }
        }
        // Structs of one field are written as the field.
        Layout::Struct { fields, .. } => {
            for (name, field) in fields {
                let inner = json.get(name);
                let whole = if fields.len() == 1 {
                    json
                } else {
                    &Value::Null
                };
                write(field, inner.unwrap_or(whole), out);
            }
        }
        other => panic!("{other:?}"),
    }
}
