//! What the node is: `net_`, `web3_`, `rpc_modules`, and the questions about
//! mining and syncing that have one answer on a rollup.

use super::{
    args::Args,
    context::Context,
    registry::{Method, Reply, method_list, reply},
};
use alloy_primitives::{Address, Bytes, U64, keccak256};
use std::collections::BTreeMap;

pub(super) const METHODS: &[Method] = &[
    Method::inline("eth_chainId", chain_id, "The chain id of EIP-155."),
    Method::inline(
        "eth_syncing",
        |_, _| reply(&false),
        "False: the node is its chain's head.",
    ),
    Method::inline(
        "eth_coinbase",
        coinbase,
        "The recipient of fees in the newest block.",
    ),
    Method::inline(
        "eth_mining",
        |_, _| reply(&false),
        "False: no block is mined by work.",
    ),
    Method::inline(
        "eth_hashrate",
        |_, _| reply(&U64::ZERO),
        "Zero: no block is mined by work.",
    ),
    Method::inline(
        "net_version",
        net_version,
        "The chain id in decimal digits.",
    ),
    Method::inline("net_listening", |_, _| reply(&true), "True."),
    Method::inline(
        "net_peerCount",
        |_, _| reply(&U64::ZERO),
        "Zero: the sequencer has no peers.",
    ),
    Method::inline(
        "web3_clientVersion",
        client_version,
        "Name and version of the node.",
    ),
    Method::inline("web3_sha3", sha3, "keccak256 of the data.").takes(&[("data", "bytes as hex")]),
    Method::inline(
        "rpc_modules",
        modules,
        "The namespaces that the server answers, with versions.",
    ),
];

fn chain_id(context: &Context, _: &Args<'_>) -> Reply {
    reply(&U64::from(context.backend.chain_id()))
}

fn coinbase(context: &Context, _: &Args<'_>) -> Reply {
    let header = context.backend.header(context.backend.head_number())?;
    reply(&header.map_or(Address::ZERO, |(header, _)| header.beneficiary))
}

fn net_version(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.backend.chain_id().to_string())
}

fn client_version(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.backend.info().client_version)
}

fn sha3(_: &Context, args: &Args<'_>) -> Reply {
    reply(&keccak256(args.get::<Bytes>(0)?))
}

fn modules(context: &Context, _: &Args<'_>) -> Reply {
    let dev = context.backend.dev().is_some();
    let methods = method_list().filter(|method| dev || !method.is_dev());
    let modules: BTreeMap<_, _> = methods.map(|method| (method.namespace(), "1.0")).collect();
    reply(&modules)
}
