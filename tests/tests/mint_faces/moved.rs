//! Tokens that move, in whichever machine: each sees it, and each announces it.

use super::world::*;

#[test]
fn a_transfer_begun_on_solana_is_one_in_all_machines() {
    for program in [TOKEN, TOKEN_2022] {
        let mut it = Shown::of(program, &[]);
        let (alice, user, mover) = (it.alice(), it.world.user_id(), it.mover());
        let (key, mint) = (it.world.alice.key(), it.mint);
        let keys = [user, mover].map(|id| Pubkey::new_from_array(id.0.0));
        let from = mint.of(&key);
        // Two credits of one debit, in the order of the transaction's accounts.
        let done = it.world.sends(&[
            mint.open(&key, &keys[0]),
            mint.open(&key, &keys[1]),
            mint.transfer_checked(&from, &mint.of(&keys[0]), &key, 300),
            mint.transfer(&from, &mint.of(&keys[1]), &key, 20),
        ]);
        let all = seen(&done);
        assert_eq!(all.len(), 6, "{all:?}");
        for (to, amount) in [(user, 300), (mover, 20)] {
            let one = it.announced(Some(alice), Some(to), amount);
            assert!(all.windows(3).any(|part| part == one), "{all:?}");
        }
        assert_eq!(it.balance(alice), 999_680);
        assert_eq!((it.balance(user), it.balance(mover)), (300, 20));

        // What goes there and back within a transaction has not moved.
        let done = it.world.sends(&[
            mint.transfer(&from, &from, &key, 5),
            mint.approve(&from, &keys[0], &key, 5),
        ]);
        assert_eq!(seen(&done), []);
    }
}

#[test]
fn new_tokens_come_from_nobody_and_burnt_ones_go_there() {
    let mut it = Shown::new();
    let (alice, key, mint) = (it.alice(), it.world.alice.key(), it.mint);
    let from = mint.of(&key);
    let done = it.world.sends(&[mint.mint_to(&from, &key, 7)]);
    assert_eq!(seen(&done), it.announced(None, Some(alice), 7));
    let done = it.world.sends(&[mint.burn(&from, &key, 9)]);
    assert_eq!(seen(&done), it.announced(Some(alice), None, 9));
    assert_eq!(it.balance(alice), 999_998);
    let erc20 = it.erc20;
    let supply = it.world.ask(erc20, IERC20::totalSupplyCall {});
    assert_eq!(supply, U256::from(999_998));

    // A mint without a contract says nothing.
    let other = it.world.put_mint(TOKEN, 6, &[]);
    it.world.sends(&[other.open(&key, &key)]);
    let done = it.world.sends(&[other.mint_to(&other.of(&key), &key, 7)]);
    assert_eq!(done.events, []);
}

#[test]
fn a_transfer_begun_in_the_evm_is_one_in_all_machines() {
    for program in [TOKEN, TOKEN_2022] {
        let mut it = Shown::of(program, &[]);
        let (alice, user) = (it.alice(), it.world.user_id());
        it.open(user.evm_address());
        let (key, mint) = (it.world.alice.key(), it.mint);
        let mine = mint.of(&evm_key(user.evm_address()));
        it.world
            .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
        let done = it.transfer(alice.evm_address(), 200);
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(seen(&done), it.announced(Some(user), Some(alice), 200));
        assert_eq!(it.on_solana(alice), Some(999_700));
        assert_eq!(it.on_solana(user), Some(300));
        assert_eq!((it.balance(alice), it.balance(user)), (999_700, 300));

        // Nothing, and to oneself.
        for (to, amount) in [(alice, 0), (user, 300), (user, 0)] {
            let done = it.transfer(to.evm_address(), amount);
            assert!(done.success, "{}", reason_of(&done.output));
            let log = Seen::Transfer(user.evm_address(), to.evm_address(), U256::from(amount));
            assert_eq!(seen(&done).last(), Some(&log));
            assert_eq!(it.balance(user), 300);
        }
    }
}

