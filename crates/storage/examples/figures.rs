//! Figures of the database on this machine, one line for each:
//! `figures FOLDER ACCOUNTS BLOCKS TRANSACTIONS_A_BLOCK`. Run it again on the
//! same folder for the time to open; end it with a signal for that after a
//! kill.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_consensus::{Header, SignableTransaction, TxLegacy};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256};
use lumio_state::{AccountRecord, StateKey, Value, WriteSet};
use lumio_storage::{BlockCommit, Database, NodeChange, Options};
use lumio_types::{Block, Receipt, SealedHeader, Transaction};
use op_alloy_consensus::{OpTxEnvelope, OpTxType};
use std::{collections::BTreeMap, path::Path, time::Instant};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let mut number = || arguments.next().map_or(0, |text| text.parse().unwrap());
    let (accounts, blocks, transactions): (u64, u64, u64) = (number(), number(), number());
    let start = Instant::now();
    let database = if folder == "memory" {
        Database::ephemeral(Options::default()).unwrap()
    } else {
        Database::open(Path::new(&folder), Options::default()).unwrap()
    };
    println!("open: {:?}", start.elapsed());
    if database.head().is_none() {
        let touched: Vec<u64> = (0..accounts).collect();
        let (writes, nodes) = changes(&touched, 0, accounts);
        let start = Instant::now();
        let genesis = block(B256::ZERO, 0, vec![]);
        let commit = BlockCommit {
            block: &genesis,
            receipts: &[],
            writes: &writes,
            changes: &[],
            beginning: &[],
            nodes: &nodes,
            meta: &[],
            keep: None,
        };
        database.commit_genesis(901, &commit).unwrap();
        println!("genesis of {accounts} accounts: {:?}", start.elapsed());
    }
    let mut seed = 7_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    let mut times = Vec::new();
    let written_before = bytes_written();
    let cpu_before = cpu_seconds();
    let mut cpu_outside = 0.0;
    for _ in 0..blocks {
        let outside = cpu_seconds();
        let head = database.head().unwrap();
        let number = head.number + 1;
        let touched: Vec<u64> = (0..transactions * 2).map(|_| random(accounts)).collect();
        let (writes, nodes) = changes(&touched, number, accounts);
        let signed = (0..transactions).map(|nonce| transfer(number * 1_000_000 + nonce));
        let block = block(head.hash, number, signed.collect());
        let receipts = vec![receipt(); block.transactions.len()];
        let commit = BlockCommit {
            block: &block,
            receipts: &receipts,
            writes: &writes,
            changes: &[],
            beginning: &[],
            nodes: &nodes,
            meta: &[],
            keep: None,
        };
        cpu_outside += cpu_seconds() - outside;
        let start = Instant::now();
        database.commit(&commit).unwrap();
        times.push(start.elapsed());
        if blocks > 100 && number % (blocks / 10) == 0 {
            println!("block {number}: {:?}", times.last().unwrap());
        }
    }
    if !times.is_empty() {
        times.sort();
        let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
        println!(
            "commit of {transactions} transactions: p10 {:?} p50 {:?} p90 {:?} p99 {:?}",
            at(10),
            at(50),
            at(90),
            at(99)
        );
        println!(
            "a block: {:.3} ms of CPU, {} KiB written",
            (cpu_seconds() - cpu_before - cpu_outside) * 1000.0 / blocks as f64,
            (bytes_written() - written_before) / 1024 / blocks
        );
    }
    let snapshot = database.snapshot();
    for back in [0, 1, 10, 100, 1000] {
        let Some(number) = snapshot.head().unwrap().number.checked_sub(back) else {
            continue;
        };
        let Ok(view) = snapshot.state_at(number) else {
            continue;
        };
        let start = Instant::now();
        for _ in 0..100 {
            let key = StateKey::Balance(address(random(accounts)));
            view.value(&key).unwrap();
        }
        println!("read {back} blocks back: {:?}", start.elapsed() / 100);
    }
    if std::env::var_os("FIGURES_KILL").is_some() {
        std::process::Command::new("kill")
            .args(["-9", &std::process::id().to_string()])
            .status()
            .unwrap();
    }
}

/// Bytes that this process has written to files.
fn bytes_written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.map_or(0, |number| number.parse().unwrap())
}

/// CPU time of all threads of this process.
fn cpu_seconds() -> f64 {
    let io = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: f64 = io
        .split(' ')
        .next()
        .map_or(0.0, |number| number.parse().unwrap_or(0.0));
    nanoseconds / 1e9
}

fn address(index: u64) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}

/// State and node changes of the shape that transfers among these accounts
/// have, in a trie of `accounts` leaves.
fn changes(touched: &[u64], number: u64, accounts: u64) -> (WriteSet, Vec<NodeChange>) {
    let mut writes = WriteSet::new();
    let mut nodes = BTreeMap::new();
    let depth = usize::try_from(accounts.max(2).ilog2() / 4).unwrap();
    for (position, index) in touched.iter().enumerate() {
        let owner = address(*index);
        writes.insert(
            StateKey::Balance(owner),
            Some(Value::word(U256::from(number) + U256::from(*index))),
        );
        if position % 2 == 0 {
            let record = AccountRecord {
                nonce: number,
                ..AccountRecord::default()
            };
            writes.insert(StateKey::EvmAccount(owner), Some(record.encode()));
        }
        let hash = keccak256(owner);
        let path: Vec<u8> = hash
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .collect();
        if std::env::var_os("FIGURES_NO_NODES").is_some() {
            continue;
        }
        for length in 0..=depth {
            let fill = if length == depth { 110 } else { 532 };
            let path = path[..if length == depth { depth + 1 } else { length }].to_vec();
            nodes.insert(path, Bytes::from(vec![number as u8; fill]));
        }
    }
    let nodes = nodes.into_iter().map(|(path, node)| NodeChange {
        owner: None,
        path,
        node: Some(node),
    });
    (writes, nodes.collect())
}

fn block(parent_hash: B256, number: u64, transactions: Vec<Transaction>) -> Block {
    let header = Header {
        parent_hash,
        number,
        ..Header::default()
    };
    Block {
        header: SealedHeader::new(header),
        transactions,
    }
}

fn transfer(nonce: u64) -> Transaction {
    let unsigned = TxLegacy {
        chain_id: Some(901),
        nonce,
        gas_price: 1_000_000_000,
        gas_limit: 21_000,
        to: TxKind::Call(address(nonce)),
        value: U256::from(1_000_000_000_000_u64),
        input: Bytes::new(),
    };
    let signature = Signature::new(U256::from(nonce) << 180, U256::MAX >> 1, false);
    let envelope = OpTxEnvelope::Legacy(unsigned.into_signed(signature));
    Transaction::trusted(envelope, address(nonce))
}

fn receipt() -> Receipt {
    Receipt {
        tx_type: OpTxType::Legacy,
        success: true,
        gas_used: 21_000,
        cumulative_gas_used: 21_000_000,
        events: vec![],
        contract_address: None,
        deposit_nonce: None,
        carried: None,
    }
}
