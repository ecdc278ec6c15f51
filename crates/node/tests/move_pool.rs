//! Move transactions in the pool: lanes, replacement, price order across VMs, expiry, journal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, TxEip1559, TxLegacy};
use alloy_primitives::{Address, Bytes, Signature, TxKind, U256};
use lumio_move_engine::{Address as MoveAddress, ModuleId, StructTag};
use lumio_move_transaction::{
    Bcs as _, Ed25519PublicKey, Ed25519Signature, EntryFunction, Executable, ExtraConfig,
    OrderlessPayload, RawTransaction, SignedTransaction, TransactionAuthenticator,
    TransactionPayload,
};
use lumio_node::{
    AccountId, Accounts, AdmissionRules, Lane, Pool, PoolError, PoolJournal, PoolLimits,
    SenderAccount,
};
use lumio_state::{StateKey, Value, WriteSet};
use lumio_types::{CARRIER, Envelope, MOVE_MAGIC, MoveTransaction, Transaction, wei_of_octas};
use std::sync::Arc;

const CHAIN_ID: u64 = 58_646;
/// Octas of a gas unit are so many wei of EVM gas.
const WEI_PER_GAS: u128 = 100_000_000;

fn rules() -> AdmissionRules {
    AdmissionRules {
        chain_id: CHAIN_ID,
        block_gas_limit: 30_000_000,
        gas_cap: true,
        min_gas_price: 0,
        base_fee: 0,
    }
}

fn pool() -> Pool {
    Pool::new(PoolLimits::default(), rules(), None)
}

/// Everyone has a coin and has sent nothing.
struct Rich;

impl Accounts for Rich {
    fn account(&self, _: Address) -> Result<SenderAccount, PoolError> {
        Ok(SenderAccount {
            nonce: 0,
            balance: wei_of_octas(100_000_000),
        })
    }

    fn move_account(&self, _: AccountId) -> Result<SenderAccount, PoolError> {
        self.account(Address::ZERO)
    }
}

#[derive(Clone, Copy)]
struct Asked {
    sender: u8,
    number: u64,
    is_orderless: bool,
    price: u64,
    expiry: u64,
}

const FIRST: Asked = Asked {
    sender: 1,
    number: 0,
    is_orderless: false,
    price: 10,
    expiry: 1_000,
};

fn id(sender: u8) -> AccountId {
    AccountId([sender; 32].into())
}

/// A Move transaction whose signature nobody looks at.
fn signed(asked: Asked) -> SignedTransaction {
    let call = EntryFunction {
        module: ModuleId::new(MoveAddress::ONE, "m"),
        function: "f".into(),
        type_arguments: Vec::new(),
        arguments: Vec::new(),
    };
    let payload = match asked.is_orderless {
        false => TransactionPayload::EntryFunction(call),
        true => TransactionPayload::Orderless(OrderlessPayload {
            executable: Executable::EntryFunction(call),
            extra: ExtraConfig {
                replay_protection_nonce: Some(asked.number),
                ..ExtraConfig::default()
            },
        }),
    };
    SignedTransaction {
        raw: RawTransaction {
            sender: MoveAddress([asked.sender; 32]),
            sequence_number: asked.number,
            payload,
            max_gas_amount: 100_000,
            gas_unit_price: asked.price,
            expiration_timestamp_secs: asked.expiry,
            chain_id: 4,
        },
        authenticator: TransactionAuthenticator::Ed25519 {
            key: Ed25519PublicKey([3; 32]),
            signature: Ed25519Signature([0; 64]),
        },
    }
}

/// In a carrier of the sequencer's, or with a nonce in an Ethereum account's.
fn carrier_of(signed: &SignedTransaction, by: Option<(Address, u64)>) -> Arc<Transaction> {
    let (sender, nonce) = by.unwrap_or((CARRIER, 0));
    let envelope = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce,
        gas_limit: 10_000_000,
        to: TxKind::Create,
        input: [MOVE_MAGIC.as_slice(), &signed.to_bytes()].concat().into(),
        ..TxLegacy::default()
    };
    let envelope = Envelope::Legacy(envelope.into_signed(Signature::test_signature()));
    let inner = MoveTransaction::trusted(&signed.to_bytes()).unwrap();
    Arc::new(Transaction::carrier(
        envelope,
        sender,
        lumio_types::Carried::Move(Arc::new(inner)),
    ))
}

