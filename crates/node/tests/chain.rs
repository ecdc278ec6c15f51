//! The chain through the servers' traits: history, edits, going back, and that it always agrees
//! with itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod started;

use alloy_eips::{BlockId, eip2718::Decodable2718};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_rpc_types_eth::TransactionRequest;
use alloy_rpc_types_trace::geth::{GethDebugTracingOptions, GethTrace};
use alloy_trie::{Nibbles, TrieAccount, proof::verify_proof};
use lumio_node::{Config, inspect};
use lumio_rpc::eth::{Backend, BackendError, ChainEvent};
use lumio_types::{Envelope, Transaction};
use proptest::prelude::*;
use started::Started;
use std::sync::Arc;

impl Started {
    fn send(&self, value: u64, to: Address) -> Result<B256, BackendError> {
        self.backend
            .send(transfer(self.rich(0), to, U256::from(value)))
    }

    fn rich(&self, index: usize) -> Address {
        self.backend.accounts()[index]
    }

    fn balance(&self, at: BlockId, of: Address) -> U256 {
        self.backend.account(at, of).unwrap().balance
    }
}

fn transfer(from: Address, to: Address, value: U256) -> TransactionRequest {
    TransactionRequest::default().from(from).to(to).value(value)
}

fn someone(index: u8) -> Address {
    Address::repeat_byte(0xa0 | (index & 0xf))
}

/// Checks a proof against a header as a light client does.
fn assert_proven(backend: &dyn Backend, number: u64, address: Address) {
    let (header, _) = backend.header(number).unwrap().unwrap();
    let at = BlockId::number(number);
    let proof = backend.proof(at, address, &[]).unwrap();
    let account = TrieAccount {
        nonce: proof.account.nonce,
        balance: proof.account.balance,
        storage_root: proof.storage_root,
        code_hash: proof.account.code_hash,
    };
    let absent =
        account.nonce == 0 && account.balance.is_zero() && account.code_hash == KECCAK256_EMPTY;
    let expected = (!absent).then(|| alloy_rlp::encode(account));
    let key = Nibbles::unpack(keccak256(address));
    verify_proof(header.state_root, key, expected, &proof.proof).unwrap();
    let seen = backend.account(at, address).unwrap();
    assert_eq!(seen.balance, proof.account.balance, "block {number}");
    assert_eq!(seen.nonce, proof.account.nonce, "block {number}");
}

#[test]
fn every_kept_height_has_its_state_and_its_proofs() {
    let node = Started::new(|_| {});
    for value in 1..=12 {
        node.send(value, someone(u8::try_from(value).unwrap() % 5))
            .unwrap();
    }
    assert_eq!(node.backend.head_number(), 12);
    for number in 0..=12 {
        for address in (0..6).map(someone).chain([node.rich(0), node.rich(1)]) {
            assert_proven(&*node.backend, number, address);
        }
    }
    assert_eq!(node.balance(BlockId::number(5), someone(0)), U256::from(5));
    assert_eq!(node.balance(BlockId::number(4), someone(0)), U256::ZERO);
    assert_eq!(node.balance(BlockId::latest(), someone(0)), U256::from(15));
    node.stop();
}

