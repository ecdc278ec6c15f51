//! A Move account with its key.

use ed25519_dalek::{Signer as _, SigningKey};
use lumio_move_engine::{Address, ModuleId, TypeTag};
use lumio_move_transaction::{
    Ed25519PublicKey, Ed25519Signature, EntryFunction, Executable, ExtraConfig, OrderlessPayload,
    RawTransaction, SignedTransaction, TransactionAuthenticator, TransactionPayload,
};
use lumio_node::{AccountId, MOVE_CHAIN_ID};
use std::time::{SystemTime, UNIX_EPOCH};

/// Octas for a gas unit: more than any block of these tests asks for.
pub const GAS_PRICE: u64 = 200;
/// Seconds for a transaction: an orderless one may have no more than a minute.
const LIFE: u64 = 50;

pub struct User {
    key: SigningKey,
    pub address: Address,
    pub sequence_number: u64,
}

impl User {
    pub fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number + 1; 32]);
        let public = Ed25519PublicKey(key.verifying_key().to_bytes());
        Self {
            address: Address(public.authentication_key()),
            key,
            sequence_number: 0,
        }
    }

    pub fn address_text(&self) -> String {
        format!("0x{}", self.address.to_hex())
    }

    pub fn evm_address(&self) -> String {
        AccountId(self.address.0.into()).evm_address().to_string()
    }

    pub fn raw(&mut self, payload: TransactionPayload) -> RawTransaction {
        self.sequence_number += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        RawTransaction {
            sender: self.address,
            sequence_number: self.sequence_number - 1,
            payload,
            max_gas_amount: 20_000,
            gas_unit_price: GAS_PRICE,
            expiration_timestamp_secs: now.as_secs() + LIFE,
            chain_id: MOVE_CHAIN_ID,
        }
    }

    pub fn sign(&self, raw: RawTransaction) -> SignedTransaction {
        let signature = self.key.sign(&raw.signing_message());
        self.with_signature(raw, signature.to_bytes())
    }

    /// A transaction with zeros for a signature, as simulations want it.
    pub fn unsigned(&self, raw: RawTransaction) -> SignedTransaction {
        self.with_signature(raw, [0; 64])
    }

    fn with_signature(&self, raw: RawTransaction, signature: [u8; 64]) -> SignedTransaction {
        SignedTransaction {
            raw,
            authenticator: TransactionAuthenticator::Ed25519 {
                key: Ed25519PublicKey(self.key.verifying_key().to_bytes()),
                signature: Ed25519Signature(signature),
            },
        }
    }

    /// Sends octas.
    pub fn transfer(&mut self, to: &Self, octas: u64) -> SignedTransaction {
        self.transfer_to(to.address, octas)
    }

    /// Sends octas to whoever has an address.
    pub fn transfer_to(&mut self, to: Address, octas: u64) -> SignedTransaction {
        let raw = self.raw(transfer(to, octas));
        self.sign(raw)
    }

    /// Sends octas, without a sequence number.
    pub fn orderless_transfer(&self, to: &Self, octas: u64, nonce: u64) -> SignedTransaction {
        let TransactionPayload::EntryFunction(call) = transfer(to.address, octas) else {
            panic!("a transfer is a call");
        };
        let payload = TransactionPayload::Orderless(OrderlessPayload {
            executable: Executable::EntryFunction(call),
            extra: ExtraConfig {
                replay_protection_nonce: Some(nonce),
                ..ExtraConfig::default()
            },
        });
        let mut other = Self {
            key: self.key.clone(),
            ..*self
        };
        let mut raw = other.raw(payload);
        raw.sequence_number = u64::MAX;
        self.sign(raw)
    }
}

pub fn transfer(to: Address, octas: u64) -> TransactionPayload {
    call(
        ("aptos_account", "transfer"),
        Vec::new(),
        vec![to.0.to_vec(), octas.to_le_bytes().to_vec()],
    )
}

pub fn call(
    (module, function): (&str, &str),
    type_arguments: Vec<TypeTag>,
    arguments: Vec<Vec<u8>>,
) -> TransactionPayload {
    TransactionPayload::EntryFunction(EntryFunction {
        module: ModuleId::new(Address::ONE, module),
        function: function.into(),
        type_arguments,
        arguments,
    })
}

pub fn gas_of(transaction: &serde_json::Value) -> u64 {
    transaction["gas_used"].as_str().unwrap().parse().unwrap()
}
