//! An ERC-20 moved by Solana's own instructions.

use super::*;
use alloy_sol_types::{SolError, SolEvent};
use lumio_tests::faces::Transfer;
use solana_account::ReadableAccount as _;
use solana_keypair::Keypair;
use solana_signer::Signer;

fn transfers(done: &Executed) -> Vec<(Address, Address, U256)> {
    let logs = done.events.iter().filter_map(|event| {
        let it = Transfer::decode_log(&event.log).ok()?;
        Some((it.from, it.to, it.value))
    });
    logs.collect()
}

#[test]
fn the_registry_makes_one_mint_for_a_contract() {
    let mut world = World::new();
    let erc20 = deploy(&mut world, "OddToken", U256::from(18).abi_encode());
    let refused = create_mint(&mut world, erc20).unwrap_err();
    assert_eq!(IMints::NoSupply::abi_decode(&refused).unwrap().erc20, erc20);
    let (to, amount) = (world.user.address(), units(7) + U256::from(3));
    assert!(
        world
            .evm(erc20, &mintCall { to, amount }.abi_encode())
            .success
    );
    let rent = world.evm(REGISTRY, &IMints::createMintCall { erc20 }.abi_encode());
    let rent = IMints::RentNeeded::abi_decode(&rent.output).unwrap().rent;
    assert_eq!(rent, lumio_types::wei_of_lamports(MINT_RENT));

    let id = |address: Address| address.into_word().0;
    let seeds: [&[u8]; 2] = [&id(REGISTRY), &id(erc20)];
    let derived = Pubkey::find_program_address(&seeds, &CROSS_VM).0;
    assert_eq!(
        ask(&mut world, IMints::mintAddressOfCall { erc20 }),
        derived.to_bytes()
    );
    assert!(ask(&mut world, IMints::mintOfCall { erc20 }).is_zero());
    // Somebody may have sent something there.
    fund(&mut world.memory, &derived, 900_000);
    let registry = world.memory.wei(AccountId::from_evm(REGISTRY));
    assert_eq!(create_mint(&mut world, erc20), Ok(derived));
    assert_eq!(create_mint(&mut world, erc20), Ok(derived));
    assert_eq!(world.memory.wei(AccountId::from_evm(REGISTRY)), registry);
    assert_eq!(solana::lamports(&world.memory, &derived), MINT_RENT);
    let mint = B256::from(derived.to_bytes());
    assert_eq!(ask(&mut world, IMints::mintOfCall { erc20 }), mint);
    assert_eq!(ask(&mut world, IMints::erc20OfMintCall { mint }), erc20);
    // A face of a face is the original.
    assert_eq!(
        ask(&mut world, IMints::createErc20OfMintCall { mint }),
        erc20
    );
    // Nobody may mint or freeze, eight decimals, and the supply is the contract's.
    let mut data = [0; 82];
    data[44..46].copy_from_slice(&[8, 1]);
    let stored = world.memory.data(&derived);
    assert_eq!(
        (stored[..4].to_vec(), &stored[36..50]),
        (vec![0; 4], &data[36..50])
    );
}

#[test]
fn decimals_are_those_of_the_fungible_asset() {
    for (decimals, shown) in [(0, 0), (6, 6), (8, 8), (9, 8), (18, 8), (65, 8)] {
        let mut world = World::new();
        let erc20 = deploy(&mut world, "OddToken", U256::from(decimals).abi_encode());
        let (to, amount) = (world.user.address(), U256::from(1_u8) << 200);
        assert!(
            world
                .evm(erc20, &mintCall { to, amount }.abi_encode())
                .success
        );
        let mint = create_mint(&mut world, erc20).unwrap();
        assert_eq!(world.memory.data(&mint)[44], shown);
    }
    let mut world = World::new();
    let erc20 = deploy(&mut world, "OddToken", U256::from(66).abi_encode());
    let (to, amount) = (world.user.address(), U256::from(1));
    assert!(
        world
            .evm(erc20, &mintCall { to, amount }.abi_encode())
            .success
    );
    let refused = create_mint(&mut world, erc20).unwrap_err();
    let error = IMints::TooManyDecimals::abi_decode(&refused).unwrap();
    assert_eq!(error.decimals, U256::from(66));
}

