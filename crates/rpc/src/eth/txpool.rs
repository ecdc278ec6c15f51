//! What is in the pool.

use super::{
    args::Args,
    context::Context,
    convert::{self, TransactionJson},
    registry::{Method, Reply, reply},
};
use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, U64};
use lumio_move_transaction::{ExecutableRef, ReplayProtector};
use lumio_types::{CARRIER, Carried, Transaction};
use serde::Serialize;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

pub(super) const METHODS: &[Method] = &[
    Method::inline(
        "txpool_status",
        status,
        "How many transactions are executable, and how many wait behind a gap.",
    ),
    Method::execute(
        "txpool_content",
        content,
        "Every transaction of the pool, by sender and nonce. A Move transaction of its own is under the EVM address of its account, by its sequence number; a Solana transaction is under that of its payer, by zero.",
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

/// Whose a transaction is, and its number there. One of another VM that came without an
/// Ethereum one is its account's, under the account's EVM address: a Move transaction by its
/// sequence number, or by the nonce that stands in for one, a Solana transaction by zero.
fn place(tx: &Transaction) -> (Address, u64) {
    let Some(inner) = tx.carried().filter(|_| tx.sender() == CARRIER) else {
        return (tx.sender(), tx.envelope().nonce());
    };
    let number = match inner {
        Carried::Move(inner) => match inner.signed.raw.replay_protector() {
            ReplayProtector::SequenceNumber(number) | ReplayProtector::Nonce(number) => number,
        },
        Carried::Solana(_) => 0,
    };
    (inner.sender().evm_address(), number)
}

/// Adds a transaction. Where its number is taken, as by a nonce that equals a
/// sequence number, its hash tells it apart.
fn add<T>(group: &mut ByNonce<T>, tx: &Transaction, number: u64, shown: T) {
    match group.entry(number.to_string()) {
        Entry::Vacant(entry) => {
            entry.insert(shown);
        }
        Entry::Occupied(_) => {
            group.insert(format!("{number} {}", tx.hash()), shown);
        }
    }
}

fn group<T>(list: &[Arc<Transaction>], show: impl Fn(&Transaction) -> T) -> BySender<T> {
    let mut groups = BySender::new();
    for tx in list {
        let (sender, number) = place(tx);
        let of_sender = groups.entry(sender.to_checksum(None)).or_default();
        add(of_sender, tx, number, show(tx));
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
        let mut group = ByNonce::new();
        for tx in list {
            let (of, number) = place(tx);
            if of == sender {
                add(&mut group, tx, number, json(tx));
            }
        }
        group
    };
    reply(&Both {
        pending: of_sender(&content.pending),
        queued: of_sender(&content.queued),
    })
}

fn line(tx: &Transaction) -> String {
    let native = tx.carried().filter(|_| tx.sender() == CARRIER);
    if let Some(Carried::Solana(inner)) = native {
        let count = inner.versioned.message.instructions().len();
        return format!("Solana transaction: {count} instructions");
    }
    if let Some(Carried::Move(inner)) = native {
        let raw = &inner.signed.raw;
        let call = match raw.payload.executable() {
            ExecutableRef::EntryFunction(call) => format!("{}::{}", call.module, call.function),
            ExecutableRef::Script(_) => "Move script".into(),
            ExecutableRef::Empty => "Move multisig".into(),
        };
        let (gas, price) = (raw.max_gas_amount, raw.gas_unit_price);
        return format!("{call}: 0 wei + {gas} Move gas units × {price} octas");
    }
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
