//! Blocks, transactions, receipts and logs in the JSON form of geth and, for
//! deposits, of op-geth.

use alloy_consensus::{Sealable as _, Transaction as _};
use alloy_eips::{
    eip2718::Encodable2718, eip2930::AccessList, eip4895::Withdrawals, eip7702::SignedAuthorization,
};
use alloy_primitives::{Address, B256, Bloom, Bytes, Log as PrimitiveLog, U64, U128, U256};
use alloy_rlp::Encodable;
use alloy_rpc_types_eth::{Header as RpcHeader, Log as RpcLog};
use lumio_types::{Block, Envelope, Receipt, Transaction};
use op_alloy_consensus::OpTxType;
use serde::Serialize;

/// Where a transaction is in the chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) block_hash: B256,
    pub(super) block_number: u64,
    pub(super) timestamp: u64,
    pub(super) index: usize,
    pub(super) base_fee: Option<u64>,
    /// The nonce that a deposit had, from its receipt.
    pub(super) deposit_nonce: Option<u64>,
}

/// `eth_getTransactionByHash`'s result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionJson {
    block_hash: Option<B256>,
    block_number: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_timestamp: Option<U64>,
    from: Address,
    gas: U64,
    gas_price: U128,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_fee_per_gas: Option<U128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_priority_fee_per_gas: Option<U128>,
    hash: B256,
    input: Bytes,
    nonce: U64,
    to: Option<Address>,
    transaction_index: Option<U64>,
    value: U256,
    #[serde(rename = "type")]
    tx_type: U64,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_list: Option<AccessList>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_id: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_list: Option<Vec<SignedAuthorization>>,
    v: U256,
    r: U256,
    s: U256,
    #[serde(skip_serializing_if = "Option::is_none")]
    y_parity: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_hash: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mint: Option<U128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_system_tx: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_receipt_version: Option<U64>,
}

/// A transaction, in a block or not yet.
pub(super) fn transaction(transaction: &Transaction, place: Option<Place>) -> TransactionJson {
    let envelope = transaction.envelope();
    let signature = match envelope {
        Envelope::Legacy(tx) => Some(*tx.signature()),
        Envelope::Eip2930(tx) => Some(*tx.signature()),
        Envelope::Eip1559(tx) => Some(*tx.signature()),
        Envelope::Eip7702(tx) => Some(*tx.signature()),
        Envelope::Deposit(_) | Envelope::PostExec(_) => None,
    };
    let typed = !matches!(envelope, Envelope::Legacy(_));
    let parity = signature.map_or(0, |signature| u64::from(signature.v()));
    let v = match (envelope, envelope.chain_id()) {
        (Envelope::Legacy(_), Some(chain)) => {
            U256::from(chain) * U256::from(2) + U256::from(35 + parity)
        }
        (Envelope::Legacy(_), None) => U256::from(27 + parity),
        _ => U256::from(parity),
    };
    let gas_price = match place {
        Some(place) => envelope.effective_gas_price(place.base_fee),
        None => envelope.max_fee_per_gas(),
    };
    let deposit = match envelope {
        Envelope::Deposit(deposit) => Some(deposit),
        _ => None,
    };
    let deposit_nonce = place.and_then(|place| place.deposit_nonce);
    TransactionJson {
        block_hash: place.map(|place| place.block_hash),
        block_number: place.map(|place| U64::from(place.block_number)),
        block_timestamp: place.map(|place| U64::from(place.timestamp)),
        from: transaction.sender(),
        gas: U64::from(envelope.gas_limit()),
        gas_price: U128::from(gas_price),
        max_fee_per_gas: envelope
            .is_dynamic_fee()
            .then(|| U128::from(envelope.max_fee_per_gas())),
        max_priority_fee_per_gas: envelope.max_priority_fee_per_gas().map(U128::from),
        hash: transaction.hash(),
        input: envelope.input().clone(),
        nonce: U64::from(deposit_nonce.unwrap_or_else(|| envelope.nonce())),
        to: envelope.to(),
        transaction_index: place.map(|place| U64::from(place.index)),
        value: envelope.value(),
        tx_type: U64::from(u8::from(envelope.tx_type())),
        access_list: envelope.access_list().cloned(),
        chain_id: envelope.chain_id().map(U64::from),
        authorization_list: envelope.authorization_list().map(<[_]>::to_vec),
        v,
        r: signature.map(|signature| signature.r()).unwrap_or_default(),
        s: signature.map(|signature| signature.s()).unwrap_or_default(),
        y_parity: (typed && signature.is_some()).then(|| U64::from(parity)),
        source_hash: deposit.map(|deposit| deposit.source_hash),
        mint: deposit.map(|deposit| U128::from(deposit.mint)),
        is_system_tx: deposit.map(|deposit| deposit.is_system_transaction),
        deposit_receipt_version: deposit_nonce.map(|_| U64::from(1)),
    }
}

