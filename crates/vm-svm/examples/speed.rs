//! How long transactions take, here and in LiteSVM: `cargo run --release -p lumio-vm-svm --example speed`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]
#![allow(missing_docs)]

#[path = "../tests/chain/mod.rs"]
mod chain;
#[path = "../tests/spl/mod.rs"]
mod spl;

use chain::{Chain, keypair, oracle};
use litesvm::LiteSVM;
use lumio_types::wei_of_lamports;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::time::Duration;

const SOL: u64 = 1_000_000_000;

fn compare(name: &str, chain: &mut Chain, transactions: &[VersionedTransaction]) {
    let mut lite = oracle(chain);
    if is("forgets") {
        lite = lite.with_transaction_history(0);
    }
    for (key, _) in chain.state.0.clone() {
        if let lumio_state::StateKey::SvmAccount(id) = key {
            let key = lumio_vm_svm::public_key(id);
            let account = chain.account(&key).unwrap();
            if !account.executable && account.owner != solana_sdk_ids::bpf_loader_upgradeable::id()
            {
                lite.set_account(key, account).unwrap();
            }
        }
    }
    for number in 0..500 {
        let key = keypair(number).pubkey();
        if let Some(account) = chain.account(&key) {
            lite.set_account(key, account).unwrap();
        }
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for share in transactions.chunks(500) {
        // LiteSVM, too, forgets what it has seen.
        chain
            .state
            .0
            .retain(|key, _| !matches!(key, lumio_state::StateKey::SvmMessage(_)));
        chain.messages.clear();
        let start = cpu();
        for transaction in share.iter().filter(|_| !is("lite")) {
            send_here(chain, transaction);
        }
        ours.push((cpu() - start) / 500);
        if is("alone") {
            continue;
        }
        let share = share.to_vec();
        let start = cpu();
        for transaction in share {
            send_there(&mut lite, transaction);
        }
        theirs.push((cpu() - start) / 500);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("{name}: {ours:?} here, {theirs:?} in LiteSVM");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn unsigned(
    instructions: &[Instruction],
    payer: &Keypair,
    blockhash: Hash,
) -> VersionedTransaction {
    let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
    VersionedTransaction {
        signatures: vec![Default::default()],
        message: VersionedMessage::Legacy(message),
    }
}

fn is(wanted: &str) -> bool {
    std::env::args().any(|argument| argument == wanted)
}

/// CPU time of this thread so far.
fn cpu() -> Duration {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// How many transactions of each kind.
fn count() -> u64 {
    let mut arguments = std::env::args();
    arguments
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(20_000)
}

#[inline(never)]
fn send_here(chain: &mut Chain, transaction: &VersionedTransaction) {
    assert_eq!(chain.try_send(transaction).unwrap().status, Ok(()));
}

#[inline(never)]
fn send_there(lite: &mut LiteSVM, transaction: VersionedTransaction) {
    lite.send_transaction(transaction).unwrap();
}

fn main() {
    let mut chain = Chain::new();
    let users: Vec<_> = (0..500).map(keypair).collect();
    for user in &users {
        chain.give(&user.pubkey(), wei_of_lamports(1_000 * SOL));
    }
    let blockhash = chain.blockhash();
    let transfers: Vec<_> = (0..count())
        .map(|n| {
            let (from, to) = (
                &users[(n % 500) as usize],
                &users[((n * 7 + 3) % 500) as usize],
            );
            let transfer = system::transfer(&from.pubkey(), &to.pubkey(), n + 1);
            unsigned(&[transfer], from, blockhash)
        })
        .collect();
    if !is("token") {
        compare("SOL transfer", &mut chain, &transfers);
    }

    if is("sol") {
        return;
    }
    let (alice, mint) = (keypair(1), keypair(1_000));
    let (a, b, m) = (alice.pubkey(), users[2].pubkey(), mint.pubkey());
    chain.send(&spl::make_mint(&a, &m), &[&alice, &mint]);
    let (from, to) = (spl::associated(&a, &m), spl::associated(&b, &m));
    chain.send(
        &[
            spl::make_associated(&a, &a, &m),
            spl::make_associated(&a, &b, &m),
        ],
        &[&alice],
    );
    chain.send(&[spl::mint_to(&m, &from, &a, u64::MAX / 2)], &[&alice]);
    let transfers: Vec<_> = (0..count())
        .map(|n| {
            let transfer = spl::transfer(&from, &to, &a, n + 1);
            unsigned(&[transfer], &alice, blockhash)
        })
        .collect();
    if !is("sol") {
        compare("token transfer", &mut chain, &transfers);
    }
}