#[test]
fn transfer_checked_moves_the_erc20() {
    let mut it = Shown::new();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    it.give(&bob, 2);
    let to = associated(&bob, &it.mint);
    let made = it.make(&bob);
    it.succeed(&[made]);
    // A remainder stays with its holder, and is not shown.
    let alice = it.world.alice.key();
    let rest = U256::from(5);
    let transfer = IERC20::transferCall {
        to: id_of(&alice).evm_address(),
        amount: rest,
    };
    assert!(it.world.evm(it.token, &transfer.abi_encode()).success);
    let done = it.succeed(&[it.pays(&to, 3 * ONE)]);
    assert_eq!(it.has_key(&alice), units(7 * ONE) + rest);
    assert_eq!(it.has_key(&bob), units(3 * ONE + 2));
    let moved = (
        id_of(&alice).evm_address(),
        id_of(&bob).evm_address(),
        units(3 * ONE),
    );
    assert_eq!(transfers(&done), [moved]);
    let places = |key: &Pubkey| {
        let accounts = &World::receipt(&done).accounts;
        u8::try_from(accounts.iter().position(|it| it.id == id_of(key)).unwrap()).unwrap()
    };
    let (mut before, mut after) = Shown::told(&done);
    before.sort_unstable();
    after.sort_unstable();
    let mut expected = [(places(&it.alice), 10 * ONE), (places(&to), 2)];
    expected.sort_unstable();
    assert_eq!(before, expected);
    let mut expected = [(places(&it.alice), 7 * ONE), (places(&to), 3 * ONE + 2)];
    expected.sort_unstable();
    assert_eq!(after, expected);
    // The state keeps no amount: the contract does.
    assert_eq!(it.world.memory.data(&to)[64..72], [0; 8]);
    // More than she has.
    let reason = it.fail(&[it.pays(&to, 7 * ONE + 1)]);
    assert!(reason.contains("custom program error: 0x1"), "{reason}");
    // Gas is paid out of compute units.
    let used = World::receipt(&done).compute_units;
    assert!(used > 4_000 && used < 15_000, "{used}");
    let reason = it.fail(&[units_limit(used - 1), it.pays(&to, 3 * ONE)]);
    assert!(
        reason.contains("exceeded") || reason.contains("compute units"),
        "{reason}"
    );
}

fn units_limit(units: u64) -> Instruction {
    super::super::world::units(u32::try_from(units).unwrap())
}

#[test]
fn an_account_that_is_made_later_shows_what_its_owner_has() {
    let mut it = Shown::new();
    let (bob, carol) = (SolanaUser::new(2), SolanaUser::new(3));
    it.give(&carol.key(), 6);
    let made = it.make(&carol.key());
    let done = it.succeed(&[made]);
    assert_eq!(Shown::told(&done), (vec![], vec![(1, 6)]));
    it.give(&bob.key(), 5);
    let to = associated(&bob.key(), &it.mint);
    let done = it.succeed(&[it.make(&bob.key()), it.pays(&to, 7)]);
    assert_eq!(it.has_key(&bob.key()), units(12));
    let (_, after) = Shown::told(&done);
    assert!(after.iter().any(|(_, amount)| *amount == 12), "{after:?}");
    fund(&mut it.world.memory, &bob.key(), SOL);
    let back = moves_between(&to, &it.alice, &bob.key(), 12);
    it.world.next_block();
    let done = it.world.here(&[&bob.0], &[back]);
    assert!(done.success, "{:?}", it.world.logs(&done));
    assert_eq!(it.has_key(&bob.key()), U256::ZERO);
}

#[test]
fn a_token_account_that_is_no_wallets_is_a_holder_of_its_own() {
    let mut it = Shown::new();
    let (vault, alice) = (Keypair::new_from_array([0x77; 32]), it.world.alice.key());
    let [made, opened] = it.opens(&vault.pubkey(), &alice);
    let make = [made, opened];
    // What the key has in the EVM is not the token account's.
    it.give(&vault.pubkey(), 9);
    it.world.next_block();
    let done = it.world.here(&[&vault], &make);
    assert!(done.success, "{:?}", it.world.logs(&done));
    let done = it.succeed(&[it.pays(&vault.pubkey(), 4)]);
    let holder = lumio_vm_bus::originals::separate_holder(vault.pubkey().to_bytes().into());
    assert_eq!(it.has(holder.evm_address()), units(4));
    assert_eq!(it.has_key(&vault.pubkey()), units(9));
    let (_, after) = Shown::told(&done);
    assert!(after.iter().any(|(_, amount)| *amount == 4), "{after:?}");
    // It may not be closed as long as it has some, and then it may.
    let close = |it: &Shown| {
        let accounts = vec![
            AccountMeta::new(vault.pubkey(), false),
            AccountMeta::new(it.world.alice.key(), false),
            AccountMeta::new_readonly(it.world.alice.key(), true),
        ];
        token(accounts, vec![9])
    };
    let reason = it.fail(&[close(&it)]);
    assert!(reason.contains("custom program error: 0xb"), "{reason}");
    let back = moves_between(&vault.pubkey(), &it.alice, &alice, 4);
    it.succeed(&[back, close(&it)]);
    assert_eq!(it.has_key(&alice), units(10 * ONE));
    assert_eq!(it.has(holder.evm_address()), U256::ZERO);
}

