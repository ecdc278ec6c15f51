//! Whole transactions: fees, remainders, failures, nonces, lookup tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::U256;
use chain::{Chain, keypair, oracle, sign};
use lumio_types::wei_of_lamports;
use lumio_vm_svm::SvmTransactError;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

const SOL: u64 = 1_000_000_000;

#[test]
fn a_transfer_moves_whole_lamports_and_leaves_remainders_where_they_are() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    let remainder = U256::from(123_456_789);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL) + remainder);
    chain.give(&bob.pubkey(), U256::from(987));
    let supply = chain.supply();
    let beneficiary = chain.env.block.beneficiary;

    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 3 * SOL);
    let sent = chain.send(&[transfer], &[&alice]);

    assert_eq!(sent.fee, 5_000);
    assert_eq!(sent.compute_units, 150);
    let left = wei_of_lamports(7 * SOL - 5_000) + remainder;
    assert_eq!(chain.wei(&alice.pubkey()), left);
    let got = wei_of_lamports(3 * SOL) + U256::from(987);
    assert_eq!(chain.wei(&bob.pubkey()), got);
    let key = lumio_state::StateKey::Balance(beneficiary);
    let fees = lumio_state::StateView::word(&chain.state, &key).unwrap();
    assert_eq!(fees, wei_of_lamports(5_000));
    assert_eq!(chain.supply(), supply);
    assert!(chain.record(&alice.pubkey()).is_none());
    assert_eq!(sent.before[0].lamports_(), 10 * SOL);
    assert_eq!(sent.after[0].lamports_(), 7 * SOL - 5_000);
}

#[test]
fn a_failed_transaction_pays_its_fee_and_nothing_else() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL));
    let supply = chain.supply();
    let good = system::transfer(&alice.pubkey(), &bob.pubkey(), SOL);
    let bad = system::transfer(&alice.pubkey(), &bob.pubkey(), 100 * SOL);
    let transaction = sign(&[good, bad], &[&alice], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    assert!(matches!(
        sent.status,
        Err(TransactionError::InstructionError(1, _))
    ));
    assert_eq!(chain.wei(&bob.pubkey()), U256::ZERO);
    let left = wei_of_lamports(10 * SOL - 5_000);
    assert_eq!(chain.wei(&alice.pubkey()), left);
    assert_eq!(chain.supply(), supply);
}

#[test]
fn what_no_block_may_contain_changes_nothing() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 1);
    let transaction = sign(&[transfer], &[&alice], chain.blockhash());
    let before = chain.state.clone();
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::AccountNotFound;
    assert_eq!(refused, SvmTransactError::Refused(expected));

    chain.give(&alice.pubkey(), wei_of_lamports(4_999));
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::InsufficientFundsForFee;
    assert_eq!(refused, SvmTransactError::Refused(expected));

    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    for _ in 0..150 {
        chain.next_block();
    }
    let refused = chain.try_send(&transaction).unwrap_err();
    let expected = TransactionError::BlockhashNotFound;
    assert_eq!(refused, SvmTransactError::Refused(expected));
    assert_eq!(chain.wei(&bob.pubkey()), U256::ZERO);
    assert!(before.0.len() <= chain.state.0.len());
}

#[test]
fn an_account_too_rich_for_lamports_is_refused_with_a_reason() {
    let mut chain = Chain::new();
    let (alice, bob) = (keypair(1), keypair(2));
    chain.give(&alice.pubkey(), wei_of_lamports(SOL));
    chain.give(
        &bob.pubkey(),
        wei_of_lamports(u64::MAX) + wei_of_lamports(1),
    );
    let transfer = system::transfer(&alice.pubkey(), &bob.pubkey(), 1);
    let transaction = sign(&[transfer], &[&alice], chain.blockhash());
    match chain.try_send(&transaction).unwrap_err() {
        SvmTransactError::Amount(reason) => {
            assert!(reason.contains(&bob.pubkey().to_string()), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_token_life_cycle_is_that_of_litesvm() {
    let mut chain = Chain::new();
    let mut lite = oracle(&chain);
    let (alice, bob, mint) = (keypair(1), keypair(2), keypair(3));
    for owner in [&alice, &bob] {
        chain.give(&owner.pubkey(), wei_of_lamports(10 * SOL));
        let account = chain.account(&owner.pubkey()).unwrap();
        lite.set_account(owner.pubkey(), account).unwrap();
    }
    let (a, b, m) = (alice.pubkey(), bob.pubkey(), mint.pubkey());
    let (from, to) = (spl::associated(&a, &m), spl::associated(&b, &m));
    let steps = [
        (spl::make_mint(&a, &m).to_vec(), vec![&alice, &mint]),
        (vec![spl::make_associated(&a, &a, &m)], vec![&alice]),
        (vec![spl::make_associated(&a, &b, &m)], vec![&alice]),
        (vec![spl::mint_to(&m, &from, &a, 1_000)], vec![&alice]),
        (vec![spl::transfer(&from, &to, &a, 400)], vec![&alice]),
        (vec![spl::burn(&to, &m, &b, 150)], vec![&bob]),
        (vec![spl::memo("thank you", &a)], vec![&alice]),
    ];
    for (instructions, signers) in steps {
        let transaction = sign(&instructions, &signers, chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        let expected = lite.send_transaction(transaction).unwrap();
        assert_eq!(sent.status, Ok(()), "{:#?}", sent.logs);
        assert_eq!(sent.logs, expected.logs);
        assert_eq!(sent.compute_units, expected.compute_units_consumed);
        assert_eq!(sent.inner_instructions, expected.inner_instructions);
    }
    assert_eq!(spl::balance(&chain, &from), 600);
    assert_eq!(spl::balance(&chain, &to), 250);
    for key in [a, b, m, from, to] {
        assert_eq!(chain.account(&key), lite.get_account(&key), "{key}");
    }
}

/// Lamports of an account.
trait Lamports {
    fn lamports_(&self) -> u64;
}

impl Lamports for solana_account::AccountSharedData {
    fn lamports_(&self) -> u64 {
        solana_account::ReadableAccount::lamports(self)
    }
}
