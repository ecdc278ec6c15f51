//! Filters that clients poll. Each reads the chain's events when it is asked;
//! if it was not asked for so long that events were dropped, it reads the
//! blocks instead. Idle ones are removed.

use super::{
    ChainEvent,
    args::Args,
    context::Context,
    convert,
    error::RpcError,
    log_filter::LogFilter,
    logs::{collect, query, scan},
    registry::{Method, Reply, reply},
};
use alloy_primitives::{B256, U64};
use alloy_rpc_types_eth::Log;
use jsonrpsee::server::{IdProvider as _, RandomIntegerIdProvider};
use lumio_types::{Block, Transaction};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

const ID: (&str, &str) = ("id", "a filter's id");

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "eth_newFilter",
        new_log_filter,
        "A filter of logs; returns its id. It ends when nobody polls it for five minutes.",
    )
    .takes(&[("filter", "`fromBlock`, `toBlock`, `address`, `topics`")]),
    Method::inline(
        "eth_newBlockFilter",
        new_block_filter,
        "A filter of blocks; returns its id.",
    ),
    Method::inline(
        "eth_newPendingTransactionFilter",
        new_pending_filter,
        "A filter of transactions that become executable; returns its id.",
    )
    .takes(&[(
        "full?",
        "true for whole transactions, false for their hashes",
    )]),
    Method::execute(
        "eth_getFilterChanges",
        changes,
        "What came since the filter was asked last.",
    )
    .takes(&[ID]),
    Method::execute(
        "eth_getFilterLogs",
        all_logs,
        "All logs that a filter of logs asks for.",
    )
    .takes(&[ID]),
    Method::inline(
        "eth_uninstallFilter",
        uninstall,
        "Ends a filter; false if there is none of that id.",
    )
    .takes(&[ID]),
];

enum Kind {
    Blocks,
    Logs(Box<LogFilter>),
    Pending { full: bool },
}

struct Filter {
    kind: Kind,
    events: Receiver<ChainEvent>,
    /// The first block that has not been reported.
    next: u64,
    /// Hash of the block before that one.
    last: Option<B256>,
    used: Instant,
}

/// All filters of all clients.
pub(super) struct Filters {
    open: Mutex<HashMap<U64, Arc<Mutex<Filter>>>>,
    limit: usize,
    idle: Duration,
}

impl Filters {
    pub(super) fn new(limit: usize, idle: Duration) -> Self {
        Self {
            open: Mutex::new(HashMap::new()),
            limit,
            idle,
        }
    }

    /// Removes those that nobody polls. One that is being polled stays.
    fn sweep(&self) {
        let idle = self.idle;
        self.open.lock().retain(|_, filter| {
            filter
                .try_lock()
                .is_none_or(|filter| filter.used.elapsed() < idle)
        });
    }

    fn get(&self, id: U64) -> Result<Arc<Mutex<Filter>>, RpcError> {
        self.open
            .lock()
            .get(&id)
            .cloned()
            .ok_or(RpcError::FilterNotFound)
    }
}

/// Removes idle filters until the server stops.
pub(super) async fn expire(context: Weak<Context>) {
    while let Some(shared) = context.upgrade() {
        shared.filters.sweep();
        let pause = shared.filters.idle / 4;
        drop(shared);
        tokio::time::sleep(pause.max(Duration::from_millis(10))).await;
    }
}

fn install(context: &Context, kind: Kind) -> Reply {
    let filters = &context.filters;
    filters.sweep();
    let events = context.backend.subscribe();
    let head = context.backend.head_number();
    let last = context.backend.header(head)?.map(|(_, hash)| hash);
    let filter = Filter {
        kind,
        events,
        next: head.saturating_add(1),
        last,
        used: Instant::now(),
    };
    let mut open = filters.open.lock();
    if open.len() >= filters.limit {
        return Err(RpcError::LimitExceeded(format!(
            "{} filters are open; end those that you do not use with eth_uninstallFilter",
            open.len()
        )));
    }
    let id = loop {
        let id = random_id();
        if !open.contains_key(&id) {
            break id;
        }
    };
    open.insert(id, Arc::new(Mutex::new(filter)));
    reply(&id)
}

fn random_id() -> U64 {
    match RandomIntegerIdProvider.next_id() {
        jsonrpsee::types::SubscriptionId::Num(number) => U64::from(number),
        jsonrpsee::types::SubscriptionId::Str(_) => U64::ZERO,
    }
}

fn new_log_filter(context: &Context, args: &Args<'_>) -> Reply {
    install(context, Kind::Logs(args.maybe(0)?.unwrap_or_default()))
}

fn new_block_filter(context: &Context, _: &Args<'_>) -> Reply {
    install(context, Kind::Blocks)
}

fn new_pending_filter(context: &Context, args: &Args<'_>) -> Reply {
    install(
        context,
        Kind::Pending {
            full: args.maybe(0)?.unwrap_or(false),
        },
    )
}

fn uninstall(context: &Context, args: &Args<'_>) -> Reply {
    let id = U64::from(args.u64(0)?);
    let removed = context.filters.open.lock().remove(&id);
    reply(&removed.is_some())
}

