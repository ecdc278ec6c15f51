//! Transactions on their way in.

use super::{
    SendError, SimulateRequest, Submission,
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Method, Reply, reply},
    simulation,
};
use bincode::Options as _;
use futures::{FutureExt as _, future::BoxFuture};
use serde::de::DeserializeOwned;
use solana_rpc_client_types::config::{RpcRequestAirdropConfig, RpcSendTransactionConfig};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status::{TransactionBinaryEncoding, UiTransactionEncoding};
use std::sync::Arc;

/// Bytes of a transaction.
pub(super) const MAX_BYTES: usize = 1232;
/// Characters of so many bytes.
const MAX_BASE58: usize = 1683;
const MAX_BASE64: usize = 1644;

pub(super) const METHODS: &[Method] = &[
    Method::later(
        "sendTransaction",
        send_transaction,
        "Sends a signed transaction and returns its first signature. It is tried out first, unless \
         `skipPreflight` is set; with it, one that fails gets into a block all the same and pays \
         its fee. Where transactions are sealed at once, its block is committed when this answers.",
    )
    .takes(&[
        ("transaction", "in base58, or as `encoding` says"),
        (
            "config?",
            "`encoding` (`base58`, `base64`), `skipPreflight`, `minContextSlot`; \
             `preflightCommitment` and `maxRetries` are not looked at: the pool keeps a transaction \
             until it is in a block or has expired",
        ),
    ]),
    Method::later(
        "requestAirdrop",
        request_airdrop,
        "Gives lamports away, by a transfer from an account of the node; returns its signature.",
    )
    .takes(&[("account", "who gets them"), ("lamports", "how many")]),
];

/// Reads bytes that a request has in base58 or base64, and what they encode.
pub(super) fn decoded<T: DeserializeOwned>(
    text: &str,
    encoding: TransactionBinaryEncoding,
    limit: usize,
) -> Result<(Vec<u8>, T), RpcError> {
    let name = std::any::type_name::<T>();
    let (form, longest) = match encoding {
        TransactionBinaryEncoding::Base58 => ("base58", MAX_BASE58),
        TransactionBinaryEncoding::Base64 => ("base64", MAX_BASE64),
    };
    let too_large = |size: usize| {
        RpcError::InvalidParams(format!(
            "{form} encoded {name} too large: {size} bytes (max: encoded/raw {longest}/{limit})"
        ))
    };
    if text.len() > longest {
        return Err(too_large(text.len()));
    }
    let invalid =
        |error: String| RpcError::InvalidParams(format!("invalid {form} encoding: {error}"));
    let bytes = match encoding {
        TransactionBinaryEncoding::Base58 => bs58::decode(text)
            .into_vec()
            .map_err(|error| invalid(error.to_string()))?,
        TransactionBinaryEncoding::Base64 => {
            use base64::Engine as _;
            base64::prelude::BASE64_STANDARD
                .decode(text)
                .map_err(|error| invalid(error.to_string()))?
        }
    };
    if bytes.len() > limit {
        return Err(too_large(bytes.len()));
    }
    let options = bincode::options()
        .with_limit(limit as u64)
        .with_fixint_encoding();
    let value = options.deserialize(&bytes).map_err(|error| {
        RpcError::InvalidParams(format!("failed to deserialize {name}: {error}"))
    })?;
    Ok((bytes, value))
}

/// Reads a transaction in one of the encodings for which there is a binary form, and checks its
/// shape.
pub(super) fn transaction(
    text: &str,
    encoding: Option<UiTransactionEncoding>,
) -> Result<(Vec<u8>, VersionedTransaction), RpcError> {
    let encoding = encoding.unwrap_or(UiTransactionEncoding::Base58);
    let binary = encoding.into_binary_encoding().ok_or_else(|| {
        RpcError::InvalidParams(format!(
            "unsupported encoding: {encoding}. Supported encodings: base58, base64"
        ))
    })?;
    let (wire, transaction) = decoded::<VersionedTransaction>(text, binary, MAX_BYTES)?;
    transaction
        .sanitize()
        .map_err(|error| RpcError::InvalidParams(format!("invalid transaction: {error}")))?;
    Ok((wire, transaction))
}

