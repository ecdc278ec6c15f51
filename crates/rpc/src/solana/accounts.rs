//! Accounts by their keys.

use super::{
    args::{self, Args},
    context::{Context, at},
    convert::Shape,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use solana_rpc_client_types::config::{RpcAccountInfoConfig, RpcContextConfig};

/// Accounts that one request may name.
const MAX_ACCOUNTS: usize = 100;

pub(super) const CONFIG: (&str, &str) = (
    "config?",
    "`encoding` (`base58`, `base64`, `base64+zstd`, `jsonParsed`), `dataSlice`, `minContextSlot`",
);
const KEY: (&str, &str) = ("account", "its key in base58");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "getAccountInfo",
        account_info,
        "An account: lamports, owner, data; `null` if there is none.",
    )
    .takes(&[KEY, CONFIG]),
    Method::inline(
        "getBalance",
        balance,
        "The lamports of an account of any VM.",
    )
    .takes(&[KEY, ("config?", "`minContextSlot`")]),
    Method::execute(
        "getMultipleAccounts",
        multiple_accounts,
        "Several accounts as of one slot.",
    )
    .takes(&[("accounts", "their keys, 100 at most"), CONFIG]),
];

fn account_info(context: &Context, args: &Args<'_>) -> Reply {
    let key = args.key(0)?;
    let config: RpcAccountInfoConfig = args.or_default(1)?;
    let shape = Shape::new(config.encoding, config.data_slice);
    let state = context.state(config.min_context_slot)?;
    let account = state.account(&key)?;
    let account = account.map(|account| shape.show(&*state, &key, &account));
    reply(&at(state.head().slot, account.transpose()?))
}

fn balance(context: &Context, args: &Args<'_>) -> Reply {
    let key = args.key(0)?;
    let config: RpcContextConfig = args.or_default(1)?;
    let state = context.state(config.min_context_slot)?;
    let account = state.account(&key)?;
    let lamports = account.map_or(0, |account| account.lamports);
    reply(&at(state.head().slot, lamports))
}

fn multiple_accounts(context: &Context, args: &Args<'_>) -> Reply {
    let keys: Vec<String> = args.get(0)?;
    if keys.len() > MAX_ACCOUNTS {
        return Err(RpcError::InvalidParams(format!(
            "Too many inputs provided; max {MAX_ACCOUNTS}"
        )));
    }
    let keys = keys.iter().map(|key| args::key(key));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let config: RpcAccountInfoConfig = args.or_default(1)?;
    // Unlike a single account's, their encoding is base64 unless another one is asked for.
    let encoding = config
        .encoding
        .unwrap_or(solana_account_decoder::UiAccountEncoding::Base64);
    let shape = Shape::new(Some(encoding), config.data_slice);
    let state = context.state(config.min_context_slot)?;
    let mut accounts = Vec::with_capacity(keys.len());
    for key in &keys {
        let account = state.account(key)?;
        let account = account.map(|account| shape.show(&*state, key, &account));
        accounts.push(account.transpose()?);
    }
    reply(&at(state.head().slot, accounts))
}
