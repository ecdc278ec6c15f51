//! What the node's own keys sign, and transactions filled in for others to
//! sign.

use super::{
    args::Args,
    context::Context,
    convert,
    error::RpcError,
    registry::{Method, Reply, reply},
};
use alloy_consensus::{EthereumTypedTransaction, SignableTransaction as _};
use alloy_primitives::{Address, Bytes, Signature, TxKind};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_types::{Envelope, Transaction};
use serde::Serialize;

const ADDRESS: (&str, &str) = ("address", "an account that the node signs for");
const MESSAGE: (&str, &str) = ("message", "bytes as hex; the EIP-191 prefix is added");
const REQUEST: (&str, &str) = (
    "transaction",
    "a transaction; nonce, gas and fees are filled in",
);

pub(super) const METHODS: &[Method] = &[
    Method::execute(
        "eth_signTransaction",
        sign_transaction,
        "Fills in and signs a transaction with a key of the node; returns its encoding.",
    )
    .takes(&[REQUEST]),
    Method::execute(
        "eth_fillTransaction",
        fill_transaction,
        "Fills in nonce, gas and fees; returns the unsigned transaction as `raw` and `tx`.",
    )
    .takes(&[REQUEST]),
    Method::inline(
        "eth_sign",
        sign,
        "EIP-191 signature over a message with a key of the node.",
    )
    .takes(&[ADDRESS, MESSAGE]),
    Method::inline(
        "personal_sign",
        personal_sign,
        "As `eth_sign`, with the message first.",
    )
    .takes(&[MESSAGE, ADDRESS]),
    Method::execute(
        "eth_signTypedData_v4",
        sign_typed_data,
        "EIP-712 signature with a key of the node.",
    )
    .takes(&[
        ADDRESS,
        (
            "data",
            "the typed data, as an object or as its JSON in a string",
        ),
    ])
    .also(&["eth_signTypedData", "eth_signTypedData_v3"]),
];

fn sign_transaction(context: &Context, args: &Args<'_>) -> Reply {
    reply(&context.backend.sign_transaction(args.get(0)?)?)
}

#[derive(Serialize)]
struct FilledJson {
    raw: Bytes,
    tx: convert::TransactionJson,
}

fn fill_transaction(context: &Context, args: &Args<'_>) -> Reply {
    let mut filled: TransactionRequest = context.backend.fill(args.get(0)?)?;
    if filled.to.is_none() {
        if filled.input.input().is_none_or(|input| input.is_empty()) {
            let text = "contract creation without any data provided";
            return Err(RpcError::Refused(text.into()));
        }
        filled.to = Some(TxKind::Create);
    }
    let sender = filled.from.unwrap_or_default();
    let unsigned = Signature::new(Default::default(), Default::default(), false);
    let incomplete = |_| RpcError::Refused("transaction fields are missing or contradict".into());
    let envelope = match filled.build_consensus_tx().map_err(incomplete)? {
        EthereumTypedTransaction::Legacy(tx) => Envelope::Legacy(tx.into_signed(unsigned)),
        EthereumTypedTransaction::Eip2930(tx) => Envelope::Eip2930(tx.into_signed(unsigned)),
        EthereumTypedTransaction::Eip1559(tx) => Envelope::Eip1559(tx.into_signed(unsigned)),
        EthereumTypedTransaction::Eip7702(tx) => Envelope::Eip7702(tx.into_signed(unsigned)),
        _ => {
            let text = "transaction type not supported: a rollup takes no blobs";
            return Err(RpcError::Refused(text.into()));
        }
    };
    let transaction = Transaction::trusted(envelope, sender);
    reply(&FilledJson {
        raw: transaction.encoded(),
        tx: convert::transaction(&transaction, None),
    })
}

fn sign(context: &Context, args: &Args<'_>) -> Reply {
    let message: Bytes = args.get(1)?;
    reply(&context.backend.sign_message(args.get(0)?, &message)?)
}

fn personal_sign(context: &Context, args: &Args<'_>) -> Reply {
    // Some libraries send text as it is instead of as hex.
    let text: String = args.get(0)?;
    let message = text
        .parse::<Bytes>()
        .ok()
        .filter(|_| text.starts_with("0x"));
    let message = message.unwrap_or_else(|| text.into_bytes().into());
    reply(
        &context
            .backend
            .sign_message(args.get::<Address>(1)?, &message)?,
    )
}

fn sign_typed_data(context: &Context, args: &Args<'_>) -> Reply {
    let address = args.get(0)?;
    let data: serde_json::Value = args.get(1)?;
    let data = match data {
        serde_json::Value::String(json) => {
            serde_json::from_str(&json).map_err(|error| RpcError::InvalidArgument {
                index: 1,
                reason: error.to_string(),
            })?
        }
        data => data,
    };
    reply(&context.backend.sign_typed_data(address, data)?)
}
