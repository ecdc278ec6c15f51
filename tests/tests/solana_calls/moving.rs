//! Move modules that call Solana programs.

use super::world::*;
use lumio_state::StateKey;

fn bcs(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::try_from(bytes.len()).unwrap()];
    out.extend_from_slice(bytes);
    out
}

fn key_of(user: &MoveUser) -> Pubkey {
    Pubkey::new_from_array(user.address.0)
}

fn status(done: &Executed) -> String {
    let carried = done.carried.as_ref().unwrap();
    carried.as_move().unwrap().status.clone()
}

/// Arguments of `run` and its like.
fn arguments(instruction: &Instruction) -> Vec<Vec<u8>> {
    let count = u8::try_from(instruction.accounts.len()).unwrap();
    let list = |part: &dyn Fn(&AccountMeta) -> Vec<u8>| {
        let parts = instruction.accounts.iter().flat_map(part);
        [count].into_iter().chain(parts).collect::<Vec<u8>>()
    };
    vec![
        instruction.program_id.to_bytes().to_vec(),
        list(&|meta| meta.pubkey.to_bytes().to_vec()),
        list(&|meta| vec![u8::from(meta.is_signer)]),
        list(&|meta| vec![u8::from(meta.is_writable)]),
        bcs(&instruction.data),
    ]
}

/// A world in which Bob has made a mint, and Alice has 900 of its tokens.
fn with_tokens() -> (World, MoveUser, Pubkey, Pubkey) {
    let mut world = World::new();
    let mut bob = world.move_user(5);
    let done = world.moving(&mut bob, "make_mint", vec![bcs(b"mint"), vec![6]]);
    assert!(done.success, "{}", status(&done));
    let (mint, _) = derived(&key_of(&bob), b"mint");
    let alice = world.alice.key();
    let to = |amount: u64| {
        vec![
            mint.to_bytes().to_vec(),
            alice.to_bytes().to_vec(),
            amount.to_le_bytes().to_vec(),
        ]
    };
    let done = world.moving(&mut bob, "mint_to", to(900));
    assert!(done.success, "{}", status(&done));
    let alices = associated(&alice, &mint);
    assert_eq!(world.tokens(&alices), 900);
    (world, bob, mint, alices)
}

#[test]
fn a_module_makes_a_token_and_sends_what_its_address_holds() {
    let (mut world, mut bob, mint, alices) = with_tokens();
    let (holder, _) = derived(&key_of(&bob), b"holder");
    let args = vec![
        mint.to_bytes().to_vec(),
        holder.to_bytes().to_vec(),
        50_u64.to_le_bytes().to_vec(),
    ];
    assert!(world.moving(&mut bob, "mint_to", args).success);
    let send = |amount: u64| {
        vec![
            bcs(b"holder"),
            mint.to_bytes().to_vec(),
            id_of(&world_alice()).0.to_vec(),
            amount.to_le_bytes().to_vec(),
        ]
    };
    let done = world.moving(&mut bob, "send", send(20));
    assert!(done.success, "{}", status(&done));
    assert_eq!(
        (
            world.tokens(&alices),
            world.tokens(&associated(&holder, &mint))
        ),
        (920, 30)
    );
    // Nobody else signs for that address.
    let mut eve = world.move_user(6);
    let done = world.moving(&mut eve, "send", send(20));
    assert!(!done.success);
    assert_eq!(world.tokens(&alices), 920);
}

fn world_alice() -> Pubkey {
    SolanaUser::new(1).key()
}

