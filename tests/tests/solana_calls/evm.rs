//! Contracts of the EVM that call Solana programs.

use super::world::*;

fn mint() -> Pubkey {
    derived(&evm_key(TREASURY), b"mint").0
}

/// A world in which the contract has made a mint, and Alice has 900 of its tokens.
fn with_tokens() -> (World, Pubkey) {
    let mut world = World::new();
    world.treasury(
        makeMintCall {
            seed: Bytes::from_static(b"mint"),
            decimals: 6,
        }
        .abi_encode(),
    );
    let alice = world.alice.key();
    let done = world.treasury(
        mintToCall {
            mint: b256(&mint()),
            wallet: b256(&alice),
            amount: 900,
        }
        .abi_encode(),
    );
    assert_eq!(u64::abi_decode(&done.output).unwrap(), 900);
    (world, associated(&alice, &mint()))
}

#[test]
fn a_contract_makes_a_token_and_sends_what_its_address_holds() {
    let (mut world, alices) = with_tokens();
    assert_eq!(world.account(&mint()).unwrap().0, TOKEN);
    assert_eq!(world.tokens(&alices), 900);
    // The contract paid the rent of both out of its ETH.
    let left = lamports(&world.memory, &evm_key(TREASURY));
    assert!(left < SOL && left > SOL - 6_000_000, "{left}");
    let (holder, _) = derived(&evm_key(TREASURY), b"holder");
    world.treasury(
        mintToCall {
            mint: b256(&mint()),
            wallet: b256(&holder),
            amount: 50,
        }
        .abi_encode(),
    );
    let send = sendCall {
        seed: Bytes::from_static(b"holder"),
        mint: b256(&mint()),
        to: b256(&world.alice.key()),
        amount: 20,
    };
    world.treasury(send.abi_encode());
    assert_eq!(world.tokens(&alices), 920);
    assert_eq!(world.tokens(&associated(&holder, &mint())), 30);
    let done = world.treasury(
        supplyOfCall {
            mint: b256(&mint()),
        }
        .abi_encode(),
    );
    assert_eq!(
        <(u64, U256)>::abi_decode_params(&done.output).unwrap(),
        (950, U256::from(6))
    );
    // Alice, who has a key, sends hers with Solana's own transaction.
    let sent = transfer(
        &alices,
        &associated(&holder, &mint()),
        &world.alice.key(),
        5,
    );
    assert!(world.send(&[sent]).success);
    assert_eq!(world.tokens(&alices), 915);
}

#[test]
fn derived_addresses_are_what_solanas_clients_derive() {
    let mut world = World::new();
    let seed = Bytes::from_static(b"holder");
    let done = world.treasury(derivedCall { seed }.abi_encode());
    let (key, seeds) = derived(&evm_key(TREASURY), b"holder");
    let found = <(B256, Vec<Bytes>)>::abi_decode_params(&done.output).unwrap();
    assert_eq!(found, (b256(&key), seeds.clone()));
    let all = [
        vec![Bytes::copy_from_slice(evm_key(TREASURY).as_ref())],
        seeds,
    ]
    .concat();
    let create = createProgramAddressCall {
        seeds: all.clone(),
        program: CROSS_VM_PROGRAM,
    };
    let done = world.evm_to(CROSS_VM_ADDRESS, create.abi_encode());
    assert_eq!(done.output[..], key.to_bytes());
    // With one seed more it need not be one.
    let long = findProgramAddressCall {
        seeds: vec![Bytes::from(vec![0; 33])],
        program: B256::ZERO,
    };
    let done = world.evm_to(CROSS_VM_ADDRESS, long.abi_encode());
    assert!(!done.success && reason_of(&done.output).contains("at most 32 bytes"));
}

