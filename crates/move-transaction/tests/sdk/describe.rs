//! Transactions made here from what the vectors' generator says of them.

use lumio_move_engine::{Address, ModuleId, TypeTag};
use lumio_move_transaction::{
    Bcs, EntryFunction, Executable, ExtraConfig, Multisig, OrderlessPayload, RawTransaction,
    Script, TransactionArgument, TransactionPayload,
};
use serde_json::Value;

use crate::support::{address, bytes};

fn type_tags(value: &Value) -> Vec<TypeTag> {
    let texts = value.as_array().unwrap().iter();
    texts
        .map(|text| text.as_str().unwrap().parse().unwrap())
        .collect()
}

fn call(value: &Value) -> EntryFunction {
    let mut path = value["function"].as_str().unwrap().split("::");
    let mut next = || path.next().unwrap();
    EntryFunction {
        module: ModuleId::new(next().parse::<Address>().unwrap(), next()),
        function: next().into(),
        type_arguments: type_tags(&value["type_arguments"]),
        arguments: value["arguments"]
            .as_array()
            .unwrap()
            .iter()
            .map(bytes)
            .collect(),
    }
}

fn script(value: &Value) -> Script {
    let arguments = value["arguments"].as_array().unwrap().iter();
    Script {
        code: bytes(&value["code"]),
        type_arguments: type_tags(&value["type_arguments"]),
        arguments: arguments
            .map(|argument| TransactionArgument::from_bytes(&bytes(argument)).unwrap())
            .collect(),
    }
}

/// A payload, from what the generator says of it.
pub(crate) fn payload(value: &Value) -> TransactionPayload {
    let what = &value["executable"];
    match value["kind"].as_str().unwrap() {
        "script" => TransactionPayload::Script(script(what)),
        "entry_function" => TransactionPayload::EntryFunction(call(what)),
        "multisig" => TransactionPayload::Multisig(Multisig {
            address: address(&value["multisig"]),
            call: what.is_object().then(|| call(what)),
        }),
        "orderless" => TransactionPayload::Orderless(OrderlessPayload {
            executable: match what {
                Value::Null => Executable::Empty,
                script_ if script_["code"].is_string() => Executable::Script(script(what)),
                _ => Executable::EntryFunction(call(what)),
            },
            extra: ExtraConfig {
                multisig_address: value["multisig"]
                    .is_string()
                    .then(|| address(&value["multisig"])),
                replay_protection_nonce: value["nonce"].as_str().map(|n| n.parse().unwrap()),
            },
        }),
        other => panic!("{other}"),
    }
}

/// A transaction as the generator makes it.
pub(crate) fn raw(payload: TransactionPayload) -> RawTransaction {
    let orderless = payload.nonce().is_some();
    RawTransaction {
        sender: Address([0x5e; 32]),
        sequence_number: if orderless { u64::MAX } else { 7 },
        payload,
        max_gas_amount: 1_000,
        gas_unit_price: 100,
        expiration_timestamp_secs: 1_800_000_000,
        chain_id: 4,
    }
}
