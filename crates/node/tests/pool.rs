//! The pool: its errors by name, and its order and limits against a naive model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{SignableTransaction, Transaction as _, TxEip1559, TxLegacy};
use alloy_eips::{eip2718::Encodable2718 as _, eip2930::AccessListItem};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use lumio_node::{
    AccountId, Accounts, AdmissionRules, Pool, PoolError, PoolJournal, PoolLimits, SenderAccount,
};
use lumio_state::{AccountRecord, StateKey, Value, WriteSet};
use lumio_types::{Envelope, Transaction};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

const CHAIN_ID: u64 = 58_646;
const GWEI: u128 = 1_000_000_000;

fn rules() -> AdmissionRules {
    AdmissionRules {
        chain_id: CHAIN_ID,
        block_gas_limit: 30_000_000,
        gas_cap: true,
        min_gas_price: 0,
        base_fee: 0,
    }
}

fn pool(limits: PoolLimits) -> Pool {
    Pool::new(limits, rules(), None)
}

fn sender(index: u8) -> Address {
    Address::repeat_byte(index.saturating_add(1))
}

fn transfer(nonce: u64, cap: u128, tip: u128, value: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: cap,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(Address::ZERO),
        value: U256::from(value),
        ..Default::default()
    }
}

fn from(sender: Address, tx: TxEip1559) -> Arc<Transaction> {
    let signed = tx.into_signed(Signature::test_signature());
    // The fake signature is the same for all, so the sender must be in the hash somewhere.
    let mut signed = signed.strip_signature();
    signed.input = Bytes::new();
    signed.value += U256::from(sender.as_slice()[0]);
    let signed = signed.into_signed(Signature::test_signature());
    Arc::new(Transaction::trusted(Envelope::Eip1559(signed), sender))
}

#[derive(Default)]
struct Ledger(BTreeMap<Address, SenderAccount>);

impl Accounts for Ledger {
    fn account(&self, address: Address) -> Result<SenderAccount, PoolError> {
        Ok(self.0.get(&address).copied().unwrap_or_default())
    }

    fn move_account(&self, id: AccountId) -> Result<SenderAccount, PoolError> {
        self.account(id.evm_address())
    }
}

fn rich(nonce: u64) -> Ledger {
    let account = SenderAccount {
        nonce,
        balance: U256::from(10).pow(U256::from(24)),
    };
    Ledger((0..8).map(|index| (sender(index), account)).collect())
}

fn refusal(tx: TxEip1559) -> String {
    pool(PoolLimits::default())
        .add(from(sender(0), tx), &rich(5))
        .unwrap_err()
        .to_string()
}

#[test]
fn refuses_in_the_words_of_geth() {
    let good = || transfer(5, 2 * GWEI, GWEI, 0);
    assert_eq!(
        refusal(TxEip1559 { nonce: 3, ..good() }),
        "nonce too low: next nonce 5, tx nonce 3"
    );
    assert_eq!(
        refusal(TxEip1559 {
            nonce: u64::MAX,
            ..good()
        }),
        "nonce has max value"
    );
    assert_eq!(
        refusal(TxEip1559 {
            chain_id: 1,
            ..good()
        }),
        "invalid sender: invalid chain id for signer: have 1 want 58646"
    );
    assert_eq!(
        refusal(TxEip1559 {
            gas_limit: 20_999,
            ..good()
        }),
        "intrinsic gas too low: gas 20999, minimum needed 21000"
    );
    assert_eq!(
        refusal(TxEip1559 {
            gas_limit: 30_000_001,
            ..good()
        }),
        "exceeds block gas limit"
    );
    assert_eq!(
        refusal(TxEip1559 {
            gas_limit: (1 << 24) + 1,
            ..good()
        }),
        "transaction gas limit too high (cap: 16777216, tx: 16777217)"
    );
    assert_eq!(
        refusal(TxEip1559 {
            max_priority_fee_per_gas: 3 * GWEI,
            ..good()
        }),
        "max priority fee per gas higher than max fee per gas: \
         maxPriorityFeePerGas: 3000000000, maxFeePerGas: 2000000000"
    );
    let costly = refusal(TxEip1559 {
        max_fee_per_gas: u128::MAX,
        ..good()
    });
    assert!(
        costly.starts_with("insufficient funds for gas * price + value: balance 1000"),
        "{costly}"
    );
    assert!(
        refusal(TxEip1559 {
            value: U256::MAX - U256::from(1),
            ..good()
        })
        .starts_with("insufficient funds")
    );
}

