//! X3, X6, X7: one truth for each balance, whoever looks at it, and no wei are rounded away.

use super::{stage::*, world::*};
use lumio_types::wei_of_lamports;

/// Each machine pays an account, and each machine looks at it in between: the model knows what it
/// must see, and every frame announces what it has seen.
#[test]
fn what_one_machine_pays_the_next_one_sees() {
    for first in MACHINES {
        for way in ways(3).into_iter().filter(|way| way[0] == first) {
            let actors = cast(&way);
            let watches = |actor: u8, inner: Option<Frame>| {
                // The seed goes on by one with each step: all look at the payee.
                let mut steps = vec![Step::Pay(PAYEE, 1)];
                steps.extend(inner.map(call));
                steps.push(Step::Mark(1));
                Frame {
                    seed: PAYEE,
                    ..frame(actor, steps)
                }
            };
            let inner = watches(actors[2], None);
            let middle = watches(actors[1], Some(inner));
            let mut stage = Stage::new();
            let before = stage.world.balance(address(PAYEE));
            run(&mut stage, watches(actors[0], Some(middle)));
            let paid = stage.world.balance(address(PAYEE)) - before;
            assert_eq!(paid, U256::from(3 * 10_000_000_000_u64), "{actors:?}");
        }
    }
}

/// Value goes with each call that can carry it, and back by payments.
#[test]
fn value_that_goes_along_is_there_at_once_and_spent_once() {
    let with_value = |frame| {
        let mode = Mode {
            value: 30,
            ..Mode::default()
        };
        Step::Call(mode, frame)
    };
    for (outer, inner) in [(10, 1), (3, 1), (0, 2)] {
        let mut stage = Stage::new();
        let before = stage.world.balance(address(inner));
        let pays_on = frame(
            inner,
            vec![Step::Mark(1), Step::Pay(PAYEE, 1), Step::Mark(2)],
        );
        run(
            &mut stage,
            frame(outer, vec![with_value(pays_on), Step::Mark(3)]),
        );
        assert!(stage.world.balance(address(inner)) > before);
    }
}

/// A contract that destroys itself in favour of a program's address, which goes on with the ETH.
#[test]
fn what_a_contract_leaves_to_a_program_is_there_at_once() {
    let mut stage = Stage::new();
    let salt = B256::with_last_byte(9);
    let code = lumio_tests::actors::CHILD;
    let child = address(1).create2(salt, alloy_primitives::keccak256(code));
    let child = AccountId::from_evm(child);
    run(&mut stage, frame(1, vec![Step::Create(salt, 90)]));
    let before = stage.world.balance(address(10));
    let steps = vec![Step::Poke(child), Step::Mark(1), Step::Pay(PAYEE, 3)];
    let (happened, _) = run(&mut stage, frame(10, steps));
    assert_eq!(happened["a child destroyed itself"], 1);
    let got = U256::from(90 * 3_333_333_333_u64);
    let paid = wei_of_lamports(30);
    assert_eq!(stage.world.balance(address(10)), before + got - paid);
}

#[test]
fn lamports_and_wei_agree_at_the_edges() {
    // Wei before, lamports that are sent, and whether that succeeds.
    let giga = U256::from(1_000_000_000_u64);
    let cases = [
        (U256::ZERO, 1, false),
        (
            giga * U256::from(RENT) + U256::from(999_999_999),
            RENT + 1,
            false,
        ),
        (
            giga * U256::from(RENT) + U256::from(999_999_999),
            RENT,
            true,
        ),
        (giga * U256::from(1_u64 << 63), 1 << 63, true),
        (giga * U256::from(u64::MAX), u64::MAX, true),
        (
            giga * U256::from(u64::MAX) + U256::from(999_999_999),
            u64::MAX,
            true,
        ),
    ];
    for (wei, lamports, succeeds) in cases {
        let mut world = World::new();
        let caller = evm_key(RELAY);
        world.memory.fund(RELAY, wei);
        let bob = Pubkey::new_from_array([0xb0; 32]);
        let transfer = transfer(&caller, &bob, lamports);
        let done = world.evm(RELAY, &calls(&transfer, &[]));
        assert_eq!(done.success, succeeds, "{wei} {lamports}");
        let (left, got) = match succeeds {
            true => (wei - wei_of_lamports(lamports), wei_of_lamports(lamports)),
            false => (wei, U256::ZERO),
        };
        assert_eq!(world.memory.wei(RELAY.into()), left, "the remainder stays");
        assert_eq!(world.memory.wei(id_of(&bob)), got);
    }
}

#[test]
fn what_lamports_cannot_count_is_refused_and_not_cut_short() {
    let giga = U256::from(1_000_000_000_u64);
    for wei in [
        giga * (U256::from(u64::MAX) + U256::from(1)),
        U256::from(1) << 128,
        U256::from(1) << 255,
    ] {
        let mut world = World::new();
        let rich = Pubkey::new_from_array([0xb0; 32]);
        world.memory.fund(id_of(&rich).evm_address(), wei);
        world.memory.fund(RELAY, giga * giga);
        let transfer = transfer(&evm_key(RELAY), &rich, RENT);
        let done = world.evm(RELAY, &calls(&transfer, &[]));
        assert!(!done.success);
        let reason = reason_of(&done.output);
        assert!(reason.contains("cannot be used on Solana"), "{reason}");
        assert_eq!(world.memory.wei(id_of(&rich)), wei);
    }
}

/// A contract pays a named account more than lamports can count, while Solana waits.
#[test]
fn an_account_that_outgrows_lamports_meanwhile_fails_the_run() {
    let mut world = World::new();
    let giga = U256::from(1_000_000_000_u64);
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let most = giga * U256::from(u64::MAX);
    world.memory.fund(id_of(&bob).evm_address(), most - giga);
    world.memory.fund(PAYER, giga * giga);
    let alice = world.alice.key();
    for (wei, succeeds) in [(giga * U256::from(2), false), (giga, true)] {
        let before = world.memory.clone();
        let input = [
            id_of(&bob).evm_address().into_word().0,
            wei.to_be_bytes::<32>(),
        ];
        let mut cross = cross((0, CATCH), &alice, PAYER.into_word(), 0, &input.concat());
        cross.accounts.push(AccountMeta::new(bob, false));
        let done = world.send(&[cross]);
        assert_eq!(done.success, succeeds, "{:?}", world.logs(&done));
        if !succeeds {
            assert_eq!(world.memory.wei(id_of(&bob)), most - giga);
            assert_eq!(
                world.memory.wei(PAYER.into()),
                before.wei(PAYER.into()),
                "nothing is kept, though the failure of the call would have been caught"
            );
        }
    }
    assert_eq!(world.memory.wei(id_of(&bob)), most);
}
