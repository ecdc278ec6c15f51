//! Which mints get a contract, and what it says of them.

use super::world::*;

/// What the registry says to a mint, with wei.
fn create(world: &mut World, mint: &Pubkey, wei: U256) -> Executed {
    let input = IMints::createErc20OfMintCall { mint: b256(mint) };
    world.pay(REGISTRY, wei, input.abi_encode())
}

#[test]
fn a_mint_has_one_contract_and_the_contract_one_mint() {
    let mut world = World::new();
    let mint = world.put_mint(TOKEN, 6, &[]);
    let key = b256(&mint.key);
    let none = world.ask(REGISTRY, IMints::erc20OfMintCall { mint: key });
    assert_eq!(none, Address::ZERO);
    let expected = world.ask(REGISTRY, IMints::erc20AddressOfMintCall { mint: key });

    // The contract's own token account is paid for.
    let rent = U256::from(2_039_280_000_000_000_u64);
    let short = create(&mut world, &mint.key, rent - U256::ONE);
    assert_eq!(
        IMints::RentNeeded::abi_decode(&short.output),
        Ok(IMints::RentNeeded { rent })
    );
    let wei = |world: &World| world.memory.wei(world.user_id());
    for (paid, leaves) in [
        (ENOUGH, rent),
        (ENOUGH, U256::ZERO),
        (U256::ZERO, U256::ZERO),
    ] {
        let before = wei(&world);
        let done = create(&mut world, &mint.key, paid);
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(Address::abi_decode(&done.output).unwrap(), expected);
        let fee = U256::from(done.gas_used) * U256::from(1_000_000_001_u64);
        assert_eq!(before - wei(&world), leaves + fee);
    }
    assert_eq!(world.ask(expected, IMints::rentCall {}), rent);
    assert_eq!(world.ask(expected, IMints::mintCall {}), key);
    assert_eq!(
        world.ask(REGISTRY, IMints::erc20OfMintCall { mint: key }),
        expected
    );
    let of = |world: &mut World, erc20| world.ask(REGISTRY, IMints::mintOfCall { erc20 });
    assert_eq!(of(&mut world, expected), key);
    assert_eq!(of(&mut world, TREASURY), B256::ZERO);
    let pool = world.ask(expected, IMints::poolCall {});
    assert_eq!(pool, b256(&mint.of(&evm_key(expected))));
    assert_eq!(tokens(&world.memory, &mint.of(&evm_key(expected))), Some(0));
}

#[test]
fn what_a_contract_cannot_show_gets_none() {
    let mut world = World::new();
    let mint = world.put_mint(TOKEN, 6, &[]);
    let alice = world.alice.key();
    world.sends(&[mint.open(&alice, &alice)]);
    let unused = Pubkey::new_from_array([0x77; 32]);
    let mut zero = mint_data(&alice, 6, &[]);
    zero[45] = 0;
    let uninitialised = Pubkey::new_from_array([0x78; 32]);
    let record = |owner: &Pubkey, data: &[u8]| lumio_tests::sbpf::record(owner, false, data);
    world
        .memory
        .put_account(&uninitialised, RENT, record(&TOKEN, &zero));
    // Several signers whose keys make it look like a mint.
    let mut signers = mint_data(&alice, 6, &[(18, vec![0; 64])]);
    signers.resize(355, 0);
    let multisig = Pubkey::new_from_array([0x79; 32]);
    world
        .memory
        .put_account(&multisig, RENT, record(&TOKEN_2022, &signers));
    let foreign = Pubkey::new_from_array([0x7a; 32]);
    let data = mint_data(&alice, 6, &[]);
    world
        .memory
        .put_account(&foreign, RENT, record(&MEMO, &data));
    for key in [
        unused,
        alice,
        TOKEN,
        mint.of(&alice),
        uninitialised,
        multisig,
        foreign,
    ] {
        let done = create(&mut world, &key, ENOUGH);
        assert_eq!(
            IMints::NoMint::abi_decode(&done.output),
            Ok(IMints::NoMint { mint: b256(&key) }),
            "{key}"
        );
    }
    // Those of lamports: of SPL Token, and of Token-2022, which has it at an address of its own.
    let native: Pubkey = "So11111111111111111111111111111111111111112"
        .parse()
        .unwrap();
    let native_2022 = Pubkey::find_program_address(&[b"native-mint"], &TOKEN_2022).0;
    for key in [native, native_2022] {
        let done = create(&mut world, &key, ENOUGH);
        let expected = IMints::NativeMint { mint: b256(&key) };
        assert_eq!(IMints::NativeMint::abi_decode(&done.output), Ok(expected));
    }

    // Transfer fees, a close authority, confidential transfers, non-transferable, a permanent delegate, a transfer
    // hook, confidential fees, confidential supply, and what is not known.
    let refused = [1, 3, 4, 9, 12, 14, 16, 24, 27, 28, 99, 256, 65_535];
    let names = [(18, vec![0; 64])];
    for kind in refused {
        for alone in [true, false] {
            let mut extensions = vec![(kind, vec![0; 32])];
            if !alone {
                extensions.splice(0..0, names.clone());
            }
            let mint = world.put_mint(TOKEN_2022, 6, &extensions);
            let done = create(&mut world, &mint.key, ENOUGH);
            let expected = IMints::UnsupportedExtension {
                mint: b256(&mint.key),
                extension: kind,
            };
            let found = IMints::UnsupportedExtension::abi_decode(&done.output);
            assert_eq!(found, Ok(expected));
        }
    }
    for kind in [6, 10, 18, 20, 21, 22, 23, 25, 26] {
        let mint = world.put_mint(TOKEN_2022, 6, &[(kind, vec![0; extension_bytes(kind)])]);
        let done = create(&mut world, &mint.key, ENOUGH);
        assert!(done.success, "{kind}: {}", reason_of(&done.output));
    }
}