#[test]
fn edits_are_seen_at_once_and_belong_to_the_next_block() {
    let node = Started::new(|_| {});
    node.send(1, someone(0)).unwrap();
    // Returns the word in slot 1.
    let code = Bytes::from_static(&[0x60, 1, 0x54, 0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3]);
    let contract = someone(9);
    let dev = node.dev();
    dev.set_code(contract, code.clone()).unwrap();
    dev.set_storage(contract, U256::from(1), B256::with_last_byte(42))
        .unwrap();
    dev.set_balance(someone(1), U256::from(77)).unwrap();
    dev.set_nonce(node.rich(3), 9).unwrap();
    let latest = BlockId::latest();
    assert_eq!(node.backend.head_number(), 1);
    assert_eq!(node.balance(latest, someone(1)), U256::from(77));
    assert_eq!(node.backend.code(latest, contract).unwrap(), code);
    assert_eq!(node.backend.pending_nonce(node.rich(3)).unwrap(), 9);
    let hash = node
        .backend
        .send(transfer(node.rich(2), contract, U256::ZERO))
        .unwrap();
    assert_eq!(node.backend.head_number(), 2);
    for address in [contract, someone(1), node.rich(3)] {
        assert_proven(&*node.backend, 1, address);
        assert_proven(&*node.backend, 2, address);
    }
    assert_eq!(node.balance(BlockId::number(1), someone(1)), U256::ZERO);
    assert_eq!(node.balance(BlockId::number(2), someone(1)), U256::from(77));

    // A trace starts from the edits, too.
    let trace = node
        .backend
        .trace_transaction(hash, GethDebugTracingOptions::default())
        .unwrap();
    let GethTrace::Default(frame) = trace else {
        panic!("{trace:?}")
    };
    assert_eq!(
        frame.return_value.to_vec(),
        B256::with_last_byte(42).to_vec()
    );
    let receipts = node.backend.receipts(2).unwrap().unwrap();
    assert_eq!(frame.gas, receipts[0].gas_used);
    node.stop();
}

#[test]
fn blocks_come_to_the_same_when_they_are_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |config| {
        config.no_mining = true;
        config.history_blocks = 8;
    });
    for block in 0..12 {
        // Enough for several threads, and edits that only this block begins with.
        for sender in 0..4 {
            for to in 0..6 {
                node.backend
                    .send(transfer(
                        node.rich(sender),
                        someone(to),
                        U256::from(block + 1),
                    ))
                    .unwrap();
            }
        }
        node.dev()
            .set_balance(someone(9), U256::from(block))
            .unwrap();
        node.dev().mine(1, None).unwrap();
    }
    node.stop();
    for threads in [1, 2] {
        let replayed = inspect::replay(folder.path(), None, threads, false).unwrap();
        assert_eq!(replayed.blocks, 5..=12);
        assert_eq!(replayed.transactions, 8 * 24);
        assert_eq!(replayed.threads, threads);
    }
    let pruned = inspect::replay(folder.path(), Some(2), 1, false).unwrap_err();
    assert!(
        pruned.to_string().contains("The first that can is 5"),
        "{pruned}"
    );
    let beyond = inspect::replay(folder.path(), Some(13), 1, false).unwrap_err();
    assert!(beyond.to_string().contains("the head is 12"), "{beyond}");
}

#[test]
fn a_revert_restores_head_edits_pool_and_settings() {
    let node = Started::new(|config| config.no_mining = true);
    let dev = node.dev();
    dev.mine(2, None).unwrap();
    dev.set_balance(someone(1), U256::from(5)).unwrap();
    let pooled = node.send(3, someone(2)).unwrap();
    let (_, hash) = node.backend.header(2).unwrap().unwrap();
    let id = dev.snapshot().unwrap();

    let mut events = node.backend.subscribe();
    dev.mine(3, None).unwrap();
    dev.set_balance(someone(1), U256::from(6)).unwrap();
    dev.set_coinbase(someone(7)).unwrap();
    assert_eq!(node.balance(BlockId::latest(), someone(2)), U256::from(3));
    assert!(dev.revert(id).unwrap());
    assert!(!dev.revert(id).unwrap(), "used up");

    assert_eq!(node.backend.head_number(), 2);
    assert_eq!(node.backend.header(2).unwrap().unwrap().1, hash);
    assert!(node.backend.block(3).unwrap().is_none());
    assert!(node.backend.transaction(pooled).unwrap().is_none());
    assert!(node.backend.pooled(pooled).unwrap().executable);
    assert_eq!(node.balance(BlockId::latest(), someone(1)), U256::from(5));
    assert_eq!(node.balance(BlockId::latest(), someone(2)), U256::ZERO);
    let mut removed = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let ChainEvent::Removed { blocks, head } = event {
            assert_eq!(head, (2, hash));
            removed = blocks.iter().map(|(block, _)| block.number()).collect();
        }
    }
    assert_eq!(removed, [5, 4, 3]);

    dev.mine(1, None).unwrap();
    assert!(node.backend.transaction(pooled).unwrap().is_some());
    let (header, _) = node.backend.header(3).unwrap().unwrap();
    assert_ne!(header.beneficiary, someone(7));
    dev.reset().unwrap();
    assert_eq!(node.backend.head_number(), 0);
    assert_eq!(node.balance(BlockId::latest(), someone(1)), U256::ZERO);
    node.stop();
}

