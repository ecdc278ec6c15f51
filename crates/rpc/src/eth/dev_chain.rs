//! The development methods that make blocks, move time and turn the chain
//! back.

use super::{
    args::{Args, Quantity, Word},
    context::Context,
    convert,
    dev::{bytes, seconds},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_primitives::{Address, B256, U64, U128, U256};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Blocks that one request may seal.
const MAX_MINED: u64 = 100_000;

const TIMESTAMP: (&str, &str) = ("timestamp", "seconds since 1970");

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "evm_snapshot",
        snapshot,
        "Remembers the state of the chain; returns an id.",
    )
    .also(&["anvil_snapshot"])
    .dev(),
    Method::execute(
        "evm_revert",
        revert,
        "Goes back to a snapshot and forgets it and later ones; false if there is none of that id.",
    )
    .takes(&[("id", "what `evm_snapshot` returned")])
    .also(&["anvil_revert"])
    .dev(),
    Method::execute("evm_mine", mine, "Seals a block.")
        .takes(&[(
            "options?",
            "the block's timestamp, or `timestamp` and `blocks` in an object",
        )])
        .dev(),
    Method::execute(
        "evm_mine_detailed",
        mine_detailed,
        "As `evm_mine`; returns the blocks with their transactions.",
    )
    .takes(&[(
        "options?",
        "the block's timestamp, or `timestamp` and `blocks` in an object",
    )])
    .also(&["anvil_mine_detailed"])
    .dev(),
    Method::execute("anvil_mine", mine_many, "Seals blocks.")
        .takes(&[
            ("blocks?", "how many: one if left out, 100000 at most"),
            ("interval?", "seconds between them: one if left out"),
        ])
        .also(&["hardhat_mine"])
        .dev(),
    Method::execute(
        "evm_increaseTime",
        increase_time,
        "Moves the clock; returns the offset from real time in seconds.",
    )
    .takes(&[("seconds", "how far")])
    .also(&["anvil_increaseTime"])
    .dev(),
    Method::execute(
        "evm_setNextBlockTimestamp",
        set_next_timestamp,
        "The timestamp of the next block.",
    )
    .takes(&[TIMESTAMP])
    .also(&["anvil_setNextBlockTimestamp"])
    .dev(),
    Method::execute(
        "evm_setTime",
        set_time,
        "Sets the clock; returns the offset from real time in seconds.",
    )
    .takes(&[TIMESTAMP])
    .also(&["anvil_setTime"])
    .dev(),
    Method::execute(
        "anvil_setBlockTimestampInterval",
        set_timestamp_interval,
        "A fixed distance between the timestamps of blocks.",
    )
    .takes(&[("seconds", "the distance")])
    .also(&["evm_setBlockTimestampInterval"])
    .dev(),
    Method::execute(
        "anvil_removeBlockTimestampInterval",
        remove_timestamp_interval,
        "Timestamps follow the clock again.",
    )
    .also(&["evm_removeBlockTimestampInterval"])
    .dev(),
    Method::execute(
        "evm_setAutomine",
        set_automine,
        "Whether each transaction is sealed at once.",
    )
    .takes(&[("enabled", "true or false")])
    .also(&["anvil_setAutomine", "hardhat_setAutomine"])
    .dev(),
    Method::inline(
        "anvil_getAutomine",
        automine,
        "Whether each transaction is sealed at once.",
    )
    .also(&["hardhat_getAutomine"])
    .dev(),
    Method::execute(
        "evm_setIntervalMining",
        set_interval_mining,
        "Seals a block every so many seconds.",
    )
    .takes(&[("seconds", "may have a fraction; zero stops it")])
    .also(&["anvil_setIntervalMining"])
    .dev(),
    Method::inline(
        "anvil_getIntervalMining",
        interval_mining,
        "Seconds between blocks, or null if they are not sealed by the clock.",
    )
    .also(&["hardhat_getIntervalMining"])
    .dev(),
    Method::execute("anvil_setCoinbase", set_coinbase, "The recipient of fees.")
        .takes(&[("address", "an account")])
        .also(&["hardhat_setCoinbase", "evm_setCoinbase"])
        .dev(),
    Method::execute(
        "evm_setBlockGasLimit",
        set_block_gas_limit,
        "The gas limit of later blocks.",
    )
    .takes(&[("gas", "the limit")])
    .also(&["anvil_setBlockGasLimit", "hardhat_setBlockGasLimit"])
    .dev(),
    Method::execute(
        "anvil_setNextBlockBaseFeePerGas",
        set_next_base_fee,
        "The base fee of the next block.",
    )
    .takes(&[("wei", "the base fee")])
    .also(&[
        "hardhat_setNextBlockBaseFeePerGas",
        "evm_setNextBlockBaseFeePerGas",
    ])
    .dev(),
    Method::execute(
        "anvil_setMinGasPrice",
        set_min_gas_price,
        "The lowest gas price that the pool takes.",
    )
    .takes(&[("wei", "the price")])
    .also(&["hardhat_setMinGasPrice"])
    .dev(),
    Method::execute(
        "hardhat_setPrevRandao",
        set_prev_randao,
        "PREVRANDAO of the next block.",
    )
    .takes(&[("value", "a word")])
    .also(&["anvil_setPrevRandao"])
    .dev(),
    Method::execute(
        "anvil_dumpState",
        dump_state,
        "The whole state, for `anvil_loadState`.",
    )
    .also(&["hardhat_dumpState"])
    .dev(),
    Method::execute(
        "anvil_loadState",
        load_state,
        "Adds a dumped state to the chain's.",
    )
    .takes(&[("dump", "what `anvil_dumpState` returned")])
    .also(&["hardhat_loadState"])
    .dev(),
    Method::execute(
        "anvil_reset",
        reset,
        "Back to genesis. Forking is not supported.",
    )
    .takes(&[("options?", "nothing, null or `{}`")])
    .also(&["hardhat_reset"])
    .dev(),
    Method::inline(
        "anvil_nodeInfo",
        node_info,
        "Facts about the node and the block that is being built.",
    )
    .also(&["hardhat_nodeInfo"])
    .dev(),
    Method::inline("anvil_metadata", metadata, "Facts about the chain.")
        .also(&["hardhat_metadata"])
        .dev(),
];

