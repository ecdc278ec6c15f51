//! Transactions by hash, by version, by sender; waiting for one.

use super::{
    answer::{Answer, Reply},
    args::Args,
    backend::{Pending, Transaction},
    binary,
    context::Context,
    convert::{hex_of, pending_json, transaction_json},
    error::ApiError,
    registry::{Handler, Parameter, Route},
    types::Types,
};
use futures::{FutureExt as _, future::BoxFuture};
use lumio_move_transaction::Hash;
use serde_json::Value;
use std::sync::Arc;

/// What the query may say where numbered things are listed.
pub(super) const NUMBERED: &[Parameter] = &[
    (
        "start",
        "string",
        "The number to begin with; if absent, the newest are listed",
    ),
    ("limit", "integer", "How many at most"),
];

pub(super) const ROUTES: &[Route] = &[
    Route::get("/transactions", Handler::Read(list), "get_transactions")
        .says("Transactions in order of their versions", "Transactions")
        .query(NUMBERED)
        .or_bcs(),
    Route::get(
        "/transactions/by_hash/{txn_hash}",
        Handler::Read(by_hash),
        "get_transaction_by_hash",
    )
    .says("A transaction, committed or pending", "Transaction")
    .or_bcs(),
    Route::get(
        "/transactions/wait_by_hash/{txn_hash}",
        Handler::Later(wait_by_hash),
        "wait_transaction_by_hash",
    )
    .says(
        "A transaction as soon as it is committed, or what is known of it after a while",
        "Transaction",
    )
    .or_bcs(),
    Route::get(
        "/transactions/by_version/{txn_version}",
        Handler::Read(by_version),
        "get_transaction_by_version",
    )
    .says("The transaction at a version", "Transaction")
    .or_bcs(),
    Route::get(
        "/accounts/{address}/transactions",
        Handler::Read(of_account),
        "get_account_transactions",
    )
    .says(
        "Transactions that an account sent, in order of their sequence numbers",
        "Transactions",
    )
    .query(NUMBERED)
    .or_bcs(),
];

/// A transaction, wherever it is.
enum Found {
    Committed(Box<Transaction>),
    Pending(Pending),
}

impl Context {
    /// A transaction at a version that is kept.
    pub(super) fn transaction(&self, version: u64) -> Result<Transaction, ApiError> {
        let found = self.backend.transaction(self.check_version(version)?)?;
        found.ok_or_else(|| not_found(format!("Ledger version({version})")))
    }

    fn find(&self, hash: Hash) -> Result<Option<Found>, ApiError> {
        if let Some(version) = self.backend.version_of(hash)? {
            let transaction = Box::new(self.transaction(version)?);
            return Ok(Some(Found::Committed(transaction)));
        }
        if let Some(pending) = self.backend.pending(hash) {
            return Ok(Some(Found::Pending(pending)));
        }
        // It may have been committed between the two looks.
        match self.backend.version_of(hash)? {
            Some(version) => {
                let transaction = Box::new(self.transaction(version)?);
                Ok(Some(Found::Committed(transaction)))
            }
            None => Ok(None),
        }
    }

    fn show(&self, args: &Args, hash: Hash, found: Option<Found>) -> Reply {
        let missing = || not_found(format!("Transaction hash({})", hex_of(&hash)));
        if args.wants_bcs() {
            let bytes = match found.ok_or_else(missing)? {
                Found::Committed(found) => binary::committed(&found, self.info().chain_id),
                Found::Pending(pending) => binary::pending(&pending).ok_or(ApiError::NoBcs)?,
            };
            return Ok(Answer::bcs(bytes));
        }
        let mut types = self.newest()?;
        Ok(Answer::json(match found.ok_or_else(missing)? {
            Found::Committed(found) => transaction_json(&mut types, &found)?,
            Found::Pending(pending) => pending_json(&mut types, &hash, &pending)?,
        }))
    }

