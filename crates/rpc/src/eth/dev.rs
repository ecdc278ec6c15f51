//! The development methods that change accounts, under the names of Foundry
//! and of Hardhat.

use super::{
    accounts::wei,
    args::{Args, Signed, Word},
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_primitives::{Address, B256, Bytes};

const ADDRESS: (&str, &str) = ("address", "an account");
const WEI: (&str, &str) = ("wei", "an amount in wei");

pub(super) const METHODS: &[Method] = &[
    Method::execute("anvil_setBalance", set_balance, "Sets a balance.")
        .takes(&[ADDRESS, WEI])
        .also(&[
            "hardhat_setBalance",
            "tenderly_setBalance",
            "evm_setAccountBalance",
        ])
        .dev(),
    Method::execute("anvil_addBalance", add_balance, "Adds to a balance.")
        .takes(&[ADDRESS, WEI])
        .also(&[
            "hardhat_addBalance",
            "tenderly_addBalance",
            "evm_addAccountBalance",
        ])
        .dev(),
    Method::execute("anvil_setCode", set_code, "Sets the code of an account.")
        .takes(&[ADDRESS, ("code", "bytes as hex")])
        .also(&["hardhat_setCode", "evm_setAccountCode"])
        .dev(),
    Method::execute("anvil_setNonce", set_nonce, "Sets a nonce.")
        .takes(&[ADDRESS, ("nonce", "the nonce of the next transaction")])
        .also(&["hardhat_setNonce", "evm_setAccountNonce"])
        .dev(),
    Method::execute("anvil_setStorageAt", set_storage, "Sets a word of storage.")
        .takes(&[
            ADDRESS,
            ("slot", "the slot"),
            ("value", "the word, filled up with zeros on the left"),
        ])
        .also(&[
            "hardhat_setStorageAt",
            "evm_setAccountStorageAt",
            "tenderly_setStorageAt",
        ])
        .dev(),
    Method::execute(
        "anvil_impersonateAccount",
        impersonate,
        "Lets `eth_sendTransaction` send from an account without its key.",
    )
    .takes(&[ADDRESS])
    .also(&["hardhat_impersonateAccount"])
    .dev(),
    Method::execute(
        "anvil_stopImpersonatingAccount",
        stop_impersonating,
        "Ends that.",
    )
    .takes(&[ADDRESS])
    .also(&["hardhat_stopImpersonatingAccount"])
    .dev(),
    Method::execute(
        "anvil_autoImpersonateAccount",
        auto_impersonate,
        "Impersonates every account, or no longer.",
    )
    .takes(&[("enabled", "true or false")])
    .also(&["hardhat_autoImpersonateAccount"])
    .dev(),
    Method::execute(
        "anvil_dropTransaction",
        drop_transaction,
        "Drops a transaction from the pool; returns its hash, or null if it is not there.",
    )
    .takes(&[("hash", "a transaction's hash")])
    .dev(),
    Method::execute(
        "hardhat_dropTransaction",
        drop_transaction_bool,
        "Drops a transaction from the pool; false if it is not there.",
    )
    .takes(&[("hash", "a transaction's hash")])
    .dev(),
    Method::execute("anvil_dropAllTransactions", drop_all, "Empties the pool.")
        .also(&["hardhat_dropAllTransactions"])
        .dev(),
    Method::execute(
        "anvil_removePoolTransactions",
        remove_sender,
        "Drops all transactions of a sender from the pool.",
    )
    .takes(&[ADDRESS])
    .also(&["hardhat_removePoolTransactions"])
    .dev(),
    Method::execute(
        "anvil_setChainId",
        set_chain_id,
        "Not supported: the chain id is fixed in genesis.",
    )
    .takes(&[("chainId", "ignored")])
    .also(&["hardhat_setChainId"])
    .dev(),
    Method::inline(
        "anvil_setLoggingEnabled",
        set_logging,
        "Accepted and ignored: the log's level is set when the node starts.",
    )
    .takes(&[("enabled", "true or false")])
    .also(&["hardhat_setLoggingEnabled"])
    .dev(),
];

fn set_balance(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_balance(args.get(0)?, wei(args, 1)?)?)
}

fn add_balance(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.add_balance(args.get(0)?, wei(args, 1)?)?)
}

fn set_code(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_code(args.get(0)?, args.get(1)?)?)
}

fn set_nonce(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.set_nonce(args.get(0)?, args.u64(1)?)?)
}

fn set_storage(context: &Context, args: &Args<'_>) -> Reply {
    let (address, Word(slot), Word(value)) = (args.get(0)?, args.get(1)?, args.get(2)?);
    context
        .dev()?
        .set_storage(address, slot, B256::from(value))?;
    reply(&true)
}

fn impersonate(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.impersonate(args.get(0)?)?)
}

fn stop_impersonating(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.stop_impersonating(args.get(0)?)?)
}

fn auto_impersonate(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.auto_impersonate(args.get(0)?)?)
}

fn drop_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let hash: B256 = args.get(0)?;
    let dropped = context.dev()?.drop_transaction(hash)?;
    reply(&dropped.then_some(hash))
}

fn drop_transaction_bool(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.drop_transaction(args.get(0)?)?)
}

fn drop_all(context: &Context, _: &Args<'_>) -> Reply {
    reply(&context.dev()?.drop_all()?)
}

fn remove_sender(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.dev()?.remove_sender(args.get::<Address>(0)?)?)
}

fn set_chain_id(_: &Context, _: &Args<'_>) -> Reply {
    let text = "the chain id is fixed in genesis; start another chain with --chain-id";
    Err(RpcError::Refused(text.into()))
}

fn set_logging(_: &Context, args: &Args<'_>) -> Reply {
    args.get::<bool>(0)?;
    reply(&())
}

/// A number of seconds, zero if left out.
pub(super) fn seconds(args: &Args<'_>, index: usize) -> Result<i64, RpcError> {
    Ok(args
        .maybe::<Signed>(index)?
        .map_or(0, |Signed(seconds)| seconds))
}

/// Bytes of a dump.
pub(super) fn bytes(args: &Args<'_>, index: usize) -> Result<Bytes, RpcError> {
    args.get(index)
}
