//! X5: what a mint's contract may sign for others is one instruction, and nobody else may.

use super::world::*;
use solana_system_interface::instruction as system;

/// What a contract that the registry has made would do if its code let it: it is put at its address.
fn with_any_code(it: &mut Shown) {
    it.world.memory.deploy(it.erc20, runtime("Treasury"));
}

fn thief(it: &Shown) -> Pubkey {
    evm_key(it.world.user.address())
}

/// Runs an instruction from a contract. It must be refused because somebody does not sign, and change
/// nothing.
#[track_caller]
fn refused(it: &mut Shown, contract: Address, instruction: &Instruction) {
    let before = it.world.ledger();
    let run = runCall {
        instruction: program(instruction),
        seeds: vec![],
    };
    let done = it.world.evm(contract, run);
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("cannot sign"),
        "{reason}: {instruction:?}"
    );
    assert_eq!(it.world.ledger(), before);
}

#[test]
fn x5_the_right_to_sign_is_for_one_instruction_of_its_own_mint() {
    for program_id in [TOKEN, TOKEN_2022] {
        let mut it = Shown::of(program_id, &[]);
        let (mint, key, thief) = (it.mint, it.world.alice.key(), thief(&it));
        let other = it.world.put_mint(program_id, 6, &[]);
        let erc20 = it.erc20;
        it.world.sends(&[
            mint.open(&key, &thief),
            other.open(&key, &key),
            other.open(&key, &thief),
            other.mint_to(&other.of(&key), &key, 100),
        ]);
        with_any_code(&mut it);
        let (from, to) = (mint.of(&key), mint.of(&thief));
        let good = mint.transfer_checked(&from, &to, &key, 5);
        let changed = |change: fn(&mut Instruction)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad
        };
        let with_account = |meta: AccountMeta| {
            let mut bad = good.clone();
            bad.accounts.push(meta);
            bad
        };
        let mut created = mint.open(&key, &Pubkey::new_from_array([0x66; 32]));
        created.data = vec![0];
        let mut other_program = good.clone();
        other_program.program_id = if program_id == TOKEN {
            TOKEN_2022
        } else {
            TOKEN
        };
        let memo = Instruction {
            program_id: MEMO,
            ..good.clone()
        };
        let mut own_mint_in_vain =
            other.transfer_checked(&other.of(&key), &other.of(&thief), &key, 5);
        own_mint_in_vain
            .accounts
            .push(AccountMeta::new_readonly(mint.key, false));
        for bad in [
            // Another mint, and other instructions of the program.
            other.transfer_checked(&other.of(&key), &other.of(&thief), &key, 5),
            own_mint_in_vain,
            mint.transfer(&from, &to, &key, 5),
            mint.approve(&from, &thief, &key, 5),
            mint.burn(&from, &key, 5),
            mint.mint_to(&to, &key, 5),
            mint.close(&from, &thief, &key),
            mint.freeze(&to, &key),
            mint.give_away(&from, &key, &thief),
            changed(|it| it.data[0] = 13),
            changed(|it| it.data[0] = 26),
            // More and fewer bytes, more and fewer accounts.
            changed(|it| it.data.push(0)),
            changed(|it| it.data.truncate(9)),
            changed(|it| it.data.clear()),
            changed(|it| {
                it.accounts.remove(2);
            }),
            with_account(AccountMeta::new_readonly(key, true)),
            with_account(AccountMeta::new_readonly(thief, false)),
            with_account(AccountMeta::new_readonly(erc20_key(erc20), true)),
            // Other accounts that sign, or that may be written.
            changed(|it| it.accounts[3].is_writable = true),
            changed(|it| it.accounts[0].is_signer = true),
            changed(|it| it.accounts[1].is_writable = true),
            changed(|it| it.accounts[2].is_signer = true),
            changed(|it| it.accounts[0].pubkey = it.accounts[3].pubkey),
            changed(|it| it.accounts[2].pubkey = it.accounts[3].pubkey),
            // Other programs.
            other_program,
            memo,
            mint.open(&key, &Pubkey::new_from_array([0x66; 32])),
            created,
            system::transfer(&key, &thief, SOL),
            system::assign(&key, &TOKEN),
        ] {
            refused(&mut it, erc20, &bad);
        }
        // With seeds it is another kind of call.
        let before = it.world.ledger();
        let run = runCall {
            instruction: program(&good),
            seeds: vec![vec![Bytes::from_static(b"seed"), Bytes::from(vec![255])]],
        };
        assert!(!it.world.evm(erc20, run).success);
        assert_eq!(it.world.ledger(), before);

        // The one that it may.
        let run = runCall {
            instruction: program(&good),
            seeds: vec![],
        };
        it.world.call(erc20, run);
        assert_eq!(tokens(&it.world.memory, &to), Some(5));
        // And the program still decides whose tokens these are.
        let wrong = mint.transfer_checked(&from, &to, &thief, 5);
        let run = runCall {
            instruction: program(&wrong),
            seeds: vec![],
        };
        let done = it.world.evm(erc20, run);
        assert!(
            reason_of(&done.output).contains("0x4"),
            "{}",
            reason_of(&done.output)
        );
    }
}

fn erc20_key(erc20: Address) -> Pubkey {
    evm_key(erc20)
}

