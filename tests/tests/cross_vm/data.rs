//! What goes along in a call, and comes back: arguments, results, contracts, events.

use super::world::*;

#[test]
fn solidity_calls_move_and_gets_its_results() {
    let mut world = World::new();
    let done = world.hello("add", (2_u64, 3_u64).abi_encode_params());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 5);
    let pair = world.hello("pair", vec![]);
    let pair = <(u64, Bytes)>::abi_decode(&bytes_of(&pair.output)).unwrap();
    assert_eq!(pair, (3, Bytes::from_static(b"three")));
    let name = world.generic(
        "name_of",
        &["0x1::coin::Coin<0x1::native_coin::NativeCoin>"],
        vec![],
    );
    let name = String::abi_decode(&bytes_of(&name.output)).unwrap();
    assert_eq!(name, "0x1::coin::Coin<0x1::native_coin::NativeCoin>");
}

#[test]
fn every_kind_of_argument_comes_back_as_it_went() {
    let mut world = World::new();
    for h in [vec![], vec![7_u16]] {
        let args = (
            true,
            // A uint8 is a word like any other.
            U256::from(255),
            U256::MAX,
            B256::repeat_byte(0x99),
            Bytes::from_static(b"some bytes that are longer than one word of 32"),
            String::from("text"),
            vec![vec![1_u64, 2], vec![], vec![u64::MAX]],
            h,
        )
            .abi_encode_params();
        let done = world.hello("kinds", args.clone());
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(bytes_of(&done.output), args);
    }
    let args = (-5_i64, 7_i8).abi_encode_params();
    let done = world.hello("negative", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(bytes_of(&done.output), (7_i64, -5_i8).abi_encode_params());
}

#[test]
fn move_code_makes_contracts() {
    let mut world = World::new();
    // PUSH1 1, PUSH0, MSTORE8, PUSH1 1, PUSH0, RETURN: a contract of the one byte 0x01.
    let code = Bytes::from_static(&[0x60, 1, 0x5f, 0x53, 0x60, 1, 0x5f, 0xf3]);
    let salt = B256::with_last_byte(7);
    let expected = CONTRACT.create2_from_code(salt, &code);
    let done = world.hello("create", code.abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(bytes_of(&done.output), expected.into_word().abi_encode());
    assert!(world.memory.0.contains_key(&StateKey::EvmAccount(expected)));
}

#[test]
fn what_is_unique_in_a_transaction_stays_so_across_machines() {
    let mut world = World::new();
    let again = callCall {
        module: module(),
        r#fn: "auid".into(),
        args: Bytes::new(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("auids", args);
    assert!(done.success, "{}", reason_of(&done.output));
    let (first, second, third) =
        <(B256, Bytes, B256)>::abi_decode_params(&bytes_of(&done.output)).unwrap();
    // The contract returns `bytes`, in which is what the module returned.
    let second = B256::abi_decode(&bytes_of(&second)).unwrap();
    assert!(first != second && second != third && first != third);
}

#[test]
fn what_a_handle_emits_may_be_of_any_type() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let done = world.moving(&mut alice, "emit_number", vec![]);
    assert!(done.success, "{}", status(&done));
    let number = &done.events[0];
    let of = |event: &lumio_types::MoveEvent| &*event.type_tag == "u64" && event.handle.is_some();
    assert!(matches!(&number.origin, EventOrigin::Move(event) if of(event)));
    assert_eq!(number.log.data.data[..], 7_u64.to_le_bytes());
}

#[test]
fn events_of_both_are_in_one_list_in_order() {
    let mut world = World::new();
    let input = callCall {
        module: module(),
        r#fn: "bump".into(),
        args: Bytes::new(),
    };
    let done = world.evm(input.abi_encode());
    assert!(
        matches!(&done.events[0].origin, EventOrigin::Move(event) if event.type_tag.ends_with("::hello::Bumped"))
    );
}