#[test]
fn a_transfer_begun_in_move_is_one_in_all_machines() {
    let mut it = Shown::new();
    let (alice, mover) = (it.alice(), it.mover());
    let (key, mint) = (it.world.alice.key(), it.mint);
    let theirs = Pubkey::new_from_array(mover.0.0);
    it.world.sends(&[
        mint.open(&key, &theirs),
        mint.transfer(&mint.of(&key), &mint.of(&theirs), &key, 500),
    ]);
    let done = it.moves(alice, 200);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(seen(&done), it.announced(Some(mover), Some(alice), 200));
    assert_eq!((it.balance(alice), it.balance(mover)), (999_700, 300));
    assert_eq!(it.on_solana(mover), Some(300));
    let done = it.moves(alice, 301);
    assert!(!done.success);
    assert_eq!(it.balance(mover), 300);
}

/// A token account takes rent, which a transfer spends of nobody.
#[test]
fn who_has_no_token_account_has_tokens_all_the_same() {
    let mut it = Shown::new();
    let (alice, user, mover) = (it.alice(), it.world.user_id(), it.mover());
    let (key, mint, erc20) = (it.world.alice.key(), it.mint, it.erc20);
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    let bob = AccountId::from_evm(BOB);
    for (to, amount) in [(bob, 100), (mover, 50), (bob, 1)] {
        let done = it.transfer(to.evm_address(), amount);
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(seen(&done), it.announced(Some(user), Some(to), amount));
        assert_eq!(it.on_solana(to), None);
    }
    assert_eq!((it.balance(bob), it.balance(mover)), (101, 50));
    let pool = mint.of(&evm_key(erc20));
    assert_eq!(tokens(&it.world.memory, &pool), Some(151));
    assert_eq!(it.balance(AccountId::from_evm(erc20)), 0);

    // One who has none sends to one who has none, and to one who has one.
    let done = it.moves(bob, 20);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(seen(&done), it.announced(Some(mover), Some(bob), 20));
    let done = it.moves(alice, 10);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(seen(&done), it.announced(Some(mover), Some(alice), 10));
    assert_eq!((it.balance(bob), it.balance(mover)), (121, 20));
    assert_eq!(it.on_solana(alice), Some(999_510));

    // Once he has one, his tokens are put there, and nothing is announced: they are his already.
    let short = it.world.pay(
        erc20,
        U256::ONE,
        IMints::openCall {
            holder: mover.evm_address(),
        }
        .abi_encode(),
    );
    assert!(IMints::RentNeeded::abi_decode(&short.output).is_ok());
    let before = it.world.memory.wei(it.world.user_id());
    let input = IMints::openCall {
        holder: mover.evm_address(),
    }
    .abi_encode();
    let done = it.world.pay(erc20, ENOUGH, input);
    assert!(done.success && seen(&done).is_empty());
    let rent = it.world.ask(erc20, IMints::rentCall {});
    let fee = U256::from(done.gas_used) * U256::from(1_000_000_001_u64);
    assert_eq!(before - it.world.memory.wei(it.world.user_id()), rent + fee);
    assert_eq!((it.on_solana(mover), it.balance(mover)), (Some(20), 20));
    assert_eq!(tokens(&it.world.memory, &pool), Some(121));

    // What is kept goes first, the rest comes out of the token account.
    let account = bob;
    it.world.sends(&[mint.open(&key, &evm_key(BOB))]);
    assert_eq!((it.on_solana(account), it.balance(account)), (Some(0), 121));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mint.of(&evm_key(BOB)), &key, 9)]);
    assert_eq!(it.balance(bob), 130);
    it.open(BOB);
    assert_eq!((it.on_solana(bob), it.balance(bob)), (Some(130), 130));
    assert_eq!(tokens(&it.world.memory, &pool), Some(0));
    let kept = it.world.ask(erc20, IMints::totalKeptCall {});
    assert_eq!(kept, U256::ZERO);

    // What somebody sends to the contract is the contract's, and no holder's.
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &pool, &key, 4)]);
    assert!(it.transfer(Address::repeat_byte(0xb1), 6).success);
    assert_eq!(it.balance(AccountId::from_evm(erc20)), 4);
    assert!(it.transfer(erc20, 6).success);
    assert_eq!(it.balance(AccountId::from_evm(erc20)), 10);
}

