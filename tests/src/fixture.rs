//! Compiled contracts of `tests/fixtures`.

use alloy_primitives::{Bytes, hex};
use alloy_sol_types::sol;
use std::path::Path;

sol! {
    function mixAndStore(uint256 seed, uint256 rounds) external;
    function emitAroundRevert() external;
    function emitMany(uint256 count) external;
    function setMany(uint256 first, uint256 count, uint256 value) external;
    function set(uint256 key, uint256 value) external;
    function setAndFail(uint256 key, uint256 value) external;
    function reason() external pure;
    function burnAllGas() external pure;
    function transfer(address to, uint256 value) external returns (bool);
}

/// Creation bytecode without constructor arguments.
pub fn bytecode(contract: &str) -> Bytes {
    field(contract, "bytecode")
}

/// Runtime bytecode.
pub fn runtime(contract: &str) -> Bytes {
    field(contract, "deployedBytecode")
}

fn field(contract: &str, name: &str) -> Bytes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/artifacts");
    let text = std::fs::read_to_string(folder.join(format!("{contract}.json"))).unwrap();
    let artifact: serde_json::Value = serde_json::from_str(&text).unwrap();
    hex::decode(artifact[name].as_str().unwrap())
        .unwrap()
        .into()
}
