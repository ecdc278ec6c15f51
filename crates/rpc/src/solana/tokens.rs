//! Accounts and mints of SPL Token and Token-2022.

use super::{
    State,
    accounts::CONFIG,
    args::{self, Args},
    context::{Context, at},
    convert::{Shape, amounts_of_mint},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use solana_account::Account;
use solana_account_decoder::parse_token::{
    UiTokenAmount, get_token_account_mint, is_known_spl_token_id, token_amount_to_ui_amount_v3,
};
use solana_pubkey::Pubkey;
use solana_rpc_client_types::{
    config::{RpcAccountInfoConfig, RpcTokenAccountsFilter},
    response::{RpcKeyedAccount, RpcTokenAccountBalance},
};
use spl_generic_token::{token::GenericTokenAccount as _, token_2022};

/// How many of a mint's accounts are listed.
const LARGEST: usize = 20;

/// Where a token account has its delegate: a tag, then the key.
const DELEGATE: std::ops::Range<usize> = 72..108;
/// Where it has its amount.
const AMOUNT: std::ops::Range<usize> = 64..72;

const MINT: (&str, &str) = ("mint", "the key of a mint");
const FILTER: (&str, &str) = ("filter", "`{mint}` or `{programId}`");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "getTokenAccountBalance",
        account_balance,
        "The amount in a token account.",
    )
    .takes(&[("account", "the key of a token account")]),
    Method::execute(
        "getTokenAccountsByOwner",
        accounts_by_owner,
        "The token accounts of an owner.",
    )
    .takes(&[("owner", "whose accounts"), FILTER, CONFIG]),
    Method::execute(
        "getTokenAccountsByDelegate",
        accounts_by_delegate,
        "The token accounts that somebody else may spend from.",
    )
    .takes(&[("delegate", "who may"), FILTER, CONFIG]),
    Method::execute(
        "getTokenLargestAccounts",
        largest_accounts,
        "The twenty largest accounts of a mint.",
    )
    .takes(&[MINT]),
    Method::inline("getTokenSupply", supply, "How much of a token there is.").takes(&[MINT]),
];

/// A mint and its program.
struct Mint {
    program: Pubkey,
    data: Vec<u8>,
}

fn mint(state: &dyn State, key: &Pubkey) -> Result<Mint, RpcError> {
    let account = state.account(key)?;
    let account = account.ok_or_else(|| RpcError::param("could not find mint"))?;
    if !is_known_spl_token_id(&account.owner) {
        return Err(RpcError::param("not a Token mint"));
    }
    Ok(Mint {
        program: account.owner,
        data: account.data,
    })
}

impl Mint {
    /// An amount of it as people see it.
    fn shown(&self, state: &dyn State, amount: u64) -> Result<UiTokenAmount, RpcError> {
        let unit = amounts_of_mint(&self.data, state.head().timestamp);
        let unit = unit.ok_or_else(|| RpcError::param("not a Token mint"))?;
        Ok(token_amount_to_ui_amount_v3(amount, &unit))
    }
}

fn amount(data: &[u8]) -> Option<u64> {
    let bytes = data.get(AMOUNT)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

fn account_balance(context: &Context, args: &Args<'_>) -> Reply {
    let key = args.key(0)?;
    let state = context.state(None)?;
    let account = state.account(&key)?;
    let account = account.ok_or_else(|| RpcError::param("could not find account"))?;
    let no_account = || RpcError::param("not a Token account");
    if !is_known_spl_token_id(&account.owner) {
        return Err(no_account());
    }
    let of = get_token_account_mint(&account.data).ok_or_else(no_account)?;
    let amount = amount(&account.data).ok_or_else(no_account)?;
    let shown = mint(&*state, &of)?.shown(&*state, amount)?;
    reply(&at(state.head().slot, shown))
}

fn supply(context: &Context, args: &Args<'_>) -> Reply {
    use spl_token_2022_interface::{extension::StateWithExtensions, state};
    let key = args.key(0)?;
    let state = context.state(None)?;
    let mint = mint(&*state, &key)?;
    let unpacked = StateWithExtensions::<state::Mint>::unpack(&mint.data)
        .map_err(|_| RpcError::param("not a Token mint"))?;
    let shown = mint.shown(&*state, unpacked.base.supply)?;
    reply(&at(state.head().slot, shown))
}

fn largest_accounts(context: &Context, args: &Args<'_>) -> Reply {
    let key = args.key(0)?;
    let state = context.state(None)?;
    let mint = mint(&*state, &key)?;
    let found = state.owned_by(&mint.program, &mut |data| {
        token_2022::Account::unpack_account_mint(data) == Some(&key)
    })?;
    let mut amounts: Vec<(u64, Pubkey)> = found
        .into_iter()
        .filter_map(|(key, account)| Some((amount(&account.data)?, key)))
        .collect();
    amounts.sort_by(|(a, key_a), (b, key_b)| b.cmp(a).then(key_a.cmp(key_b)));
    let mut largest = Vec::with_capacity(LARGEST);
    for (amount, key) in amounts.into_iter().take(LARGEST) {
        largest.push(RpcTokenAccountBalance {
            address: key.to_string(),
            amount: mint.shown(&*state, amount)?,
        });
    }
    reply(&at(state.head().slot, largest))
}

fn accounts_by_owner(context: &Context, args: &Args<'_>) -> Reply {
    let owner = args.key(0)?;
    listed(context, args, |data| {
        token_2022::Account::unpack_account_owner(data) == Some(&owner)
    })
}

fn accounts_by_delegate(context: &Context, args: &Args<'_>) -> Reply {
    let delegate = args.key(0)?;
    let wanted = [1_u32.to_le_bytes().as_slice(), delegate.as_ref()].concat();
    listed(context, args, |data| {
        token_2022::Account::valid_account_data(data) && data.get(DELEGATE) == Some(&*wanted)
    })
}

/// Token accounts of a program or a mint that `is_wanted` wants.
fn listed(context: &Context, args: &Args<'_>, is_wanted: impl Fn(&[u8]) -> bool) -> Reply {
    let filter: RpcTokenAccountsFilter = args.get(1)?;
    let config: RpcAccountInfoConfig = args.or_default(2)?;
    let shape = Shape::new(config.encoding, config.data_slice);
    let state = context.state(config.min_context_slot)?;
    let (program, of) = match filter {
        RpcTokenAccountsFilter::Mint(key) => {
            let key = args::key(&key)?;
            (mint(&*state, &key)?.program, Some(key))
        }
        RpcTokenAccountsFilter::ProgramId(key) => {
            let program = args::key(&key)?;
            if !is_known_spl_token_id(&program) {
                return Err(RpcError::param("unrecognized Token program id"));
            }
            (program, None)
        }
    };
    let found: Vec<(Pubkey, Account)> = state.owned_by(&program, &mut |data| {
        is_wanted(data)
            && (of.is_none() || token_2022::Account::unpack_account_mint(data) == of.as_ref())
    })?;
    let mut accounts = Vec::with_capacity(found.len());
    for (key, account) in &found {
        accounts.push(RpcKeyedAccount {
            pubkey: key.to_string(),
            account: shape.show(&*state, key, account)?,
        });
    }
    reply(&at(state.head().slot, accounts))
}
