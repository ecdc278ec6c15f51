//! Local fee markets in a running node: a hot spot pays for itself, and nobody else notices.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod started;

use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex, keccak256};
use alloy_rpc_types_eth::TransactionRequest;
use lumio_node::Config;
use lumio_rpc::eth::HotResource;
use started::Started;

const GWEI: u128 = 1_000_000_000;
/// The contract of the hot mint: counts in slot 0, and notes the number under the caller.
const MINT: [u8; 11] = hex!("5f54600101805f55335500");
/// Notes something under the caller, so that no two callers meet.
const APART: [u8; 4] = hex!("33335500");
/// Two and a half million to the target, a quarter of which is a share.
const GAS_LIMIT: u64 = 5_000_000;
const TARGET: u64 = GAS_LIMIT / 2;
/// Senders of the hot spot, and of everything else.
const CROWD: u8 = 60;
const OTHERS: u8 = 20;

fn manual(config: &mut Config) {
    config.no_mining = true;
    config.gas_limit = GAS_LIMIT;
    config.no_aptos = true;
    config.no_solana = true;
}

fn hot() -> Address {
    Address::repeat_byte(0x11)
}

fn minter(index: u8) -> Address {
    Address::from_word(keccak256([1, index]))
}

fn other(index: u8) -> Address {
    Address::from_word(keccak256([2, index]))
}

/// A call of the contract at [`hot`].
fn call(from: Address, tip: u128) -> TransactionRequest {
    TransactionRequest {
        gas: Some(70_000),
        ..pay(from, hot(), tip)
    }
}

fn pay(from: Address, to: Address, tip: u128) -> TransactionRequest {
    TransactionRequest {
        from: Some(from),
        to: Some(TxKind::Call(to)),
        gas: Some(21_000),
        max_fee_per_gas: Some(10_000 * GWEI),
        max_priority_fee_per_gas: Some(tip),
        ..TransactionRequest::default()
    }
}

impl Started {
    /// A node with a contract at [`hot`] and accounts that may send.
    fn with_crowd(code: &[u8], change: impl FnOnce(&mut Config)) -> Self {
        let node = Self::new(|config| {
            manual(config);
            change(config);
        });
        node.populate(code);
        node
    }

    fn populate(&self, code: &[u8]) {
        let dev = self.dev();
        dev.set_code(hot(), Bytes::copy_from_slice(code)).unwrap();
        dev.auto_impersonate(true).unwrap();
        let rich = U256::from(10).pow(U256::from(24));
        for address in (0..CROWD).map(minter).chain((0..OTHERS).map(other)) {
            dev.set_balance(address, rich).unwrap();
        }
        self.mine();
    }

    fn send(&self, request: TransactionRequest) -> B256 {
        self.backend.send(request).unwrap()
    }

    fn mine(&self) -> u64 {
        self.dev().mine(1, None).unwrap()[0]
    }

    /// One block's load: three mints of everyone at rising bids, and a payment of everybody else,
    /// who bid next to nothing. Returns the payments.
    fn load(&self, round: u128) -> Vec<B256> {
        for index in 0..CROWD {
            let bid = (10 + round) * GWEI + u128::from(index);
            for _ in 0..3 {
                self.send(call(minter(index), bid));
            }
        }
        let payments = (0..OTHERS).map(|index| pay(other(index), Address::repeat_byte(5), 1));
        payments.map(|request| self.send(request)).collect()
    }

    fn has(&self, block: u64, hash: B256) -> bool {
        let found = self.backend.transaction(hash).unwrap();
        found.is_some_and(|found| found.block.number() == block)
    }

    fn base_fee(&self, block: u64) -> u64 {
        let (header, _) = self.backend.header(block).unwrap().unwrap();
        header.base_fee_per_gas.unwrap()
    }

    fn gas_used(&self, block: u64) -> u64 {
        self.backend.header(block).unwrap().unwrap().0.gas_used
    }

    /// Gas of a block's transactions that call [`hot`].
    fn hot_gas(&self, block: u64) -> u64 {
        let transactions = self.backend.block(block).unwrap().unwrap();
        let receipts = self.backend.receipts(block).unwrap().unwrap();
        let all = transactions.transactions.iter().zip(receipts.iter());
        let hot = all.filter(|(transaction, _)| transaction.envelope().to() == Some(hot()));
        hot.map(|(_, receipt)| receipt.gas_used).sum()
    }