#[test]
fn a_program_that_fails_aborts_with_its_reason_or_is_caught() {
    let (mut world, mut bob, mint, alices) = with_tokens();
    let too_much = mint_more(&mint, &alices, &key_of(&bob), u64::MAX);
    let done = world.moving(&mut bob, "run", arguments(&too_much));
    let text = status(&done);
    assert!(text.contains("0x1::svm: ECALL_FAILED(0x70001)"), "{text}");
    assert!(text.contains("the program's error 0xe"), "{text}");
    let done = world.moving(&mut bob, "try_run", arguments(&too_much));
    assert!(done.success, "{}", status(&done));
    let last = last_of(&world, &bob);
    assert_eq!(last[0], 0);
    let failure = SolanaProgramError::abi_decode(&last[3..]).unwrap();
    assert_eq!((failure.program, failure.code), (b256(&TOKEN), 14));
    assert_eq!(world.tokens(&alices), 900);
    // And what succeeds is kept, unless something further out fails.
    let one = mint_more(&mint, &alices, &key_of(&bob), 1);
    assert!(world.moving(&mut bob, "try_run", arguments(&one)).success);
    assert_eq!(last_of(&world, &bob)[0], 1);
    assert_eq!(world.tokens(&alices), 901);
    let done = world.moving(&mut bob, "run_and_fail", arguments(&one));
    assert!(status(&done).contains("EREFUSED"), "{}", status(&done));
    assert_eq!(world.tokens(&alices), 901);
}

/// What `try_run` remembers.
fn last_of(world: &World, user: &MoveUser) -> Vec<u8> {
    let tag: lumio_move_engine::TypeTag = format!("{MODULE}::treasury::Last").parse().unwrap();
    let lumio_move_engine::TypeTag::Struct(tag) = tag else {
        panic!("a struct")
    };
    let mut name = Vec::new();
    tag.write(&mut name);
    let key = StateKey::MoveResource(AccountId(user.address.0.into()), name.into());
    world.memory.0[&key].to_vec()
}

#[test]
fn queued_programs_run_after_the_rest_or_nothing_does() {
    let (mut world, mut bob, mint, alices) = with_tokens();
    let queue = |amount: u64| {
        vec![
            mint.to_bytes().to_vec(),
            alices.to_bytes().to_vec(),
            amount.to_le_bytes().to_vec(),
        ]
    };
    let done = world.moving(&mut bob, "queue_mint_to", queue(7));
    assert!(done.success, "{}", status(&done));
    assert_eq!(world.tokens(&alices), 907);
    let EventOrigin::Move(event) = &done.events[0].origin else {
        panic!("an event of Move");
    };
    assert_eq!(&*event.type_tag, "0x1::svm::CallEvent");
    let done = world.moving(&mut bob, "queue_mint_to", queue(u64::MAX));
    assert!(status(&done).contains("ECALL_FAILED"), "{}", status(&done));
    assert_eq!(world.tokens(&alices), 907);
}

#[test]
fn the_callers_account_stays_its_own() {
    let (mut world, mut bob, ..) = with_tokens();
    let give_away = solana_system_interface::instruction::assign(&key_of(&bob), &TOKEN);
    let done = world.moving(&mut bob, "run", arguments(&give_away));
    assert!(
        status(&done).contains("cannot be given to a Solana program"),
        "{}",
        status(&done)
    );
    // The caller pays out of its ETH.
    let mallory = Pubkey::new_from_array([0x3a; 32]);
    let pay = solana_system_interface::instruction::transfer(&key_of(&bob), &mallory, 4_000_000);
    let done = world.moving(&mut bob, "run", arguments(&pay));
    assert!(done.success, "{}", status(&done));
    assert_eq!(lamports(&world.memory, &mallory), 4_000_000);
}

#[test]
fn an_account_that_a_program_owns_pays_nothing_in_move() {
    let mut world = World::new();
    let mut bob = world.move_user(5);
    // As if Bob's key had been one of Solana's, and he had given its account away.
    let record = [&[0][..], TOKEN.as_ref()].concat();
    let key = StateKey::SvmAccount(id_of(&key_of(&bob)));
    world
        .memory
        .0
        .insert(key, lumio_state::Value::from(record.as_slice()));
    let sent = bob.call(
        ("aptos_account", "transfer"),
        vec![],
        vec![vec![7; 32], 5_u64.to_le_bytes().to_vec()],
    );
    let error = world
        .executor
        .execute(&world.memory, &world.block, &sent)
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE"),
        "{text}"
    );
    assert!(text.contains("belongs to a Solana program"), "{text}");
}
