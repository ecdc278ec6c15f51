//! X6: numbers and accounts at the edges of their widths, on their way from one machine to the other.

use super::world::*;

/// Numbers around each power of two, and the largest.
fn edges() -> Vec<U256> {
    let mut edges = vec![U256::ZERO, U256::MAX];
    for bit in [7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 159, 160, 254, 255] {
        let power = U256::from(1) << bit;
        let around = [power - U256::from(1), power, power + U256::from(1)];
        // And the same below zero, as two's complement.
        edges.extend(
            around
                .iter()
                .flat_map(|edge| [*edge, U256::ZERO.wrapping_sub(*edge)]),
        );
    }
    edges
}

fn fits(number: U256, bits: usize, is_signed: bool) -> bool {
    if !is_signed {
        return number.bit_len() <= bits;
    }
    let above = number.arithmetic_shr(bits - 1);
    above.is_zero() || above == U256::MAX
}

const WIDTHS: [usize; 6] = [8, 16, 32, 64, 128, 256];

#[test]
fn x6_numbers_for_move_and_back_are_the_same_or_refused() {
    let world = World::new();
    for (letter, is_signed) in [("u", false), ("i", true)] {
        for bits in WIDTHS {
            let ty = format!("{letter}{bits}");
            for number in edges() {
                let input = calls("hazards", "same", &[&ty], number.abi_encode());
                let call = of_evm(Address::repeat_byte(9), CROSS_VM_ADDRESS, input, 1_000_000);
                let (outcome, finished) = world.bare(call);
                assert!(finished.writes.is_empty());
                assert_eq!(
                    outcome.is_success(),
                    fits(number, bits, is_signed),
                    "{ty} {number:x}"
                );
                if outcome.is_success() {
                    assert_eq!(bytes_of(&outcome.output), number.abi_encode(), "{ty}");
                } else {
                    let reason = reason_of(&outcome.output);
                    assert!(reason.contains("does not fit into"), "{reason}");
                }
            }
        }
    }
}

#[test]
fn x6_numbers_for_solidity_fit_the_signature_or_are_refused() {
    let world = World::new();
    for (letter, name, is_signed) in [("u", "uint", false), ("i", "int", true)] {
        for bits in (8..=256).step_by(8) {
            let (signature, ty) = (format!("f({name}{bits})"), format!("{letter}256"));
            for number in edges() {
                let args =
                    (Bytes::copy_from_slice(signature.as_bytes()), number).abi_encode_params();
                let input = calls("hazards", "encoded", &[&ty], args);
                let call = of_evm(Address::repeat_byte(9), CROSS_VM_ADDRESS, input, 1_000_000);
                let (outcome, _) = world.bare(call);
                assert_eq!(
                    outcome.is_success(),
                    fits(number, bits, is_signed),
                    "{signature} {number:x}"
                );
                if outcome.is_success() {
                    let data = Bytes::abi_decode(&bytes_of(&outcome.output)).unwrap();
                    assert_eq!(data[..4], keccak256(&signature)[..4]);
                    assert_eq!(data[4..], number.abi_encode());
                } else {
                    let abort = MoveAbort::abi_decode(&outcome.output).unwrap();
                    assert_eq!((abort.name.as_str(), abort.code), ("evm", 0x1_0002));
                }
            }
        }
    }
}

#[test]
fn x6_what_solidity_returns_fits_the_type_or_is_refused() {
    let world = World::new();
    for (letter, is_signed) in [("u", false), ("i", true)] {
        for bits in WIDTHS {
            let ty = format!("{letter}{bits}");
            for number in edges() {
                let data = Bytes::from(number.abi_encode());
                let input = calls("hazards", "decoded", &[&ty], data.abi_encode());
                let call = of_evm(Address::repeat_byte(9), CROSS_VM_ADDRESS, input, 1_000_000);
                let (outcome, _) = world.bare(call);
                assert_eq!(
                    outcome.is_success(),
                    fits(number, bits, is_signed),
                    "{ty} {number:x}"
                );
                match outcome.is_success() {
                    true => assert_eq!(bytes_of(&outcome.output), number.abi_encode()),
                    false => {
                        let abort = MoveAbort::abi_decode(&outcome.output).unwrap();
                        assert_eq!((abort.name.as_str(), abort.code), ("evm", 0x1_0003));
                    }
                }
            }
        }
    }
}

#[test]
fn x6_only_zero_and_one_are_bools() {
    let world = World::new();
    for number in edges() {
        for function in ["same", "decoded"] {
            let args = match function {
                "same" => number.abi_encode(),
                _ => Bytes::from(number.abi_encode()).abi_encode(),
            };
            let input = calls("hazards", function, &["bool"], args);
            let call = of_evm(Address::repeat_byte(9), CROSS_VM_ADDRESS, input, 1_000_000);
            let (outcome, _) = world.bare(call);
            assert_eq!(outcome.is_success(), number <= U256::from(1), "{number}");
        }
    }
}

#[test]
fn x6_wei_go_along_to_the_last_one_or_not_at_all() {
    let payer = Address::repeat_byte(9);
    for wei in edges().into_iter().filter(|wei| !wei.is_zero()) {
        for missing in [U256::ZERO, U256::from(1)] {
            let mut world = World::new();
            world.memory.fund(payer, wei - missing);
            let echo = echoCall {
                number: U256::from(7),
                text: "text".into(),
            };
            let args = relay_args(CONTRACT, wei, &echo.abi_encode());
            let (outcome, finished) = world.bare(of_move(payer, "relay", args, 1_000_000));
            assert_eq!(outcome.is_success(), missing.is_zero(), "{wei:x}");
            world.memory.apply(&finished.writes);
            if missing.is_zero() {
                let data = Bytes::abi_decode(&outcome.output).unwrap();
                let echoed = <(U256, String, Address, U256)>::abi_decode_params(&data).unwrap();
                assert_eq!((echoed.2, echoed.3), (payer, wei));
                assert_eq!(
                    (world.balance(payer), world.balance(CONTRACT)),
                    (U256::ZERO, wei)
                );
            } else {
                let reason = reason_of(&outcome.output);
                assert!(
                    reason.contains("insufficient balance for the transfer"),
                    "{reason}"
                );
                assert!(finished.writes.is_empty());
            }
        }
    }
}

#[test]
fn x6_no_balance_exceeds_a_word() {
    let payer = Address::repeat_byte(9);
    let mut world = World::new();
    world.memory.fund(payer, U256::from(5));
    world.memory.fund(CONTRACT, U256::MAX - U256::from(4));
    for (wei, fits) in [(4, true), (5, false)] {
        let args = relay_args(CONTRACT, U256::from(wei), &[]);
        let (outcome, finished) = world.bare(of_move(payer, "relay", args, 1_000_000));
        assert_eq!(outcome.is_success(), fits);
        if !fits {
            let reason = reason_of(&outcome.output);
            assert!(reason.contains("would exceed 256 bits"), "{reason}");
            assert!(finished.writes.is_empty());
        }
    }
}

#[test]
fn x6_an_address_of_more_than_twenty_bytes_is_refused() {
    let mut world = World::new();
    let mut input = idOfCall {
        account: Address::repeat_byte(9),
    }
    .abi_encode();
    assert!(world.evm_to(CROSS_VM_ADDRESS, input.clone()).success);
    input[4] = 1;
    let done = world.evm_to(CROSS_VM_ADDRESS, input);
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("no address of 20 bytes"),
        "{reason}"
    );
}
