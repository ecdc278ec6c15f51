//! X8: whatever a Move transaction does, somebody who agreed to it pays for the work; nobody can
//! make another's transaction fail; what costs memory or state is paid for first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, TxEip2930};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{B256, TxKind};
use alloy_signer::SignerSync;
use lumio_move_engine::Address;
use lumio_move_transaction::{
    Bcs, Script, SignedTransaction, TransactionArgument, TransactionPayload,
};
use lumio_state::StateKey;
use lumio_tests::{
    chain::{CHAIN_ID, User},
    memory::Memory,
    moving::{GAS_PRICE, MoveUser, Scene, balance, carrier},
    package::compiled,
};
use lumio_types::{AccountId, Carried, Envelope, MOVE_MAGIC, Transaction, wei_of_octas};
use std::time::Instant;

fn number(value: u64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn transfer(from: &mut MoveUser, to: Address, octas: u64) -> Transaction {
    let arguments = vec![to.0.to_vec(), number(octas)];
    from.call(("aptos_account", "transfer"), vec![], arguments)
}

fn signed(transaction: &Transaction) -> SignedTransaction {
    let Some(Carried::Move(inner)) = transaction.carried() else {
        panic!("no carrier");
    };
    inner.signed.clone()
}

/// An envelope of an EVM user's.
fn wrapped(by: &User, inner: &SignedTransaction, gas_limit: u64, slots: usize) -> Transaction {
    let item = AccessListItem {
        storage_keys: vec![B256::ZERO; slots],
        ..AccessListItem::default()
    };
    let tx = TxEip2930 {
        chain_id: CHAIN_ID,
        nonce: by.nonce,
        gas_limit,
        to: TxKind::Create,
        access_list: AccessList(if slots == 0 { vec![] } else { vec![item] }),
        input: [MOVE_MAGIC.as_slice(), &inner.to_bytes()].concat().into(),
        ..TxEip2930::default()
    };
    let signature = by.signer.sign_hash_sync(&tx.signature_hash()).unwrap();
    Transaction::recover(Envelope::Eip2930(tx.into_signed(signature))).unwrap()
}

#[test]
fn a_payload_that_spends_what_was_to_pay_for_it_fails_and_pays() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let before = balance(&scene.memory, alice.address);
    let transaction = transfer(&mut alice, Address([9; 32]), 100_000_000);
    let executed = scene.run(&transaction).unwrap();
    let carried = executed.carried.unwrap().into_move().unwrap();
    let why = "Move abort in 0x1::transaction_validation: 0x203ed: the transaction has spent";
    assert!(carried.status.starts_with(why), "{}", carried.status);
    assert_eq!(executed.events.len(), 1, "only the fee statement");
    assert_eq!(balance(&scene.memory, Address([9; 32])), wei_of_octas(0));
    let fee = wei_of_octas(carried.gas_units * GAS_PRICE);
    assert_eq!(balance(&scene.memory, alice.address), before - fee);
    // The sequence number is counted.
    assert!(
        scene
            .refuse(&transaction)
            .starts_with("SEQUENCE_NUMBER_TOO_OLD")
    );
}

#[test]
fn all_may_go_where_another_pays() {
    let mut scene = Scene::new();
    let (mut alice, payer) = (scene.user(1), scene.user(2));
    let raw = signed(&transfer(&mut alice, Address([9; 32]), 100_000_000)).raw;
    scene.succeed(&carrier(&alice.sign_for(raw, &payer)));
    assert_eq!(balance(&scene.memory, alice.address), wei_of_octas(0));
}

#[test]
fn who_wraps_a_transaction_cannot_make_it_run_out_of_gas() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let mallory = User::new(7, &mut Memory::default());
    let inner = signed(&transfer(&mut alice, Address([9; 32]), 5));
    let asked = inner.raw.max_gas_amount * 100;
    for gas in [0, 21_000, 300_000, asked - 1] {
        let reason = scene.refuse(&wrapped(&mallory, &inner, gas, 0));
        assert!(reason.contains("may use 10000000"), "{reason}");
    }
    scene.succeed(&wrapped(&mallory, &inner, asked, 0));
}

#[test]
fn an_envelope_brings_nothing_that_nobody_pays_for() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let mallory = User::new(7, &mut Memory::default());
    let inner = signed(&transfer(&mut alice, Address([9; 32]), 5));
    let reason = scene.refuse(&wrapped(&mallory, &inner, 10_000_000, 1_000));
    assert!(reason.contains("access list"), "{reason}");
}

#[test]
fn a_transfer_of_nothing_leaves_nothing() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let nobody = Address([9; 32]);
    let transaction = transfer(&mut alice, nobody, 0);
    let executed = scene.succeed(&transaction);
    let nobody = AccountId(nobody.0.into());
    for key in executed.writes.keys() {
        let is_theirs = match key {
            StateKey::Link(address) | StateKey::Balance(address) => {
                *address == nobody.evm_address()
            }
            StateKey::MoveResource(owner, _) => *owner == nobody,
            _ => false,
        };
        assert!(!is_theirs, "{key:?}");
    }
}

