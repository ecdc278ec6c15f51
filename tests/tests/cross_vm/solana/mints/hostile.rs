//! Contracts that do not do what they say, and who would profit from it.

use super::*;
use solana_keypair::Keypair;

#[test]
fn a_contract_is_not_believed() {
    // Modes of `OddToken`, and what comes of a transfer.
    let cases = [
        (1, None),
        (2, Some("did not return true")),
        (3, Some("moved another amount")),
        (4, Some("moved another amount")),
        (5, Some("moved another amount")),
        (8, Some("no balances today")),
        (9, Some("the account is on a blacklist")),
    ];
    for (mode, refused) in cases {
        let mut it = Shown::new();
        let bob = Pubkey::new_from_array([0xb0; 32]);
        let made = it.make(&bob);
        it.succeed(&[made]);
        it.behave(mode);
        let pays = it.pays(&associated(&bob, &it.mint), 1_000);
        match refused {
            None => {
                it.succeed(&[pays]);
                assert_eq!(it.has_key(&bob), units(1_000));
            }
            Some(refused) => {
                let reason = it.fail(&[pays]);
                assert!(reason.contains("0x5"), "{mode}: {reason}");
                assert!(reason.contains(refused), "{mode}: {reason}");
            }
        }
    }
}

/// What the contract does in the middle of its next transfer.
fn call_back(it: &mut Shown, mode: u8, target: Address, input: Vec<u8>, catches: bool) {
    let input = Bytes::from(input);
    let call = callBackCall {
        target,
        input,
        catches,
    };
    assert!(it.world.evm(it.token, &call.abi_encode()).success);
    it.behave(mode);
}

fn with_bob() -> (Shown, Pubkey, Pubkey) {
    let mut it = Shown::new();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let made = it.make(&bob);
    it.succeed(&[made]);
    let to = associated(&bob, &it.mint);
    (it, bob, to)
}

#[test]
fn a_contract_that_calls_back_is_not_let_into_solana() {
    for catches in [false, true] {
        for mode in [6, 7] {
            let (mut it, bob, to) = with_bob();
            let (relay, memo) = (evm_key(RELAY), lumio_vm_svm::MEMO);
            it.world
                .memory
                .fund(RELAY, lumio_types::wei_of_lamports(SOL));
            let says = Instruction {
                program_id: memo,
                accounts: vec![AccountMeta::new_readonly(relay, true)],
                data: b"x".to_vec(),
            };
            call_back(&mut it, mode, RELAY, calls(&says, &[]), catches);
            let pays = [super::super::world::units(1_000_000), it.pays(&to, 5)];
            match catches {
                true => {
                    it.succeed(&pays);
                    assert_eq!(it.has_key(&bob), units(5));
                }
                false => {
                    let reason = it.fail(&pays);
                    assert!(reason.contains("cannot be entered again"), "{reason}");
                }
            }
        }
    }
}

/// ETH that the contract has others move meanwhile is where they have moved it.
#[test]
fn eth_that_moves_while_tokens_are_settled_is_conserved() {
    let (mut it, bob, to) = with_bob();
    let alice = it.world.alice.key();
    let sol = U256::from(SOL) * U256::from(1_000_000_000_u64);
    it.world.memory.fund(PAYER, sol);
    for payee in [id_of(&alice).evm_address(), id_of(&bob).evm_address()] {
        let input = [
            payee.into_word().0,
            (sol / U256::from(4)).to_be_bytes::<32>(),
        ]
        .concat();
        call_back(&mut it, 6, PAYER, input, false);
        let before = it.world.memory.wei(id_of(&alice));
        // The payer is an account of the run, and gets something in it.
        let pays = [transfer(&alice, &evm_key(PAYER), SOL), it.pays(&to, 5)];
        it.succeed(&pays);
        let after = it.world.memory.wei(id_of(&alice));
        let fee = lumio_types::wei_of_lamports(5_000);
        let got = match payee == id_of(&alice).evm_address() {
            true => sol / U256::from(4),
            false => U256::ZERO,
        };
        assert_eq!(after + sol + fee, before + got);
    }
    let payer = it.world.memory.wei(AccountId::from_evm(PAYER));
    assert_eq!(payer, sol * U256::from(3) - sol / U256::from(2));
    assert_eq!(it.has_key(&bob), units(10));
}