#[test]
fn a_simulation_that_cannot_be_says_why_by_its_code() {
    let node = Started::new(|_| {});
    node.send(1, someone(1)).unwrap();
    let code = |blocks: serde_json::Value, validation: bool| {
        let payload = serde_json::json!({ "blockStateCalls": blocks, "validation": validation });
        let payload = serde_json::from_value(payload).unwrap();
        match node.backend.simulate(BlockId::latest(), payload) {
            Err(BackendError::Coded { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    };
    let block = |fields| serde_json::json!([{ "blockOverrides": fields }]);
    let number = |number: &str| block(serde_json::json!({ "number": number }));
    assert_eq!(code(number("0x1"), false), -38020);
    assert_eq!(code(number("0x102"), false), -38026);
    assert_eq!(code(number("0x10000000000000000"), false), -38026);
    assert_eq!(
        code(block(serde_json::json!({ "time": "0x1" })), false),
        -38021
    );

    let (rich, poor) = (node.rich(0), someone(9));
    let call = |mut fields: serde_json::Value| {
        fields["to"] = serde_json::json!(someone(2));
        fields["maxFeePerGas"] = "0x174876e800".into();
        serde_json::json!([{ "calls": [fields] }])
    };
    for (fields, expected) in [
        (
            serde_json::json!({ "from": rich, "nonce": "0x0", "gas": "0x5208" }),
            -38010,
        ),
        (
            serde_json::json!({ "from": rich, "nonce": "0x5", "gas": "0x5208" }),
            -38011,
        ),
        (serde_json::json!({ "from": rich, "gas": "0x5207" }), -38013),
        (serde_json::json!({ "from": poor, "gas": "0x5208" }), -38014),
        (
            serde_json::json!({ "from": poor, "gas": "0x5208", "value": "0x1" }),
            -38014,
        ),
        (
            serde_json::json!({ "from": rich, "gas": "0xffffffffffff" }),
            -38015,
        ),
    ] {
        assert_eq!(code(call(fields.clone()), true), expected, "{fields}");
    }
    node.stop();
}

#[test]
fn a_reset_reaches_genesis_beyond_the_kept_states() {
    let folder = tempfile::tempdir().unwrap();
    let change = |config: &mut Config| {
        config.no_mining = true;
        config.history_blocks = 256;
    };
    let node = Started::in_folder(folder.path(), change);
    node.send(3, someone(2)).unwrap();
    node.dev().mine(300, None).unwrap();
    let contract = someone(9);
    node.dev()
        .set_code(contract, Bytes::from_static(&[0]))
        .unwrap();
    node.dev()
        .set_storage(contract, U256::from(1), B256::with_last_byte(1))
        .unwrap();
    node.dev().mine(1, None).unwrap();
    let genesis = node.backend.header(0).unwrap();
    assert!(
        node.backend
            .account(BlockId::number(0), someone(2))
            .is_err(),
        "pruned"
    );
    node.dev().reset().unwrap();
    assert_eq!(node.backend.head_number(), 0);
    assert_eq!(node.backend.header(0).unwrap(), genesis);
    assert_eq!(node.balance(BlockId::latest(), someone(2)), U256::ZERO);
    let word = node
        .backend
        .storage(BlockId::latest(), contract, U256::from(1))
        .unwrap();
    assert_eq!(word, U256::ZERO);
    assert_proven(&*node.backend, 0, node.rich(0));
    node.send(4, someone(2)).unwrap();
    node.dev().mine(1, None).unwrap();
    assert_proven(&*node.backend, 1, someone(2));
    node.stop();
    let verified = inspect::verify(folder.path()).unwrap();
    assert_eq!(verified.head, 1);
}

#[test]
fn a_snapshot_outlives_the_kept_states_and_leaves_the_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |config| {
        config.no_mining = true;
        config.history_blocks = 256;
    });
    let dev = node.dev();
    dev.mine(2, None).unwrap();
    dev.set_balance(someone(1), U256::from(5)).unwrap();
    let id = dev.snapshot().unwrap();
    dev.mine(300, None).unwrap();
    dev.set_automine(true).unwrap();
    assert!(dev.revert(id).unwrap());
    assert_eq!(node.backend.head_number(), 2);
    assert_eq!(node.balance(BlockId::latest(), someone(1)), U256::from(5));
    assert!(dev.automine(), "not part of the chain");
    dev.mine(300, None).unwrap();
    assert!(
        node.backend
            .account(BlockId::number(2), someone(1))
            .is_err(),
        "pruned once nobody can go back"
    );
    node.stop();
    inspect::verify(folder.path()).unwrap();
}

#[test]
fn storage_belongs_to_an_account_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |config| config.no_mining = true);
    let (dev, owner, latest) = (node.dev(), someone(4), BlockId::latest());
    let slot = U256::from(7);
    let word = || node.backend.storage(latest, owner, slot).unwrap();
    dev.set_storage(owner, slot, B256::with_last_byte(8))
        .unwrap();
    assert_eq!(word(), U256::from(8));
    assert_eq!(node.backend.account(latest, owner).unwrap().nonce, 1);
    dev.mine(1, None).unwrap();
    let proof = node.backend.proof(latest, owner, &[slot]).unwrap();
    assert_eq!(proof.storage[0].value, U256::from(8));
    assert_proven(&*node.backend, 1, owner);
    dev.set_nonce(owner, 0).unwrap();
    assert_eq!(word(), U256::ZERO, "the account is gone");
    dev.mine(1, None).unwrap();
    assert_proven(&*node.backend, 2, owner);
    node.stop();
    inspect::verify(folder.path()).unwrap();
}

