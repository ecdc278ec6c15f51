//! Move modules and Solidity contracts that call each other, on a chain in memory.

use crate::{fixture::runtime, memory::Memory, moving};
use alloy_primitives::{Address, Bytes, address};
use lumio_executor::{BlockContext, Executor};
use lumio_move_compiler::{
    Options, compile,
    package::{LoadOptions, Package},
};
use lumio_move_engine as engine;
use lumio_state::{StateKey, Value};
use lumio_types::AccountId;
use std::{path::Path, sync::OnceLock};

/// Where the package's modules are.
pub const MODULE: engine::Address = {
    let mut bytes = [0; 32];
    (bytes[0], bytes[1], bytes[31]) = (0xc0, 0x55, 0xc0);
    engine::Address(bytes)
};

/// Where the contract is.
pub const CONTRACT: Address = address!("00000000000000000000000000000000c0a57ac7");

/// The modules of `fixtures/move/crossing`, by name.
pub fn modules() -> &'static [(String, Bytes)] {
    static MODULES: OnceLock<Vec<(String, Bytes)>> = OnceLock::new();
    MODULES.get_or_init(|| compiled("crossing", &[]))
}

/// The modules of a package in `fixtures/move`, with addresses that it leaves open.
pub fn compiled(package: &str, addresses: &[(&str, engine::Address)]) -> Vec<(String, Bytes)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/move");
    let named = addresses.iter();
    let options = LoadOptions {
        addresses: named.map(|(name, at)| ((*name).into(), *at)).collect(),
        ..LoadOptions::default()
    };
    let package = Package::load(&folder.join(package), &options).unwrap();
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests: false,
        dependencies: false,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs, &options);
    for diagnostic in &compilation.diagnostics {
        let shown = lumio_move_compiler::render(diagnostic, &compilation.sources, false);
        eprintln!("{shown}\n");
    }
    assert!(!compilation.has_errors());
    let own = compilation.units.iter().filter(|unit| unit.is_root);
    own.map(|unit| (unit.name.clone(), Bytes::from(unit.bytes.clone())))
        .collect()
}

/// A chain with Move's genesis, the package, and the contract.
pub fn chain(executor: &Executor, block: &BlockContext) -> Memory {
    let mut memory = moving::chain(executor, block);
    let owner = AccountId(MODULE.0.into());
    for (name, bytes) in modules() {
        let key = StateKey::MoveModule(owner, Bytes::copy_from_slice(name.as_bytes()));
        memory.0.insert(key, Value::from(bytes.clone()));
    }
    memory.deploy(CONTRACT, runtime("Crossing"));
    for (address, code) in predeploys() {
        memory.deploy(address, code);
    }
    memory
}

/// The contracts of genesis through which virtual machines call each other.
pub fn predeploys() -> Vec<(Address, Bytes)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framework/solidity/genesis.json");
    let genesis: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let accounts = genesis.as_object().unwrap().iter();
    accounts
        .filter(|(_, account)| {
            ["CrossVM", "MoveVM", "Faces", "Multicall3"]
                .contains(&account["name"].as_str().unwrap())
        })
        .map(|(address, account)| {
            let code = account["code"].as_str().unwrap();
            (address.parse().unwrap(), code.parse().unwrap())
        })
        .collect()
}
