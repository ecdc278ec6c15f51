//! Calls of other machines and of several contracts, and how hostile tokens behave.

use alloy_primitives::{Address, address};
use alloy_sol_types::{SolCall, sol};
use lumio_move_engine::Address as MoveAddress;
use lumio_tests::faces::metadata_type;

pub(crate) const MULTICALL: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");

sol! {
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function aggregate3((address, bool, bytes)[] calls) external payable returns ((bool, bytes)[] results);
    function failure() external returns (bytes);
}

/// How an `OddToken` behaves.
pub(crate) mod mode {
    pub(crate) const RETURNS_NOTHING: u8 = 1;
    pub(crate) const RETURNS_FALSE: u8 = 2;
    pub(crate) const TAKES_A_FEE: u8 = 3;
    pub(crate) const MOVES_NOTHING: u8 = 4;
    pub(crate) const GIVES_TWICE: u8 = 5;
    pub(crate) const CALLS_BEFORE: u8 = 6;
    pub(crate) const CALLS_AFTER: u8 = 7;
    pub(crate) const SAYS_NO_BALANCE: u8 = 8;
    pub(crate) const BLACKLISTS: u8 = 9;
}

pub(crate) const BOB: Address = Address::repeat_byte(0xb0);

/// A call of a Move function with one asset as type argument, or none.
pub(crate) fn move_call(
    home: MoveAddress,
    (name, function): (&str, &str),
    args: Vec<u8>,
) -> Vec<u8> {
    let generic = name == "primary_fungible_store";
    let types = if generic {
        vec![metadata_type().to_string()]
    } else {
        vec![]
    };
    callMoveCall {
        module: home.0.into(),
        name: name.into(),
        r#fn: function.into(),
        typeArgs: types,
        args: args.into(),
    }
    .abi_encode()
}

pub(crate) fn multicall(calls: &[(Address, bool, Vec<u8>)]) -> Vec<u8> {
    let calls = calls.iter();
    let calls = calls.map(|(target, may_fail, input)| (*target, *may_fail, input.clone().into()));
    aggregate3Call {
        calls: calls.collect(),
    }
    .abi_encode()
}