#[test]
fn a_wallets_account_that_gets_another_owner_takes_its_tokens_along() {
    let mut it = Shown::new();
    let (alice, bob) = (it.world.alice.key(), SolanaUser::new(2));
    let accounts = vec![
        AccountMeta::new(it.alice, false),
        AccountMeta::new_readonly(alice, true),
    ];
    let hand_over = token(accounts, [&[6, 2, 1][..], bob.key().as_ref()].concat());
    it.succeed(&[hand_over]);
    let holder = lumio_vm_bus::originals::separate_holder(it.alice.to_bytes().into());
    assert_eq!(it.has_key(&alice), U256::ZERO);
    assert_eq!(it.has_key(&bob.key()), U256::ZERO);
    assert_eq!(it.has(holder.evm_address()), units(10 * ONE));
    let reason = it.fail(&[it.pays(&it.alice, 1)]);
    assert!(reason.contains("custom program error: 0x4"), "{reason}");
}

#[test]
fn a_delegate_moves_what_he_was_allowed_to() {
    let mut it = Shown::new();
    let (alice, bob) = (it.world.alice.key(), SolanaUser::new(2));
    fund(&mut it.world.memory, &bob.key(), SOL);
    let to = associated(&bob.key(), &it.mint);
    let accounts = vec![
        AccountMeta::new(it.alice, false),
        AccountMeta::new_readonly(bob.key(), false),
        AccountMeta::new_readonly(alice, true),
    ];
    let approve = token(accounts, [&[4][..], &50_u64.to_le_bytes()].concat());
    it.succeed(&[it.make(&bob.key()), approve]);
    for (amount, succeeds) in [(30, true), (21, false), (20, true), (1, false)] {
        it.world.next_block();
        let take = moves_between(&it.alice, &to, &bob.key(), amount);
        let done = it.world.here(&[&bob.0], &[take]);
        assert_eq!(done.success, succeeds, "{:?}", it.world.logs(&done));
    }
    assert_eq!(it.has_key(&bob.key()), units(50));
}

#[test]
fn nobody_mints_or_burns_on_solana() {
    let mut it = Shown::new();
    let alice = it.world.alice.key();
    let accounts = vec![
        AccountMeta::new(it.alice, false),
        AccountMeta::new(it.mint, false),
        AccountMeta::new_readonly(alice, true),
    ];
    let burn = token(accounts, [&[8][..], &1_u64.to_le_bytes()].concat());
    let reason = it.fail(&[burn]);
    assert!(reason.contains("0x5"), "{reason}");
    assert!(reason.contains("which alone"), "{reason}");
    for authority in [alice, evm_key(REGISTRY)] {
        let accounts = vec![
            AccountMeta::new(it.mint, false),
            AccountMeta::new(it.alice, false),
            AccountMeta::new_readonly(authority, authority == alice),
        ];
        let mint = token(accounts, [&[7][..], &1_u64.to_le_bytes()].concat());
        it.fail(&[mint]);
    }
}

/// The supply that a program sees is the contract's, also after tokens were minted and burnt there.
#[test]
fn the_supply_is_the_contracts() {
    let mut it = Shown::new();
    let supply = |it: &Shown| {
        let accounts = vec![AccountMeta::new_readonly(it.mint, false)];
        // `AmountToUiAmount` needs the mint alone, so the mint is loaded; the account tells.
        token(accounts, [&[23][..], &1_u64.to_le_bytes()].concat())
    };
    let simulated = |it: &mut Shown| {
        it.world.next_block();
        let signed = it.world.alice.sign(&it.world.block, &[], &[supply(it)]);
        let wire = wincode::serialize(&signed).unwrap();
        let inner = lumio_types::SolanaTransaction::trusted(&wire).unwrap();
        let (world, mint) = (&it.world, it.mint);
        let ran = world
            .executor
            .simulate_solana(&world.memory, &world.block, &inner);
        let (ran, _) = ran.unwrap();
        let place = ran.keys.iter().position(|key| *key == mint).unwrap();
        u64::from_le_bytes(ran.after[place].data()[36..44].try_into().unwrap())
    };
    assert_eq!(simulated(&mut it), 1_000 * ONE);
    burn(&mut it.world, it.token, units(ONE));
    assert_eq!(simulated(&mut it), 999 * ONE);
    let (to, amount) = (it.world.user.address(), U256::from(1) << 200);
    assert!(
        it.world
            .evm(it.token, &mintCall { to, amount }.abi_encode())
            .success
    );
    assert_eq!(simulated(&mut it), u64::MAX);
}
