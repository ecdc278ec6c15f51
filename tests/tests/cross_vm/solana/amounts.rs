//! X6, X7: amounts and numbers at the edges of their widths, on their way between Move and Solana.

use super::{moving::*, world::*};
use lumio_types::{LAMPORT_WEI, OCTA_WEI, wei_of_lamports, wei_of_octas};
use proptest::prelude::*;

/// An account of Move that no key has, and one of Solana.
const HOLDER: Pubkey = Pubkey::new_from_array([0x5b; 32]);
const BOB: Pubkey = Pubkey::new_from_array([0xb0; 32]);
const ONE: B256 = B256::with_last_byte(1);

/// Numbers around each power of two, and the same below zero, as two's complement.
fn edges() -> Vec<U256> {
    let mut edges = vec![U256::ZERO, U256::MAX];
    for bit in [7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255] {
        let power = U256::from(1) << bit;
        for edge in [power - U256::from(1), power, power + U256::from(1)] {
            edges.extend([edge, U256::ZERO.wrapping_sub(edge)]);
        }
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

impl World {
    fn endow_wei(&mut self, key: &Pubkey, wei: U256) {
        self.memory.fund(id_of(key).evm_address(), wei);
    }

    fn wei(&self, key: &Pubkey) -> U256 {
        self.memory.wei(id_of(key))
    }
}

#[test]
fn x7_lamports_that_a_module_sends_leave_the_remainder() {
    let giga = U256::from(LAMPORT_WEI);
    let rest = giga - U256::from(1);
    let cases = [
        (U256::ZERO, 1, false),
        (giga * U256::from(RENT) + rest, RENT + 1, false),
        (giga * U256::from(RENT) + rest, RENT, true),
        (giga * U256::from(1_u64 << 63), 1 << 63, true),
        (giga * U256::from((1_u64 << 63) - 1) + rest, 1 << 63, false),
        (giga * U256::from(u64::MAX), u64::MAX, true),
        (giga * U256::from(u64::MAX) + rest, u64::MAX, true),
        (giga * U256::from(u64::MAX - 1) + rest, u64::MAX, false),
    ];
    for (wei, lamports, succeeds) in cases {
        let mut world = World::new();
        world.endow_wei(&HOLDER, wei);
        let done = world.run_by_move(&HOLDER, &transfer(&HOLDER, &BOB, lamports));
        assert_eq!(done.is_success(), succeeds, "{wei} {lamports}");
        let moved = match succeeds {
            true => wei_of_lamports(lamports),
            false => U256::ZERO,
        };
        assert_eq!((world.wei(&HOLDER), world.wei(&BOB)), (wei - moved, moved));
    }
}

#[test]
fn x6_what_lamports_cannot_count_is_refused_to_a_module_too() {
    let giga = U256::from(LAMPORT_WEI);
    let least = giga * (U256::from(u64::MAX) + U256::from(1));
    for wei in [least, U256::from(1) << 128, U256::from(1) << 255] {
        // Octas count what is ten times as much: the account is one of Move all the same.
        for (from, to) in [(HOLDER, BOB), (BOB, HOLDER)] {
            let mut world = World::new();
            let own = if from == HOLDER { giga * giga } else { wei };
            let theirs = if from == HOLDER { wei } else { U256::ZERO };
            world.endow_wei(&from, own);
            world.endow_wei(&to, theirs);
            let done = world.run_by_move(&from, &transfer(&from, &to, RENT));
            assert!(!done.is_success());
            let reason = reason_of(&done.output);
            assert!(reason.contains("cannot be used on Solana"), "{reason}");
            assert_eq!((world.wei(&from), world.wei(&to)), (own, theirs));
        }
    }
}

#[test]
fn x6_a_module_reads_lamports_that_are_there_or_is_refused() {
    let giga = U256::from(LAMPORT_WEI);
    for (wei, lamports) in [
        (giga - U256::from(1), Some(0)),
        (giga, Some(1)),
        (giga * U256::from(1_u64 << 63), Some(1 << 63)),
        (
            giga * (U256::from(u64::MAX) + U256::from(1)) - U256::from(1),
            Some(u64::MAX),
        ),
        (giga * (U256::from(u64::MAX) + U256::from(1)), None),
        (U256::MAX >> 1, None),
    ] {
        let mut world = World::new();
        world.endow_wei(&BOB, wei);
        let read = function(&HOLDER, (ONE, "svm", "lamports"), b256(&BOB).abi_encode());
        let done = world.bare(read);
        assert_eq!(done.is_success(), lamports.is_some(), "{wei}");
        match lamports {
            Some(lamports) => assert_eq!(U256::from_be_slice(&done.output), U256::from(lamports)),
            None => assert!(reason_of(&done.output).contains("more lamports than Solana counts")),
        }
    }
}

/// What is asked for in bytes is told in lamports, or refused, and never cut short.
#[test]
fn x6_the_rent_of_any_size_is_what_it_is_or_refused() {
    let most = u64::MAX / 6_960 - 128;
    for (bytes, fits) in [(0, true), (10 << 20, true), (most, true), (most + 1, false)] {
        let mut world = World::new();
        let place = (ONE, "svm", "rent_exemption");
        let done = world.bare(function(&HOLDER, place, U256::from(bytes).abi_encode()));
        assert_eq!(done.is_success(), fits, "{bytes}");
        if fits {
            let expected = U256::from(128 + bytes) * U256::from(6_960);
            assert_eq!(U256::from_be_slice(&done.output), expected);
        }
    }
}

#[test]
fn x6_numbers_of_a_solana_transaction_for_move_are_the_same_or_refused() {
    let world = World::new();
    let alice = world.alice.key();
    for (letter, is_signed) in [("u", false), ("i", true)] {
        for bits in [8, 16, 32, 64, 128, 256] {
            let ty = format!("{letter}{bits}");
            for number in edges() {
                let call = MoveCall {
                    module: "hazards".into(),
                    function: "same".into(),
                    typeArguments: vec![ty.clone()],
                    arguments: number.abi_encode().into(),
                };
                let module = B256::from(MODULE.0);
                let step = cross((1, CATCH), &alice, module, 0, &call.to_input());
                let sent = world.alice.send(&world.block, &[], &[step]);
                let done = world.executor.execute(&world.memory, &world.block, &sent);
                let done = done.unwrap();
                assert!(done.success, "{:?}", world.logs(&done));
                let (flag, data) = done.output.split_first().unwrap();
                assert_eq!(*flag == 1, fits(number, bits, is_signed), "{ty} {number:x}");
                match flag {
                    1 => assert_eq!(data, number.abi_encode(), "{ty}"),
                    _ => assert!(reason_of(data).contains("does not fit into"), "{ty}"),
                }
            }
        }
    }
}

#[test]
fn x6_a_move_function_takes_no_lamports() {
    let mut world = World::new();
    let alice = world.alice.key();
    let who = moves("hazards", "who", vec![]);
    for (lamports, succeeds) in [(0, true), (1, false), (1 << 63, false), (u64::MAX, false)] {
        world.next_block();
        let (before, wei) = (world.rest(), world.wei(&alice));
        let step = cross((1, 0), &alice, MODULE.0.into(), lamports, &who);
        let done = world.here(&[], &[step]);
        assert_eq!(done.success, succeeds, "{:?}", world.logs(&done));
        assert_eq!(world.wei(&alice), wei - wei_of_lamports(5_000));
        assert_eq!(world.rest(), before);
    }
}

/// Octas that a Move function pays out of a Solana account: ten lamports each, and what is below
/// one lamport stays. Lamports that are left need their rent.
#[test]
fn x7_octas_that_a_solana_account_pays_leave_the_remainder() {
    let (octa, lamport) = (U256::from(OCTA_WEI), U256::from(LAMPORT_WEI));
    let rent = RENT / 10;
    let million = octa * U256::from(1_000_000);
    // Wei besides the fee, octas that are paid, and whether that succeeds.
    let cases = [
        (million + octa - U256::from(1), 1_000_001, false),
        (million + octa - U256::from(1), 1_000_000, false),
        (million + lamport - U256::from(1), 1_000_000, true),
        (million + lamport, 1_000_000, false),
        (million, 1_000_000 - rent, true),
        (million + lamport * U256::from(9), 1_000_001 - rent, false),
        (million + octa, 1_000_001 - rent, true),
        (million, 0, true),
        (million, 1 << 63, false),
        (million, u64::MAX, false),
    ];
    for (wei, octas, succeeds) in cases {
        let mut world = World::new();
        let alice = world.alice.key();
        world.endow_wei(&alice, wei + wei_of_lamports(5_000));
        let arguments = (b256(&BOB), octas).abi_encode_params();
        let pay = moves("aptos_account", "transfer", arguments);
        let done = world.send(&[cross((1, 0), &alice, ONE, 0, &pay)]);
        assert_eq!(done.success, succeeds, "{wei} {octas}");
        let paid = match succeeds {
            true => wei_of_octas(octas),
            false => U256::ZERO,
        };
        assert_eq!((world.wei(&alice), world.wei(&BOB)), (wei - paid, paid));
    }
}

/// A Move function pays an account that the instruction names, until it is more than lamports count.
#[test]
fn x6_an_account_that_outgrows_lamports_by_octas_fails_the_run() {
    let most = wei_of_lamports(u64::MAX);
    let octa = U256::from(OCTA_WEI);
    for (room, octas, succeeds) in [(octa, 1_u64, true), (octa - U256::from(1), 1, false)] {
        for catches in [0, CATCH] {
            let mut world = World::new();
            let alice = world.alice.key();
            world.endow_wei(&BOB, most - room + U256::from(LAMPORT_WEI - 1));
            let before = world.wei(&BOB);
            let arguments = (b256(&BOB), octas).abi_encode_params();
            let pay = moves("aptos_account", "transfer", arguments);
            let mut step = cross((1, catches), &alice, ONE, 0, &pay);
            step.accounts.push(AccountMeta::new(BOB, false));
            let done = world.send(&[step]);
            assert_eq!(done.success, succeeds, "{:?}", world.logs(&done));
            let paid = if succeeds { octa } else { U256::ZERO };
            assert_eq!(world.wei(&BOB), before + paid);
        }
    }
}

/// One movement of ETH.
#[derive(Clone, Copy, Debug)]
enum Movement {
    /// By a Move transaction, in octas.
    Move(u64),
    /// By a module that runs Solana's system program, in lamports.
    ByProgram(u64),
    /// By a Solana transaction, in lamports.
    Solana(u64),
    /// By a Solana transaction that calls a Move function, in octas.
    ByFunction(u64),
}

fn movement() -> impl Strategy<Value = Movement> {
    let amount = || prop_oneof![0..20_u64, 800_000..1_000_000_u64, 0..400_000_000_u64];
    prop_oneof![
        amount().prop_map(Movement::Move),
        amount().prop_map(Movement::ByProgram),
        amount().prop_map(Movement::Solana),
        amount().prop_map(Movement::ByFunction),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each unit of a payment is what it is in wei, and nothing else moves but fees, whose payers
    /// are known.
    #[test]
    fn x7_any_mix_of_octas_and_lamports_is_one_sum_of_wei(
        dust in prop::array::uniform3(0..OCTA_WEI),
        mix in prop::collection::vec((movement(), any::<bool>()), 1..12),
    ) {
        let mut world = World::new();
        let mut mover = move_user(&mut world, 5);
        let (alice, moving) = (world.alice.key(), key_of(&mover));
        let wei = |units: u64, dust: u64| wei_of_lamports(units) + U256::from(dust);
        world.endow_wei(&alice, wei(SOL, dust[0]));
        world.endow_wei(&moving, wei(SOL, dust[1]));
        world.endow_wei(&BOB, wei(RENT, dust[2]));
        for (movement, to_each_other) in mix {
            let keys = [alice, moving, BOB];
            let before = keys.map(|key| world.wei(&key));
            let (payer, other) = match movement {
                Movement::Move(_) | Movement::ByProgram(_) => (moving, alice),
                Movement::Solana(_) | Movement::ByFunction(_) => (alice, moving),
            };
            let payee = if to_each_other { other } else { BOB };
            if world.wei(&payer) < wei_of_lamports(SOL / 10) {
                // Who cannot pay the highest fee is refused.
                continue;
            }
            let octas = |octas: u64| (b256(&payee), octas).abi_encode_params();
            let (done, wei) = match movement {
                Movement::Move(octas) => {
                    let arguments = vec![payee.to_bytes().to_vec(), octas.to_le_bytes().to_vec()];
                    let sent = mover.call(("aptos_account", "transfer"), vec![], arguments);
                    (world.keep(&sent), wei_of_octas(octas))
                }
                Movement::ByProgram(lamports) => {
                    let pay = transfer(&moving, &payee, lamports);
                    (world.treasury(&mut mover, "run", &pay), wei_of_lamports(lamports))
                }
                Movement::Solana(lamports) => {
                    let done = world.send(&[transfer(&alice, &payee, lamports)]);
                    (done, wei_of_lamports(lamports))
                }
                Movement::ByFunction(amount) => {
                    let pay = moves("aptos_account", "transfer", octas(amount));
                    let mut step = cross((1, 0), &alice, ONE, 0, &pay);
                    step.accounts.push(AccountMeta::new(payee, false));
                    (world.send(&[step]), wei_of_octas(amount))
                }
            };
            let paid = if done.success { wei } else { U256::ZERO };
            let gone = before[usize::from(payer == moving)] - world.wei(&payer);
            let fee = match movement {
                Movement::Solana(_) | Movement::ByFunction(_) => wei_of_lamports(5_000),
                // What a Move transaction pays is in whole octas.
                Movement::Move(_) | Movement::ByProgram(_) => gone - paid,
            };
            prop_assert_eq!(gone, paid + fee, "{:?}", movement);
            prop_assert_eq!(fee % wei_of_lamports(1), U256::ZERO);
            prop_assert!(fee > U256::ZERO && fee < wei_of_lamports(SOL / 100));
            for (key, before) in keys.into_iter().zip(before).filter(|(key, _)| *key != payer) {
                let got = if key == payee { paid } else { U256::ZERO };
                prop_assert_eq!(world.wei(&key), before + got, "{:?}", movement);
            }
        }
    }
}