fn all_logs(context: &Context, args: &Args<'_>) -> Reply {
    let filter = context.filters.get(U64::from(args.u64(0)?))?;
    let criteria = {
        let mut filter = filter.lock();
        filter.used = Instant::now();
        match &filter.kind {
            Kind::Logs(criteria) => criteria.clone(),
            Kind::Blocks | Kind::Pending { .. } => return Err(RpcError::FilterNotFound),
        }
    };
    reply(&query(context, &criteria)?)
}

fn changes(context: &Context, args: &Args<'_>) -> Reply {
    let id = U64::from(args.u64(0)?);
    let filter = context.filters.get(id)?;
    let mut filter = filter.lock();
    filter.used = Instant::now();
    let outcome = match &filter.kind {
        Kind::Pending { full } => {
            let full = *full;
            return filter.pending(full);
        }
        Kind::Blocks => filter.drain(context, &mut Blocks(Vec::new())),
        Kind::Logs(criteria) => {
            let filter_by = criteria.clone();
            filter.drain(
                context,
                &mut Logs {
                    filter: &filter_by,
                    found: Vec::new(),
                },
            )
        }
    };
    if outcome.is_err() {
        context.filters.open.lock().remove(&id);
    }
    outcome
}

/// What a filter makes of blocks.
trait Report {
    fn added(&mut self, block: &Block, receipts: &[lumio_types::Receipt]);
    fn removed(&mut self, block: &Block, receipts: &[lumio_types::Receipt]);
    /// The blocks `from..=to`, read from the chain.
    fn missed(&mut self, context: &Context, from: u64, to: u64) -> Result<(), RpcError>;
    fn json(&self) -> Reply;
}

struct Blocks(Vec<B256>);

impl Report for Blocks {
    fn added(&mut self, block: &Block, _: &[lumio_types::Receipt]) {
        self.0.push(block.hash());
    }

    fn removed(&mut self, _: &Block, _: &[lumio_types::Receipt]) {}

    fn missed(&mut self, context: &Context, from: u64, to: u64) -> Result<(), RpcError> {
        for number in from..=to {
            self.0
                .extend(context.backend.header(number)?.map(|(_, hash)| hash));
        }
        Ok(())
    }

    fn json(&self) -> Reply {
        reply(&self.0)
    }
}

struct Logs<'a> {
    filter: &'a LogFilter,
    found: Vec<Log>,
}

impl Report for Logs<'_> {
    fn added(&mut self, block: &Block, receipts: &[lumio_types::Receipt]) {
        collect(&mut self.found, self.filter, block, receipts, false);
    }

    fn removed(&mut self, block: &Block, receipts: &[lumio_types::Receipt]) {
        collect(&mut self.found, self.filter, block, receipts, true);
    }

    fn missed(&mut self, context: &Context, from: u64, to: u64) -> Result<(), RpcError> {
        scan(context, self.filter, from, to, &mut self.found)
    }

    fn json(&self) -> Reply {
        reply(&self.found)
    }
}

impl Filter {
    fn drain(&mut self, context: &Context, report: &mut impl Report) -> Reply {
        loop {
            match self.events.try_recv() {
                Ok(ChainEvent::Block(block, receipts)) => {
                    let number = block.number();
                    if number > self.next {
                        report.missed(context, self.next, number - 1)?;
                    }
                    if number >= self.next {
                        report.added(&block, &receipts);
                        self.next = number.saturating_add(1);
                        self.last = Some(block.hash());
                    }
                }
                Ok(ChainEvent::Removed {
                    blocks,
                    head: (number, hash),
                }) => {
                    for (block, receipts) in blocks {
                        if block.number() < self.next {
                            report.removed(&block, &receipts);
                        }
                    }
                    if number < self.next {
                        self.next = number.saturating_add(1);
                        self.last = Some(hash);
                    }
                }
                Ok(ChainEvent::Pending(_)) => {}
                Err(TryRecvError::Lagged(_)) => self.catch_up(context, report)?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return report.json(),
            }
        }
    }

    /// Reads from the chain what the dropped events told.
    fn catch_up(&mut self, context: &Context, report: &mut impl Report) -> Result<(), RpcError> {
        // Whatever is committed now is read below, so its events are of no use.
        self.events = self.events.resubscribe();
        let head = context.backend.head_number();
        let before = match self.next.checked_sub(1) {
            Some(number) => context.backend.header(number)?.map(|(_, hash)| hash),
            None => self.last,
        };
        if before != self.last {
            let text = "filter ended: the chain was set back and the filter was not polled in time; create a new one";
            return Err(RpcError::Refused(text.into()));
        }
        if head >= self.next {
            report.missed(context, self.next, head)?;
            self.next = head.saturating_add(1);
            self.last = context.backend.header(head)?.map(|(_, hash)| hash);
        }
        Ok(())
    }

    fn pending(&mut self, full: bool) -> Reply {
        let mut seen: Vec<Arc<Transaction>> = Vec::new();
        loop {
            match self.events.try_recv() {
                Ok(ChainEvent::Pending(transaction)) => seen.push(transaction),
                // Transactions that nobody asked for in time are in blocks by now.
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if full {
            let list: Vec<_> = seen
                .iter()
                .map(|tx| convert::transaction(tx, None))
                .collect();
            reply(&list)
        } else {
            reply(&seen.iter().map(|tx| tx.hash()).collect::<Vec<_>>())
        }
    }
}