/// The place of a block's transaction.
pub(super) fn place(block: &Block, index: usize, receipts: Option<&[Receipt]>) -> Place {
    let header = &block.header.header;
    Place {
        block_hash: block.hash(),
        block_number: block.number(),
        timestamp: header.timestamp,
        index,
        base_fee: header.base_fee_per_gas,
        deposit_nonce: receipts
            .and_then(|receipts| receipts.get(index))
            .and_then(|receipt| receipt.deposit_nonce),
    }
}

/// `eth_getTransactionReceipt`'s result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReceiptJson {
    transaction_hash: B256,
    transaction_index: U64,
    block_hash: B256,
    block_number: U64,
    from: Address,
    to: Option<Address>,
    cumulative_gas_used: U64,
    gas_used: U64,
    contract_address: Option<Address>,
    logs: Vec<RpcLog>,
    logs_bloom: Bloom,
    status: U64,
    effective_gas_price: U128,
    #[serde(rename = "type")]
    tx_type: U64,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_nonce: Option<U64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit_receipt_version: Option<U64>,
}

/// A receipt; `first_log` is the number of logs in the block before it.
pub(super) fn receipt(
    block: &Block,
    index: usize,
    transaction: &Transaction,
    receipt: &Receipt,
    first_log: usize,
) -> ReceiptJson {
    let envelope = transaction.envelope();
    let deposit = receipt.tx_type == OpTxType::Deposit;
    ReceiptJson {
        transaction_hash: transaction.hash(),
        transaction_index: U64::from(index),
        block_hash: block.hash(),
        block_number: U64::from(block.number()),
        from: transaction.sender(),
        to: envelope.to(),
        cumulative_gas_used: U64::from(receipt.cumulative_gas_used),
        gas_used: U64::from(receipt.gas_used),
        contract_address: receipt.contract_address,
        logs: receipt
            .logs()
            .zip(first_log..)
            .map(|(entry, position)| log(block, index, transaction.hash(), entry, position, false))
            .collect(),
        logs_bloom: receipt.bloom(),
        status: U64::from(u8::from(receipt.success)),
        effective_gas_price: U128::from(
            envelope.effective_gas_price(block.header.header.base_fee_per_gas),
        ),
        tx_type: U64::from(u8::from(receipt.tx_type)),
        deposit_nonce: receipt.deposit_nonce.filter(|_| deposit).map(U64::from),
        deposit_receipt_version: receipt
            .deposit_nonce
            .filter(|_| deposit)
            .map(|_| U64::from(1)),
    }
}

/// The receipts of a block, or the one at an index.
pub(super) fn receipts(
    block: &Block,
    receipts: &[Receipt],
    only: Option<usize>,
) -> Vec<ReceiptJson> {
    let mut first_log = 0;
    let mut list = Vec::new();
    for (index, (tx, entry)) in block.transactions.iter().zip(receipts).enumerate() {
        if only.is_none_or(|only| only == index) {
            list.push(receipt(block, index, tx, entry, first_log));
        }
        first_log += entry.events.len();
    }
    list
}

