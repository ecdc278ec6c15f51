//! Contracts of other VMs that sign for addresses of their own on Solana.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod caller;
mod chain;
mod spl;

use alloy_primitives::{Address, B256, Bytes};
use caller::*;
use chain::{Chain, keypair};
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Call, Outcome, Status,
    derived::{SeedsError, address_of_contract, create_program_address, find_program_address},
    message::{SolanaCall, reason_of},
};
use lumio_vm_svm::{CROSS_VM, TOKEN, account_id, public_key};
use proptest::{collection::vec, prelude::*};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;

fn pool() -> AccountId {
    AccountId::from_evm(Address::repeat_byte(0xcc))
}

/// The address of a contract with these seeds, and the seeds with the bump.
fn derived(contract: AccountId, seeds: &[&[u8]]) -> (Pubkey, Vec<Bytes>) {
    let all: Vec<&[u8]> = [&[contract.0.as_slice()], seeds].concat();
    let (key, bump) = Pubkey::find_program_address(&all, &CROSS_VM);
    let last: &[u8] = &[bump];
    let seeds = seeds.iter().copied().chain([last]);
    (key, seeds.map(Bytes::copy_from_slice).collect())
}

fn signed(caller: AccountId, instruction: &Instruction, seeds: Vec<Vec<Bytes>>) -> Call {
    let accounts = instruction.accounts.iter();
    let accounts = accounts.map(|a| (B256::from(a.pubkey.to_bytes()), a.is_signer, a.is_writable));
    let input = SolanaCall {
        accounts: accounts.collect(),
        data: Bytes::copy_from_slice(&instruction.data),
        seeds,
    };
    let target = account_id(&instruction.program_id);
    Call::new(VmId::Svm, caller, target, input.to_input(), 5_000_000)
}

#[track_caller]
fn refused(chain: &mut Chain, call: Call, why: &str) -> Outcome {
    let before = snapshot(chain);
    let outcome = chain.call(call).unwrap();
    assert_eq!(outcome.status, Status::Revert);
    let reason = reason_of(&outcome.output);
    assert!(reason.contains(why), "{reason}");
    assert_eq!(chain.state.0, before.state.0);
    outcome
}

#[test]
fn a_contract_pays_out_of_its_addresses_and_nobody_else_does() {
    let mut chain = Chain::new();
    let (vault, seeds) = derived(pool(), &[b"vault", &7_u64.to_le_bytes()]);
    let bob = keypair(2).pubkey();
    chain.give(&vault, wei_of_lamports(3 * SOL));
    let pay = system::transfer(&vault, &bob, SOL);
    let outcome = chain
        .call(signed(pool(), &pay, vec![seeds.clone()]))
        .unwrap();
    assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    assert_eq!(chain.wei(&bob), wei_of_lamports(SOL));
    assert_eq!(chain.wei(&vault), wei_of_lamports(2 * SOL));

    let other = AccountId::from_evm(Address::repeat_byte(0xcd));
    refused(&mut chain, signed(pool(), &pay, vec![]), "cannot sign");
    let (_, others) = derived(other, &[b"vault", &7_u64.to_le_bytes()]);
    refused(&mut chain, signed(other, &pay, vec![others]), "cannot sign");
    // One without a key needs another bump.
    let mut on_curve = seeds.clone();
    let bump = (0..=255).find(|bump: &u8| {
        *on_curve.last_mut().unwrap() = Bytes::copy_from_slice(&[*bump]);
        address_of_contract(pool(), &on_curve) == Err(SeedsError::OnCurve)
    });
    *on_curve.last_mut().unwrap() = Bytes::copy_from_slice(&[bump.unwrap()]);
    refused(
        &mut chain,
        signed(pool(), &pay, vec![on_curve]),
        "may have a key",
    );
    let long = vec![Bytes::from(vec![1; 33])];
    refused(
        &mut chain,
        signed(pool(), &pay, vec![long]),
        "at most 32 bytes",
    );
    let many = vec![Bytes::new(); 16];
    refused(
        &mut chain,
        signed(pool(), &pay, vec![many]),
        "at most 16 seeds",
    );
    let too_many = vec![seeds; 17];
    refused(
        &mut chain,
        signed(pool(), &pay, too_many),
        "at most 16 derived addresses",
    );
}