    /// The counter of the mint, which everybody writes.
    fn counter(&self) -> Option<HotResource> {
        let resources = self.backend.hot_resources();
        resources.into_iter().find(|it| {
            let is_counter = it.key.iter().all(|byte| *byte == 0);
            *it.owner == *hot().as_slice() && is_counter
        })
    }

    fn pooled(&self) -> usize {
        let content = self.backend.content();
        content.pending.len() + content.queued.len()
    }
}

#[test]
fn a_hot_spot_raises_nobodys_base_fee_and_keeps_nobody_waiting() {
    let node = Started::with_crowd(&MINT, |_| {});
    let mut last = u64::MAX;
    for round in 0..20 {
        let payments = node.load(round);
        let block = node.mine();
        // The first block of a hot spot is what shows it.
        if round == 0 {
            assert!(node.gas_used(block) > TARGET);
            assert_eq!(node.counter().unwrap().waiting, 0);
            continue;
        }
        for payment in payments {
            assert!(node.has(block, payment), "round {round}");
        }
        // Guesses of gas are averages.
        assert!(node.gas_used(block) < TARGET + TARGET / 50, "round {round}");
        assert!(
            node.hot_gas(block) > TARGET / 2,
            "what is spare is made use of"
        );
        if round > 2 {
            assert!(node.base_fee(block) <= last, "round {round}");
        }
        last = node.base_fee(block);
    }
    let counter = node.counter().unwrap();
    assert!(
        counter.price > 10 * GWEI && counter.price < 30 * GWEI,
        "{counter:?}"
    );
    assert!(counter.waiting > 100, "{counter:?}");
    let suggested = node.backend.local_price(&call(other(0), 0));
    assert_eq!(suggested, counter.price);
    assert_eq!(node.backend.local_price(&pay(other(0), other(1), 0)), 0);
    node.stop();
}

#[test]
fn without_local_markets_the_same_load_is_everybodys_problem() {
    let node = Started::with_crowd(&MINT, |config| config.no_local_fees = true);
    let first = node.base_fee(node.backend.head_number());
    let mut late = 0;
    for round in 0..8 {
        let payments = node.load(round);
        let block = node.mine();
        late += payments
            .iter()
            .filter(|hash| !node.has(block, **hash))
            .count();
    }
    assert!(node.base_fee(node.backend.head_number()) > first);
    assert!(late > 100, "{late}");
    assert!(node.backend.hot_resources().is_empty());
    node.stop();
}

#[test]
fn prices_rise_by_congestion_fall_without_it_and_are_forgotten() {
    let node = Started::with_crowd(&MINT, |_| {});
    let mut prices = Vec::new();
    for round in 0..10 {
        node.load(round);
        node.mine();
        prices.push(node.counter().unwrap().price);
    }
    assert_eq!(prices[0], 0);
    assert!(
        prices[1..].is_sorted() && prices[9] > prices[1],
        "{prices:?}"
    );
    // Nothing starves: what waits gets in as soon as nobody bids more.
    let mut blocks = 0;
    while node.pooled() > 0 {
        node.mine();
        blocks += 1;
        assert!(blocks < 40, "{} still wait", node.pooled());
    }
    let peak = node.counter().unwrap().price;
    node.dev().mine(20, None).unwrap();
    let later = node.counter().unwrap().price;
    assert!(later > 0 && later < peak / 10, "{peak} {later}");
    node.dev().mine(200, None).unwrap();
    assert!(node.backend.hot_resources().is_empty());
    node.stop();
}

#[test]
fn a_price_of_the_past_keeps_nobody_out() {
    let node = Started::with_crowd(&MINT, |_| {});
    for round in 0..10 {
        node.load(round);
        node.mine();
    }
    while node.pooled() > 0 {
        node.mine();
    }
    assert!(node.counter().unwrap().price > GWEI);
    // A lone user who bids nothing, on a quiet chain.
    let modest = node.send(call(minter(0), 0));
    let block = node.mine();
    assert!(node.has(block, modest));
    node.stop();
}

