//! `eth_subscribe`: the chain's events, pushed over WebSocket. A client that
//! does not keep up loses its subscription, with a message, instead of making
//! the node remember everything.

use super::{
    ChainEvent, args::Args, context::Context, convert, error::RpcError, log_filter::LogFilter,
    logs::collect, registry::Method,
};
use jsonrpsee::{
    PendingSubscriptionSink, RpcModule, SubscriptionSink,
    core::{RegisterMethodError, SubscriptionError},
    server::{IdProvider, RandomIntegerIdProvider},
    types::SubscriptionId,
};
use serde_json::value::{RawValue, to_raw_value};
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::{Receiver, error::RecvError};

pub(super) const METHODS: &[Method] = &[
    Method::subscription(
        "eth_subscribe",
        "Subscribes to events; they come as `eth_subscription`. WebSocket only.",
    )
    .takes(&[
        (
            "kind",
            "`newHeads`, `logs`, `newPendingTransactions` or `syncing`",
        ),
        (
            "options?",
            "for `logs` a filter; for `newPendingTransactions` true for whole transactions",
        ),
    ]),
    Method::subscription(
        "eth_unsubscribe",
        "Ends a subscription; false if there is none of that id.",
    )
    .takes(&[("id", "a subscription's id")]),
];

/// Subscription ids in hex, which some clients insist on.
#[derive(Debug)]
pub(super) struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        match RandomIntegerIdProvider.next_id() {
            SubscriptionId::Num(number) => format!("{number:#x}").into(),
            id @ SubscriptionId::Str(_) => id,
        }
    }
}

enum Kind {
    Heads,
    Logs(Box<LogFilter>),
    Pending { full: bool },
    Syncing,
}

fn kind(params: Option<&str>) -> Result<Kind, RpcError> {
    let args = Args::parse(params)?;
    let name: String = args.get(0)?;
    Ok(match name.as_str() {
        "newHeads" => Kind::Heads,
        "logs" => Kind::Logs(args.maybe(1)?.unwrap_or_default()),
        "newPendingTransactions" => Kind::Pending {
            full: args.maybe(1)?.unwrap_or(false),
        },
        "syncing" => Kind::Syncing,
        _ => {
            return Err(RpcError::SubscriptionNotFound(
                name.chars().take(100).collect(),
            ));
        }
    })
}

/// The two methods, as the WebSocket connections keep them.
pub(super) fn module(
    context: Arc<Context>,
) -> Result<RpcModule<Arc<Context>>, RegisterMethodError> {
    let mut module = RpcModule::new(context);
    module.register_subscription(
        "eth_subscribe",
        "eth_subscription",
        "eth_unsubscribe",
        |params, pending, context, _| async move { run(params.as_str(), pending, &context).await },
    )?;
    Ok(module)
}

async fn run(
    params: Option<&str>,
    pending: PendingSubscriptionSink,
    context: &Context,
) -> Result<(), SubscriptionError> {
    let kind = match kind(params) {
        Ok(kind) => kind,
        Err(error) => {
            pending.reject(error.into_object()).await;
            return Ok(());
        }
    };
    // Events from before the answer are the client's too.
    let mut events = context.backend.subscribe();
    let Ok(sink) = pending.accept().await else {
        return Ok(());
    };
    let patience = context.config.subscriber_patience;
    let subscriber = Subscriber { sink, patience };
    let open = metrics::gauge!("lumio_rpc_subscriptions");
    open.increment(1.0);
    let ended = tokio::select! {
        () = subscriber.sink.closed() => Ok(()),
        ended = push(&kind, &mut events, &subscriber) => ended,
    };
    open.decrement(1.0);
    ended
}

async fn push(
    kind: &Kind,
    events: &mut Receiver<ChainEvent>,
    subscriber: &Subscriber,
) -> Result<(), SubscriptionError> {
    if matches!(kind, Kind::Syncing) {
        // The sequencer is never behind itself: this is all there is to tell.
        subscriber.send(to_raw_value(&false)?).await?;
        subscriber.sink.closed().await;
        return Ok(());
    }
    loop {
        match events.recv().await {
            Ok(event) => {
                for message in messages(kind, event)? {
                    subscriber.send(message).await?;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                return Err(format!(
                    "subscription dropped: the client is too slow, {missed} events were missed"
                )
                .into());
            }
            Err(RecvError::Closed) => return Err("subscription ended: the node is stopping".into()),
        }
    }
}

fn messages(kind: &Kind, event: ChainEvent) -> Result<Vec<Box<RawValue>>, serde_json::Error> {
    let mut list = Vec::new();
    match (kind, event) {
        (Kind::Heads, ChainEvent::Block(block, _)) => {
            list.push(to_raw_value(&convert::header(&block))?);
        }
        (Kind::Logs(filter), ChainEvent::Block(block, receipts)) => {
            let mut logs = Vec::new();
            collect(&mut logs, filter, &block, &receipts, false);
            for log in logs {
                list.push(to_raw_value(&log)?);
            }
        }
        (Kind::Logs(filter), ChainEvent::Removed { blocks, .. }) => {
            let mut logs = Vec::new();
            for (block, receipts) in blocks {
                collect(&mut logs, filter, &block, &receipts, true);
            }
            for log in logs {
                list.push(to_raw_value(&log)?);
            }
        }
        (Kind::Pending { full: false }, ChainEvent::Pending(tx)) => {
            list.push(to_raw_value(&tx.hash())?);
        }
        (Kind::Pending { full: true }, ChainEvent::Pending(tx)) => {
            list.push(to_raw_value(&convert::transaction(&tx, None))?);
        }
        (Kind::Heads | Kind::Pending { .. } | Kind::Syncing, _)
        | (Kind::Logs(_), ChainEvent::Pending(_)) => {}
    }
    Ok(list)
}

/// Where one subscription's messages go.
struct Subscriber {
    sink: SubscriptionSink,
    patience: Duration,
}

impl Subscriber {
    async fn send(&self, message: Box<RawValue>) -> Result<(), SubscriptionError> {
        self.sink
            .send_timeout(message, self.patience)
            .await
            .map_err(|_| "subscription dropped: the client reads too slowly".into())
    }
}