/// Tokens are sent to the address of a Solana account that the chain has never seen.
#[test]
fn what_was_sent_to_an_unknown_address_is_its_owners_later() {
    let mut it = Shown::new();
    let user = it.world.user_id();
    let (key, mint, erc20) = (it.world.alice.key(), it.mint, it.erc20);
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    let carol = SolanaUser::new(7).key();
    let carol_id = id_of(&carol);
    let address = carol_id.evm_address();
    assert!(it.transfer(address, 30).success);
    // Somebody makes a token account of the address, where it does not belong.
    it.world.sends(&[mint.open(&key, &evm_key(address))]);
    assert!(it.transfer(address, 12).success);
    assert_eq!(
        tokens(&it.world.memory, &mint.of(&evm_key(address))),
        Some(12)
    );
    let balance = |it: &mut Shown| {
        it.world
            .ask(erc20, IERC20::balanceOfCall { account: address })
    };
    assert_eq!(balance(&mut it), U256::from(42));

    // The account comes, and has them.
    let pay = solana_system_interface::instruction::transfer(&key, &carol, SOL);
    it.world.sends(&[pay, mint.open(&key, &carol)]);
    assert_eq!(balance(&mut it), U256::from(42));
    it.open(address);
    assert_eq!(balance(&mut it), U256::from(42));
    assert_eq!(it.on_solana(carol_id), Some(42));
    assert_eq!(it.balance(carol_id), 42);
}

/// Tokens in an account that is not its owner's associated one are that account's.
#[test]
fn a_token_account_of_its_own_is_a_holder_of_its_own() {
    let mut it = Shown::new();
    let (alice, key, mint) = (it.alice(), it.world.alice.key(), it.mint);
    let side = Pubkey::new_from_array([0x51; 32]);
    it.world.put_account(&side, mint, &key);
    let side_id = id_of(&side);
    let done = it
        .world
        .sends(&[mint.transfer(&mint.of(&key), &side, &key, 70)]);
    assert_eq!(seen(&done), it.announced(Some(alice), Some(side_id), 70));
    assert_eq!((it.balance(alice), it.balance(side_id)), (999_930, 70));

    // An associated account that is given away is its owner's no more, and its own.
    let bob = Pubkey::new_from_array([0x0b; 32]);
    let given = id_of(&mint.of(&key));
    let done = it
        .world
        .sends(&[mint.give_away(&mint.of(&key), &key, &bob)]);
    assert_eq!(seen(&done), it.announced(Some(alice), Some(given), 999_930));
    assert_eq!((it.balance(alice), it.balance(given)), (0, 999_930));
    assert_eq!(it.balance(id_of(&bob)), 0);
    // And what is sent to him is kept for him, not put there.
    let user = it.world.user_id();
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world.sends(&[mint.transfer(&side, &mine, &key, 70)]);
    assert!(it.transfer(alice.evm_address(), 5).success);
    assert_eq!((it.balance(alice), it.balance(given)), (5, 999_930));

    // Closed, it is gone.
    let done = it.world.sends(&[mint.close(&side, &key, &key)]);
    assert_eq!(seen(&done), []);
    assert_eq!(it.balance(side_id), 0);
}

/// One of several signers, whose keys make it look like a token account with any amount.
#[test]
fn what_only_looks_like_a_token_account_is_none() {
    for program in [TOKEN, TOKEN_2022] {
        let mut it = Shown::of(program, &[]);
        let (key, mint) = (it.world.alice.key(), it.mint);
        let forged = Pubkey::new_from_array([0x52; 32]);
        it.world.put_account(&forged, mint, &key);
        let mut data = it.world.memory.data(&forged);
        data.resize(355, 0);
        data[64] = 9;
        data[165] = 2;
        let record = lumio_tests::sbpf::record(&program, false, &data);
        it.world.memory.put_account(&forged, RENT, record);
        // So that the EVM knows whose the address is.
        let touch = solana_system_interface::instruction::transfer(&key, &forged, SOL);
        it.world.sends(&[touch]);
        assert_eq!(it.balance(id_of(&forged)), 0);
    }
}