#[test]
fn what_waits_keeps_the_order_of_its_sender() {
    let node = Started::with_crowd(&MINT, |_| {});
    for round in 0..4 {
        node.load(round);
        node.mine();
    }
    let late = node.send(call(other(0), 1));
    let after = node.send(pay(other(0), Address::repeat_byte(5), 100 * GWEI));
    node.load(4);
    let block = node.mine();
    assert!(!node.has(block, late) && !node.has(block, after));
    while node.pooled() > 0 {
        node.mine();
    }
    let place = |hash| {
        let found = node.backend.transaction(hash).unwrap().unwrap();
        (found.block.number(), found.index)
    };
    assert!(place(late) < place(after));
    node.stop();
}

#[test]
fn a_lone_user_fills_blocks_with_one_contract() {
    let node = Started::with_crowd(&MINT, |_| {});
    for round in 0..4 {
        let calls = (0..120).map(|_| node.send(call(minter(0), GWEI)));
        let calls: Vec<_> = calls.collect();
        let block = node.mine();
        for hash in calls {
            assert!(node.has(block, hash), "round {round}");
        }
        assert!(node.gas_used(block) > TARGET, "round {round}");
    }
    assert!(node.backend.hot_resources().is_empty());
    node.stop();
}

#[test]
fn callers_of_one_contract_who_write_apart_do_not_contend() {
    let node = Started::with_crowd(&APART, |_| {});
    let mut full = 0;
    for round in 0..4 {
        node.load(round);
        let block = node.mine();
        full += usize::from(node.gas_used(block) > TARGET);
    }
    assert!(full > 0, "there was more demand than the target");
    assert!(node.backend.hot_resources().is_empty());
    node.stop();
}

#[test]
fn going_back_forgets_what_was_learned_of_blocks_that_are_gone() {
    let node = Started::with_crowd(&MINT, |_| {});
    node.load(0);
    let id = node.dev().snapshot().unwrap();
    let waiting = node.pooled();
    let before = node.backend.head_number();
    for round in 1..6 {
        node.mine();
        node.load(round);
    }
    assert!(node.counter().unwrap().price > 0);
    assert!(node.dev().revert(id).unwrap());
    assert_eq!(node.backend.head_number(), before);
    assert!(node.backend.hot_resources().is_empty());
    assert_eq!(node.pooled(), waiting);
    // And it learns anew on the other branch.
    node.mine();
    assert!(node.counter().is_some());
    node.load(1);
    let block = node.mine();
    assert!(node.gas_used(block) < TARGET + TARGET / 50);
    node.stop();
}

#[test]
fn a_restart_forgets_prices_and_keeps_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let node = Started::in_folder(folder.path(), manual);
    node.populate(&MINT);
    for round in 0..6 {
        node.load(round);
        node.mine();
    }
    assert!(node.counter().unwrap().price > 0);
    let waiting = node.pooled();
    assert!(waiting > 0);
    node.stop();

    let node = Started::in_folder(folder.path(), manual);
    assert!(node.backend.hot_resources().is_empty());
    assert_eq!(node.pooled(), waiting);
    let block = node.mine();
    assert!(node.gas_used(block) > TARGET, "one block is what shows it");
    assert!(node.counter().is_some());
    let block = node.mine();
    assert!(node.gas_used(block) < TARGET + TARGET / 50);
    node.stop();
}

#[test]
fn the_pending_block_is_the_one_that_is_sealed() {
    let node = Started::with_crowd(&MINT, |_| {});
    for round in 0..4 {
        node.load(round);
        let (pending, _) = node.backend.pending_block().unwrap();
        let hashes: Vec<_> = pending.transactions.iter().map(|it| it.hash()).collect();
        let block = node.mine();
        let sealed = node.backend.block(block).unwrap().unwrap();
        let sealed: Vec<_> = sealed.transactions.iter().map(|it| it.hash()).collect();
        assert_eq!(hashes, sealed, "round {round}");
    }
    node.stop();
}

#[test]
fn blocks_sealed_at_once_take_everything_in_the_end() {
    let node = Started::with_crowd(&MINT, |_| {});
    for round in 0..4 {
        node.load(round);
        node.mine();
    }
    assert!(node.pooled() > 0);
    node.dev().set_automine(true).unwrap();
    // The answer comes when it is in a block, behind all that bid more.
    let modest = node.send(call(other(0), 1));
    assert!(node.backend.transaction(modest).unwrap().is_some());
    assert_eq!(node.pooled(), 0);
    node.stop();
}
