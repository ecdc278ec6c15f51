//! X8: what is done for a caller is paid by it, and a callee without gas ends alone.

use super::{moving::*, stage::*, world::*};
use lumio_vm_svm::{GAS_PER_COMPUTE_UNIT, MAX_CALL_UNITS};

fn word(bytes: &[u8]) -> u64 {
    U256::from_be_slice(bytes).to()
}

#[test]
fn x8_a_contract_gets_63_of_64_parts_of_what_a_program_has_left() {
    let mut world = World::new();
    let alice = world.alice.key();
    let read = cross((0, 0), &alice, GAS_METER.into_word(), 0, &[]);
    for budget in [100_000_u32, 400_000, 1_000_000] {
        let done = world.send(&[units(budget), read.clone()]);
        assert!(done.success, "{:?}", world.logs(&done));
        let got = word(&done.output);
        let most = u64::from(budget) * GAS_PER_COMPUTE_UNIT;
        assert!(got <= most - most / 64, "{got} of {most}");
        assert!(got > most * 9 / 10, "{got} of {most}");
    }
    // The instruction may give less.
    let mut little = read;
    little.data[42..50].copy_from_slice(&20_000_u64.to_le_bytes());
    let done = world.send(&[units(1_000_000), little]);
    let got = word(&done.output);
    assert!((19_000..20_000).contains(&got), "{got}");
}

#[test]
fn x8_what_a_callee_uses_is_the_callers() {
    for way in ways(3) {
        let actors = cast(&way);
        let used = |steps: Vec<Step>| {
            let last = frame(actors[2], steps);
            let middle = frame(actors[1], vec![call(last)]);
            let mut stage = Stage::new();
            let tree = root(frame(actors[0], vec![call(middle)]));
            let vm = stage.executor.move_vm().unwrap().clone();
            let ran = lumio_tests::actors::run(&stage, &tree, &vm);
            check(&mut stage, &tree, &mut std::collections::BTreeMap::new());
            assert!(ran.success);
            ran.gas_used
        };
        let (little, more) = (used(vec![Step::Mark(1)]), used(vec![Step::Mark(1); 12]));
        assert!(more > little + 1_000, "{actors:?}: {little} {more}");
    }
}

#[test]
fn x8_out_of_gas_in_a_callee_ends_that_callee_alone() {
    // A caller that gives all it has would have too little left itself.
    let limited = |frame| {
        let mode = Mode {
            catches: true,
            limited: true,
            ..Mode::default()
        };
        Step::Call(mode, frame)
    };
    for (caller, callee) in [(0, 10), (0, 3), (10, 1), (10, 5), (0, 1)] {
        let mut stage = Stage::new();
        let burns = frame(callee, vec![Step::Write(1, 7), Step::Burn]);
        let steps = vec![limited(burns), Step::Write(1, 9)];
        run(&mut stage, frame(caller, steps));
        assert_eq!(cell(&stage, callee, 1), 0, "{caller} {callee}");
        assert_eq!(cell(&stage, caller, 1), 9, "{caller} {callee}");
    }
    // Move gives what it has, and goes on with the 64th part.
    let mut stage = Stage::new();
    let burns = frame(10, vec![Step::Write(1, 7), Step::Burn]);
    run(
        &mut stage,
        frame(3, vec![try_call(burns), Step::Write(1, 9)]),
    );
    assert_eq!((cell(&stage, 10, 1), cell(&stage, 3, 1)), (0, 9));
}

#[test]
fn x8_a_program_without_end_stops_at_the_limit_of_a_call_or_of_its_gas() {
    let mut world = World::new();
    let endless = Pubkey::new_from_array([0xee; 32]);
    let source = ".globl entrypoint\n.text\nentrypoint:\n  goto entrypoint\n";
    world.memory.put_program(&endless, &assembled(source));
    let run = Instruction {
        program_id: endless,
        accounts: vec![],
        data: vec![],
    };
    let done = world.evm(RELAY, &calls(&run, &[]));
    assert!(!done.success);
    let most = MAX_CALL_UNITS * GAS_PER_COMPUTE_UNIT;
    assert!(
        done.gas_used >= most && done.gas_used < most + 200_000,
        "{}",
        done.gas_used
    );
    let reason = reason_of(&done.output);
    assert!(reason.contains("failed to complete"), "{reason}");
    let done = world.send(&[units(50_000), run]);
    assert!(!done.success);
    assert_eq!(World::receipt(&done).compute_units, 50_000);
}

