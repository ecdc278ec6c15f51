//! What the node is.

use super::{
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use serde_json::json;
use solana_rpc_client_types::response::{RpcIdentity, RpcVersionInfo};
use solana_version::Version;

pub(super) const METHODS: &[Method] = &[
    Method::inline("getHealth", health, "`ok`: the node is its chain's head."),
    Method::inline(
        "getVersion",
        version,
        "The version of Solana's runtime, and its set of features.",
    ),
    Method::inline(
        "getIdentity",
        identity,
        "The id that the node goes by. It signs nothing.",
    ),
    Method::inline(
        "getGenesisHash",
        genesis_hash,
        "The hash of block 0, by which clients tell chains apart.",
    ),
    Method::inline(
        "getClusterNodes",
        cluster_nodes,
        "The node alone. It takes transactions by this API only, not over QUIC or UDP.",
    ),
    Method::inline(
        "getHighestSnapshotSlot",
        |_, _| Err(RpcError::NoSnapshot),
        "An error: the node has no snapshots.",
    ),
];

fn health(_: &Context, _: &Args<'_>) -> Reply {
    reply("ok")
}

fn version(_: &Context, _: &Args<'_>) -> Reply {
    let runtime = Version::default();
    reply(&RpcVersionInfo {
        solana_core: runtime.to_string(),
        feature_set: Some(runtime.feature_set()),
    })
}

fn identity(context: &Context, _: &Args<'_>) -> Reply {
    reply(&RpcIdentity {
        identity: context.backend.identity().to_string(),
    })
}

fn genesis_hash(context: &Context, _: &Args<'_>) -> Reply {
    let genesis = context.backend.block_head(0)?;
    let genesis = genesis.ok_or_else(|| RpcError::Internal("there is no genesis".into()))?;
    reply(&genesis.blockhash.to_string())
}

fn cluster_nodes(context: &Context, _: &Args<'_>) -> Reply {
    let runtime = Version::default();
    let (rpc, pubsub) = (context.config.listen, context.websocket_address());
    // All that clients look for, and nothing where there is nothing.
    reply(&json!([{
        "pubkey": context.backend.identity().to_string(),
        "gossip": null,
        "tvu": null,
        "tpu": null,
        "tpuQuic": null,
        "tpuForwards": null,
        "tpuForwardsQuic": null,
        "tpuVote": null,
        "serveRepair": null,
        "rpc": rpc,
        "pubsub": pubsub,
        "version": runtime.to_string(),
        "featureSet": runtime.feature_set(),
        "shredVersion": 0,
    }]))
}
