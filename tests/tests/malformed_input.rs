//! X12: whatever bytes come in, decoding ends with a value or an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, TxKind, U256};
use lumio_state::StateKey;
use lumio_tests::{
    chain::{User, block, executor},
    memory::Memory,
};
use lumio_types::{DecodeTransactionError, Transaction};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn any_bytes_are_a_transaction_or_an_error(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Transaction::decode_signed(&raw);
    }

    #[test]
    fn a_damaged_transaction_is_no_longer_the_senders(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut user = User::new(1, &mut Memory::default());
        let whole = user.transaction(TxKind::Call(Address::ZERO), U256::from(1), Bytes::new(), 21_000);
        let mut raw = whole.encoded().to_vec();
        let at = at.index(raw.len());
        raw[at] ^= 1 << bit;
        if let Ok(damaged) = Transaction::decode_signed(&raw) {
            prop_assert_ne!(damaged.sender(), whole.sender());
        }
    }

    #[test]
    fn any_bytes_are_a_state_key_or_an_error(raw in proptest::collection::vec(any::<u8>(), 0..90)) {
        if let Ok(key) = StateKey::decode(&raw) {
            prop_assert_eq!(key.encode(), raw);
        }
    }

    #[test]
    fn any_bytecode_runs_to_an_end(code in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut memory = Memory::default();
        let mut user = User::new(1, &mut memory);
        let target = Address::repeat_byte(7);
        memory.deploy(target, code.into());
        let supply = memory.supply();
        let transaction = user.transaction(TxKind::Call(target), U256::from(5), Bytes::new(), 200_000);
        let executed = executor().execute(&memory, &block(1), &transaction).unwrap();
        prop_assert!(executed.gas_used <= 200_000);
        memory.apply(&executed.writes);
        prop_assert_eq!(memory.supply(), supply);
    }
}

#[test]
fn deposits_are_not_taken_from_users() {
    let raw = [0x7e, 0xc0];
    let error = Transaction::decode_signed(&raw).unwrap_err();
    assert!(
        matches!(
            error,
            DecodeTransactionError::Malformed(_) | DecodeTransactionError::Unsigned
        ),
        "{error}"
    );
}