    /// Transactions one after another in the form that the client accepts.
    fn show_list(&self, args: &Args, list: &[Transaction]) -> Reply {
        if args.wants_bcs() {
            let chain_id = self.info().chain_id;
            return Ok(Answer::bcs(binary::transactions(list, chain_id)));
        }
        Ok(Answer::json(list_json(&mut self.newest()?, list)?))
    }
}

/// Transactions as a JSON array.
pub(super) fn list_json(types: &mut Types<'_>, list: &[Transaction]) -> Result<Value, ApiError> {
    let shown = list.iter().map(|found| transaction_json(types, found));
    shown.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

const fn not_found(by: String) -> ApiError {
    ApiError::TransactionNotFound(by)
}

fn list(context: &Context, args: &Args) -> Reply {
    let info = context.info();
    let limit = args.limit(context.config.default_page, context.config.max_page)?;
    let count = u64::from(limit);
    let newest = info.version.saturating_add(1).saturating_sub(count);
    let start = match args.option::<u64>("start")? {
        Some(start) if start > info.version => {
            return Err(ApiError::InvalidInput(format!(
                "Given start value ({start}) is higher than the current ledger version, it must be < {}",
                info.version.saturating_add(1)
            )));
        }
        Some(start) => context.check_version(start)?,
        None => newest.max(info.oldest_version),
    };
    let end = start
        .saturating_add(count)
        .min(info.version.saturating_add(1));
    let list = (start..end).map(|version| context.transaction(version));
    context.show_list(args, &list.collect::<Result<Vec<_>, _>>()?)
}

fn of_account(context: &Context, args: &Args) -> Reply {
    let address = args.parse("address")?;
    let limit = args.limit(context.config.default_page, context.config.max_page)?;
    let start = args.option("start")?;
    let oldest = context.info().oldest_version;
    let versions = context
        .backend
        .account_transactions(address, start, limit)?;
    let kept = versions.into_iter().filter(|version| *version >= oldest);
    let list = kept.map(|version| context.transaction(version));
    context.show_list(args, &list.collect::<Result<Vec<_>, _>>()?)
}

fn by_version(context: &Context, args: &Args) -> Reply {
    let version = args.parse("txn_version")?;
    if version > context.info().version {
        return Err(not_found(format!("Ledger version({version})")));
    }
    let found = context.transaction(version)?;
    let hash = found.hash;
    context.show(args, hash, Some(Found::Committed(Box::new(found))))
}

fn by_hash(context: &Context, args: &Args) -> Reply {
    let hash = args.hash("txn_hash")?;
    context.show(args, hash, context.find(hash)?)
}

fn wait_by_hash(context: Arc<Context>, args: Args) -> BoxFuture<'static, Reply> {
    async move {
        let hash = args.hash("txn_hash")?;
        // Before the first look, so that no block falls in between.
        let mut newest = context.backend.subscribe();
        let committed = async {
            loop {
                newest.borrow_and_update();
                let known = look(&context, hash).await?;
                if known != Progress::Pending || newest.changed().await.is_err() {
                    return Ok::<_, ApiError>(());
                }
            }
        };
        if let Ok(looked) = tokio::time::timeout(context.config.long_poll, committed).await {
            looked?;
        }
        off_thread(move || context.show(&args, hash, context.find(hash)?)).await
    }
    .boxed()
}

#[derive(PartialEq, Eq)]
enum Progress {
    Unknown,
    Pending,
    Committed,
}

/// Where a transaction is. One that nobody knows may be on its way from
/// another node, but here there is none: it is not waited for.
async fn look(context: &Arc<Context>, hash: Hash) -> Result<Progress, ApiError> {
    let context = context.clone();
    off_thread(move || {
        let is_committed = || Ok::<_, ApiError>(context.backend.version_of(hash)?.is_some());
        Ok(if is_committed()? {
            Progress::Committed
        } else if context.backend.pending(hash).is_some() {
            Progress::Pending
        } else if is_committed()? {
            // Between the two looks.
            Progress::Committed
        } else {
            Progress::Unknown
        })
    })
    .await
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let work = tokio::task::spawn_blocking(work).await;
    work.map_err(|_| ApiError::Internal("looking for a transaction failed unexpectedly".into()))?
}