#[test]
fn borsh_goes_there_and_back() {
    let mut world = World::new();
    let done = world.treasury(
        borshCall {
            number: 0x0102_0304_0506_0708,
            signed: -2,
            text: "text".into(),
            key: B256::repeat_byte(9),
        }
        .abi_encode(),
    );
    type Told = (Bytes, u64, i64, String, B256);
    let (data, number, signed, text, key) = Told::abi_decode_params(&done.output).unwrap();
    let mut expected = vec![7, 2, 1, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1, 0xfe];
    expected.extend([0xff; 7]);
    expected.extend(3_u128.to_le_bytes());
    expected.extend([4, 0, 0, 0]);
    expected.extend(b"text\x01");
    expected.extend([9; 32]);
    expected.push(1);
    assert_eq!(data[..], expected);
    assert_eq!(
        (number, signed, text),
        (0x0102_0304_0506_0708, -2, "text".into())
    );
    assert_eq!(key, B256::repeat_byte(9));
}

#[test]
fn a_program_that_fails_says_why_and_leaves_nothing() {
    let (mut world, alices) = with_tokens();
    let (holder, seeds) = derived(&evm_key(TREASURY), b"holder");
    let theirs = associated(&holder, &mint());
    world.treasury(
        mintToCall {
            mint: b256(&mint()),
            wallet: b256(&holder),
            amount: 5,
        }
        .abi_encode(),
    );
    let too_much = program(&transfer(&theirs, &alices, &holder, 6));
    let (run, seeds) = (too_much.clone(), vec![seeds]);
    let done = world.evm(
        runCall {
            instruction: run,
            seeds: seeds.clone(),
        }
        .abi_encode(),
    );
    let error = SolanaProgramError::abi_decode(&done.output).unwrap();
    assert_eq!((error.program, error.code), (b256(&TOKEN), 1));
    let done = world.treasury(
        tryRunCall {
            instruction: too_much,
            seeds: seeds.clone(),
        }
        .abi_encode(),
    );
    let (ok, why) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(!ok);
    assert_eq!(SolanaProgramError::abi_decode(&why).unwrap().code, 1);
    // An account that the call does not name as writable.
    let mut readonly = transfer(&theirs, &alices, &holder, 1);
    readonly.accounts[1].is_writable = false;
    let instruction = program(&readonly);
    let done = world.evm(runCall { instruction, seeds }.abi_encode());
    let failure = SolanaFailure::abi_decode(&done.output).unwrap();
    assert_eq!(failure.program, b256(&TOKEN));
    // Nobody but the contract signs for its address.
    let instruction = program(&transfer(&theirs, &alices, &holder, 1));
    let seeds = vec![];
    let done = world.evm(runCall { instruction, seeds }.abi_encode());
    assert!(
        reason_of(&done.output).contains("cannot sign"),
        "{}",
        reason_of(&done.output)
    );
    assert_eq!((world.tokens(&alices), world.tokens(&theirs)), (900, 5));
}

#[test]
fn an_outer_failure_takes_back_what_the_program_did() {
    let (mut world, alices) = with_tokens();
    let more = program(&mint_more(&mint(), &alices, &evm_key(TREASURY), 1));
    let call = |more: &Program| (more.clone(), Vec::<Vec<Bytes>>::new());
    let (instruction, seeds) = call(&more);
    let done = world.evm(runAndFailCall { instruction, seeds }.abi_encode());
    assert!(!done.success && done.events.is_empty());
    assert_eq!(world.tokens(&alices), 900);
    let (instruction, seeds) = call(&more);
    let done = world.treasury(runAndCatchCall { instruction, seeds }.abi_encode());
    assert_eq!(done.output, false.abi_encode());
    assert_eq!(world.tokens(&alices), 900);
    let (instruction, seeds) = call(&more);
    world.treasury(runCall { instruction, seeds }.abi_encode());
    assert_eq!(world.tokens(&alices), 901);
}

