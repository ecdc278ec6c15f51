//! Transactions on their way in: raw ones without a thread each, and those
//! that the node signs.

use super::{
    BackendError, ChainEvent, Submission,
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
    transactions::receipt_of,
};
use alloy_primitives::{Address, B256, Bytes};
use alloy_rpc_types_eth::TransactionRequest;
use futures::{FutureExt as _, future::BoxFuture};
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How long `eth_sendRawTransactionSync` waits if the client does not say.
const SYNC_WAIT_MS: u64 = 20_000;
/// The longest that a client may ask it to wait.
const MAX_SYNC_WAIT_MS: u64 = 60_000;

const RAW: (&str, &str) = (
    "transaction",
    "a signed transaction in its EIP-2718 encoding",
);
const REQUEST: (&str, &str) = (
    "transaction",
    "a transaction; nonce, gas and fees are filled in",
);

pub(super) const METHODS: &[Method] = &[
    Method::later("eth_sendRawTransaction", send_raw, "Sends a signed transaction and returns its hash. Where transactions are sealed at once, its block is committed when this answers.")
        .takes(&[RAW]),
    Method::later("eth_sendRawTransactionSync", send_raw_sync, "Sends a signed transaction and returns its receipt, as in EIP-7966.")
        .takes(&[RAW, ("timeout?", "milliseconds to wait: 20000 if left out, 60000 at most")]),
    Method::execute("eth_sendTransaction", send, "Signs a transaction with a key of the node, sends it, and returns its hash.")
        .takes(&[REQUEST]),
    Method::execute("eth_sendUnsignedTransaction", send_unsigned, "Sends a transaction from any account without a signature.")
        .takes(&[REQUEST])
        .dev(),
];

fn refused(error: RpcError) -> BoxFuture<'static, Reply> {
    std::future::ready(Err(error)).boxed()
}

async fn committed(submission: Submission) -> Result<B256, RpcError> {
    if let Some(committed) = submission.committed {
        let stopping =
            || BackendError::Internal("the node stopped before the block was committed".into());
        committed.await.map_err(|_| stopping())??;
    }
    Ok(submission.hash)
}

fn send_raw(context: Arc<Context>, args: &Args<'_>) -> BoxFuture<'static, Reply> {
    let submission = match args.get::<Bytes>(0) {
        Ok(raw) => context.backend.submit_raw(raw).map_err(RpcError::from),
        Err(error) => Err(error),
    };
    match submission {
        Ok(submission) => async move { reply(&committed(submission).await?) }.boxed(),
        Err(error) => refused(error),
    }
}

fn send_raw_sync(context: Arc<Context>, args: &Args<'_>) -> BoxFuture<'static, Reply> {
    // Listening starts before the submission, so that its block is not missed.
    let events = context.backend.subscribe();
    let submission = match (args.get::<Bytes>(0), args.maybe_u64(1)) {
        (Ok(raw), Ok(millis)) => context
            .backend
            .submit_raw(raw)
            .map(|submission| {
                (
                    submission,
                    millis.unwrap_or(SYNC_WAIT_MS).min(MAX_SYNC_WAIT_MS),
                )
            })
            .map_err(RpcError::from),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    let (submission, millis) = match submission {
        Ok(submission) => submission,
        Err(error) => return refused(error),
    };
    async move {
        let hash = submission.hash;
        let included = async {
            let seals_at_once = submission.committed.is_some();
            committed(submission).await?;
            if !seals_at_once {
                wait_for(&context, hash, events).await?;
            }
            Ok::<_, RpcError>(())
        };
        match tokio::time::timeout(Duration::from_millis(millis), included).await {
            Ok(outcome) => outcome?,
            Err(_) => return Err(RpcError::Timeout { hash, millis }),
        }
        reply(&receipt_of(&context, hash)?)
    }
    .boxed()
}

/// Resolves when a transaction is in a committed block.
async fn wait_for(
    context: &Context,
    hash: B256,
    mut events: Receiver<ChainEvent>,
) -> Result<(), RpcError> {
    loop {
        match events.recv().await {
            Ok(ChainEvent::Block(block, _)) => {
                if block.transactions.iter().any(|tx| tx.hash() == hash) {
                    return Ok(());
                }
            }
            Ok(ChainEvent::Removed { .. } | ChainEvent::Pending(_)) => {}
            Err(RecvError::Lagged(_)) => {
                if context.backend.transaction(hash)?.is_some() {
                    return Ok(());
                }
            }
            Err(RecvError::Closed) => {
                return Err(BackendError::Internal("the node is stopping".into()).into());
            }
        }
    }
}

fn send(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.backend.send(args.get(0)?)?)
}

fn send_unsigned(context: &Context, args: &Args<'_>) -> Reply {
    let request: TransactionRequest = args.get(0)?;
    let sender: Address = request.from.ok_or_else(|| {
        RpcError::InvalidParams("`from` must say who sends the transaction".into())
    })?;
    let dev = context.dev()?;
    if context.backend.accounts().contains(&sender) {
        return reply(&context.backend.send(request)?);
    }
    dev.impersonate(sender)?;
    let sent = context.backend.send(request);
    dev.stop_impersonating(sender)?;
    reply(&sent?)
}