#[test]
fn what_the_token_program_refuses_is_refused_with_its_reason() {
    let mut it = Shown::new();
    let (alice, user) = (it.alice(), it.world.user_id());
    let (key, mint, erc20) = (it.world.alice.key(), it.mint, it.erc20);
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    let before = it.world.ledger();

    let (sender, needed) = (user.evm_address(), U256::from(501));
    let expected = IMints::ERC20InsufficientBalance {
        sender,
        balance: U256::from(500),
        needed,
    };
    let done = it.transfer(alice.evm_address(), 501);
    assert_eq!(
        IMints::ERC20InsufficientBalance::abi_decode(&done.output),
        Ok(expected)
    );
    let amount = U256::MAX;
    let done = it
        .world
        .evm(erc20, IERC20::transferCall { to: BOB, amount });
    assert!(IMints::ERC20InsufficientBalance::abi_decode(&done.output).is_ok());
    let done = it.transfer(Address::ZERO, 1);
    assert!(IMints::ERC20InvalidReceiver::abi_decode(&done.output).is_ok());
    assert_eq!(it.world.ledger(), before);

    // Frozen: who gives, who gets, and what is kept for others.
    for (frozen, to) in [
        (mine, alice.evm_address()),
        (mint.of(&key), alice.evm_address()),
    ] {
        it.world.sends(&[mint.freeze(&frozen, &key)]);
        let before = it.world.ledger();
        let done = it.transfer(to, 1);
        assert!(!done.success);
        assert!(
            reason_of(&done.output).contains("0x11"),
            "{}",
            reason_of(&done.output)
        );
        assert_eq!(it.world.ledger(), before);
        let mut thaw = mint.freeze(&frozen, &key);
        thaw.data[0] = 11;
        it.world.sends(&[thaw]);
    }
    assert!(it.transfer(alice.evm_address(), 1).success);
}

#[test]
fn allowances_are_the_contracts() {
    let mut it = Shown::new();
    let (alice, user) = (it.alice(), it.world.user_id());
    let (key, mint, erc20) = (it.world.alice.key(), it.mint, it.erc20);
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    let (from, to) = (user.evm_address(), alice.evm_address());
    let take = |amount: u64| {
        let amount = U256::from(amount);
        let take = IERC20::transferFromCall { from, to, amount };
        batch(vec![(erc20, false, take.abi_encode())])
    };
    assert!(!it.world.evm(MULTICALL, take(1)).success);
    let approve = IERC20::approveCall {
        spender: MULTICALL,
        amount: U256::from(40),
    };
    it.world.call(erc20, approve);
    let done = it.world.call(MULTICALL, take(30));
    assert_eq!(seen(&done), it.announced(Some(user), Some(alice), 30));
    assert!(!it.world.evm(MULTICALL, take(11)).success);
    assert_eq!(it.balance(user), 470);
    let lamports = it.world.memory.wei(AccountId::from_evm(MULTICALL));
    assert_eq!(lamports, U256::ZERO);

    // A delegate on Solana moves what he may there.
    let bob = SolanaUser::new(3);
    let pay = solana_system_interface::instruction::transfer(&key, &bob.key(), SOL);
    let approve = mint.approve(&mint.of(&key), &bob.key(), &key, 10);
    it.world.sends(&[pay, approve]);
    it.world.block = solana::next_block(it.world.block.number + 1);
    solana::begin(&it.world.executor, &mut it.world.memory, &it.world.block);
    let moved = mint.transfer(&mint.of(&key), &mine, &bob.key(), 10);
    let sent = bob.send(&it.world.block, &[], &[moved]);
    let done = it.world.keep(&sent);
    assert_eq!(seen(&done), it.announced(Some(alice), Some(user), 10));
}