fn carrier(asked: Asked) -> Arc<Transaction> {
    carrier_of(&signed(asked), None)
}

fn transfer(tip: u128) -> Arc<Transaction> {
    let tx = TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 21_000,
        max_fee_per_gas: tip,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(Address::ZERO),
        value: U256::from(1),
        ..Default::default()
    };
    let envelope = Envelope::Eip1559(tx.into_signed(Signature::test_signature()));
    Arc::new(Transaction::trusted(envelope, Address::repeat_byte(0xee)))
}

fn best(pool: &Pool) -> Vec<Arc<Transaction>> {
    pool.best(0, 30_000_000)
}

fn with_number(number: u64) -> WriteSet {
    let tag = StructTag {
        module: ModuleId::new(MoveAddress::ONE, "account"),
        name: "Account".into(),
        type_arguments: Vec::new(),
    };
    let mut name = Vec::new();
    tag.write(&mut name);
    let mut resource = vec![32];
    resource.extend([7; 32]);
    resource.extend(number.to_le_bytes());
    resource.extend([0; 100]);
    let key = StateKey::MoveResource(id(1), Bytes::from(name));
    WriteSet::from([(key, Some(Value::from(resource.as_slice())))])
}

#[test]
fn sequence_numbers_run_in_order_and_wait_for_what_is_missing() {
    let pool = pool();
    let [zero, one, two] = [0, 1, 2].map(|number| carrier(Asked { number, ..FIRST }));
    assert_eq!(Lane::of(&zero), Lane::Move(id(1)));
    for early in [&two, &one] {
        let added = pool.add(Arc::clone(early), &Rich).unwrap();
        assert!(added.executable.is_empty());
    }
    assert!(best(&pool).is_empty());
    let added = pool.add(Arc::clone(&zero), &Rich).unwrap();
    let all = [zero, one.clone(), two.clone()];
    assert_eq!(added.executable, all);
    assert_eq!(best(&pool), all);
    // The chain tells the account's next number.
    pool.sealed(&with_number(1), 0);
    assert_eq!(best(&pool), [one, two]);
    assert_eq!(
        pool.add(carrier(FIRST), &Rich),
        Err(PoolError::NonceTooLow { next: 1, nonce: 0 })
    );
}

#[test]
fn without_sequence_numbers_each_is_on_its_own() {
    let pool = pool();
    let asked = |number| Asked {
        is_orderless: true,
        number,
        ..FIRST
    };
    for number in [9, 4, u64::MAX] {
        let added = pool.add(carrier(asked(number)), &Rich).unwrap();
        assert_eq!(added.executable.len(), 1);
    }
    assert_eq!(best(&pool).len(), 3);
    let limits = PoolLimits {
        queued_per_sender: 3,
        ..PoolLimits::default()
    };
    let small = Pool::new(limits, rules(), None);
    for number in 0..3 {
        small.add(carrier(asked(number)), &Rich).unwrap();
    }
    let refused = small.add(carrier(asked(3)), &Rich);
    assert_eq!(refused, Err(PoolError::AccountLimit));
    let other = Asked {
        sender: 2,
        ..asked(3)
    };
    small.add(carrier(other), &Rich).unwrap();
}

#[test]
fn only_a_higher_price_takes_a_place() {
    let pool = pool();
    let first = carrier(FIRST);
    pool.add(Arc::clone(&first), &Rich).unwrap();
    assert_eq!(
        pool.add(Arc::clone(&first), &Rich),
        Err(PoolError::AlreadyKnown)
    );
    let in_another = carrier_of(&signed(FIRST), Some((Address::repeat_byte(5), 0)));
    assert_eq!(pool.add(in_another, &Rich), Err(PoolError::AlreadyKnown));
    let same_price = Asked {
        expiry: 2_000,
        ..FIRST
    };
    assert_eq!(
        pool.add(carrier(same_price), &Rich),
        Err(PoolError::ReplacementUnderpriced)
    );
    let dearer = carrier(Asked { price: 11, ..FIRST });
    let added = pool.add(Arc::clone(&dearer), &Rich).unwrap();
    assert_eq!(added.dropped, [first.hash()]);
    assert_eq!(best(&pool), [dearer]);
}

