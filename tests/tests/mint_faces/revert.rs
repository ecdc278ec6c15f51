//! X1, X9, X10: what fails in one machine leaves nothing in any, and is announced in none.

use super::world::*;

/// The EVM's user with tokens in an account of his own.
fn with_user() -> Shown {
    let mut it = Shown::new();
    let user = it.world.user_id();
    it.open(user.evm_address());
    let (key, mint) = (it.world.alice.key(), it.mint);
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    it
}

#[test]
fn x1_a_frame_that_fails_takes_back_what_it_has_moved() {
    let mut it = with_user();
    let erc20 = it.erc20;
    assert!(it.transfer(MULTICALL, 100).success);
    let alice = it.alice().evm_address();
    let send = |to: Address, amount: u64| {
        let amount = U256::from(amount);
        IERC20::transferCall { to, amount }.abi_encode()
    };
    let fails = send(Address::ZERO, 1);
    let inner = batch(vec![
        (erc20, false, send(alice, 10)),
        (erc20, false, send(BOB, 10)),
        (erc20, false, fails),
    ]);
    let before = it.world.ledger();
    let outer = batch(vec![(MULTICALL, true, inner.abi_encode())]);
    let done = it.world.call(MULTICALL, outer);
    assert_eq!(seen(&done), []);
    assert_eq!(it.world.ledger(), before);

    // What its caller does afterwards stays.
    let outer = batch(vec![
        (erc20, false, send(alice, 1)),
        (MULTICALL, true, inner.abi_encode()),
        (erc20, false, send(BOB, 2)),
    ]);
    let done = it.world.call(MULTICALL, outer);
    let from = AccountId::from_evm(MULTICALL);
    let first = it.announced(Some(from), Some(it.alice()), 1);
    let second = it.announced(Some(from), Some(AccountId::from_evm(BOB)), 2);
    assert_eq!(seen(&done), [first, second].concat());
    assert_eq!(
        (it.balance(from), it.on_solana(it.alice())),
        (97, Some(999_501))
    );
}

#[test]
fn x1_a_solana_transaction_that_fails_has_moved_nothing() {
    let mut it = with_user();
    let (key, mint) = (it.world.alice.key(), it.mint);
    let mine = mint.of(&evm_key(it.world.user.address()));
    let before = it.world.ledger();
    let done = it.world.send(&[
        mint.transfer(&mint.of(&key), &mine, &key, 5),
        mint.transfer(&mint.of(&key), &mine, &key, u64::MAX),
    ]);
    assert!(!done.success && seen(&done).is_empty());
    assert_eq!(it.world.ledger(), before);
}

#[test]
fn x1_a_static_call_moves_nothing() {
    let mut it = with_user();
    let transfer = IERC20::transferCall {
        to: it.alice().evm_address(),
        amount: U256::ONE,
    };
    // A contract that hands its input on by STATICCALL to the address in the first word.
    let caller = Address::repeat_byte(0x5c);
    let code = [
        0x60, 0x20, 0x36, 0x03, 0x80, 0x60, 0x20, 0x5f, 0x37, 0x5f, 0x5f, 0x91, 0x5f, 0x5f, 0x35,
        0x5a, 0xfa, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3,
    ];
    it.world.memory.deploy(caller, code.into());
    assert!(it.transfer(caller, 3).success);
    let before = it.world.ledger();
    let input = [it.erc20.into_word().to_vec(), transfer.abi_encode()].concat();
    let done = it.world.pay(caller, U256::ZERO, input);
    assert!(done.success, "{done:?}");
    assert_eq!(done.output, Bytes::from(vec![0; 32]));
    assert_eq!(it.world.ledger(), before);
}

/// While a Solana program waits, its token accounts are out of reach; queued, the contract works.
#[test]
fn x9_a_solana_program_asks_the_contract_by_the_queue() {
    let mut it = Shown::new();
    let (alice, key, mint, erc20) = (it.alice(), it.world.alice.key(), it.mint, it.erc20);
    let user = it.world.user_id();
    let send = IERC20::transferCall {
        to: user.evm_address(),
        amount: U256::from(5),
    };
    let cross = |flags: u8| {
        let mut data = vec![0, flags];
        data.extend(erc20.into_word());
        data.extend(0_u64.to_le_bytes());
        data.extend(u64::MAX.to_le_bytes());
        data.extend(send.abi_encode());
        Instruction {
            program_id: lumio_vm_svm::CROSS_VM,
            accounts: vec![
                AccountMeta::new(key, true),
                AccountMeta::new(lumio_vm_svm::CROSS_VM_VAULT, false),
                AccountMeta::new_readonly(Pubkey::default(), false),
            ],
            data,
        }
    };
    let before = it.world.ledger();
    let done = it.world.send(&[cross(0)]);
    assert!(!done.success);
    assert_eq!(it.world.ledger(), before);

    // Its own movements are announced before those of the queue, and each once.
    let mine = mint.of(&evm_key(user.evm_address()));
    let limit = Instruction {
        program_id: solana_sdk_ids::compute_budget::ID,
        accounts: vec![],
        data: [&[2][..], &1_400_000_u32.to_le_bytes()].concat(),
    };
    let done = it.world.sends(&[
        limit,
        mint.open(&key, &evm_key(user.evm_address())),
        cross(4),
        mint.transfer(&mint.of(&key), &mine, &key, 7),
    ]);
    let first = it.announced(Some(alice), Some(user), 7);
    let second = it.announced(Some(alice), Some(user), 5);
    assert_eq!(seen(&done), [first, second].concat());
    assert_eq!((it.balance(alice), it.balance(user)), (999_988, 12));
}

/// A contract calls the token program itself, at once, in a frame that fails, and by the queue.
#[test]
fn x10_what_a_contract_moves_on_solana_is_announced_once_if_it_stands() {
    for program_id in [TOKEN, TOKEN_2022] {
        let mut it = Shown::of(program_id, &[]);
        let (alice, key, mint) = (it.alice(), it.world.alice.key(), it.mint);
        let treasury = AccountId::from_evm(TREASURY);
        let owner = evm_key(TREASURY);
        let (from, to) = (mint.of(&owner), mint.of(&key));
        it.world.sends(&[
            mint.open(&key, &owner),
            mint.transfer(&to, &from, &key, 100),
        ]);
        let give = |amount: u64| program(&mint.transfer_checked(&from, &to, &owner, amount));
        let seeds = Vec::new;
        let done = it.world.call(
            TREASURY,
            runCall {
                instruction: give(30),
                seeds: seeds(),
            },
        );
        assert_eq!(seen(&done), it.announced(Some(treasury), Some(alice), 30));
        assert_eq!(it.balance(treasury), 70);

        let before = it.world.ledger();
        let done = it.world.call(
            TREASURY,
            runAndCatchCall {
                instruction: give(30),
                seeds: seeds(),
            },
        );
        assert_eq!(seen(&done), []);
        assert_eq!(it.world.ledger(), before);

        let queued = [4, 5].map(|amount| {
            let queue = queueCall {
                instruction: give(amount),
                seeds: seeds(),
            };
            (TREASURY, false, queue.abi_encode())
        });
        let done = it.world.call(MULTICALL, batch(queued.to_vec()));
        let expected = [4, 5].map(|amount| it.announced(Some(treasury), Some(alice), amount));
        assert_eq!(seen(&done), expected.concat());
        assert_eq!((it.balance(treasury), it.balance(alice)), (61, 999_939));
    }
}
