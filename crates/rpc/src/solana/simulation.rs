//! Trying a transaction out.

use super::{
    SimulateRequest, Simulated,
    args::{self, Args},
    context::{Context, at},
    convert::Shape,
    error::RpcError,
    registry::{Method, Reply, reply},
    send::{transaction, verify},
};
use solana_account_decoder::UiAccountEncoding;
use solana_rpc_client_types::{
    config::RpcSimulateTransactionConfig,
    response::{RpcBlockhash, RpcSimulateTransactionResult},
};
use solana_transaction_error::TransactionError;
use solana_transaction_status::{UiTransactionStatusMeta, parse_ui_inner_instructions};

/// Accounts that can be shown.
const MAX_ACCOUNTS: usize = 64;

pub(super) const METHODS: &[Method] = &[Method::execute(
    "simulateTransaction",
    simulate_transaction,
    "Runs a transaction on top of the newest block and keeps nothing.",
)
.takes(&[
    ("transaction", "in base58, or as `encoding` says"),
    (
        "config?",
        "`encoding`, `sigVerify`, `replaceRecentBlockhash`, `accounts` (`addresses`, and \
         `encoding`), `innerInstructions`, `minContextSlot`",
    ),
])];

fn simulate_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let text: String = args.get(0)?;
    let config: RpcSimulateTransactionConfig = args.or_default(1)?;
    let (_, transaction) = transaction(&text, config.encoding)?;
    if config.sig_verify {
        if config.replace_recent_blockhash {
            return Err(RpcError::InvalidParams(
                "sigVerify may not be used with replaceRecentBlockhash".into(),
            ));
        }
        verify(&transaction)?;
    }
    context.head(config.min_context_slot)?;
    let shown = config.accounts.as_ref();
    let keys = shown.map_or(&[][..], |shown| &shown.addresses);
    if keys.len() > MAX_ACCOUNTS {
        return Err(RpcError::InvalidParams(format!(
            "Too many accounts provided; max {MAX_ACCOUNTS}"
        )));
    }
    let keys = keys.iter().map(|key| args::key(key));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let encoding = shown.and_then(|shown| shown.encoding);
    let encoding = encoding.unwrap_or(UiAccountEncoding::Base64);
    if matches!(
        encoding,
        UiAccountEncoding::Binary | UiAccountEncoding::Base58
    ) {
        return Err(RpcError::InvalidParams(
            "base58 encoding not supported".into(),
        ));
    }
    let simulated = context.backend.simulate(SimulateRequest {
        transaction,
        replace_blockhash: config.replace_recent_blockhash,
        accounts: keys.clone(),
    })?;
    let mut result = failed(&simulated);
    if config.inner_instructions {
        result.inner_instructions = inner_instructions(&simulated);
    }
    if shown.is_some() {
        let state = context.state(None)?;
        let shape = Shape::new(Some(encoding), None);
        let mut accounts = Vec::with_capacity(keys.len());
        for (key, account) in keys.iter().zip(&simulated.accounts) {
            let account = account.as_ref();
            let account = account.map(|account| shape.show(&*state, key, account));
            accounts.push(account.transpose()?);
        }
        result.accounts = Some(accounts);
    }
    reply(&at(simulated.slot, result))
}

/// A simulation, less what a request must ask for.
pub(super) fn failed(simulated: &Simulated) -> RpcSimulateTransactionResult {
    let mut result = match &simulated.status {
        Ok(()) => empty(None),
        Err(error) => refusal(error.clone()),
    };
    result.loaded_accounts_data_size = Some(simulated.loaded_bytes);
    result.replacement_blockhash = simulated.blockhash.map(|blockhash| RpcBlockhash {
        blockhash: blockhash.to_string(),
        last_valid_block_height: simulated.slot.saturating_add(super::fees::MAX_AGE),
    });
    if let Some(ran) = &simulated.ran {
        let meta = UiTransactionStatusMeta::from(ran.meta.clone());
        result.units_consumed = meta.compute_units_consumed.into();
        result.return_data = meta.return_data.into();
        result.logs = Option::<Vec<String>>::from(meta.log_messages).or(Some(Vec::new()));
        result.fee = Some(meta.fee);
        result.pre_balances = Some(meta.pre_balances);
        result.post_balances = Some(meta.post_balances);
        result.pre_token_balances = meta.pre_token_balances.into();
        result.post_token_balances = meta.post_token_balances.into();
        result.loaded_addresses = meta.loaded_addresses.into();
    }
    result
}

/// What a transaction is answered with that did not run.
pub(super) fn refusal(error: TransactionError) -> RpcSimulateTransactionResult {
    empty(Some(error))
}

fn empty(error: Option<TransactionError>) -> RpcSimulateTransactionResult {
    RpcSimulateTransactionResult {
        err: error.map(Into::into),
        logs: Some(Vec::new()),
        accounts: None,
        units_consumed: Some(0),
        loaded_accounts_data_size: None,
        return_data: None,
        inner_instructions: None,
        replacement_blockhash: None,
        fee: None,
        pre_balances: None,
        post_balances: None,
        pre_token_balances: None,
        post_token_balances: None,
        loaded_addresses: None,
    }
}

fn inner_instructions(
    simulated: &Simulated,
) -> Option<Vec<solana_transaction_status::UiInnerInstructions>> {
    let ran = simulated.ran.as_ref()?;
    let keys = ran.account_keys();
    let inner = ran.meta.inner_instructions.iter().flatten();
    let shown = inner.map(|inner| parse_ui_inner_instructions(inner.clone(), &keys));
    Some(shown.collect())
}