#[test]
fn an_address_may_belong_to_a_program_while_the_contracts_own_account_may_not() {
    let mut chain = Chain::new();
    let (m, seeds) = derived(pool(), &[b"mint"]);
    let me = public_key(pool());
    chain.give(&me, wei_of_lamports(SOL));
    let make = spl::make_mint(&me, &m);
    for step in &make {
        let outcome = chain
            .call(signed(pool(), step, vec![seeds.clone()]))
            .unwrap();
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    }
    assert_eq!(chain.account(&m).unwrap().owner, TOKEN);
    // The contract is the mint's authority, and mints to a token account of another address.
    let (holder, _) = derived(pool(), &[b"holder"]);
    let theirs = spl::associated(&holder, &m);
    for step in [
        spl::make_associated(&me, &holder, &m),
        spl::mint_to(&m, &theirs, &me, 9),
    ] {
        let outcome = chain.call(signed(pool(), &step, vec![])).unwrap();
        assert!(outcome.is_success(), "{}", reason_of(&outcome.output));
    }
    let data = chain.account(&theirs).unwrap().data;
    assert_eq!(data[64..72], 9_u64.to_le_bytes());
    let give_away = system::assign(&me, &TOKEN);
    refused(
        &mut chain,
        signed(pool(), &give_away, vec![]),
        "cannot be given to a Solana program",
    );
}

#[test]
fn a_program_or_key_with_the_callers_id_derives_none_of_its_addresses() {
    let (address, seeds) = derived(pool(), &[b"vault"]);
    let parts: Vec<&[u8]> = seeds.iter().map(AsRef::as_ref).collect();
    assert_ne!(
        create_program_address(parts.iter().copied(), pool().0).ok(),
        Some(B256::from(address.to_bytes()))
    );
}

#[test]
fn an_address_that_signs_is_paid_for() {
    let mut chain = Chain::new();
    let (vault, seeds) = derived(pool(), &[b"vault"]);
    chain.give(&vault, wei_of_lamports(3 * SOL));
    let pay = system::transfer(&vault, &keypair(2).pubkey(), SOL);
    let one = chain
        .call(signed(pool(), &pay, vec![seeds.clone()]))
        .unwrap();
    let again = signed(pool(), &pay, vec![seeds.clone(); 3]);
    let three = chain.call(again.clone()).unwrap();
    assert_eq!(three.gas_used - one.gas_used, 2 * 2_000);
    let mut short = again;
    short.gas = 3 * 2_000;
    assert_eq!(chain.call(short).unwrap().status, Status::OutOfGas);
    let mut unreadable = signed(pool(), &pay, vec![seeds]);
    unreadable.input = unreadable.input.slice(..unreadable.input.len() - 32);
    refused(&mut chain, unreadable, "the data end too early");
}

proptest! {
    #[test]
    fn addresses_are_solanas(
        seeds in vec(vec(any::<u8>(), 0..34), 0..18),
        program in any::<[u8; 32]>(),
    ) {
        let parts: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
        let key = Pubkey::new_from_array(program);
        let theirs = Pubkey::create_program_address(&parts, &key).ok();
        let ours = create_program_address(parts.iter().copied(), program.into()).ok();
        prop_assert_eq!(ours.map(|id| id.0), theirs.map(|key| key.to_bytes()));
        let theirs = Pubkey::try_find_program_address(&parts, &key);
        let ours = find_program_address::<SeedsError>(&seeds, program.into(), || Ok(())).ok();
        prop_assert_eq!(
            ours.map(|(id, bump)| (id.0, bump)),
            theirs.map(|(key, bump)| (key.to_bytes(), bump))
        );
    }
}
