//! How long the state takes for a block of updates: to many accounts, and to the slots of one.
//!
//! `cargo run --release -p lumio-state --example trie_speed -- [ACCOUNTS] [UPDATES] [BLOCKS]`

use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256, keccak256};
use lumio_state::trie::{
    AccountLeaf, AccountUpdate, EMPTY_ROOT, MemoryNodes, StateTrie, TrieError, TrieLimits,
};
use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

/// Updates that are put into the state at once while it is built.
const BUILD: u64 = 50_000;

/// What the blocks change.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Accounts,
    Slots,
}

fn random(seed: u64) -> B256 {
    keccak256(seed.to_be_bytes())
}

fn update(address: Address, balance: u64, storage: Vec<(U256, U256)>) -> AccountUpdate {
    AccountUpdate {
        address,
        account: Some(AccountLeaf {
            nonce: balance,
            balance: U256::from_be_bytes(random(balance).0) >> 160,
            code_hash: KECCAK256_EMPTY,
        }),
        storage,
        storage_wiped: false,
    }
}

impl Kind {
    /// A block that sets the entries of these indexes.
    fn block(self, indexes: impl Iterator<Item = u64>, seed: u64) -> Vec<AccountUpdate> {
        match self {
            Self::Accounts => indexes
                .map(|index| update(Address::from_word(random(index)), seed ^ index, Vec::new()))
                .collect(),
            Self::Slots => {
                let slots =
                    indexes.map(|index| (random(index).into(), random(seed ^ index).into()));
                vec![update(Address::ZERO, seed, slots.collect())]
            }
        }
    }
}

/// The median block's time for each update, which a busy machine disturbs less than the mean.
fn median(times: &mut [Duration], updates: u64) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1e6 / updates as f64
}

fn measure(
    kind: Kind,
    threads: usize,
    entries: u64,
    updates: u64,
    blocks: u64,
) -> Result<(), TrieError> {
    let limits = TrieLimits {
        account_nodes: usize::MAX,
        storage_nodes: usize::MAX,
        threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
    };
    let (mut state, mut store) = (StateTrie::open(EMPTY_ROOT, limits), MemoryNodes::new());
    let start = Instant::now();
    for first in (0..entries).step_by(BUILD as usize) {
        let last = entries.min(first + BUILD);
        state.apply(&store, kind.block(first..last, 0))?;
        for (owner, nodes) in state.commit() {
            store.apply(owner, nodes);
        }
    }
    let built = start.elapsed();
    let mut times = Vec::new();
    for number in 1..=blocks {
        let seed = number << 32;
        let indexes = (0..updates).map(|index| random(seed | index));
        let indexes = indexes.map(|random| u64::from_be_bytes(random.as_chunks().0[0]) % entries);
        let block = kind.block(indexes, seed);
        let start = Instant::now();
        let (_, changes) = state.apply_and_commit(&store, block)?;
        times.push(start.elapsed());
        for (owner, nodes) in changes {
            store.apply(owner, nodes);
        }
    }
    println!(
        "{entries} {kind:?} built in {built:.2?}; {updates} updates, {threads} threads: {:.2} µs each",
        median(&mut times, updates),
    );
    Ok(())
}

fn main() -> Result<(), TrieError> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>());
    let mut next = |default| arguments.next().and_then(Result::ok).unwrap_or(default);
    let (entries, updates, blocks) = (next(1_000_000), next(1_000), next(50));
    for kind in [Kind::Accounts, Kind::Slots] {
        for threads in [1, 2] {
            measure(kind, threads, entries, updates, blocks)?;
        }
    }
    Ok(())
}