fn snapshot(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.dev()?.snapshot()?)
}

fn revert(context: &Context, args: &Args<'_>) -> Reply {
    let Quantity(id) = args.get(0)?;
    reply(&context.dev()?.revert(id)?)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MineOptions {
    Timestamp(Quantity),
    Both {
        timestamp: Option<Quantity>,
        blocks: Option<Quantity>,
    },
}

fn small(Quantity(value): Quantity) -> Result<u64, RpcError> {
    u64::try_from(value)
        .map_err(|_| RpcError::InvalidParams("number does not fit into 64 bits".into()))
}

fn bounded(blocks: u64) -> Result<u64, RpcError> {
    if blocks > MAX_MINED {
        return Err(RpcError::LimitExceeded(format!(
            "{blocks} blocks are too many for one request; ask for at most {MAX_MINED}"
        )));
    }
    Ok(blocks)
}

fn mine_as_asked(context: &Context, args: &Args<'_>) -> Result<Vec<u64>, RpcError> {
    let (timestamp, blocks) = match args.maybe(0)? {
        None => (None, None),
        Some(MineOptions::Timestamp(timestamp)) => (Some(timestamp), None),
        Some(MineOptions::Both { timestamp, blocks }) => (timestamp, blocks),
    };
    let dev = context.dev()?;
    let blocks = bounded(blocks.map_or(Ok(1), small)?)?;
    if let Some(timestamp) = timestamp.map(small).transpose()? {
        dev.set_next_timestamp(timestamp)?;
    }
    Ok(dev.mine(blocks, None)?)
}

fn mine(context: &Context, args: &Args<'_>) -> Reply {
    mine_as_asked(context, args)?;
    reply("0x0")
}

fn mine_detailed(context: &Context, args: &Args<'_>) -> Reply {
    let mut mined = Vec::new();
    for number in mine_as_asked(context, args)? {
        if let Some((block, receipts)) = context.filled_at(number)? {
            mined.push(convert::block(&block, true, Some(&receipts)));
        }
    }
    reply(&mined)
}

fn mine_many(context: &Context, args: &Args<'_>) -> Reply {
    let blocks = bounded(args.maybe_u64(0)?.unwrap_or(1))?;
    context.dev()?.mine(blocks, args.maybe_u64(1)?)?;
    reply(&())
}

fn increase_time(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.increase_time(seconds(args, 0)?)?)
}

fn set_next_timestamp(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_next_timestamp(args.u64(0)?)?)
}

fn set_time(context: &Context, args: &Args<'_>) -> Reply {
    let given = args.u64(0)?;
    // JavaScript's clocks count milliseconds; no chain will see the year 5138 in seconds.
    let timestamp = if given > 100_000_000_000 {
        given / 1000
    } else {
        given
    };
    reply(&context.dev()?.set_time(timestamp)?)
}

fn set_timestamp_interval(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_timestamp_interval(Some(args.u64(0)?))?)
}

fn remove_timestamp_interval(context: &Context, _: &Args<'_>) -> Reply {
    context.dev()?.set_timestamp_interval(None)?;
    reply(&true)
}