#[test]
fn refuses_oversized_data_and_init_code() {
    let add = |tx: Transaction| {
        pool(PoolLimits::default())
            .add(Arc::new(tx), &rich(0))
            .unwrap_err()
            .to_string()
    };
    let with_input = |length: usize, to: TxKind| {
        let tx = TxLegacy {
            gas_limit: 16_000_000,
            to,
            input: vec![1; length].into(),
            ..Default::default()
        };
        let signed = tx.into_signed(Signature::test_signature());
        Transaction::trusted(Envelope::Legacy(signed), sender(0))
    };
    let error = add(with_input(132_000, TxKind::Call(Address::ZERO)));
    assert!(
        error.starts_with("oversized data: transaction size 132"),
        "{error}"
    );
    assert_eq!(
        add(with_input(49_153, TxKind::Create)),
        "max initcode size exceeded: code size 49153, limit 49152"
    );
}

#[test]
fn counts_what_the_pending_ones_can_cost() {
    let pool = pool(PoolLimits::default());
    let cost = 21_000 * GWEI;
    let ledger = Ledger(BTreeMap::from([(
        sender(0),
        SenderAccount {
            nonce: 0,
            balance: U256::from(cost * 5 / 2 + 10),
        },
    )]));
    pool.add(from(sender(0), transfer(0, GWEI, 0, 0)), &ledger)
        .unwrap();
    pool.add(from(sender(0), transfer(1, GWEI, 0, 0)), &ledger)
        .unwrap();
    let error = pool
        .add(from(sender(0), transfer(2, GWEI, 0, 0)), &ledger)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("queued cost {}", cost * 2 + 2)),
        "{error}"
    );
}

#[test]
fn a_replacement_pays_a_tenth_more() {
    let pool = pool(PoolLimits::default());
    let ledger = rich(0);
    let first = from(sender(0), transfer(0, 1000, 100, 0));
    pool.add(Arc::clone(&first), &ledger).unwrap();
    assert_eq!(
        pool.add(Arc::clone(&first), &ledger),
        Err(PoolError::AlreadyKnown)
    );
    for (cap, tip) in [(1000, 100), (1100, 109), (1099, 110), (5000, 100)] {
        let again = from(sender(0), transfer(0, cap, tip, 1));
        assert_eq!(
            pool.add(again, &ledger),
            Err(PoolError::ReplacementUnderpriced),
            "{cap} {tip}"
        );
    }
    let better = from(sender(0), transfer(0, 1100, 110, 1));
    let added = pool.add(Arc::clone(&better), &ledger).unwrap();
    assert_eq!(added.dropped, [first.hash()]);
    assert_eq!(added.executable, [Arc::clone(&better)]);
    assert!(pool.get(first.hash()).is_none());
    assert!(pool.get(better.hash()).unwrap().1);
}

#[test]
fn a_gap_waits_and_fills() {
    let pool = pool(PoolLimits::default());
    let ledger = rich(0);
    let late = from(sender(0), transfer(1, 10, 1, 0));
    assert!(
        pool.add(Arc::clone(&late), &ledger)
            .unwrap()
            .executable
            .is_empty()
    );
    assert!(pool.best(0, 30_000_000).is_empty());
    assert_eq!(pool.next_nonce(sender(0)), Some(0));
    let early = from(sender(0), transfer(0, 10, 1, 0));
    let added = pool.add(Arc::clone(&early), &ledger).unwrap();
    assert_eq!(added.executable, [Arc::clone(&early), Arc::clone(&late)]);
    assert_eq!(pool.best(0, 30_000_000), [early, late]);
    assert_eq!(pool.next_nonce(sender(0)), Some(2));
}

#[test]
fn below_the_base_fee_waits() {
    let pool = pool(PoolLimits::default());
    pool.add(from(sender(0), transfer(0, 10, 1, 0)), &rich(0))
        .unwrap();
    assert!(pool.best(11, 30_000_000).is_empty());
    assert!(!pool.has_work(11));
    assert_eq!(pool.best(10, 30_000_000).len(), 1);
    assert!(pool.has_work(10));
}

