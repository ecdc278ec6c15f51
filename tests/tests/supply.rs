//! X2: a transaction adds no more to the sum of all balances than a deposit mints, whether it
//! writes a balance or tells apart what is to be added to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, U256, U512};
use lumio_executor::{BalanceChange, Executed, SupplyError};
use lumio_state::{EmptyView, Overlay, StateKey, Value, WriteSet};
use lumio_types::{Envelope, Transaction};
use op_alloy_consensus::TxDeposit;

const HERE: Address = Address::repeat_byte(1);
const THERE: Address = Address::repeat_byte(2);

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

fn executed(writes: WriteSet, credits: &[(Address, u64)]) -> Executed {
    let credits = credits.iter();
    Executed {
        success: true,
        gas_used: 0,
        output: Bytes::new(),
        halt: None,
        events: Vec::new(),
        writes,
        credits: credits.map(|(to, wei)| (*to, U256::from(*wei))).collect(),
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
    let state = start();
    let moved = executed(balances(&[(HERE, 0), (THERE, 90)]), &[(HERE, 10)]);
    moved.check_supply(&state, &deposit(0)).unwrap();
    let change = BalanceChange::of(&state, &moved.writes).unwrap();
    assert_eq!(change.before, U512::from(100));
    assert_eq!(change.after, U512::from(90));
}

#[test]
fn a_deposit_adds_what_it_mints_and_no_more() {
    let state = start();
    let grown = executed(balances(&[(THERE, 5)]), &[(HERE, 2)]);
    let error = grown.check_supply(&state, &deposit(6)).unwrap_err();
    assert!(matches!(error, SupplyError::Grew { .. }), "{error}");
    grown.check_supply(&state, &deposit(7)).unwrap();
}

#[test]
fn burnt_wei_are_gone() {
    let burnt = executed(balances(&[(HERE, 40)]), &[]);
    burnt.check_supply(&start(), &deposit(0)).unwrap();
}