/// Each tries to use far more time or memory than it pays for. They end, soon, without gas or by
/// a limit.
const GREEDY: &str = "
script { // Copies twice as much each time.
    fun main(_s: &signer, n: u64) {
        let v = vector[n];
        loop { let w = copy v; v.append(w); }
    }
}
script { // Deeper and deeper.
    fun main(_s: &signer, n: u64) {
        let bytes = std::bcs::to_bytes(&n);
        loop { bytes = std::bcs::to_bytes(&vector[copy bytes, bytes]); }
    }
}
script { // Text that grows.
    fun main(_s: &signer, n: u64) {
        let text = aptos_std::string_utils::to_string(&n);
        loop { let more = text; text.append(more); text = aptos_std::string_utils::debug_string(&text); }
    }
}
script { // One call is long.
    fun main(_s: &signer, n: u64) {
        let v = vector[n];
        let i = 0;
        while (i < 18) { let w = copy v; v.append(w); i = i + 1; };
        loop { std::hash::sha3_256(std::bcs::to_bytes(&v)); }
    }
}
script { // Compares.
    fun main(_s: &signer, n: u64) {
        let v = vector[n];
        let i = 0;
        while (i < 16) { let w = copy v; v.append(w); i = i + 1; };
        let w = copy v;
        loop { if (v != w) abort 1 }
    }
}
script { // Curve points.
    fun main(_s: &signer, n: u64) {
        let hash = std::hash::sha2_256(std::bcs::to_bytes(&n));
        let signature = aptos_std::secp256k1::ecdsa_signature_from_bytes(vector::empty_64());
        loop { aptos_std::secp256k1::ecdsa_recover(hash, 0, &signature); }
    }
}
";

#[test]
fn greedy_code_ends_soon_and_pays_for_it() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let (_, scripts) = compiled(
        &GREEDY.replace("vector::empty_64()", "x\"01010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101\""),
        Address::ONE,
    );
    assert_eq!(scripts.len(), 6);
    for (which, code) in scripts.into_iter().enumerate() {
        let raw = alice.raw(TransactionPayload::Script(Script {
            code,
            type_arguments: vec![],
            arguments: vec![TransactionArgument::U64(7)],
        }));
        let transaction = carrier(&alice.sign(raw));
        let started = Instant::now();
        let executed = scene.run(&transaction).unwrap();
        // Ten million gas: a few hundredths of a second, on the slowest machine a few tenths.
        assert!(
            started.elapsed().as_millis() < 2_000,
            "script {which}: {:?}",
            started.elapsed()
        );
        assert!(!executed.success);
        let carried = executed.carried.unwrap().into_move().unwrap();
        assert!(
            carried.status == "Out of gas"
                || carried.status.contains("MEMORY_LIMIT_EXCEEDED")
                || carried.status.contains("Execution failed"),
            "script {which}: {}",
            carried.status
        );
        assert!(
            carried.gas_units > 1_000,
            "script {which}: {}",
            carried.gas_units
        );
    }
}

#[test]
fn a_loop_pays_for_all_that_was_asked() {
    let mut scene = Scene::new();
    let mut alice = scene.user(1);
    let before = balance(&scene.memory, alice.address);
    let (_, mut scripts) = compiled("script { fun main() { loop {} } }", Address::ONE);
    let raw = alice.raw(TransactionPayload::Script(Script {
        code: scripts.remove(0),
        type_arguments: vec![],
        arguments: vec![],
    }));
    let most = raw.max_gas_amount;
    let status = scene.fail(&carrier(&alice.sign(raw)));
    assert_eq!(status, "Out of gas");
    let after = balance(&scene.memory, alice.address);
    assert_eq!(before - after, wei_of_octas(most * GAS_PRICE));
}

#[test]
fn each_signature_is_paid_for() {
    let mut scene = Scene::new();
    let (mut alice, payer) = (scene.user(1), scene.user(2));
    let mut units = [0, 0];
    for (which, used) in units.iter_mut().enumerate() {
        let raw = signed(&transfer(&mut alice, Address([9; 32]), 5)).raw;
        let sent = match which {
            0 => alice.sign(raw),
            _ => alice.sign_for(raw, &payer),
        };
        let length = sent.to_bytes().len() as u64;
        let executed = scene.succeed(&carrier(&sent));
        *used = executed.gas_used - 10 * length;
        // The first transfer made entries.
        scene.memory = Scene::new().memory;
        alice = scene.user(1);
        scene.user(2);
    }
    assert_eq!(units[1] - units[0], 3_000);
}
