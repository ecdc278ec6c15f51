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

use chain::{Chain, keypair, oracle, sign};
use lumio_types::wei_of_lamports;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::time::Instant;

const SOL: u64 = 1_000_000_000;
const COUNT: u64 = 20_000;

fn compare(name: &str, chain: &mut Chain, transactions: &[VersionedTransaction]) {
    let mut lite = oracle(chain).with_transaction_history(0);
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
    let count = u32::try_from(transactions.len()).unwrap();
    let start = Instant::now();
    for transaction in transactions {
        assert_eq!(chain.try_send(transaction).unwrap().status, Ok(()));
    }
    let ours = start.elapsed() / count;
    let start = Instant::now();
    for transaction in transactions {
        lite.send_transaction(transaction.clone()).unwrap();
    }
    let theirs = start.elapsed() / count;
    println!("{name}: {ours:?} here, {theirs:?} in LiteSVM");
}

fn main() {
    let mut chain = Chain::new();
    let users: Vec<_> = (0..500).map(keypair).collect();
    for user in &users {
        chain.give(&user.pubkey(), wei_of_lamports(1_000 * SOL));
    }
    let blockhash = chain.blockhash();
    let transfers: Vec<_> = (0..COUNT)
        .map(|n| {
            let (from, to) = (
                &users[(n % 500) as usize],
                &users[((n * 7 + 3) % 500) as usize],
            );
            let transfer = system::transfer(&from.pubkey(), &to.pubkey(), n + 1);
            sign(&[transfer], &[from], blockhash)
        })
        .collect();
    compare("SOL transfer", &mut chain, &transfers);

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
    let transfers: Vec<_> = (0..COUNT)
        .map(|n| {
            sign(
                &[spl::transfer(&from, &to, &a, n + 1)],
                &[&alice],
                blockhash,
            )
        })
        .collect();
    compare("token transfer", &mut chain, &transfers);
}
