//! The contracts of the workloads: compiled artefacts and their interfaces.

use alloy_primitives::Bytes;
use alloy_sol_types::sol;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

/// Where the artefacts are, from this crate's folder.
const ARTIFACTS: &str = "../tests/fixtures/artifacts";
/// The same of the contracts that genesis brings.
const SYSTEM: &str = "../framework/solidity/artifacts";

sol! {
    /// An ERC-20.
    interface Token {
        constructor(string name, string symbol, uint256 supply);
        function transfer(address to, uint256 amount) external returns (bool);
        function approve(address spender, uint256 amount) external returns (bool);
    }

    /// Uniswap V2's factory.
    interface Factory {
        constructor(address feeToSetter);
    }

    /// Uniswap V2's router.
    interface Router {
        constructor(address factory, address weth);
        function addLiquidity(
            address tokenA, address tokenB, uint256 desiredA, uint256 desiredB,
            uint256 minA, uint256 minB, address to, uint256 deadline
        ) external returns (uint256, uint256, uint256);
        function swapExactTokensForTokens(
            uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline
        ) external returns (uint256[]);
    }

    /// A loop of 256-bit arithmetic.
    interface Compute {
        function mixAndStore(uint256 seed, uint256 rounds) external;
    }

    /// Calls of other machines, as far as it is used.
    interface CrossVm {
        struct AccountMeta {
            bytes32 id;
            bool signer;
            bool writable;
        }
        function callSolana(bytes32 program, AccountMeta[] accounts, bytes data) external returns (bytes);
    }

    /// Calls of Move, and their parts.
    interface RoundTrip {
        function step() external;
        function send(address token, address to) external;
        function toMove(bytes32 module) external;
        function thereAndBack(bytes32 module, bytes32 token, bytes32 to) external;
        function callMove(bytes32 module, string function_, bytes arguments) external returns (bytes);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    #[serde(default)]
    bytecode: Bytes,
    deployed_bytecode: Bytes,
}

fn artifact(folder: &str, contract: &str) -> Result<Artifact> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(format!("{contract}.json"));
    let text = std::fs::read(&path)
        .with_context(|| format!("cannot read {}: run from a checkout", path.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is no compiled contract", path.display()))
}

/// The creation code of a contract, with its constructor's arguments behind.
///
/// # Errors
/// When the artefact is missing or malformed.
pub(crate) fn creation_code(contract: &str, arguments: &[u8]) -> Result<Bytes> {
    let artifact = artifact(ARTIFACTS, contract)?;
    Ok([artifact.bytecode.as_ref(), arguments].concat().into())
}

/// The code of a contract without a constructor.
///
/// # Errors
/// When the artefact is missing or malformed.
pub(crate) fn runtime_code(contract: &str) -> Result<Bytes> {
    Ok(artifact(ARTIFACTS, contract)?.deployed_bytecode)
}

/// The code of a contract of genesis.
///
/// # Errors
/// When the artefact is missing or malformed.
pub(crate) fn system_code(contract: &str) -> Result<Bytes> {
    Ok(artifact(SYSTEM, contract)?.deployed_bytecode)
}