#[test]
fn an_old_refusal_is_no_answer_to_a_committed_transaction() {
    let node = Started::new(|config| config.no_mining = true);
    let (poor, dev) = (node.rich(1), node.dev());
    let raw = node
        .backend
        .sign_transaction(transfer(poor, someone(1), U256::from(1)))
        .unwrap();
    node.backend.submit_raw(raw.clone()).unwrap();
    dev.set_balance(poor, U256::from(10)).unwrap();
    dev.mine(1, None).unwrap();
    dev.add_balance(poor, U256::from(10).pow(U256::from(18)))
        .unwrap();
    dev.set_automine(true).unwrap();
    let again = node.backend.submit_raw(raw).unwrap();
    again.committed.unwrap().blocking_recv().unwrap().unwrap();
    assert!(node.backend.transaction(again.hash).unwrap().is_some());
    node.stop();
}

#[test]
fn nobody_waits_for_a_round_that_does_not_come() {
    let node = Started::new(|_| {});
    let (dev, stuck) = (node.dev(), node.rich(1));
    std::thread::scope(|scope| {
        let backend = Arc::clone(&node.backend);
        let mut low = transfer(stuck, someone(1), U256::from(1)).nonce(0);
        low.gas = Some(21_000);
        low.max_fee_per_gas = Some(1);
        low.max_priority_fee_per_gas = Some(1);
        let sender = scope.spawn(move || {
            backend.send(low).unwrap();
            for nonce in 1..40 {
                let request = transfer(stuck, someone(1), U256::from(1)).nonce(nonce);
                backend.send(request.gas_limit(21_000)).unwrap();
            }
        });
        let backend = Arc::clone(&node.backend);
        let busy = node.rich(2);
        scope.spawn(move || {
            for nonce in 0..40 {
                let request = transfer(busy, someone(2), U256::from(1)).nonce(nonce);
                backend.send(request.gas_limit(21_000)).unwrap();
            }
        });
        let mut automine = false;
        while !sender.is_finished() {
            dev.set_automine(automine).unwrap();
            automine = !automine;
        }
        dev.set_automine(true).unwrap();
    });
    let pending = node.backend.content().pending;
    let left = pending.iter().filter(|tx| tx.sender() == stuck);
    assert_eq!(left.count(), 40);
    node.stop();
}