/// A log; `position` is its index in the block.
pub(super) fn log(
    block: &Block,
    index: usize,
    hash: B256,
    entry: &PrimitiveLog,
    position: usize,
    removed: bool,
) -> RpcLog {
    RpcLog {
        inner: entry.clone(),
        block_hash: Some(block.hash()),
        block_number: Some(block.number()),
        block_timestamp: Some(block.header.header.timestamp),
        transaction_hash: Some(hash),
        transaction_index: Some(index as u64),
        log_index: Some(position as u64),
        removed,
    }
}

/// `eth_getBlockByNumber`'s result.
#[derive(Debug, Serialize)]
pub(super) struct BlockJson {
    #[serde(flatten)]
    header: RpcHeader,
    uncles: [B256; 0],
    transactions: Transactions,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawals: Option<Withdrawals>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Transactions {
    Hashes(Vec<B256>),
    Full(Vec<TransactionJson>),
}

/// A block with its transactions' hashes, or with `full` transactions.
/// Deposits have their nonce only when `receipts` are given.
pub(super) fn block(block: &Block, full: bool, receipts: Option<&[Receipt]>) -> BlockJson {
    let transactions = if full {
        let list = block.transactions.iter().enumerate();
        Transactions::Full(
            list.map(|(index, tx)| transaction(tx, Some(place(block, index, receipts))))
                .collect(),
        )
    } else {
        Transactions::Hashes(block.transactions.iter().map(Transaction::hash).collect())
    };
    BlockJson {
        header: header(block),
        uncles: [],
        transactions,
        withdrawals: block
            .header
            .header
            .withdrawals_root
            .map(|_| Withdrawals::default()),
    }
}

/// A block's header, as in `newHeads`.
pub(super) fn header(block: &Block) -> RpcHeader {
    let sealed = block.header.header.clone().seal_unchecked(block.hash());
    RpcHeader::from_consensus(sealed, None, Some(U256::from(block_length(block))))
}

fn body_length(block: &Block) -> usize {
    let header = &block.header.header;
    let transactions = list_length(
        block
            .transactions
            .iter()
            .map(|tx| tx.envelope().length())
            .sum(),
    );
    let withdrawals = usize::from(header.withdrawals_root.is_some());
    // An empty list each for the uncles and, since Shanghai, the withdrawals.
    header.length() + transactions + 1 + withdrawals
}

fn list_length(payload: usize) -> usize {
    alloy_rlp::Header {
        list: true,
        payload_length: payload,
    }
    .length()
        + payload
}

fn block_length(block: &Block) -> usize {
    list_length(body_length(block))
}

/// The RLP of a block, as peers of Ethereum exchange it.
pub(super) fn raw_block(block: &Block) -> Bytes {
    let header = &block.header.header;
    let mut out = Vec::with_capacity(block_length(block));
    alloy_rlp::Header {
        list: true,
        payload_length: body_length(block),
    }
    .encode(&mut out);
    header.encode(&mut out);
    let payload = block
        .transactions
        .iter()
        .map(|tx| tx.envelope().length())
        .sum();
    alloy_rlp::Header {
        list: true,
        payload_length: payload,
    }
    .encode(&mut out);
    for tx in &block.transactions {
        tx.envelope().encode(&mut out);
    }
    out.push(alloy_rlp::EMPTY_LIST_CODE);
    if header.withdrawals_root.is_some() {
        out.push(alloy_rlp::EMPTY_LIST_CODE);
    }
    out.into()
}

/// The EIP-2718 encodings of a block's receipts.
pub(super) fn raw_receipts(receipts: &[Receipt]) -> Vec<Bytes> {
    receipts
        .iter()
        .map(|receipt| receipt.envelope().encoded_2718().into())
        .collect()
}
