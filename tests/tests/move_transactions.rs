//! Move transactions in Ethereum blocks: what they change, what they cost, and when they are
//! refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use lumio_executor::ExecuteError;
use lumio_move_engine::Address;
use lumio_state::StateKey;
use lumio_tests::{
    chain::block,
    moving::{GAS_PRICE, MoveUser, balance, carrier, chain, executor, fund, run},
};
use lumio_types::{AccountId, EventOrigin, wei_of_octas};

const ETH: u64 = 100_000_000;

fn status(error: ExecuteError) -> &'static str {
    match error {
        ExecuteError::Move(refusal) => refusal.status.name,
        other => panic!("{other}"),
    }
}

#[test]
fn a_transfer_moves_eth_and_pays_its_fee() {
    let (executor, block) = (executor(), block(1));
    let mut memory = chain(&executor, &block);
    let mut alice = MoveUser::new(1);
    let bob = MoveUser::new(2).address;
    fund(&mut memory, alice.address, ETH);
    let supply = memory.supply();
    let transaction = alice.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![bob.0.to_vec(), 1_000_u64.to_le_bytes().to_vec()],
    );
    let executed = run(&executor, &mut memory, &block, &transaction).unwrap();
    let carried = executed.carried.unwrap().into_move().unwrap();
    assert_eq!(carried.status, "Executed successfully");
    assert!(executed.success);
    let fee = wei_of_octas(carried.gas_units * GAS_PRICE);
    assert_eq!(balance(&memory, bob), wei_of_octas(1_000));
    assert_eq!(
        balance(&memory, alice.address),
        wei_of_octas(ETH - 1_000) - fee
    );
    assert_eq!(memory.supply(), supply);
    let types: Vec<&str> = executed
        .events
        .iter()
        .map(|event| match &event.origin {
            EventOrigin::Move(event) => &*event.type_tag,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(types.last(), Some(&"0x1::transaction_fee::FeeStatement"));
    println!("gas units {} events {types:?}", carried.gas_units);

    // The same again is too old; a gap is too new.
    assert_eq!(
        status(run(&executor, &mut memory, &block, &transaction).unwrap_err()),
        "SEQUENCE_NUMBER_TOO_OLD"
    );
    alice.sequence_number = 5;
    let early = alice.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![bob.0.to_vec(), vec![0; 8]],
    );
    assert_eq!(
        status(run(&executor, &mut memory, &block, &early).unwrap_err()),
        "SEQUENCE_NUMBER_TOO_NEW"
    );
}

#[test]
fn a_failed_transaction_keeps_its_fee_and_nothing_else() {
    let (executor, block) = (executor(), block(1));
    let mut memory = chain(&executor, &block);
    let mut alice = MoveUser::new(1);
    let bob = MoveUser::new(2).address;
    fund(&mut memory, alice.address, ETH);
    let arguments = vec![bob.0.to_vec(), (2 * ETH).to_le_bytes().to_vec()];
    let transaction = alice.call(("aptos_account", "transfer"), vec![], arguments);
    let executed = run(&executor, &mut memory, &block, &transaction).unwrap();
    assert!(!executed.success);
    let carried = executed.carried.unwrap().into_move().unwrap();
    assert!(
        carried
            .status
            .starts_with("Move abort in 0x1::coin: EINSUFFICIENT_BALANCE(0x10006): "),
        "{}",
        carried.status
    );
    assert_eq!(balance(&memory, bob), wei_of_octas(0));
    let fee = wei_of_octas(carried.gas_units * GAS_PRICE);
    assert_eq!(balance(&memory, alice.address), wei_of_octas(ETH) - fee);
    assert_eq!(executed.events.len(), 1, "only the fee statement");
}

#[test]
fn a_publication_that_fails_takes_its_request_along() {
    let (executor, block) = (executor(), block(1));
    let mut memory = chain(&executor, &block);
    let mut alice = MoveUser::new(1);
    fund(&mut memory, alice.address, ETH);
    // A package of one module whose bytes are none: the framework records it, the engine refuses.
    let mut metadata = vec![1, b'p', 1];
    metadata.extend([0; 8]);
    metadata.extend([0, 0, 1, 1, b'm', 0, 0, 0, 0, 0]);
    let argument = [vec![u8::try_from(metadata.len()).unwrap()], metadata].concat();
    let transaction = alice.call(
        ("code", "publish_package_txn"),
        vec![],
        vec![argument, vec![1, 2, 7, 7]],
    );
    let executed = run(&executor, &mut memory, &block, &transaction).unwrap();
    assert!(!executed.success);
    let carried = executed.carried.unwrap().into_move().unwrap();
    assert!(carried.status.contains("BAD_MAGIC"), "{}", carried.status);
    assert_eq!(executed.events.len(), 1, "only the fee statement");
    let owner = AccountId(alice.address.0.into());
    let left: Vec<_> = memory
        .0
        .keys()
        .filter(|key| match key {
            StateKey::MoveResource(of, tag) => {
                *of == owner && tag.windows(7).any(|part| part == b"Package")
            }
            StateKey::MoveModule(of, _) => *of == owner,
            _ => false,
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_may_be_in_no_block_is_refused_by_name() {
    let (executor, block) = (executor(), block(1));
    let mut memory = chain(&executor, &block);
    let mut alice = MoveUser::new(1);
    let call = |user: &mut MoveUser,
                change: &dyn Fn(&mut lumio_move_transaction::RawTransaction)| {
        let transaction = user.call(
            ("aptos_account", "transfer"),
            vec![],
            vec![vec![7; 32], vec![0; 8]],
        );
        user.sequence_number -= 1;
        let inner = transaction.carried().unwrap().as_move().unwrap();
        let mut raw = inner.signed.raw.clone();
        change(&mut raw);
        carrier(&user.sign(raw))
    };
    let poor = call(&mut alice, &|_| {});
    let refused = run(&executor, &mut memory, &block, &poor).unwrap_err();
    assert_eq!(status(refused), "INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE");
    fund(&mut memory, alice.address, ETH);
    type Change = fn(&mut lumio_move_transaction::RawTransaction);
    let cases: [(Change, &str); 6] = [
        (|raw| raw.chain_id = 5, "BAD_CHAIN_ID"),
        (
            |raw| raw.expiration_timestamp_secs = 1_000,
            "TRANSACTION_EXPIRED",
        ),
        (
            |raw| raw.gas_unit_price = 1,
            "GAS_UNIT_PRICE_BELOW_MIN_BOUND",
        ),
        (
            |raw| raw.max_gas_amount = 3_000_000,
            "MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND",
        ),
        (
            |raw| raw.max_gas_amount = 10,
            "MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS",
        ),
        (|raw| raw.sender = Address([9; 32]), "INVALID_AUTH_KEY"),
    ];
    for (change, expected) in cases {
        let transaction = call(&mut alice, &change);
        let before = memory.clone();
        let refused = run(&executor, &mut memory, &block, &transaction).unwrap_err();
        assert_eq!(status(refused), expected);
        assert_eq!(memory, before);
    }
    assert!(
        run(&executor, &mut memory, &block, &call(&mut alice, &|_| {}))
            .unwrap()
            .success
    );
}
