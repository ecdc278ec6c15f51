//! X2: a transaction adds no more to the sum of all balances than a deposit mints, whether it
//! writes a balance or tells apart what is to be added to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, U256, U512};
use lumio_executor::{BalanceChange, Executed, SupplyError};
use lumio_state::{EmptyView, Journal, Overlay, StateKey, Value, WriteSet};
use lumio_types::{Envelope, Transaction};
use op_alloy_consensus::TxDeposit;

const HERE: Address = Address::repeat_byte(1);
const THERE: Address = Address::repeat_byte(2);
const ELSEWHERE: Address = Address::repeat_byte(3);

fn balances(of: &[(Address, u64)]) -> WriteSet {
    of.iter()
        .map(|(owner, wei)| {
            let value = (*wei > 0).then(|| Value::word(U256::from(*wei)));
            (StateKey::Balance(*owner), value)
        })
        .collect()
}

fn start() -> Overlay<EmptyView> {
    let mut state = Overlay::new(EmptyView);
    state.apply(balances(&[(HERE, 100)]));
    state
}

/// What comes of a journal that sets balances, and adds to accounts that it does not look at.
fn executed(balances: &[(Address, u64)], credits: &[(Address, u64)]) -> Executed {
    let state = start();
    let owners: Vec<Address> = credits.iter().map(|(owner, _)| *owner).collect();
    let mut journal = Journal::new(&state).deferring_credits(&owners);
    for (owner, wei) in balances {
        journal.set_balance(*owner, U256::from(*wei)).unwrap();
    }
    for (owner, wei) in credits {
        journal.credit(*owner, U256::from(*wei)).unwrap();
    }
    let finished = journal.finish(true).unwrap();
    assert_eq!(finished.credits.len(), credits.len());
    Executed {
        success: true,
        gas_used: 0,
        output: Bytes::new(),
        halt: None,
        events: Vec::new(),
        writes: finished.writes,
        credits: finished.credits,
        grew: finished.grew,
        contract_address: None,
        deposit_nonce: None,
        carried: None,
    }
}

fn deposit(mint: u128) -> Transaction {
    let deposit = TxDeposit {
        mint,
        ..TxDeposit::default()
    };
    Transaction::recover(Envelope::Deposit(alloy_consensus::Sealed::new(deposit))).unwrap()
}

#[test]
fn moving_wei_changes_nothing() {
    let moved = executed(&[(HERE, 0), (THERE, 90)], &[(ELSEWHERE, 10)]);
    moved.check_supply(&deposit(0)).unwrap();
    let change = BalanceChange::of(&start(), &moved.writes).unwrap();
    assert_eq!(change.before, U512::from(100));
    assert_eq!(change.after, U512::from(90));
}

#[test]
fn a_deposit_adds_what_it_mints_and_no_more() {
    let grown = executed(&[(THERE, 5)], &[(HERE, 2)]);
    let error = grown.check_supply(&deposit(6)).unwrap_err();
    assert!(matches!(error, SupplyError::Grew { .. }), "{error}");
    grown.check_supply(&deposit(7)).unwrap();
}

#[test]
fn burnt_wei_are_gone() {
    let burnt = executed(&[(HERE, 40)], &[]);
    burnt.check_supply(&deposit(0)).unwrap();
}
