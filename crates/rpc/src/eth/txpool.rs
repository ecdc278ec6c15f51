//! What is in the pool.

use super::{
    args::Args,
    context::Context,
    convert::{self, TransactionJson},
    registry::{Method, Reply, reply},
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, U64};
use lumio_types::Transaction;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "txpool_status",
        status,
        "How many transactions are executable, and how many wait behind a gap.",
    ),
    Method::execute(
        "txpool_content",
        content,
        "Every transaction of the pool, by sender and nonce.",
    ),
    Method::execute(
        "txpool_contentFrom",
        content_from,
        "The transactions of one sender, by nonce.",
    )
    .takes(&[("sender", "an account")]),
    Method::execute(
        "txpool_inspect",
        inspect,
        "The pool in one line for each transaction.",
    ),
];

#[derive(Serialize)]
struct Both<T> {
    pending: T,
    queued: T,
}

type ByNonce<T> = BTreeMap<String, T>;
type BySender<T> = BTreeMap<String, ByNonce<T>>;

fn status(context: &Context, _: &Args<'_>) -> Reply {
    let content = context.backend.content();
    reply(&Both {
        pending: U64::from(content.pending.len()),
        queued: U64::from(content.queued.len()),
    })
}

fn group<T>(list: &[Arc<Transaction>], show: impl Fn(&Transaction) -> T) -> BySender<T> {
    let mut groups = BySender::new();
    for tx in list {
        let of_sender: &mut ByNonce<T> = groups.entry(tx.sender().to_checksum(None)).or_default();
        of_sender.insert(tx.envelope().nonce().to_string(), show(tx));
    }
    groups
}

fn json(tx: &Transaction) -> TransactionJson {
    convert::transaction(tx, None)
}

fn content(context: &Context, _: &Args<'_>) -> Reply {
    let content = context.backend.content();
    reply(&Both {
        pending: group(&content.pending, json),
        queued: group(&content.queued, json),
    })
}

fn content_from(context: &Context, args: &Args<'_>) -> Reply {
    let sender: Address = args.get(0)?;
    let content = context.backend.content();
    let of_sender = |list: &[Arc<Transaction>]| -> ByNonce<TransactionJson> {
        list.iter()
            .filter(|tx| tx.sender() == sender)
            .map(|tx| (tx.envelope().nonce().to_string(), json(tx)))
            .collect()
    };
    reply(&Both {
        pending: of_sender(&content.pending),
        queued: of_sender(&content.queued),
    })
}

fn line(tx: &Transaction) -> String {
    let envelope = tx.envelope();
    let target = match envelope.to() {
        Some(address) => address.to_checksum(None),
        None => "contract creation".into(),
    };
    let (value, gas, price) = (
        envelope.value(),
        envelope.gas_limit(),
        envelope.max_fee_per_gas(),
    );
    format!("{target}: {value} wei + {gas} gas × {price} wei")
}

fn inspect(context: &Context, _: &Args<'_>) -> Reply {
    let content = context.backend.content();
    reply(&Both {
        pending: group(&content.pending, line),
        queued: group(&content.queued, line),
    })
}