/// Checks all signatures.
pub(super) fn verify(transaction: &VersionedTransaction) -> Result<(), RpcError> {
    match transaction
        .verify_with_results()
        .into_iter()
        .all(|holds| holds)
    {
        true => Ok(()),
        false => Err(RpcError::Signature),
    }
}

fn refused(error: RpcError) -> BoxFuture<'static, Reply> {
    std::future::ready(Err(error)).boxed()
}

fn send_transaction(context: Arc<Context>, args: &Args<'_>) -> BoxFuture<'static, Reply> {
    let given = args.get::<String>(0).and_then(|text| {
        let config: RpcSendTransactionConfig = args.or_default(1)?;
        Ok((text, config))
    });
    let (text, config) = match given {
        Ok(given) => given,
        Err(error) => return refused(error),
    };
    let has_preflight = !config.skip_preflight;
    let work = move |context: &Context| {
        let (wire, transaction) = transaction(&text, config.encoding)?;
        context.head(config.min_context_slot)?;
        verify(&transaction)?;
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        if has_preflight {
            preflight(context, &transaction)?;
        }
        match context.backend.submit(transaction, &wire) {
            Ok(submission) => Ok((signature, Some(submission))),
            Err(SendError::Refused(TransactionError::AlreadyProcessed)) if !has_preflight => {
                // Whoever sends again to be sure has been heard.
                Ok((signature, None))
            }
            Err(error) => Err(not_taken(error)),
        }
    };
    async move {
        let (signature, submission) = context.execute(work).await?;
        committed(signature, submission).await
    }
    .boxed()
}

/// Tries a transaction out, and refuses one that would fail.
fn preflight(context: &Context, transaction: &VersionedTransaction) -> Result<(), RpcError> {
    let simulated = context.backend.simulate(SimulateRequest {
        transaction: transaction.clone(),
        replace_blockhash: false,
        accounts: Vec::new(),
    })?;
    match &simulated.status {
        Ok(()) => Ok(()),
        Err(error) => Err(RpcError::preflight(
            error.to_string(),
            &simulation::failed(&simulated),
        )),
    }
}

/// Waits until a transaction is in a block, where blocks are sealed at once.
async fn committed(signature: Signature, submission: Option<Submission>) -> Reply {
    if let Some(committed) = submission.and_then(|submission| submission.committed) {
        let stopping = |_| RpcError::Unhealthy("the node is stopping".into());
        committed.await.map_err(stopping)?.map_err(not_taken)?;
    }
    reply(&signature.to_string())
}

/// A transaction that the pool does not take, as a preflight would have said it.
fn not_taken(error: SendError) -> RpcError {
    match error {
        SendError::Refused(error) => {
            RpcError::preflight(error.to_string(), &simulation::refusal(error))
        }
        SendError::Pool(reason) => RpcError::Unhealthy(reason),
        SendError::Node(error) => error.into(),
    }
}

fn request_airdrop(context: Arc<Context>, args: &Args<'_>) -> BoxFuture<'static, Reply> {
    let given = args.key(0).and_then(|to| {
        let lamports: u64 = args.get(1)?;
        let _: RpcRequestAirdropConfig = args.or_default(2)?;
        Ok((to, lamports))
    });
    let (to, lamports) = match given {
        Ok(given) => given,
        Err(error) => return refused(error),
    };
    let work = move |context: &Context| {
        let given = context.backend.airdrop(&to, lamports);
        given.map_err(|error| match error {
            SendError::Refused(error) => RpcError::InvalidParams(format!(
                "the faucet cannot give {lamports} lamports to {to}: {error}"
            )),
            error => not_taken(error),
        })
    };
    async move {
        let (signature, submission) = context.execute(work).await?;
        committed(signature, Some(submission)).await
    }
    .boxed()
}