#[test]
fn the_best_price_for_gas_comes_first_whichever_vm_it_is_for() {
    let pool = pool();
    let dear = carrier(Asked { price: 30, ..FIRST });
    let cheap = carrier(Asked {
        price: 10,
        sender: 2,
        ..FIRST
    });
    let between = transfer(20 * WEI_PER_GAS);
    for transaction in [&cheap, &dear, &between] {
        pool.add(Arc::clone(transaction), &Rich).unwrap();
    }
    assert_eq!(best(&pool), [dear.clone(), between.clone(), cheap]);
    let base_fee = u64::try_from(15 * WEI_PER_GAS).unwrap();
    assert_eq!(pool.best(base_fee, 30_000_000), [dear, between]);
}

#[test]
fn a_carrier_of_an_account_follows_its_nonces() {
    let pool = pool();
    let wallet = Address::repeat_byte(5);
    let later = carrier_of(&signed(FIRST), Some((wallet, 1)));
    assert_eq!(Lane::of(&later), Lane::Evm(wallet));
    pool.add(Arc::clone(&later), &Rich).unwrap();
    assert!(best(&pool).is_empty());
    let other = signed(Asked { sender: 2, ..FIRST });
    let first = carrier_of(&other, Some((wallet, 0)));
    pool.add(Arc::clone(&first), &Rich).unwrap();
    assert_eq!(best(&pool), [first, later]);
}

#[test]
fn one_account_does_not_fill_the_pool_in_the_lanes_of_others() {
    let limits = PoolLimits {
        queued_per_sender: 5,
        ..PoolLimits::default()
    };
    let pool = Pool::new(limits, rules(), None);
    // All with one number: only one of them will ever be paid for.
    let brought = |sender: u8, by: u8| {
        let inner = signed(Asked {
            sender,
            expiry: 1_000 + u64::from(by),
            ..FIRST
        });
        carrier_of(&inner, Some((Address::repeat_byte(by), 0)))
    };
    for by in 1..=5 {
        pool.add(brought(1, by), &Rich).unwrap();
    }
    let refused = pool.add(brought(1, 6), &Rich).unwrap_err();
    assert_eq!(refused, PoolError::AccountLimit);
    // Another's have room, and so have the account's once one is gone.
    pool.add(brought(2, 7), &Rich).unwrap();
    assert!(pool.remove(brought(1, 3).hash()));
    pool.add(brought(1, 6), &Rich).unwrap();
    assert!(pool.add(brought(1, 8), &Rich).is_err());

    let limits = PoolLimits {
        bytes: brought(1, 1).encoded().len() * 40,
        ..PoolLimits::default()
    };
    let pool = Pool::new(limits, rules(), None);
    pool.add(brought(1, 1), &Rich).unwrap();
    pool.add(brought(1, 2), &Rich).unwrap();
    let refused = pool.add(brought(1, 3), &Rich).unwrap_err();
    assert_eq!(refused, PoolError::AccountLimit, "a sixteenth of the bytes");
}

#[test]
fn nobody_keeps_a_transaction_out_by_bringing_it_behind_a_gap() {
    let pool = pool();
    let inner = signed(FIRST);
    let stuck = carrier_of(&inner, Some((Address::repeat_byte(9), 7)));
    pool.add(Arc::clone(&stuck), &Rich).unwrap();
    // Another such envelope is no better; the transaction itself is.
    let other = carrier_of(&inner, Some((Address::repeat_byte(8), 0)));
    assert_eq!(pool.add(other, &Rich).unwrap_err(), PoolError::AlreadyKnown);
    let own = carrier(FIRST);
    let added = pool.add(Arc::clone(&own), &Rich).unwrap();
    assert_eq!(added.dropped, [stuck.hash()]);
    assert_eq!(added.executable, [Arc::clone(&own)]);
    assert!(pool.get(stuck.hash()).is_none());
    let found = pool.get(inner.hash().into()).unwrap();
    assert_eq!(found, (Arc::clone(&own), true));
    assert_eq!(pool.size().0, 1);
    // And it stays, whoever brings it then.
    assert_eq!(pool.add(stuck, &Rich).unwrap_err(), PoolError::AlreadyKnown);

    // What will run anyway is not driven out.
    let ready = carrier_of(
        &signed(Asked { sender: 2, ..FIRST }),
        Some((Address::repeat_byte(9), 0)),
    );
    pool.add(ready, &Rich).unwrap();
    let refused = pool.add(carrier(Asked { sender: 2, ..FIRST }), &Rich);
    assert_eq!(refused.unwrap_err(), PoolError::AlreadyKnown);
}