fn set_automine(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_automine(args.get(0)?)?)
}

fn automine(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.dev()?.automine())
}

fn set_interval_mining(context: &Context, args: &Args<'_>) -> Reply {
    let invalid = || RpcError::InvalidArgument {
        index: 0,
        reason: "expected seconds between blocks, from 0 to one year".into(),
    };
    let seconds = match args.get::<Value>(0)? {
        Value::Number(number) => number.as_f64().ok_or_else(invalid)?,
        Value::String(text) => match text.parse() {
            Ok(seconds) => seconds,
            Err(_) => f64::from(u32::try_from(args.u64(0)?).map_err(|_| invalid())?),
        },
        _ => return Err(invalid()),
    };
    if !(0.0..=31_536_000.0).contains(&seconds) {
        return Err(invalid());
    }
    let interval = std::time::Duration::from_secs_f64(seconds);
    let millis = u64::try_from(interval.as_millis()).map_err(|_| invalid())?;
    reply(&context.dev()?.set_interval_mining(millis)?)
}

#[allow(clippy::cast_precision_loss)]
fn interval_mining(context: &Context, _: &Args<'_>) -> Reply {
    match context.dev()?.node_info().interval_ms {
        Some(millis) if millis % 1000 == 0 => reply(&(millis / 1000)),
        Some(millis) => reply(&(millis as f64 / 1000.0)),
        None => reply(&()),
    }
}

fn set_coinbase(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_coinbase(args.get::<Address>(0)?)?)
}

fn set_block_gas_limit(context: &Context, args: &Args<'_>) -> Reply {
    context.dev()?.set_block_gas_limit(args.u64(0)?)?;
    reply(&true)
}

fn set_next_base_fee(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_next_base_fee(args.u64(0)?)?)
}

fn set_min_gas_price(context: &Context, args: &Args<'_>) -> Reply {
    let Quantity(wei) = args.get(0)?;
    let wei = u128::try_from(wei)
        .map_err(|_| RpcError::InvalidParams("number does not fit into 128 bits".into()))?;
    reply(&context.dev()?.set_min_gas_price(wei)?)
}

fn set_prev_randao(context: &Context, args: &Args<'_>) -> Reply {
    let Word(value) = args.get(0)?;
    reply(&context.dev()?.set_prev_randao(B256::from(value))?)
}

fn dump_state(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.dev()?.dump_state()?)
}

fn load_state(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.load_state(bytes(args, 0)?)?)
}

fn reset(context: &Context, args: &Args<'_>) -> Reply {
    let forks = match args.maybe::<Value>(0)? {
        None => false,
        Some(Value::Object(options)) => options.get("forking").is_some_and(|fork| !fork.is_null()),
        Some(_) => true,
    };
    if forks {
        return Err(RpcError::Refused(
            "forking another chain is not supported".into(),
        ));
    }
    context.dev()?.reset()?;
    reply(&true)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    base_fee: U256,
    chain_id: u64,
    gas_limit: U64,
    gas_price: U128,
}

fn node_info(context: &Context, _: &Args<'_>) -> Reply {
    let info = context.dev()?.node_info();
    let head = context.backend.head_number();
    let header = context.backend.header(head)?;
    let base_fee = context.backend.next_base_fee()?;
    reply(&json!({
        "currentBlockNumber": U64::from(head),
        "currentBlockTimestamp": header.as_ref().map_or(0, |(header, _)| header.timestamp),
        "currentBlockHash": header.map(|(_, hash)| hash),
        "hardFork": info.hard_fork,
        "transactionOrder": "fees",
        "environment": Environment {
            base_fee: U256::from(base_fee),
            chain_id: context.backend.chain_id(),
            gas_limit: U64::from(info.gas_limit),
            gas_price: U128::from(base_fee),
        },
        "forkConfig": { "forkUrl": null, "forkBlockNumber": null, "forkRetryBackoff": null },
        "pendingTimestamp": info.pending_timestamp,
        "automine": info.automine,
        "intervalMs": info.interval_ms,
    }))
}

fn metadata(context: &Context, _: &Args<'_>) -> Reply {
    let head = context.backend.head_number();
    let genesis = context.backend.header(0)?.map(|(_, hash)| hash);
    reply(&json!({
        "clientVersion": context.dev()?.node_info().client_version,
        "chainId": context.backend.chain_id(),
        // The genesis tells chains apart that share a chain id.
        "instanceId": genesis,
        "latestBlockNumber": head,
        "latestBlockHash": context.backend.header(head)?.map(|(_, hash)| hash),
        "snapshots": {},
    }))
}
