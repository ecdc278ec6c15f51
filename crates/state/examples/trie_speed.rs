//! How long the trie takes for a block of updates among many accounts.
//!
//! `cargo run --release -p lumio-state --example trie_speed -- [ACCOUNTS] [UPDATES] [BLOCKS]`

use alloy_primitives::{B256, keccak256};
use lumio_state::trie::{MemoryNodes, Trie, TrieError};
use std::time::{Duration, Instant};

/// A key's value, as long as the RLP of an account.
fn value(seed: u64) -> Vec<u8> {
    let mut value = vec![0xb8, 78];
    value.extend(seed.to_be_bytes());
    value.extend([0x42; 70]);
    value
}

fn key(index: u64) -> B256 {
    keccak256(index.to_be_bytes())
}

fn block(number: u64, updates: u64, accounts: u64) -> Vec<(B256, Option<Vec<u8>>)> {
    let indices = (0..updates).map(|i| key(number << 32 | i));
    let mut updates: Vec<_> = indices
        .map(|random| {
            let index = random
                .iter()
                .take(8)
                .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
                % accounts;
            (key(index), Some(value(number << 32 | index)))
        })
        .collect();
    updates.sort_unstable_by_key(|(key, _)| *key);
    updates
}

/// The median block's time for each key, which a busy machine disturbs less than the mean.
fn median(times: &mut [Duration], updates: u64) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1e6 / updates as f64
}

fn at_once(first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
    std::thread::scope(|scope| {
        scope.spawn(first);
        second();
    });
}

fn main() -> Result<(), TrieError> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>());
    let mut next = |default| arguments.next().and_then(Result::ok).unwrap_or(default);
    let (accounts, updates, blocks) = (next(1_000_000), next(2_000), next(50));

    let (mut trie, mut store) = (Trie::empty(None), MemoryNodes::new());
    let start = Instant::now();
    let mut all: Vec<_> = (0..accounts)
        .map(|index| (key(index), Some(value(index))))
        .collect();
    all.sort_unstable_by_key(|(key, _)| *key);
    trie.extend(&store, all)?;
    println!("root {}", trie.root());
    println!(
        "built {accounts} accounts in {:.2?}, {} nodes",
        start.elapsed(),
        trie.loaded_nodes()
    );
    store.apply(None, trie.commit());

    for (run, keeps_parent, threads) in [(0, false, 1), (1, true, 1), (2, false, 2)] {
        let (mut roots, mut commits, mut written) = (Vec::new(), Vec::new(), 0);
        let mut parent = None;
        for number in 0..blocks {
            let updates = block(number + run * blocks, updates, accounts);
            parent = keeps_parent.then(|| trie.clone());
            let start = Instant::now();
            trie.extend(&store, updates)?;
            match threads {
                1 => trie.root(),
                _ => trie.root_joined(at_once),
            };
            roots.push(start.elapsed());
            let start = Instant::now();
            let changes = trie.commit();
            commits.push(start.elapsed());
            written += changes
                .iter()
                .flat_map(|(_, node)| node)
                .map(|node| node.len())
                .sum::<usize>();
        }
        drop(parent);
        println!(
            "parent kept: {keeps_parent}, hashing threads: {threads}; per key: root {:.2} µs, commit {:.2} µs, {} bytes written",
            median(&mut roots, updates),
            median(&mut commits, updates),
            written as u64 / (updates * blocks),
        );
    }
    Ok(())
}
