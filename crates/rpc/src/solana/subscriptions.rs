//! Subscriptions: the chain's events, pushed over WebSocket. A client that does not keep up loses
//! its subscription, with a message, instead of making the node remember everything.

use super::{
    ChainEvent,
    args::Args,
    context::Context,
    error::RpcError,
    notices::{Kind, Notices},
    registry::{Handler, Method},
};
use jsonrpsee::{
    PendingSubscriptionSink, RpcModule, SubscriptionSink,
    core::{RegisterMethodError, SubscriptionError},
};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Before what is to be said at once: clients listen only once they have read the subscription's
/// id, and lose what comes together with it.
const PAUSE: Duration = Duration::from_millis(30);

pub(super) const METHODS: &[Method] = &[
    Method::subscription(
        "accountSubscribe",
        "accountNotification",
        "accountUnsubscribe",
        "An account, whenever a block changes its data, owner or lamports.",
    )
    .takes(&[
        ("account", "its key"),
        ("config?", "`encoding`, `dataSlice`"),
    ]),
    Method::subscription(
        "blockSubscribe",
        "blockNotification",
        "blockUnsubscribe",
        "Each block, with all of its Solana transactions or with those that mention an account.",
    )
    .takes(&[
        ("filter", "`all`, or `mentionsAccountOrProgram`: a key"),
        (
            "config?",
            "`encoding`, `transactionDetails`, `showRewards`, `maxSupportedTransactionVersion`",
        ),
    ]),
    Method::subscription(
        "logsSubscribe",
        "logsNotification",
        "logsUnsubscribe",
        "What programs log in each transaction.",
    )
    .takes(&[
        (
            "filter",
            "`all`, `allWithVotes`, or `mentions`: a list of one key",
        ),
        ("config?", "is not looked at"),
    ]),
    Method::subscription(
        "programSubscribe",
        "programNotification",
        "programUnsubscribe",
        "Each account of a program, whenever a block changes its data, or a Solana transaction its \
         lamports.",
    )
    .takes(&[
        ("program", "its key"),
        ("config?", "`filters`, `encoding`, `dataSlice`"),
    ]),
    Method::subscription(
        "rootSubscribe",
        "rootNotification",
        "rootUnsubscribe",
        "The number of each block: each is final at once.",
    ),
    Method::subscription(
        "signatureSubscribe",
        "signatureNotification",
        "signatureUnsubscribe",
        "How a transaction ended, once it is in a block; then the subscription ends.",
    )
    .takes(&[
        ("signature", "its first signature"),
        (
            "config?",
            "`enableReceivedNotification`: also that it has been received",
        ),
    ]),
    Method::subscription(
        "slotSubscribe",
        "slotNotification",
        "slotUnsubscribe",
        "The number of each block, of its parent, and of the last final one.",
    ),
    Method::subscription(
        "slotsUpdatesSubscribe",
        "slotsUpdatesNotification",
        "slotsUpdatesUnsubscribe",
        "The steps of each block: `createdBank`, `frozen`, `optimisticConfirmation`, `root`.",
    ),
    Method::subscription(
        "voteSubscribe",
        "voteNotification",
        "voteUnsubscribe",
        "An error: nobody votes.",
    ),
];

/// The methods, as the WebSocket connections keep them.
pub(super) fn module(
    context: Arc<Context>,
) -> Result<RpcModule<Arc<Context>>, RegisterMethodError> {
    let mut module = RpcModule::new(context);
    for method in METHODS {
        let Handler::Subscription { notification, end } = method.handler else {
            continue;
        };
        let name = method.name;
        module.register_subscription(
            name,
            notification,
            end,
            move |params, pending, context, _| async move {
                run(name, params.as_str(), pending, &context).await
            },
        )?;
    }
    Ok(module)
}

async fn run(
    name: &'static str,
    params: Option<&str>,
    pending: PendingSubscriptionSink,
    context: &Context,
) -> Result<(), SubscriptionError> {
    // Events from before the answer are the client's too.
    let mut events = context.backend.subscribe();
    let begun = Args::parse(params).and_then(|args| {
        let mut kind = Kind::read(name, &args)?;
        let first = kind.first(context)?;
        Ok((kind, first))
    });
    let (mut kind, first) = match begun {
        Ok(begun) => begun,
        Err(error) => {
            pending.reject(error.into_object()).await;
            return Ok(());
        }
    };
    let Ok(sink) = pending.accept().await else {
        return Ok(());
    };
    let patience = context.config.subscriber_patience;
    let subscriber = Subscriber { sink, patience };
    let open = metrics::gauge!("lumio_solana_subscriptions");
    open.increment(1.0);
    let ended = tokio::select! {
        () = subscriber.sink.closed() => Ok(()),
        ended = push(context, &mut kind, first, &mut events, &subscriber) => ended,
    };
    open.decrement(1.0);
    ended
}

async fn push(
    context: &Context,
    kind: &mut Kind,
    first: Notices,
    events: &mut Receiver<ChainEvent>,
    subscriber: &Subscriber,
) -> Result<(), SubscriptionError> {
    let mut notices = first;
    if !notices.messages.is_empty() {
        tokio::time::sleep(PAUSE).await;
    }
    loop {
        for message in notices.messages {
            subscriber.send(message).await?;
        }
        if notices.is_last {
            return Ok(());
        }
        notices = match events.recv().await {
            Ok(event) => kind.notices(context, &event).map_err(failed)?,
            Err(RecvError::Lagged(missed)) => {
                return Err(format!(
                    "subscription dropped: the client is too slow, {missed} blocks were missed"
                )
                .into());
            }
            Err(RecvError::Closed) => return Err("subscription ended: the node is stopping".into()),
        };
    }
}

fn failed(error: RpcError) -> SubscriptionError {
    tracing::error!(%error, "a subscription failed");
    format!("subscription ended: {error}").into()
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
