//! Accounts, modules and transactions to test with.

use ed25519_dalek::{Signer as _, SigningKey};
use lumio_move_engine::{
    Address, ModuleId, StructTag, TypeTag, U256,
    format::{Metadata, write_module},
    text::assemble_module,
};
use lumio_move_transaction::{
    Ed25519PublicKey, Ed25519Signature, EntryFunction, RawTransaction, SignedTransaction,
    TransactionAuthenticator, TransactionPayload,
};
use lumio_rpc::aptos::{Change, Event, ForeignTransaction, ForeignVm};

/// The chain id.
pub const CHAIN_ID: u8 = 4;

/// A module with types of every kind, at `0xd`.
pub const TYPES: &str = "
module 0xd::types version 10
struct Point has copy, drop, store { x: u64, y: i16 }
struct Pair<A, B> has copy, drop, store { first: A, second: vector<B> }
enum Shape has copy, drop, store { Dot, Circle { at: Point, radius: u128 }, Line { ends: vector<Point> } }
#[persistent] fun add(a: u64, b: u64): u64 { move_loc a move_loc b add ret }
public fun same<T>(value: T): T { move_loc value ret }
public fun adder(n: u64): |u64|u64 has copy + drop + store { move_loc n pack_closure add mask=0b01 ret }
public fun apply(f: |u64|u64 has copy + drop + store, n: u64): u64 {
    move_loc n move_loc f call_closure<|u64|u64 has copy + drop + store> ret
}
";

/// A module whose function `same` is a view.
pub fn assembled(text: &str) -> Vec<u8> {
    let mut module = assemble_module(text).unwrap_or_else(|error| panic!("{error}"));
    // No errors, no structs, one function with one attribute without arguments.
    let views = [&[0, 0, 1, 4], &b"same"[..], &[1, 1, 0]].concat();
    module.metadata.push(Metadata {
        key: b"aptos::metadata_v1".to_vec(),
        value: views,
    });
    write_module(&module).unwrap()
}

pub fn tag(text: &str) -> TypeTag {
    text.parse().unwrap()
}

pub fn structure(text: &str) -> StructTag {
    text.parse().unwrap()
}

/// An account with one ed25519 key.
pub struct Wallet {
    key: SigningKey,
    pub address: Address,
}

impl Wallet {
    pub fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = Ed25519PublicKey(key.verifying_key().to_bytes());
        Self {
            key,
            address: Address(public.authentication_key()),
        }
    }

    pub fn long(&self) -> String {
        format!("0x{}", self.address.to_hex())
    }

    pub fn raw(&self, sequence_number: u64, to: Address, amount: u64) -> RawTransaction {
        RawTransaction {
            sender: self.address,
            sequence_number,
            payload: TransactionPayload::EntryFunction(EntryFunction {
                module: ModuleId::new(Address::ONE, "aptos_account"),
                function: "transfer".into(),
                type_arguments: Vec::new(),
                arguments: vec![to.0.to_vec(), amount.to_le_bytes().to_vec()],
            }),
            max_gas_amount: 2000,
            gas_unit_price: 100,
            expiration_timestamp_secs: 4_000_000_000,
            chain_id: CHAIN_ID,
        }
    }

    pub fn signature(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    pub fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub fn sign(&self, raw: RawTransaction) -> SignedTransaction {
        let signature = Ed25519Signature(self.signature(&raw.signing_message()));
        self.with(raw, signature)
    }

    /// With a signature of zeros, as for simulations.
    pub fn unsigned(&self, raw: RawTransaction) -> SignedTransaction {
        self.with(raw, Ed25519Signature([0; 64]))
    }

    fn with(&self, raw: RawTransaction, signature: Ed25519Signature) -> SignedTransaction {
        let key = Ed25519PublicKey(self.public_key());
        SignedTransaction {
            raw,
            authenticator: TransactionAuthenticator::Ed25519 { key, signature },
        }
    }

    pub fn transfer(&self, sequence_number: u64, to: Address, amount: u64) -> SignedTransaction {
        self.sign(self.raw(sequence_number, to, amount))
    }
}

/// BCS of a handle: how many events, creation number, creator.
pub fn event_handle(count: u64, creation_number: u64, creator: Address) -> Vec<u8> {
    let mut bytes = count.to_le_bytes().to_vec();
    bytes.extend(creation_number.to_le_bytes());
    bytes.extend(creator.0);
    bytes
}

/// BCS of `0x1::account::Account`.
pub fn account_bytes(key: &[u8; 32], sequence_number: u64, address: Address) -> Vec<u8> {
    let mut bytes = vec![32];
    bytes.extend(key);
    bytes.extend(sequence_number.to_le_bytes());
    bytes.extend(2_u64.to_le_bytes());
    bytes.extend(event_handle(0, 0, address));
    bytes.extend(event_handle(2, 1, address));
    bytes.extend([0, 0]);
    bytes
}

/// A change of each kind.
pub fn changes(owner: Address) -> Vec<Change> {
    let point = structure("0xd::types::Point");
    let handle = Address::small(0x77);
    let key = 5_u64.to_le_bytes().to_vec();
    vec![
        Change::Resource {
            address: owner,
            tag: point.clone(),
            value: Some([&9_u64.to_le_bytes()[..], &(-2_i16).to_le_bytes()].concat()),
        },
        Change::Resource {
            address: owner,
            tag: point,
            value: None,
        },
        Change::Module {
            id: ModuleId::new(Address::small(0xd), "types"),
            code: Some(assembled(TYPES)),
        },
        Change::Module {
            id: ModuleId::new(Address::small(0xd), "gone"),
            code: None,
        },
        Change::TableItem {
            handle,
            key: key.clone(),
            value: Some(vec![1]),
            types: Some((TypeTag::U64, TypeTag::Bool)),
        },
        Change::TableItem {
            // Nobody knows this one.
            handle: Address::small(0x5a),
            key: key.clone(),
            value: Some(vec![1]),
            types: None,
        },
        Change::TableItem {
            handle,
            key,
            value: None,
            types: Some((TypeTag::U64, TypeTag::Bool)),
        },
    ]
}

/// An event of each kind.
pub fn events(owner: Address) -> Vec<Event> {
    let moved = 7_u64.to_le_bytes().to_vec();
    vec![
        Event::Move {
            handle: Some((owner, 1, 0)),
            tag: TypeTag::U64,
            data: moved.clone(),
        },
        Event::Move {
            handle: None,
            tag: tag("0xd::types::Shape"),
            data: vec![0],
        },
        Event::EvmLog {
            address: Address::small(0xee),
            topics: vec![[0xab; 32]],
            data: vec![1, 2, 3],
        },
        Event::Move {
            handle: Some((owner, 1, 1)),
            tag: TypeTag::U64,
            data: moved,
        },
    ]
}

/// A call of a contract.
pub fn evm_call() -> ForeignTransaction {
    ForeignTransaction {
        vm: ForeignVm::Evm,
        sender: Address::small(0xaa),
        nonce: 3,
        to: Some(Address::small(0xee)),
        value_wei: U256::from(10).pow(U256::from(21)),
        input: vec![0xa9, 0x05, 0x9c, 0xbb],
        max_gas_amount: 21,
        gas_unit_price: 1,
    }
}