#[test]
fn a_sealed_block_moves_senders_on() {
    let pool = pool(PoolLimits::default());
    let ledger = rich(0);
    for nonce in 0..3 {
        pool.add(from(sender(0), transfer(nonce, 10, 1, 0)), &ledger)
            .unwrap();
    }
    let record = AccountRecord {
        nonce: 2,
        ..Default::default()
    };
    let writes = WriteSet::from([(StateKey::EvmAccount(sender(0)), Some(record.encode()))]);
    pool.sealed(&writes, 0);
    let left = pool.best(0, 30_000_000);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].envelope().nonce(), 2);
    let writes = WriteSet::from([(
        StateKey::Balance(sender(0)),
        Some(Value::word(U256::from(7))),
    )]);
    pool.sealed(&writes, 0);
    let poor = Ledger(BTreeMap::from([(
        sender(0),
        SenderAccount {
            nonce: 2,
            balance: U256::from(7),
        },
    )]));
    let error = pool
        .add(from(sender(0), transfer(3, 10, 1, 0)), &poor)
        .unwrap_err();
    assert!(error.to_string().contains("balance 7,"), "{error}");
}

#[test]
fn a_full_pool_drives_out_the_cheapest() {
    let pool = pool(PoolLimits {
        transactions: 2,
        ..PoolLimits::default()
    });
    let ledger = rich(0);
    let cheap = from(sender(0), transfer(0, 100, 1, 0));
    pool.add(Arc::clone(&cheap), &ledger).unwrap();
    pool.add(from(sender(1), transfer(0, 100, 5, 0)), &ledger)
        .unwrap();
    assert_eq!(
        pool.add(from(sender(2), transfer(0, 100, 1, 0)), &ledger),
        Err(PoolError::Underpriced)
    );
    assert_eq!(
        pool.add(from(sender(2), transfer(1, 100, 50, 0)), &ledger),
        Err(PoolError::Full)
    );
    let added = pool
        .add(from(sender(2), transfer(0, 100, 2, 0)), &ledger)
        .unwrap();
    assert_eq!(added.dropped, [cheap.hash()]);
    assert_eq!(pool.size().0, 2);
}

#[test]
fn a_journal_survives_a_torn_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pool");
    let (journal, found) = PoolJournal::open(&path).unwrap();
    assert!(found.is_empty());
    let pool = Pool::new(PoolLimits::default(), rules(), Some(journal));
    for nonce in 0..10 {
        pool.add(from(sender(0), transfer(nonce, 10, 1, 0)), &rich(0))
            .unwrap();
    }
    drop(pool);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 3);
    std::fs::write(&path, &bytes).unwrap();

    let (journal, found) = PoolJournal::open(&path).unwrap();
    assert_eq!(found.len(), 9);
    let pool = Pool::new(PoolLimits::default(), rules(), Some(journal));
    assert_eq!(pool.restore(found, &rich(3)), 6);
    pool.add(from(sender(1), transfer(3, 10, 1, 0)), &rich(3))
        .unwrap();
    pool.remove_all(Some(sender(0)));
    drop(pool);
    let (_, found) = PoolJournal::open(&path).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].sender(), sender(1));
}

#[test]
fn a_dropped_transaction_does_not_come_back_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pool");
    let (journal, _) = PoolJournal::open(&path).unwrap();
    let pool = Pool::new(PoolLimits::default(), rules(), Some(journal));
    let kept = from(sender(0), transfer(0, 10, 1, 0));
    let dropped = from(sender(1), transfer(0, 10, 1, 0));
    let returned = from(sender(2), transfer(0, 10, 1, 0));
    for transaction in [&kept, &dropped, &returned] {
        pool.add(Arc::clone(transaction), &rich(0)).unwrap();
    }
    pool.discard(dropped.hash());
    pool.discard(returned.hash());
    pool.add(Arc::clone(&returned), &rich(0)).unwrap();
    drop(pool);
    let (_, found) = PoolJournal::open(&path).unwrap();
    let found: Vec<_> = found.iter().map(Transaction::hash).collect();
    assert_eq!(found, [kept.hash(), returned.hash()]);
}

#[test]
fn a_replacement_keeps_the_limit_of_bytes_and_drives_out_only_for_room() {
    let with_slots = |slots: usize, cap: u128, tip: u128| {
        let item = AccessListItem {
            address: Address::ZERO,
            storage_keys: vec![B256::ZERO; slots],
        };
        let tx = TxEip1559 {
            gas_limit: 200_000,
            access_list: vec![item].into(),
            ..transfer(0, cap, tip, 0)
        };
        from(sender(0), tx)
    };
    let first = with_slots(0, 100, 5);
    let size = first.envelope().encode_2718_len();
    let pool = pool(PoolLimits {
        bytes: 3 * size + 200,
        ..PoolLimits::default()
    });
    pool.add(Arc::clone(&first), &rich(0)).unwrap();
    let cheap = from(sender(1), transfer(0, 100, 1, 0));
    pool.add(Arc::clone(&cheap), &rich(0)).unwrap();
    let dear = from(sender(2), transfer(0, 100, 90, 0));
    pool.add(Arc::clone(&dear), &rich(0)).unwrap();

    let refused = pool.add(with_slots(60, 200, 20), &rich(0));
    assert_eq!(refused, Err(PoolError::Underpriced));
    assert!(pool.get(cheap.hash()).is_some(), "driven out for nothing");
    assert!(pool.get(first.hash()).is_some());

    let added = pool.add(with_slots(9, 200, 20), &rich(0)).unwrap();
    assert_eq!(added.dropped, [cheap.hash(), first.hash()]);
    assert!(pool.size().2 <= 3 * size + 200);
}