#[test]
fn what_cannot_run_after_all_stops_nobody() {
    let node = Started::new(|config| config.no_mining = true);
    let (poor, rich) = (node.rich(1), node.rich(2));
    let doomed = node
        .backend
        .send(transfer(poor, someone(1), U256::from(1)))
        .unwrap();
    let good = node
        .backend
        .send(transfer(rich, someone(1), U256::from(2)))
        .unwrap();
    node.dev().set_balance(poor, U256::from(10)).unwrap();
    node.dev().mine(1, None).unwrap();
    assert!(node.backend.transaction(good).unwrap().is_some());
    assert!(node.backend.transaction(doomed).unwrap().is_none());
    assert!(node.backend.pooled(doomed).is_none());
    node.stop();
}

#[test]
fn the_pending_block_is_the_one_that_is_sealed_next() {
    let node = Started::new(|config| config.no_mining = true);
    node.send(3, someone(2)).unwrap();
    node.dev().set_next_timestamp(4_000_000_000).unwrap();
    let (pending, _) = node.backend.pending_block().unwrap();
    assert_eq!(pending.transactions.len(), 1);
    assert_eq!(node.balance(BlockId::pending(), someone(2)), U256::from(3));
    assert_eq!(node.balance(BlockId::latest(), someone(2)), U256::ZERO);
    node.dev().mine(1, None).unwrap();
    let sealed = node.backend.block(1).unwrap().unwrap();
    assert_eq!(sealed.header, pending.header);
    node.stop();
}

#[test]
fn many_threads_at_once_are_all_confirmed_once() {
    let node = Started::new(|_| {});
    std::thread::scope(|scope| {
        for sender in 0..8 {
            let backend = Arc::clone(&node.backend);
            let from = node.rich(sender);
            scope.spawn(move || {
                for nonce in 0..25 {
                    let request = transfer(from, someone(3), U256::from(1)).nonce(nonce);
                    let hash = backend.send(request).unwrap();
                    let located = backend.transaction(hash).unwrap();
                    assert!(located.is_some(), "acknowledged before it was in a block");
                }
            });
        }
    });
    assert_eq!(node.balance(BlockId::latest(), someone(3)), U256::from(200));
    node.stop();
}

#[test]
fn the_pool_and_edits_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), |config| config.no_mining = true);
    let first = node.send(3, someone(2)).unwrap();
    let late = node
        .backend
        .send(transfer(node.rich(0), someone(2), U256::from(4)).nonce(5))
        .unwrap();
    node.dev().set_balance(someone(1), U256::from(5)).unwrap();
    node.dev().impersonate(someone(1)).unwrap();
    node.dev()
        .set_balance(someone(1), U256::from(10).pow(U256::from(18)))
        .unwrap();
    let unsigned = node
        .backend
        .send(transfer(someone(1), someone(2), U256::from(1)))
        .unwrap();
    node.stop();

    let node = Started::in_folder(folder.path(), |config| config.no_mining = true);
    assert!(node.backend.pooled(first).unwrap().executable);
    assert!(!node.backend.pooled(late).unwrap().executable);
    node.dev().mine(1, None).unwrap();
    assert!(node.backend.transaction(first).unwrap().is_some());
    let located = node.backend.transaction(unsigned).unwrap().unwrap();
    assert_eq!(
        located.block.transactions[located.index].sender(),
        someone(1)
    );
    node.stop();
    inspect::verify(folder.path()).unwrap();
}

#[test]
fn a_dumped_state_loads_into_another_chain() {
    let node = Started::new(|_| {});
    node.send(3, someone(2)).unwrap();
    let code = Bytes::from_static(&[0x5f, 0x5f, 0xf3]);
    node.dev().set_code(someone(4), code.clone()).unwrap();
    node.dev()
        .set_storage(someone(4), U256::from(7), B256::with_last_byte(8))
        .unwrap();
    let dump = node.dev().dump_state().unwrap();
    node.stop();

    let node = Started::new(|_| {});
    assert!(node.dev().load_state(dump).unwrap());
    let latest = BlockId::latest();
    assert_eq!(node.balance(latest, someone(2)), U256::from(3));
    assert_eq!(node.backend.code(latest, someone(4)).unwrap(), code);
    let word = node
        .backend
        .storage(latest, someone(4), U256::from(7))
        .unwrap();
    assert_eq!(word, U256::from(8));
    assert!(matches!(
        node.dev().load_state(Bytes::from_static(b"{")),
        Err(BackendError::InvalidParams(_))
    ));
    node.stop();
}

