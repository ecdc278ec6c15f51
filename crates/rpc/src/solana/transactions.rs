//! Transactions in blocks, by signature and by account.

use super::{
    Committed,
    args::{self, Args},
    context::{Context, at},
    error::RpcError,
    registry::{Method, Reply, reply},
};
use solana_commitment_config::CommitmentConfig;
use solana_rpc_client_types::{
    config::{
        RpcContextConfig, RpcEncodingConfigWrapper, RpcSignatureStatusConfig,
        RpcSignaturesForAddressConfig, RpcTransactionConfig,
    },
    response::RpcConfirmedTransactionStatusWithSignature,
};
use solana_transaction_status::{
    ConfirmedTransactionWithStatusMeta, EncodeError, TransactionConfirmationStatus,
    TransactionStatus, TransactionWithStatusMeta, UiTransactionEncoding,
    extract_memos::extract_and_fmt_memos,
};

/// Signatures that one request may name.
const MAX_STATUSES: usize = 256;
/// Transactions of an account that one request may list.
const MAX_SIGNATURES: usize = 1000;

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "getTransaction",
        get_transaction,
        "A transaction in a block, and what it did; `null` if there is none.",
    )
    .takes(&[
        ("signature", "its first signature"),
        (
            "config?",
            "`encoding` (`json`, `jsonParsed`, `base58`, `base64`) or an object with it and \
             `maxSupportedTransactionVersion`",
        ),
    ]),
    Method::inline(
        "getSignatureStatuses",
        signature_statuses,
        "Whether transactions are in blocks, and how they ended. What is in a block is finalized; \
         the whole history is looked through.",
    )
    .takes(&[
        ("signatures", "256 at most"),
        ("config?", "is not looked at"),
    ]),
    Method::execute(
        "getSignaturesForAddress",
        signatures_for_address,
        "The Solana transactions that name an account, newest first.",
    )
    .takes(&[
        ("account", "its key"),
        (
            "config?",
            "`limit` (1000 at most), `before`, `until`, `minContextSlot`",
        ),
    ]),
    Method::inline(
        "getTransactionCount",
        transaction_count,
        "Transactions of all VMs in the chain.",
    )
    .takes(&[("config?", "`minContextSlot`")]),
];

/// Refuses a commitment for which there is no history.
pub(super) fn check(commitment: Option<CommitmentConfig>) -> Result<(), RpcError> {
    match commitment {
        Some(level) if level.is_processed() => Err(RpcError::InvalidParams(
            "Method does not support commitment below `confirmed`".into(),
        )),
        _ => Ok(()),
    }
}

impl From<EncodeError> for RpcError {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::UnsupportedTransactionVersion(version) => {
                Self::TransactionVersion(version)
            }
        }
    }
}

fn get_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let signature = args.signature(0)?;
    let config = args.maybe::<RpcEncodingConfigWrapper<RpcTransactionConfig>>(1)?;
    let config = config.map(|config| config.convert_to_current());
    let config = config.unwrap_or_default();
    check(config.commitment)?;
    let Some(found) = context.backend.transaction(&signature)? else {
        return reply(&());
    };
    let encoding = config.encoding.unwrap_or(UiTransactionEncoding::Json);
    reply(&whole(found).encode(encoding, config.max_supported_transaction_version)?)
}

fn whole(found: Committed) -> ConfirmedTransactionWithStatusMeta {
    ConfirmedTransactionWithStatusMeta {
        slot: found.slot,
        tx_with_meta: TransactionWithStatusMeta::Complete(found.transaction),
        block_time: Some(found.timestamp),
        index: found.index,
    }
}

fn signature_statuses(context: &Context, args: &Args<'_>) -> Reply {
    let signatures: Vec<String> = args.get(0)?;
    let _: RpcSignatureStatusConfig = args.maybe(1)?.unwrap_or(RpcSignatureStatusConfig {
        search_transaction_history: false,
    });
    if signatures.len() > MAX_STATUSES {
        return Err(RpcError::InvalidParams(format!(
            "Too many inputs provided; max {MAX_STATUSES}"
        )));
    }
    let head = context.backend.head()?;
    let mut statuses = Vec::with_capacity(signatures.len());
    for signature in &signatures {
        let found = context.backend.transaction(&args::signature(signature)?)?;
        statuses.push(found.map(|found| {
            let status = found.transaction.meta.status;
            TransactionStatus {
                slot: found.slot,
                // Nobody votes: it is as final as it gets.
                confirmations: None,
                err: status.clone().err(),
                status,
                confirmation_status: Some(TransactionConfirmationStatus::Finalized),
            }
        }));
    }
    reply(&at(head.slot, statuses))
}

fn signatures_for_address(context: &Context, args: &Args<'_>) -> Reply {
    let account = args.key(0)?;
    let config: RpcSignaturesForAddressConfig = args.or_default(1)?;
    check(config.commitment)?;
    let limit = config.limit.unwrap_or(MAX_SIGNATURES);
    if limit == 0 || limit > MAX_SIGNATURES {
        return Err(RpcError::InvalidParams(format!(
            "Invalid limit; max {MAX_SIGNATURES}"
        )));
    }
    let signature = |text: Option<String>| text.as_deref().map(args::signature).transpose();
    let (before, until) = (signature(config.before)?, signature(config.until)?);
    context.head(config.min_context_slot)?;
    let found =
        context
            .backend
            .transactions_of(&account, before.as_ref(), until.as_ref(), limit)?;
    let shown = found
        .into_iter()
        .map(|found| RpcConfirmedTransactionStatusWithSignature {
            signature: found.signature().to_string(),
            slot: found.slot,
            err: found.error().cloned().map(Into::into),
            memo: extract_and_fmt_memos(&found.transaction),
            block_time: Some(found.timestamp),
            confirmation_status: Some(TransactionConfirmationStatus::Finalized),
            transaction_index: Some(found.index),
        });
    reply(&shown.collect::<Vec<_>>())
}

fn transaction_count(context: &Context, args: &Args<'_>) -> Reply {
    let config: RpcContextConfig = args.or_default(0)?;
    reply(&context.head(config.min_context_slot)?.transaction_count)
}