#[test]
fn what_waits_behind_one_that_does_not_pay_is_not_next() {
    let pool = pool(PoolLimits::default());
    let low = from(sender(0), transfer(0, 5, 1, 0));
    let high = from(sender(0), transfer(1, 100, 1, 0));
    pool.add(Arc::clone(&low), &rich(0)).unwrap();
    pool.add(Arc::clone(&high), &rich(0)).unwrap();
    assert!(pool.is_next(high.hash()));
    pool.update_rules(|rules| rules.base_fee = 7);
    assert!(!pool.is_next(high.hash()), "nonce 0 does not pay");
    pool.update_rules(|rules| {
        rules.base_fee = 0;
        rules.block_gas_limit = 20_000;
    });
    assert!(!pool.is_next(low.hash()), "more gas than a block");
}

/// The same pool, without an index and without a cached sum.
#[derive(Default)]
struct Model {
    accounts: BTreeMap<Address, SenderAccount>,
    transactions: Vec<Arc<Transaction>>,
    limits: PoolLimits,
}

impl Model {
    fn at(&self, sender: Address, nonce: u64) -> Option<usize> {
        self.transactions
            .iter()
            .position(|tx| tx.sender() == sender && tx.envelope().nonce() == nonce)
    }

    fn ready_until(&self, sender: Address) -> u64 {
        let mut nonce = self.accounts[&sender].nonce;
        while self.at(sender, nonce).is_some() {
            nonce += 1;
        }
        nonce
    }

    fn is_ready(&self, tx: &Transaction) -> bool {
        tx.envelope().nonce() < self.ready_until(tx.sender())
    }

    fn add(&mut self, tx: Arc<Transaction>) -> bool {
        let (sender, nonce) = (tx.sender(), tx.envelope().nonce());
        let account = self.accounts[&sender];
        let cost = tx.max_cost().unwrap();
        let until = self.ready_until(sender);
        let others: U256 = (account.nonce..until)
            .filter(|other| *other != nonce)
            .map(|other| {
                self.transactions[self.at(sender, other).unwrap()]
                    .max_cost()
                    .unwrap()
            })
            .fold(U256::ZERO, |sum, cost| sum + cost);
        if self
            .transactions
            .iter()
            .any(|other| other.hash() == tx.hash())
            || nonce < account.nonce
            || cost > account.balance
            || (nonce <= until && others + cost > account.balance)
        {
            return false;
        }
        if let Some(old) = self.at(sender, nonce) {
            let more = |new: u128, old: u128| new > old && new * 100 >= old * 110 / 100 * 100;
            let (a, b) = (tx.envelope(), self.transactions[old].envelope());
            let tips = [a, b].map(|tx| tx.max_priority_fee_per_gas().unwrap());
            if !more(a.max_fee_per_gas(), b.max_fee_per_gas()) || !more(tips[0], tips[1]) {
                return false;
            }
            self.transactions.remove(old);
            self.transactions.push(tx);
            return true;
        }
        let count = |ready: bool| {
            self.transactions
                .iter()
                .filter(|other| other.sender() == sender && self.is_ready(other) == ready)
                .count()
        };
        if count(true) + count(false) >= self.limits.per_sender
            || (nonce != until && count(false) >= self.limits.queued_per_sender)
        {
            return false;
        }
        if self.transactions.len() >= self.limits.transactions {
            // The last of the cheapest is the newest of them.
            let tip = |tx: &Transaction| tx.envelope().effective_tip_per_gas(0).unwrap();
            let cheapest = self.transactions.iter().map(|tx| tip(tx)).min().unwrap();
            if nonce != until || tip(&tx) <= cheapest {
                return false;
            }
            let newest = self.transactions.iter().rposition(|tx| tip(tx) == cheapest);
            self.transactions.remove(newest.unwrap());
        }
        self.transactions.push(tx);
        true
    }

