//! Transactions and logs to seal.

use super::{CHAIN_ID, TOKEN};
use alloy_consensus::{SignableTransaction as _, TxEip1559, TxLegacy};
use alloy_primitives::{B256, Bytes, Log, Sealable as _, TxKind, U256, address};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use lumio_types::{Envelope, Transaction};
use op_alloy_consensus::TxDeposit;

/// A signed transfer to [`TOKEN`].
pub fn transfer(signer: &PrivateKeySigner, nonce: u64, tip: u128) -> Bytes {
    let tx = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 2_000_000_000,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(TOKEN),
        value: U256::from(1),
        ..TxEip1559::default()
    };
    let signature = signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Eip1559(tx.into_signed(signature)))
        .unwrap()
        .encoded()
}

pub fn legacy(signer: &PrivateKeySigner, nonce: u64) -> Transaction {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce,
        gas_price: 1_500_000_000,
        gas_limit: 50_000,
        to: TxKind::Create,
        value: U256::ZERO,
        input: Bytes::from_static(&[0x60, 0x00]),
    };
    let signature = signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Legacy(tx.into_signed(signature))).unwrap()
}

pub fn deposit() -> Transaction {
    let tx = TxDeposit {
        source_hash: B256::repeat_byte(0x11),
        from: address!("deaddeaddeaddeaddeaddeaddeaddeaddead0001"),
        to: TxKind::Call(TOKEN),
        mint: 5,
        value: U256::from(5),
        gas_limit: 1_000_000,
        is_system_transaction: false,
        input: Bytes::from_static(&[1, 2, 3]),
    };
    Transaction::recover(Envelope::Deposit(tx.seal_slow())).unwrap()
}

/// A log of [`TOKEN`].
pub fn log(topics: &[u8]) -> Log {
    let topics = topics
        .iter()
        .map(|last| B256::with_last_byte(*last))
        .collect();
    Log::new(TOKEN, topics, Bytes::from_static(&[0xab])).unwrap()
}
