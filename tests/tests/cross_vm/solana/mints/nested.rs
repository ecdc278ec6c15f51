//! An ERC-20 that is moved on Solana, and then elsewhere, in one transaction.

use super::*;

/// A contract's call of the token moves its own tokens: who calls on Solana is the holder.
fn pays_in_evm(it: &Shown, flags: u8, to: Address, amount: u64) -> Instruction {
    let amount = units(amount);
    let input = IERC20::transferCall { to, amount }.abi_encode();
    let caller = it.world.alice.key();
    cross((0, flags), &caller, it.token.into_word(), 0, &input)
}

#[test]
fn what_solana_has_moved_the_evm_sees_and_the_other_way_round() {
    let mut it = Shown::new();
    let (alice, bob) = (it.world.alice.key(), Pubkey::new_from_array([0xb0; 32]));
    let to = associated(&bob, &it.mint);
    let made = it.make(&bob);
    it.succeed(&[made]);
    // Nine go on Solana; of the one that is left, she gives a half away in the EVM.
    let mut cross = pays_in_evm(&it, 0, id_of(&bob).evm_address(), ONE / 2);
    cross.accounts.push(AccountMeta::new(it.alice, false));
    cross.accounts.push(AccountMeta::new(to, false));
    let rest = it.pays(&to, ONE / 2);
    it.succeed(&[it.pays(&to, 9 * ONE), cross.clone(), rest.clone()]);
    assert_eq!(it.has_key(&bob), units(10 * ONE));
    assert_eq!(it.has_key(&alice), U256::ZERO);
    // She has nothing left for Solana after that.
    it.give(&alice, ONE / 2);
    let reason = it.fail(&[cross.clone(), rest]);
    assert!(reason.contains("custom program error: 0x1"), "{reason}");
    // Accounts that the call changes are to be named.
    cross.accounts.pop();
    let reason = it.fail(&[cross, it.pays(&to, 0)]);
    assert!(reason.contains("custom program error: 0x2"), "{reason}");
}

#[test]
fn a_failure_after_a_movement_undoes_it() {
    let mut it = Shown::new();
    let bob = Pubkey::new_from_array([0xb0; 32]);
    let to = associated(&bob, &it.mint);
    let made = it.make(&bob);
    it.succeed(&[made]);
    let mut cross = pays_in_evm(&it, 0, id_of(&bob).evm_address(), 5);
    cross.accounts.push(AccountMeta::new(it.alice, false));
    cross.accounts.push(AccountMeta::new(to, false));
    it.fail(&[it.pays(&to, 3), cross.clone(), it.pays(&to, 10 * ONE)]);
    assert_eq!(it.has_key(&bob), U256::ZERO);
    // A call that fails and is caught leaves what was moved before it.
    let failing = pays_in_evm(&it, CATCH, Address::ZERO, 11 * ONE);
    it.succeed(&[it.pays(&to, 3), failing]);
    assert_eq!(it.has_key(&bob), units(3));
}

#[test]
fn a_contract_moves_its_tokens_by_the_token_program() {
    let mut it = Shown::new();
    let (contract, bob) = (evm_key(RELAY), Pubkey::new_from_array([0xb0; 32]));
    it.give(&contract, 100);
    let made = [it.make(&contract), it.make(&bob)];
    it.succeed(&made);
    let (from, to) = (associated(&contract, &it.mint), associated(&bob, &it.mint));
    let pays = moves_between(&from, &to, &contract, 40);
    let done = it.world.evm(RELAY, &calls(&pays, &[]));
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!((it.has(RELAY), it.has_key(&bob)), (units(60), units(40)));
    let pays = moves_between(&from, &to, &contract, 61);
    let done = it.world.evm(RELAY, &calls(&pays, &[]));
    assert!(!done.success);
    it.behave(9);
    let pays = moves_between(&from, &to, &contract, 1);
    let done = it.world.evm(RELAY, &calls(&pays, &[]));
    assert!(!done.success);
    let reason = reason_of(&done.output);
    assert!(reason.contains("blacklist"), "{reason}");
    assert_eq!((it.has(RELAY), it.has_key(&bob)), (units(60), units(40)));
}