    /// Repeatedly the best of all that could come next.
    fn best(&self, base_fee: u64) -> Vec<B256> {
        let mut next: BTreeMap<_, _> = self
            .accounts
            .iter()
            .map(|(sender, account)| (*sender, account.nonce))
            .collect();
        let mut chosen = Vec::new();
        loop {
            let candidates = self
                .transactions
                .iter()
                .enumerate()
                .filter_map(|(arrival, tx)| {
                    let tip = tx.envelope().effective_tip_per_gas(base_fee)?;
                    (next[&tx.sender()] == tx.envelope().nonce()).then_some((
                        tip,
                        std::cmp::Reverse(arrival),
                        tx,
                    ))
                });
            let Some((_, _, tx)) = candidates.max_by_key(|(tip, arrival, _)| (*tip, *arrival))
            else {
                return chosen;
            };
            chosen.push(tx.hash());
            *next.get_mut(&tx.sender()).unwrap() += 1;
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Add {
        sender: u8,
        nonce: u64,
        cap: u128,
        tip: u128,
        value: u64,
    },
    Nonce {
        sender: u8,
        nonce: u64,
    },
    Balance {
        sender: u8,
        wei: u64,
    },
    Remove {
        index: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..4_u8, 0..8_u64, 1..40_u128, 0..40_u128, 0..100_000_u64).prop_map(
            |(sender, nonce, cap, tip, value)| Step::Add {
                sender, nonce, cap, tip: tip.min(cap), value,
            }
        ),
        1 => (0..4_u8, 0..8_u64).prop_map(|(sender, nonce)| Step::Nonce { sender, nonce }),
        1 => (0..4_u8, 0..5_000_000_u64).prop_map(|(sender, wei)| Step::Balance { sender, wei }),
        1 => (0..20_usize).prop_map(|index| Step::Remove { index }),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    #[test]
    fn behaves_like_the_naive_model(steps in steps(), base_fee in 0..40_u64) {
        let limits = PoolLimits {
            transactions: 12,
            bytes: usize::MAX,
            per_sender: 6,
            queued_per_sender: 2,
        };
        let pool = pool(limits);
        let start = SenderAccount { nonce: 0, balance: U256::from(3_000_000) };
        let mut model = Model {
            accounts: (0..4).map(|index| (sender(index), start)).collect(),
            limits,
            ..Default::default()
        };
        for step in steps {
            match step {
                Step::Add { sender: index, nonce, cap, tip, value } => {
                    let tx = from(sender(index), transfer(nonce, cap, tip, value));
                    let ledger = Ledger(model.accounts.clone());
                    let added = pool.add(Arc::clone(&tx), &ledger);
                    prop_assert_eq!(added.is_ok(), model.add(tx), "{:?}", added);
                }
                Step::Nonce { sender: index, nonce } => {
                    let account = model.accounts.get_mut(&sender(index)).unwrap();
                    account.nonce = account.nonce.max(nonce);
                    let record = AccountRecord { nonce: account.nonce, ..Default::default() };
                    let nonce = account.nonce;
                    model.transactions.retain(|tx| {
                        tx.sender() != sender(index) || tx.envelope().nonce() >= nonce
                    });
                    let key = StateKey::EvmAccount(sender(index));
                    pool.sealed(&WriteSet::from([(key, Some(record.encode()))]), 0);
                }
                Step::Balance { sender: index, wei } => {
                    let wei = U256::from(wei);
                    model.accounts.get_mut(&sender(index)).unwrap().balance = wei;
                    let key = StateKey::Balance(sender(index));
                    pool.sealed(&WriteSet::from([(key, Some(Value::word(wei)))]), 0);
                }
                Step::Remove { index } => {
                    if index < model.transactions.len() {
                        let tx = model.transactions.remove(index);
                        prop_assert!(pool.remove(tx.hash()));
                    }
                }
            }
            let content = pool.content();
            let mut expected: Vec<_> = model.transactions.clone();
            expected.sort_by_key(|tx| (tx.sender(), tx.envelope().nonce()));
            let (pending, queued): (Vec<_>, Vec<_>) =
                expected.into_iter().partition(|tx| model.is_ready(tx));
            prop_assert_eq!(content.pending, pending);
            prop_assert_eq!(content.queued, queued);
            let best: Vec<_> =
                pool.best(base_fee, 30_000_000).iter().map(|tx| tx.hash()).collect();
            prop_assert_eq!(best, model.best(base_fee));
        }
    }
}