#[test]
fn whoever_has_the_key_of_a_token_account_cannot_move_its_tokens() {
    use solana_signer::Signer;
    let (mut it, _, to) = with_bob();
    let (alice, vault) = (it.world.alice.key(), Keypair::new_from_array([0x77; 32]));
    let [made, opened] = it.opens(&vault.pubkey(), &alice);
    let make = [made, opened, it.pays(&vault.pubkey(), 40)];
    it.world.next_block();
    assert!(it.world.here(&[&vault], &make).success);
    let steals = IERC20::transferCall {
        to: it.world.user.address(),
        amount: units(1),
    };
    let input = steals.abi_encode();
    let steals = cross((0, 0), &vault.pubkey(), it.token.into_word(), 0, &input);
    it.world.next_block();
    let done = it.world.here(&[&vault], &[steals]);
    assert!(!done.success);
    // Nor by a token account of which it is the owner.
    let made = it.make(&vault.pubkey());
    it.succeed(&[made]);
    let own = associated(&vault.pubkey(), &it.mint);
    it.world.next_block();
    let steals = moves_between(&own, &to, &vault.pubkey(), 1);
    let done = it.world.here(&[&vault], &[steals]);
    assert!(!done.success);
    let holder = lumio_vm_bus::originals::separate_holder(vault.pubkey().to_bytes().into());
    assert_eq!(it.has(holder.evm_address()), units(40));
}

#[test]
fn two_accounts_of_one_holder_are_not_named_together() {
    let (mut it, _, _) = with_bob();
    let alice = it.world.alice.key();
    let padded = evm_key(id_of(&alice).evm_address());
    it.world.next_block();
    let made = it.make(&padded);
    // Her own key pays, so that she is named by both keys.
    let sent = it.world.alice.send(&it.world.block, &[], &[made]);
    assert!(
        it.world
            .executor
            .execute(&it.world.memory, &it.world.block, &sent)
            .is_err()
    );
    let bob = SolanaUser::new(2);
    fund(&mut it.world.memory, &bob.key(), SOL);
    let mut made = it.make(&padded);
    made.accounts[0].pubkey = bob.key();
    let sent = bob.send(&it.world.block, &[], &[made]);
    assert!(it.world.keep(&sent).success);
    let other = associated(&padded, &it.mint);
    let reason = it.fail(&[it.pays(&other, 1)]);
    assert!(reason.contains("of one holder"), "{reason}");
}

#[test]
fn a_mint_that_nobody_registered_is_solanas_own() {
    let (mut it, _, _) = with_bob();
    let alice = it.world.alice.key();
    let mint = Keypair::new_from_array([0x55; 32]);
    use solana_signer::Signer;
    let make = [
        Instruction {
            program_id: Pubkey::default(),
            accounts: vec![
                AccountMeta::new(alice, true),
                AccountMeta::new(mint.pubkey(), true),
            ],
            data: [
                &0_u32.to_le_bytes()[..],
                &MINT_RENT.to_le_bytes(),
                &82_u64.to_le_bytes(),
                TOKEN.as_ref(),
            ]
            .concat(),
        },
        token(
            vec![AccountMeta::new(mint.pubkey(), false)],
            [&[20, 8][..], alice.as_ref(), &[0]].concat(),
        ),
    ];
    it.world.next_block();
    let done = it.world.here(&[&mint], &make);
    assert!(done.success, "{:?}", it.world.logs(&done));
    it.mint = mint.pubkey();
    let account = associated(&alice, &it.mint);
    let mints = token(
        vec![
            AccountMeta::new(it.mint, false),
            AccountMeta::new(account, false),
            AccountMeta::new_readonly(alice, true),
        ],
        [&[7][..], &33_u64.to_le_bytes()].concat(),
    );
    let made = it.make(&alice);
    it.succeed(&[made, mints]);
    assert_eq!(it.world.memory.data(&account)[64], 33);
    // Its contract shows it, so it gets no further mint.
    let mint = b256(&it.mint);
    let input = IMints::createErc20OfMintCall { mint }.abi_encode();
    let wei = lumio_types::wei_of_lamports(SOL);
    let sent = it
        .world
        .user
        .transaction(TxKind::Call(REGISTRY), wei, input.into(), 8_000_000);
    let made = it.world.keep(&sent);
    assert!(made.success, "{}", reason_of(&made.output));
    let erc20 = Address::from_word(B256::from_slice(&made.output));
    assert_eq!(create_mint(&mut it.world, erc20), Ok(it.mint));
    // Nor is anything of it counted twice.
    it.alice = account;
    let done = it.succeed(&[moves_between(&account, &account, &alice, 1)]);
    assert_eq!(Shown::told(&done).1, [(1, 33)]);
    assert!(World::receipt(&done).compute_units < 40_000);
}
