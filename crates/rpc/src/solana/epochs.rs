//! Epochs, leaders and stake: one sequencer makes all blocks, and nobody stakes.

use super::{
    args::{self, Args},
    context::{Context, at},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use serde_json::json;
use solana_epoch_schedule::EpochSchedule;
use solana_rpc_client_types::{
    config::{RpcBlockProductionConfig, RpcContextConfig, RpcLeaderScheduleConfigWrapper},
    response::{
        RpcBlockProduction, RpcBlockProductionRange, RpcInflationGovernor, RpcInflationRate,
        RpcInflationReward, RpcVoteAccountStatus,
    },
};
use std::collections::HashMap;

/// Leaders that one request may list.
const MAX_LEADERS: u64 = 5000;
/// Addresses whose rewards one request may ask for.
const MAX_REWARDED: usize = 100;

const CONFIG: (&str, &str) = ("config?", "`minContextSlot`");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "getEpochInfo",
        epoch_info,
        "Where the newest block is in its epoch.",
    )
    .takes(&[CONFIG]),
    Method::inline(
        "getEpochSchedule",
        epoch_schedule,
        "How slots are divided into epochs.",
    ),
    Method::inline("getSlotLeader", slot_leader, "Who makes blocks: the node.").takes(&[CONFIG]),
    Method::inline(
        "getSlotLeaders",
        slot_leaders,
        "The leaders of a range of slots.",
    )
    .takes(&[("start", "the first slot"), ("limit", "5000 at most")]),
    Method::execute(
        "getLeaderSchedule",
        leader_schedule,
        "The slots of each leader in an epoch; `null` for an epoch that has not begun.",
    )
    .takes(&[
        ("slot?", "a slot in the epoch"),
        ("config?", "`identity`: only of this leader"),
    ]),
    Method::inline(
        "getBlockProduction",
        block_production,
        "Slots and blocks of each leader in this epoch.",
    )
    .takes(&[(
        "config?",
        "`identity`, and `range` with `firstSlot` and `lastSlot`",
    )]),
    Method::inline("getVoteAccounts", vote_accounts, "None: nobody votes.")
        .takes(&[("config?", "is not looked at")]),
    Method::inline(
        "getInflationGovernor",
        inflation_governor,
        "Zero: there is no inflation.",
    )
    .takes(&[("config?", "is not looked at")]),
    Method::inline(
        "getInflationRate",
        inflation_rate,
        "Zero: there is no inflation.",
    ),
    Method::inline(
        "getInflationReward",
        inflation_reward,
        "`null` for each address: there are no rewards.",
    )
    .takes(&[
        ("addresses", "100 at most"),
        ("config?", "is not looked at"),
    ]),
    Method::inline(
        "getStakeMinimumDelegation",
        minimum_delegation,
        "0: there is no stake program.",
    )
    .takes(&[("config?", "is not looked at")]),
];

fn schedule() -> EpochSchedule {
    EpochSchedule::without_warmup()
}

fn epoch_info(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcContextConfig = args.or_default(0)?;
    let head = context.head(config.min_context_slot)?;
    let schedule = schedule();
    let (epoch, index) = schedule.get_epoch_and_slot_index(head.slot);
    reply(&json!({
        "absoluteSlot": head.slot,
        "blockHeight": head.slot,
        "epoch": epoch,
        "slotIndex": index,
        "slotsInEpoch": schedule.get_slots_in_epoch(epoch),
        "transactionCount": head.transaction_count,
    }))
}

fn epoch_schedule(_: &Context, _: &Args<'_>) -> Reply {
    reply(&schedule())
}

fn slot_leader(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcContextConfig = args.or_default(0)?;
    context.head(config.min_context_slot)?;
    reply(&context.backend.identity().to_string())
}