/// Bytes of the extensions that a mint with a contract may have.
fn extension_bytes(kind: u16) -> usize {
    match kind {
        6 => 1,
        10 => 52,
        21 => 80,
        23 => 72,
        25 => 56,
        26 => 33,
        _ => 64,
    }
}

#[test]
fn a_contract_says_what_the_mint_says() {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap();
        [&length.to_le_bytes()[..], text.as_bytes()].concat()
    };
    let named = [
        vec![0; 64],
        text("Gold of the chain"),
        text("GLD"),
        text(""),
    ]
    .concat();
    let mut it = Shown::of(TOKEN_2022, &[(18, vec![0; 64]), (19, named)]);
    let erc20 = it.erc20;
    assert_eq!(
        it.world.ask(erc20, IERC20::nameCall {}),
        "Gold of the chain"
    );
    assert_eq!(it.world.ask(erc20, IERC20::symbolCall {}), "GLD");
    assert_eq!(it.world.ask(erc20, IERC20::decimalsCall {}), 6);
    let supply = it.world.ask(erc20, IERC20::totalSupplyCall {});
    assert_eq!(supply, U256::from(1_000_000));
    let alice = it.alice();
    assert_eq!(it.balance(alice), 1_000_000);

    // Names that another program keeps, whose texts end with zeros; and none.
    let mut it = Shown::new();
    let erc20 = it.erc20;
    let short = it.mint.key.to_string();
    assert_eq!(
        it.world.ask(erc20, IERC20::nameCall {}),
        format!("SPL token {}", &short[..8])
    );
    assert_eq!(it.world.ask(erc20, IERC20::symbolCall {}), short[..8]);
    let names = Pubkey::from_str_const("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");
    let seeds = [b"metadata", names.as_ref(), it.mint.key.as_ref()];
    let key = Pubkey::find_program_address(&seeds, &names).0;
    let data = [vec![4; 65], text("Silver\0\0\0\0"), text("SLV\0"), text("")].concat();
    let record = lumio_tests::sbpf::record(&names, false, &data);
    it.world.memory.put_account(&key, RENT, record);
    assert_eq!(it.world.ask(erc20, IERC20::nameCall {}), "Silver");
    assert_eq!(it.world.ask(erc20, IERC20::symbolCall {}), "SLV");
}

#[test]
fn a_face_of_a_face_is_the_token_itself() {
    let mut it = Shown::new();
    let (erc20, asset) = (it.erc20, B256::from(it.asset.0));
    let of = it
        .world
        .ask(REGISTRY, IFaces::erc20OfCall { metadata: asset });
    assert_eq!(of, erc20);
    let done = it
        .world
        .call(REGISTRY, IFaces::createErc20Call { metadata: asset });
    assert_eq!(Address::abi_decode(&done.output).unwrap(), erc20);
}

#[test]
fn gas_is_what_the_documentation_says() {
    // `docs/cross-vm.md`, in EVM gas.
    let mut it = Shown::new();
    let (alice, user, mover) = (it.alice(), it.world.user_id(), it.mover());
    for holder in [user, mover] {
        it.open(holder.evm_address());
    }
    let (from, to) = (
        it.mint.of(&it.world.alice.key()),
        it.mint.of(&evm_key(user.evm_address())),
    );
    let signer = it.world.alice.key();
    let give = it.mint.transfer_checked(&from, &to, &signer, 1_000);
    let solana = it.world.sends(&[give]).gas_used;
    let evm = it.transfer(alice.evm_address(), 5).gas_used;
    assert!(it.transfer(BOB, 5).success);
    let kept = it.transfer(BOB, 5).gas_used;
    assert!(it.transfer(mover.evm_address(), 50).success);
    let moving = it.moves(alice, 5).gas_used;
    for (gas, most) in [
        (solana, 35_000),
        (evm, 95_000),
        (kept, 95_000),
        (moving, 370_000),
    ] {
        assert!(gas <= most, "{gas} {most}");
    }
}
