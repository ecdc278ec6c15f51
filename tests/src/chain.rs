//! Signed transactions on a chain in memory.

use crate::memory::Memory;
use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use lumio_executor::{BlockContext, ChainSpec, Executor, Rules};
use lumio_types::{Envelope, Transaction};

pub const CHAIN_ID: u64 = 1337;
pub const BASE_FEE: u64 = 1_000_000_000;

pub fn executor() -> Executor {
    Executor::new(ChainSpec {
        chain_id: CHAIN_ID,
        rules: Rules::NEWEST,
        move_chain_id: None,
        has_svm: false,
    })
}

pub fn block(number: u64) -> BlockContext {
    BlockContext {
        number,
        timestamp: 1_000 + number,
        gas_limit: 100_000_000,
        base_fee: BASE_FEE,
        beneficiary: Address::repeat_byte(0xfe),
        ..BlockContext::default()
    }
}

/// A funded account with its key.
pub struct User {
    pub signer: PrivateKeySigner,
    pub nonce: u64,
}

impl User {
    pub fn new(number: u8, memory: &mut Memory) -> Self {
        let signer = PrivateKeySigner::from_bytes(&[number + 1; 32].into()).unwrap();
        memory.fund(signer.address(), U256::from(10).pow(U256::from(20)));
        Self { signer, nonce: 0 }
    }

    pub fn address(&self) -> Address {
        self.signer.address()
    }

    pub fn transaction(&mut self, to: TxKind, value: U256, input: Bytes, gas: u64) -> Transaction {
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.nonce,
            gas_limit: gas,
            max_fee_per_gas: u128::from(BASE_FEE) * 2,
            max_priority_fee_per_gas: 1,
            to,
            value,
            input,
            ..TxEip1559::default()
        };
        self.nonce += 1;
        let signature = self.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
        Transaction::recover(Envelope::Eip1559(tx.into_signed(signature))).unwrap()
    }
}