fn slot_leaders(context: &Context, args: &Args<'_>) -> Reply {
    let (start, limit): (u64, u64) = (args.get(0)?, args.get(1)?);
    if limit > MAX_LEADERS {
        return Err(RpcError::InvalidParams(format!(
            "Invalid limit; max {MAX_LEADERS}"
        )));
    }
    let schedule = schedule();
    let known = schedule.get_leader_schedule_epoch(context.backend.head()?.slot);
    if schedule.get_epoch(start) > known {
        return Err(RpcError::InvalidParams(format!(
            "Invalid slot range: leader schedule for epoch {} is unavailable",
            schedule.get_epoch(start)
        )));
    }
    let identity = context.backend.identity().to_string();
    reply(&(0..limit).map(|_| &identity).collect::<Vec<_>>())
}

fn leader_schedule(context: &Context, args: &Args<'_>) -> Reply {
    let first = args.maybe::<RpcLeaderScheduleConfigWrapper>(0)?;
    let (slot, config) = first.map(|first| first.unzip()).unwrap_or_default();
    let config = config.or(args.maybe(1)?).unwrap_or_default();
    let schedule = schedule();
    let head = context.backend.head()?.slot;
    let epoch = schedule.get_epoch(slot.unwrap_or(head));
    if epoch > schedule.get_leader_schedule_epoch(head) {
        return reply(&());
    }
    let identity = context.backend.identity().to_string();
    let mut leaders = HashMap::new();
    if let Some(asked) = &config.identity {
        args::key(asked)?;
    }
    if config
        .identity
        .as_ref()
        .is_none_or(|asked| *asked == identity)
    {
        let slots = schedule.get_slots_in_epoch(epoch);
        leaders.insert(identity, (0..slots).collect::<Vec<_>>());
    }
    reply(&leaders)
}

fn block_production(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcBlockProductionConfig = args.or_default(0)?;
    let head = context.backend.head()?.slot;
    let (first, last) = match config.range {
        Some(range) => (range.first_slot, range.last_slot.unwrap_or(head)),
        None => {
            let schedule = schedule();
            let epoch = schedule.get_epoch(head);
            (schedule.get_first_slot_in_epoch(epoch), head)
        }
    };
    if last > head {
        return Err(RpcError::InvalidParams(format!(
            "lastSlot, {last}, is too large; max {head}"
        )));
    }
    if first > last {
        return Err(RpcError::InvalidParams(format!(
            "firstSlot, {first}, is after lastSlot, {last}"
        )));
    }
    let identity = context.backend.identity().to_string();
    let made = last.saturating_sub(first).saturating_add(1);
    let made = usize::try_from(made).unwrap_or(usize::MAX);
    let mut by_identity = HashMap::new();
    if config
        .identity
        .as_ref()
        .is_none_or(|asked| *asked == identity)
    {
        by_identity.insert(identity, (made, made));
    }
    reply(&at(
        head,
        RpcBlockProduction {
            by_identity,
            range: RpcBlockProductionRange {
                first_slot: first,
                last_slot: last,
            },
        },
    ))
}

fn vote_accounts(_: &Context, _: &Args<'_>) -> Reply {
    reply(&RpcVoteAccountStatus {
        current: Vec::new(),
        delinquent: Vec::new(),
    })
}

fn inflation_governor(_: &Context, _: &Args<'_>) -> Reply {
    reply(&RpcInflationGovernor {
        initial: 0.0,
        terminal: 0.0,
        taper: 0.0,
        foundation: 0.0,
        foundation_term: 0.0,
    })
}

fn inflation_rate(context: &Context, _: &Args<'_>) -> Reply {
    let epoch = schedule().get_epoch(context.backend.head()?.slot);
    reply(&RpcInflationRate {
        total: 0.0,
        validator: 0.0,
        foundation: 0.0,
        epoch,
    })
}

fn inflation_reward(_: &Context, args: &Args<'_>) -> Reply {
    let addresses: Vec<String> = args.get(0)?;
    if addresses.len() > MAX_REWARDED {
        return Err(RpcError::InvalidParams(format!(
            "Too many inputs provided; max {MAX_REWARDED}"
        )));
    }
    let rewards = addresses.iter().map(|address| {
        args::key(address)?;
        Ok(None)
    });
    reply(&rewards.collect::<Result<Vec<Option<RpcInflationReward>>, RpcError>>()?)
}

fn minimum_delegation(context: &Context, _: &Args<'_>) -> Reply {
    reply(&at(context.backend.head()?.slot, 0))
}