#[test]
fn x5_nobody_else_has_the_right() {
    let mut it = Shown::new();
    let (mint, key, thief, erc20) = (it.mint, it.world.alice.key(), thief(&it), it.erc20);
    it.world.sends(&[mint.open(&key, &thief)]);
    let good = mint.transfer_checked(&mint.of(&key), &mint.of(&thief), &key, 5);

    // Another contract, at once and queued; an account.
    refused(&mut it, TREASURY, &good);
    let before = it.world.ledger();
    let queue = queueCall {
        instruction: program(&good),
        seeds: vec![],
    };
    let done = it.world.evm(TREASURY, queue);
    assert!(!done.success && reason_of(&done.output).contains("cannot sign"));
    let direct = callSolanaCall {
        program: b256(&good.program_id),
        accounts: metas(&good),
        data: Bytes::copy_from_slice(&good.data),
    };
    let done = it.world.evm(CROSS_VM_ADDRESS, direct.clone());
    assert!(!done.success && reason_of(&done.output).contains("cannot sign"));

    // A contract with the very code elsewhere, and one that borrows it: they are other callers, even for their
    // own user, who has tokens.
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mint.of(&thief), &key, 50)]);
    let copy = Address::repeat_byte(0xc0);
    let code = it.world.memory.clone();
    let code = code_of(&code, erc20);
    it.world.memory.deploy(copy, code);
    let proxy = Address::repeat_byte(0xc1);
    let head = [0x36, 0x3d, 0x3d, 0x37, 0x3d, 0x3d, 0x3d, 0x36, 0x3d, 0x73];
    let tail = [
        0x5a, 0xf4, 0x3d, 0x82, 0x80, 0x3e, 0x90, 0x3d, 0x91, 0x60, 0x2b, 0x57, 0xfd, 0x5b, 0xf3,
    ];
    let code = [&head[..], erc20.as_slice(), &tail].concat();
    it.world.memory.deploy(proxy, code.into());
    let alice = it.alice().evm_address();
    for contract in [copy, proxy] {
        let account = it.world.user.address();
        let balance = it.world.ask(contract, IERC20::balanceOfCall { account });
        assert_eq!(balance, U256::from(50), "it runs the contract's code");
        let amount = U256::from(5);
        let done = it
            .world
            .evm(contract, IERC20::transferCall { to: alice, amount });
        let reason = reason_of(&done.output);
        assert!(!done.success && reason.contains("cannot sign"), "{reason}");
    }

    // A registry of somebody else's.
    let false_registry = Address::repeat_byte(0xc2);
    let code = it.world.memory.clone();
    let code = code_of(&code, REGISTRY);
    it.world.memory.deploy(false_registry, code);
    let create = IMints::createErc20OfMintCall {
        mint: b256(&mint.key),
    };
    let done = it.world.pay(false_registry, ENOUGH, create.abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    let forged = Address::abi_decode(&done.output).unwrap();
    assert_ne!(forged, erc20);
    let amount = U256::from(5);
    let done = it
        .world
        .evm(forged, IERC20::transferCall { to: alice, amount });
    assert!(!done.success && reason_of(&done.output).contains("cannot sign"));
    assert_eq!(tokens(&it.world.memory, &mint.of(&thief)), Some(50));
    assert_eq!(
        it.on_solana(it.alice()),
        tokens(&before, &mint.of(&key)).map(|held| held - 50)
    );
    // Their logs are theirs.
    assert_eq!(seen(&done), []);
}

fn code_of(memory: &Memory, address: Address) -> Bytes {
    use lumio_state::{AccountRecord, StateKey};
    let record = memory.0.get(&StateKey::EvmAccount(address)).unwrap();
    let hash = AccountRecord::decode(record).unwrap().code_hash;
    let code = memory.0.get(&StateKey::EvmCode(hash)).unwrap();
    Bytes::copy_from_slice(code)
}

/// Neither owning tokens nor an allowance lets anybody spend somebody's ETH for a token account.
#[test]
fn x5_a_transfer_spends_nobodys_eth() {
    let mut it = Shown::new();
    let (key, mint, erc20) = (it.world.alice.key(), it.mint, it.erc20);
    let user = it.world.user_id();
    it.open(user.evm_address());
    let mine = mint.of(&evm_key(user.evm_address()));
    it.world
        .sends(&[mint.transfer(&mint.of(&key), &mine, &key, 500)]);
    // A contract that holds ETH and tokens of others pays them out, to many new accounts.
    it.world.memory.fund(MULTICALL, ENOUGH);
    assert!(it.transfer(MULTICALL, 100).success);
    let approve = IERC20::approveCall {
        spender: MULTICALL,
        amount: U256::MAX,
    };
    it.world.call(erc20, approve);
    let amount = U256::ONE;
    let calls = (1..=5_u8).flat_map(|number| {
        let to = Address::repeat_byte(number);
        let from = user.evm_address();
        let pays = IERC20::transferCall { to, amount }.abi_encode();
        let takes = IERC20::transferFromCall { from, to, amount }.abi_encode();
        [(erc20, false, pays), (erc20, false, takes)]
    });
    let calls = batch(calls.collect());
    let before = it.world.memory.wei(user);
    let done = it.world.call(MULTICALL, calls);
    assert_eq!(seen(&done).len(), 30);
    let fee = U256::from(done.gas_used) * U256::from(1_000_000_001_u64);
    assert_eq!(before - it.world.memory.wei(user), fee);
    assert_eq!(it.world.memory.wei(AccountId::from_evm(MULTICALL)), ENOUGH);
}