#[test]
fn x8_accounts_are_paid_for_before_they_are_loaded() {
    let mut world = World::new();
    let memo = |accounts: Vec<AccountMeta>| Instruction {
        program_id: lumio_vm_svm::MEMO,
        accounts,
        data: b"x".to_vec(),
    };
    let bare = world.evm(RELAY, &calls(&memo(vec![]), &[])).gas_used;
    let large = Pubkey::new_from_array([0x1a; 32]);
    let record = record(&lumio_vm_svm::TOKEN, false, &vec![0; 10 << 20]);
    world.memory.put_account(&large, 100 * SOL, record);
    // The memo program wants signatures of its accounts, so it fails; what was loaded is paid.
    let named = memo(vec![AccountMeta::new_readonly(large, false)]);
    let done = world.evm(RELAY, &calls(&named, &[]));
    let bytes = (10 << 20) / lumio_vm_svm::LOADED_BYTES_PER_GAS;
    assert!(done.gas_used > bare + bytes, "{} {bare}", done.gas_used);
    let input = Bytes::from(calls(&named, &[]));
    let sent = world
        .user
        .transaction(TxKind::Call(RELAY), U256::ZERO, input, bytes);
    let done = world.keep(&sent);
    assert!(!done.success, "too little to load it");
}

#[test]
fn x8_a_result_that_does_not_fit_is_not_given_for_nothing() {
    let mut world = World::new();
    let alice = world.alice.key();
    for (size, succeeds) in [(1_024_u32, true), (1_025, false), (60_000, false)] {
        let large = cross((0, 0), &alice, LARGE.into_word(), 0, &size.to_be_bytes());
        let done = world.send(&[units(1_400_000), large]);
        assert_eq!(done.success, succeeds, "{:?}", world.logs(&done));
    }
    let burn = cross((0, CATCH), &alice, BURNER.into_word(), 0, &[]);
    let done = world.send(&[units(400_000), burn]);
    assert!(done.success, "{:?}", world.logs(&done));
    assert_eq!(done.output[..], [0]);
    assert!(World::receipt(&done).compute_units > 390_000);
}

#[test]
fn x8_a_module_pays_for_what_a_program_uses() {
    let mut world = World::new();
    let caller = Pubkey::new_from_array([0x5b; 32]);
    let endless = Pubkey::new_from_array([0xee; 32]);
    let source = ".globl entrypoint\n.text\nentrypoint:\n  goto entrypoint\n";
    world.memory.put_program(&endless, &assembled(source));
    let run = |accounts| Instruction {
        program_id: endless,
        accounts,
        data: vec![],
    };
    let called = |world: &World, instruction: &Instruction, gas: u64| {
        let place = (TREASURY.0.into(), "treasury", "run");
        let mut call = function(&caller, place, abi_of(instruction));
        call.gas = gas;
        let (outcome, finished) = world.tried(call);
        assert!(!outcome.is_success() && finished.writes.is_empty());
        outcome
    };
    // With more than a call may use, the program fails, and else all is used up.
    let stopped = called(&world, &run(vec![]), 8_000_000);
    let reason = reason_of(&stopped.output);
    assert!(reason.contains("failed to complete"), "{reason}");
    let most = MAX_CALL_UNITS * GAS_PER_COMPUTE_UNIT;
    let used = stopped.gas_used;
    assert!(used >= most && used < most + 200_000, "{used}");
    let short = called(&world, &run(vec![]), 400_000);
    assert!(short.gas_used > 390_000, "{}", short.gas_used);
    // Ten million bytes are paid for before they are there.
    let large = Pubkey::new_from_array([0x1a; 32]);
    let record = record(&lumio_vm_svm::TOKEN, false, &vec![0; 10 << 20]);
    world.memory.put_account(&large, 100 * SOL, record);
    let named = run(vec![AccountMeta::new_readonly(large, false)]);
    let done = called(&world, &named, 1_000_000);
    assert!(done.gas_used > 980_000, "{}", done.gas_used);
}

#[test]
fn x8_a_result_of_a_function_that_does_not_fit_fails_the_call() {
    let mut world = World::new();
    let alice = world.alice.key();
    // So many words: an offset, a length, and two to that power.
    for (power, succeeds) in [(4_u64, true), (5, false), (12, false)] {
        for flags in [0, CATCH] {
            let many = moves("hazards", "many", power.abi_encode());
            let step = cross((1, flags), &alice, MODULE.0.into(), 0, &many);
            let done = world.send(&[units(1_400_000), step]);
            assert_eq!(done.success, succeeds, "{:?}", world.logs(&done));
        }
    }
}