#[test]
fn what_is_in_a_block_or_has_expired_goes() {
    let pool = pool();
    let kept = carrier(Asked {
        expiry: 501,
        ..FIRST
    });
    let expired = carrier(Asked {
        sender: 2,
        expiry: 500,
        ..FIRST
    });
    // It is in the block in a carrier of its own.
    let asked = Asked { sender: 3, ..FIRST };
    for transaction in [&kept, &expired, &carrier(asked)] {
        pool.add(Arc::clone(transaction), &Rich).unwrap();
    }
    let sealed = carrier_of(&signed(asked), Some((Address::repeat_byte(5), 0)));
    pool.settle(&[(*sealed).clone()], 500);
    assert_eq!(best(&pool), [kept]);
    assert_eq!(pool.get(signed(asked).hash().into()), None);
}

#[test]
fn a_transaction_is_found_by_its_own_hash_and_its_carriers() {
    let pool = pool();
    let transaction = carrier(FIRST);
    pool.add(Arc::clone(&transaction), &Rich).unwrap();
    let expected = Some((Arc::clone(&transaction), true));
    assert_eq!(pool.get(transaction.hash()), expected);
    assert_eq!(pool.get(signed(FIRST).hash().into()), expected);
}

#[test]
fn the_journal_brings_them_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pool.journal");
    let (journal, found) = PoolJournal::open(&path).unwrap();
    assert!(found.is_empty());
    let pool = Pool::new(PoolLimits::default(), rules(), Some(journal));
    let [one, zero] = [1, 0].map(|number| carrier(Asked { number, ..FIRST }));
    let once = carrier(Asked {
        is_orderless: true,
        number: 5,
        ..FIRST
    });
    for transaction in [&one, &zero, &once] {
        pool.add(Arc::clone(transaction), &Rich).unwrap();
    }
    drop(pool);
    let (journal, found) = PoolJournal::open(&path).unwrap();
    let pool = Pool::new(PoolLimits::default(), rules(), Some(journal));
    assert_eq!(pool.restore(found, &Rich), 3);
    let mut restored = best(&pool);
    restored.sort_by_key(|transaction| Lane::of(transaction));
    assert_eq!(restored, [zero, one, once]);
}

#[test]
fn envelopes_must_bring_nothing_else() {
    let pool = pool();
    let bytes = [MOVE_MAGIC.as_slice(), &signed(FIRST).to_bytes()].concat();
    let refused = |change: &dyn Fn(&mut TxLegacy)| {
        let mut envelope = TxLegacy {
            chain_id: Some(CHAIN_ID),
            gas_limit: 10_000_000,
            to: TxKind::Create,
            input: bytes.clone().into(),
            ..TxLegacy::default()
        };
        change(&mut envelope);
        let envelope = Envelope::Legacy(envelope.into_signed(Signature::test_signature()));
        let inner = MoveTransaction::trusted(&signed(FIRST).to_bytes()).unwrap();
        let transaction = Transaction::carrier(
            envelope,
            CARRIER,
            lumio_types::Carried::Move(Arc::new(inner)),
        );
        pool.add(Arc::new(transaction), &Rich).unwrap_err()
    };
    assert_eq!(
        refused(&|tx| tx.value = U256::from(1)),
        PoolError::CarrierValue
    );
    assert_eq!(
        refused(&|tx| tx.gas_limit = 9_999_999),
        PoolError::CarrierGas {
            gas: 9_999_999,
            needed: 10_000_000
        }
    );
    assert_eq!(
        refused(&|tx| tx.gas_limit = 30_000_001),
        PoolError::BlockGasLimit
    );
    assert!(matches!(
        refused(&|tx| tx.chain_id = Some(1)),
        PoolError::ChainId { have: 1, .. }
    ));
}