#[test]
fn signed_transactions_recover_to_their_sender() {
    let node = Started::new(|config| config.no_mining = true);
    let raw = node
        .backend
        .sign_transaction(transfer(node.rich(1), someone(0), U256::from(1)))
        .unwrap();
    let decoded = Transaction::decode_signed(&raw).unwrap();
    assert_eq!(decoded.sender(), node.rich(1));
    let submission = node.backend.submit_raw(raw.clone()).unwrap();
    assert_eq!(submission.hash, decoded.hash());
    assert!(submission.committed.is_none());
    let again = node.backend.submit_raw(raw.clone()).unwrap_err();
    assert_eq!(again.to_string(), "already known");
    let envelope = Envelope::decode_2718(&mut raw.as_ref()).unwrap();
    assert!(matches!(envelope, Envelope::Eip1559(_)));
    let junk = node
        .backend
        .submit_raw(Bytes::from_static(b"junk"))
        .unwrap_err();
    assert!(matches!(junk, BackendError::Rejected(_)), "{junk}");
    node.stop();
}

#[derive(Debug, Clone)]
enum Step {
    Send { from: usize, to: u8, wei: u64 },
    Mine(u64),
    Balance { of: u8, wei: u64 },
    Storage { of: u8, slot: u8, word: u8 },
    Nonce { of: u8 },
    Snapshot,
    Revert(usize),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..4_usize, any::<u8>(), any::<u64>())
            .prop_map(|(from, to, wei)| Step::Send { from, to, wei }),
        3 => (1..3_u64).prop_map(Step::Mine),
        2 => (any::<u8>(), any::<u64>()).prop_map(|(of, wei)| Step::Balance { of, wei }),
        2 => (any::<u8>(), 0..3_u8, 0..3_u8)
            .prop_map(|(of, slot, word)| Step::Storage { of, slot, word }),
        1 => any::<u8>().prop_map(|of| Step::Nonce { of }),
        2 => Just(Step::Snapshot),
        2 => (0..4_usize).prop_map(Step::Revert),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is done to it, the state root from scratch is the header's, and no wei are made
    /// or lost.
    #[test]
    fn the_database_agrees_with_itself(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let start = || Started::in_folder(folder.path(), |config| config.no_mining = true);
        let mut node = start();
        let mut snapshots = Vec::new();
        for step in steps {
            let dev = node.dev();
            match step {
                Step::Send { from, to, wei } => {
                    let request = transfer(node.rich(from), someone(to), U256::from(wei));
                    node.backend.send(request).unwrap();
                }
                Step::Mine(blocks) => {
                    dev.mine(blocks, None).unwrap();
                }
                Step::Balance { of, wei } => {
                    dev.set_balance(someone(of), U256::from(wei)).unwrap();
                }
                Step::Storage { of, slot, word } => {
                    let word = B256::with_last_byte(word);
                    dev.set_storage(someone(of), U256::from(slot), word).unwrap();
                }
                Step::Nonce { of } => dev.set_nonce(someone(of), 1).unwrap(),
                Step::Snapshot => snapshots.push(dev.snapshot().unwrap()),
                Step::Revert(index) => {
                    if let Some(id) = snapshots.get(index) {
                        let id = *id;
                        snapshots.truncate(index);
                        prop_assert!(dev.revert(id).unwrap());
                    }
                }
                Step::Reopen => {
                    node.stop();
                    snapshots.clear();
                    node = start();
                }
            }
        }
        // Edits are proven once they are in a block.
        node.dev().mine(1, None).unwrap();
        let head = node.backend.head_number();
        for number in head.saturating_sub(3)..=head {
            assert_proven(&*node.backend, number, someone(1));
            assert_proven(&*node.backend, number, node.rich(0));
        }
        node.stop();
        inspect::verify(folder.path()).unwrap();
    }
}
