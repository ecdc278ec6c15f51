//! How many lamports there are, and who has most of them.

use super::{
    args::Args,
    context::{Context, at},
    registry::{Method, Reply, reply},
};
use solana_rpc_client_types::response::{RpcAccountBalance, RpcSupply};

/// How many accounts are listed.
const LARGEST: usize = 20;

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "getSupply",
        supply,
        "All lamports of the chain. All of them circulate.",
    )
    .takes(&[("config?", "is not looked at")]),
    Method::execute(
        "getLargestAccounts",
        largest_accounts,
        "The twenty accounts with most lamports, of any VM.",
    )
    .takes(&[("config?", "is not looked at")]),
];

fn supply(context: &Context, _: &Args<'_>) -> Reply {
    let state = context.state(None)?;
    let total = state.supply()?;
    let supply = RpcSupply {
        total,
        circulating: total,
        non_circulating: 0,
        non_circulating_accounts: Vec::new(),
    };
    reply(&at(state.head().slot, supply))
}

fn largest_accounts(context: &Context, _: &Args<'_>) -> Reply {
    let state = context.state(None)?;
    let richest = state.richest(LARGEST)?;
    let shown = richest
        .into_iter()
        .map(|(key, lamports)| RpcAccountBalance {
            address: key.to_string(),
            lamports,
        });
    reply(&at(state.head().slot, shown.collect::<Vec<_>>()))
}
