//! Runs without keeping the result: calls, gas estimates, access lists, and
//! blocks that might be.

use super::{
    CallRequest,
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_primitives::U64;
use alloy_rpc_types_eth::simulate::SimulatePayload;

const CALL: (&str, &str) = ("transaction", "the call; every field may be left out");
const BLOCK: (&str, &str) = ("block?", "on top of which block; `latest` if left out");
const STATE: (&str, &str) = (
    "state?",
    "accounts to change first: balance, nonce, code, storage",
);
const FIELDS: (&str, &str) = ("blockOverrides?", "fields of the block to change");

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "eth_call",
        call,
        "What a call returns. Reverts are error 3 with the revert data.",
    )
    .takes(&[CALL, BLOCK, STATE, FIELDS]),
    Method::execute(
        "eth_estimateGas",
        estimate_gas,
        "A gas limit with which a transaction succeeds.",
    )
    .takes(&[CALL, BLOCK, STATE, FIELDS]),
    Method::execute(
        "eth_createAccessList",
        create_access_list,
        "The accounts and slots that a transaction touches, and its gas with them.",
    )
    .takes(&[CALL, BLOCK, STATE, FIELDS]),
    Method::execute(
        "eth_simulateV1",
        simulate,
        "Simulates blocks of calls, each on top of the one before.",
    )
    .takes(&[
        (
            "payload",
            "`blockStateCalls`, `traceTransfers`, `validation`, `returnFullTransactions`",
        ),
        BLOCK,
    ]),
];

/// The parameters that all calls share.
pub(super) fn call_request(args: &Args<'_>) -> Result<CallRequest, RpcError> {
    Ok(CallRequest {
        transaction: args.get(0)?,
        at: args.block(1)?,
        state_overrides: args.maybe(2)?,
        block_overrides: args.maybe(3)?,
    })
}

fn call(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.backend.call(call_request(args)?)?.output)
}

fn estimate_gas(context: &Context, args: &Args<'_>) -> Reply {
    reply(&U64::from(
        context.backend.estimate_gas(call_request(args)?)?,
    ))
}

fn create_access_list(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.backend.create_access_list(call_request(args)?)?)
}

fn simulate(context: &Context, args: &Args<'_>) -> Reply {
    let payload: SimulatePayload = args.get(0)?;
    if payload.block_state_calls.is_empty() {
        return Err(RpcError::InvalidParams(
            "empty input: `blockStateCalls` must not be empty".into(),
        ));
    }
    reply(&context.backend.simulate(args.block(1)?, payload)?)
}