#[test]
fn queued_programs_run_in_order_after_the_rest_or_not_at_all() {
    let (mut world, alices) = with_tokens();
    let me = evm_key(TREASURY);
    let queue = |amount: u64| {
        let instruction = program(&mint_more(&mint(), &alices, &me, amount));
        let seeds = vec![];
        queueCall { instruction, seeds }.abi_encode()
    };
    let done = world.treasury(queue(7));
    assert_eq!(world.tokens(&alices), 907);
    assert_eq!(done.events[0].log.address, CROSS_VM_ADDRESS);
    assert_eq!(done.events[0].origin, EventOrigin::Evm);
    let event = CallSolana::decode_log_data(&done.events[0].log.data).unwrap();
    assert_eq!((event.sender, event.program), (TREASURY, b256(&TOKEN)));
    assert_eq!(event.accounts.len(), 3);
    // One that fails fails the transaction: more tokens than can be.
    let done = world.evm(queue(u64::MAX));
    assert!(!done.success && done.events.is_empty());
    assert_eq!(
        SolanaProgramError::abi_decode(&done.output)
            .unwrap()
            .program,
        b256(&TOKEN)
    );
    assert_eq!(world.tokens(&alices), 907);
    // A user's own account queues, too.
    let memo = queueSolanaCall {
        program: b256(&MEMO),
        accounts: vec![],
        data: Bytes::from_static(b"hello"),
    };
    let done = world.evm_to(CROSS_VM_ADDRESS, memo.abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    // An event of another contract means nothing: this one emits what it is told, under any topic.
    let at = Address::repeat_byte(0xa1);
    let code: Bytes = "602036038060205f375f35905fa100".parse().unwrap();
    world.memory.deploy(at, code);
    let more = program(&mint_more(&mint(), &alices, &me, 7));
    let event = CallSolana {
        sender: TREASURY,
        program: more.program,
        accounts: more.accounts,
        data: more.data,
        seeds: vec![],
    };
    let input = [CallSolana::SIGNATURE_HASH.to_vec(), event.encode_data()].concat();
    let done = world.evm_to(at, input);
    assert!(done.success);
    assert_eq!(done.events[0].log.topics(), [CallSolana::SIGNATURE_HASH]);
    assert_eq!((done.events.len(), world.tokens(&alices)), (1, 907));
}

#[test]
fn a_static_call_changes_nothing_on_solana() {
    let (mut world, alices) = with_tokens();
    // What calls another contract statically, and hands on what that returns or why it fails.
    let relay = "602036038060205f375f5f825f5f355afa3d5f5f3e601b573d5ffd5b3d5ff3";
    let at = Address::repeat_byte(0xfa);
    let code: Bytes = relay.parse().unwrap();
    world.memory.deploy(at, code);
    let relayed = |input: Vec<u8>| [TREASURY.into_word().to_vec(), input].concat();
    let instruction = program(&mint_more(&mint(), &alices, &evm_key(TREASURY), 1));
    let (once, seeds) = (instruction.clone(), vec![]);
    let run = tryRunCall {
        instruction: once,
        seeds,
    }
    .abi_encode();
    let done = world.evm_to(at, relayed(run));
    assert!(done.success, "{}", reason_of(&done.output));
    let (ok, why) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(
        !ok && reason_of(&why).contains("a static call cannot change"),
        "{}",
        reason_of(&why)
    );
    let seeds = vec![];
    let done = world.evm_to(at, relayed(queueCall { instruction, seeds }.abi_encode()));
    assert!(reason_of(&done.output).contains("a static call cannot queue a call"));
    // Reading is fine.
    let account = b256(&alices);
    let done = world.evm_to(at, relayed(balanceOfCall { account }.abi_encode()));
    assert_eq!(u64::abi_decode(&done.output).unwrap(), 900);
}

#[test]
fn the_ledger_is_one() {
    let mut world = World::new();
    let account = b256(&world.alice.key());
    let done = world.treasury(lamportsOfCall { account }.abi_encode());
    assert_eq!(
        U256::abi_decode(&done.output).unwrap(),
        U256::from(10 * SOL)
    );
}
