//! Bytes that are nearly right: transactions on the wire, and programs. Nothing panics, and nothing
//! but the fee is left of what fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod chain;
mod spl;

use alloy_primitives::Bytes;
use chain::{Chain, keypair, sign};
use lumio_state::{StateKey, Value};
use lumio_types::{SolanaTransaction, wei_of_lamports};
use lumio_vm_svm::{TOKEN, TOKEN_2022, account_key};
use proptest::{collection::vec, prelude::*, sample::Index};
use solana_address_lookup_table_interface::instruction as tables;
use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::{
    get_program_data_address, instruction as loader, state::UpgradeableLoaderState,
};
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction::versioned::VersionedTransaction;
use std::sync::LazyLock;

const SOL: u64 = 1_000_000_000;

/// A chain with somebody who has money, and the code of SPL Token.
static START: LazyLock<(Chain, Vec<u8>)> = LazyLock::new(|| {
    let mut chain = Chain::new();
    chain.give(&keypair(1).pubkey(), wei_of_lamports(1_000 * SOL));
    let record = chain.record(&get_program_data_address(&TOKEN)).unwrap();
    let head = 33 + UpgradeableLoaderState::size_of_programdata_metadata();
    let elf = record[head..].to_vec();
    (chain, elf)
});

fn start() -> Chain {
    copy(&START.0)
}

fn copy(chain: &Chain) -> Chain {
    Chain {
        vm: chain.vm.clone(),
        state: chain.state.clone(),
        env: chain.env.clone(),
        evm: chain.evm.clone(),
        messages: Vec::new(),
        hashes: chain.hashes.clone(),
    }
}

/// A few bytes that change, most of them in the headers, and perhaps an end that is missing.
#[derive(Clone, Debug)]
struct Damage {
    bytes: Vec<(Index, u8)>,
    head: Vec<(u8, u8)>,
    end: Option<Index>,
}

fn damage() -> impl Strategy<Value = Damage> {
    let end = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (
        vec(any::<(Index, u8)>(), 0..6),
        vec(any::<(u8, u8)>(), 0..4),
        end,
    )
        .prop_map(|(bytes, head, end)| Damage { bytes, head, end })
}

impl Damage {
    fn of(&self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for (at, byte) in &self.bytes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        for (at, byte) in &self.head {
            if let Some(place) = bytes.get_mut(usize::from(*at)) {
                *place = *byte;
            }
        }
        if let Some(end) = &self.end {
            bytes.truncate(end.index(bytes.len()));
        }
        bytes
    }
}

fn put(chain: &mut Chain, key: &Pubkey, owner: &Pubkey, executable: bool, data: &[u8]) {
    let record = [&[u8::from(executable)], owner.as_ref(), data].concat();
    let record = Value::from(Bytes::from(record));
    chain.state.0.insert(account_key(key), record);
    chain.give(key, wei_of_lamports(SOL));
}

/// Everything but wei, and what the chain notes for itself.
fn records(chain: &Chain) -> usize {
    let keys = chain.state.0.keys();
    keys.filter(|key| matches!(key, StateKey::SvmAccount(_)))
        .count()
}

/// The same transaction of version 0, whose accounts come out of a lookup table where they can.
fn through_table(chain: &mut Chain, step: &Instruction) -> VersionedTransaction {
    let alice = keypair(1);
    let a = alice.pubkey();
    let (make, key) = tables::create_lookup_table(a, a, chain.env.block.number - 1);
    let addresses: Vec<Pubkey> = (2..9).map(|number| keypair(number).pubkey()).collect();
    let extend = tables::extend_lookup_table(key, a, Some(a), addresses.clone());
    chain.send(&[make, extend], &[&alice]);
    chain.next_block();
    let table = AddressLookupTableAccount { key, addresses };
    let steps = std::slice::from_ref(step);
    let message = v0::Message::try_compile(&a, steps, &[table], chain.blockhash()).unwrap();
    assert_eq!(message.address_table_lookups.len(), 1);
    VersionedTransaction::try_new(VersionedMessage::V0(message), &[&alice]).unwrap()
}

/// A chain with a mint of either program and accounts of three owners, who are users.
static TOKENS: LazyLock<Chain> = LazyLock::new(|| {
    let mut chain = start();
    let alice = keypair(1);
    let a = alice.pubkey();
    for (program, mint) in MINTS.map(|(program, number)| (program, keypair(number))) {
        let make = spl::make_mint(&a, &mint.pubkey());
        chain.send(&make.map(|step| spl::on(&program, step)), &[&alice, &mint]);
        for owner in (1..4).map(|number| keypair(number).pubkey()) {
            let account = spl::associated_of(&program, &owner, &mint.pubkey());
            let make = spl::make_associated_of(&program, &a, &owner, &mint.pubkey());
            chain.send(&[make], &[&alice]);
            let fill = spl::on(&program, spl::mint_to(&mint.pubkey(), &account, &a, 1_000));
            // The last one is empty, so that it can be closed.
            if owner != keypair(3).pubkey() {
                chain.send(&[fill], &[&alice]);
            }
        }
    }
    chain
});

/// Mints, by their programs and the numbers of their keys.
const MINTS: [(Pubkey, u64); 2] = [(TOKEN, 80), (TOKEN_2022, 81)];

/// What users do with tokens and lamports: each of them is right, or nearly.
fn steps(program: &Pubkey, mint: &Pubkey) -> Vec<Instruction> {
    let owner = |number| keypair(number).pubkey();
    let account = |number| spl::associated_of(program, &owner(number), mint);
    let (a, b) = (owner(1), owner(2));
    let on = |step| spl::on(program, step);
    vec![
        system::transfer(&a, &b, SOL),
        system::create_account(&a, &owner(9), SOL, 40, program),
        system::allocate(&owner(9), 100),
        system::assign(&owner(9), program),
        system::create_nonce_account(&a, &owner(8), &b, SOL).remove(1),
        system::advance_nonce_account(&owner(8), &b),
        on(spl::mint_to(mint, &account(1), &a, 500)),
        on(spl::transfer(&account(1), &account(2), &a, 300)),
        on(spl::approve(&account(1), &b, &a, 50)),
        on(spl::burn(&account(2), mint, &b, 100)),
        on(spl::close(&account(3), &a, &owner(3))),
        on(spl::init_account(&owner(9), mint, &b)),
        spl::make_associated_of(program, &a, &owner(5), mint),
    ]
}

#[test]
fn the_instructions_that_are_damaged_are_right() {
    for (program, number) in MINTS {
        let mut chain = copy(&TOKENS);
        let users: Vec<_> = [1, 2, 3, 8, 9].map(keypair).into();
        let all = steps(&program, &keypair(number).pubkey());
        for (place, step) in all.into_iter().enumerate() {
            let mut signers = vec![&users[0]];
            let signs = |key: &Pubkey| {
                step.accounts
                    .iter()
                    .any(|a| a.is_signer && a.pubkey == *key)
            };
            signers.extend(users[1..].iter().filter(|user| signs(&user.pubkey())));
            let sent = chain.try_send(&sign(
                std::slice::from_ref(&step),
                &signers,
                chain.blockhash(),
            ));
            let sent = sent.unwrap();
            // What is to be made by others of them before.
            let needs_more = [2, 3, 4, 5, 11].contains(&place);
            assert!(
                sent.status.is_ok() || needs_more,
                "{step:?} {:?}",
                sent.logs
            );
        }
    }
}

/// Tokens in all accounts of a mint, and its supply. None if there is none any more.
fn tokens(chain: &Chain, program: &Pubkey, mint: &Pubkey) -> Option<(u128, u64)> {
    let word = |data: &[u8], at: usize| u64::from_le_bytes(data[at..at + 8].try_into().unwrap());
    let supply = word(&chain.record(mint)?[33..], 36);
    let records = chain.state.0.iter().filter_map(|(key, record)| {
        let is_account = matches!(key, StateKey::SvmAccount(_))
            && record.len() >= 33 + 165
            && record[1..33] == program.to_bytes()
            && record[33..65] == mint.to_bytes()
            && record[33 + 108] != 0;
        is_account.then(|| u128::from(word(&record[33..], 64)))
    });
    Some((records.sum(), supply))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Instructions of the token programs and of the system program with damaged data and accounts.
    #[test]
    fn damaged_instructions_end_and_sums_hold(
        which in 0..2_usize,
        steps in vec((any::<Index>(), damage(), any::<(u8, Index, Index)>()), 1..4),
    ) {
        let mut chain = copy(&TOKENS);
        let (program, number) = MINTS[which];
        let mint = keypair(number).pubkey();
        let all = self::steps(&program, &mint);
        let mut instructions = Vec::new();
        for (index, damage, (kind, one, other)) in &steps {
            let mut step = index.get(&all).clone();
            if kind % 3 != 0 {
                step.data = damage.of(&step.data);
            }
            let count = step.accounts.len();
            match kind % 8 {
                0 | 1 => step.accounts.swap(one.index(count), other.index(count)),
                2 => step.accounts[one.index(count)].is_signer = false,
                3 => step.accounts[one.index(count)].pubkey = other.get(&step.accounts).pubkey,
                4 => step.accounts[one.index(count)].is_writable = true,
                _ => {}
            }
            instructions.push(step);
        }
        let alice = keypair(1).pubkey();
        let message = Message::new_with_blockhash(&instructions, Some(&alice), &chain.blockhash());
        let count = usize::from(message.header.num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Default::default(); count],
            message: VersionedMessage::Legacy(message),
        };
        let (records, supply) = (records(&chain), chain.supply());
        let before = chain.account(&alice).unwrap().lamports;
        let sent = chain.try_send(&transaction).unwrap();
        prop_assert_eq!(chain.supply(), supply);
        for (program, number) in MINTS {
            if let Some((sum, supply)) = tokens(&chain, &program, &keypair(number).pubkey()) {
                prop_assert_eq!(sum, u128::from(supply));
            }
        }
        if sent.status.is_err() {
            prop_assert_eq!(self::records(&chain), records);
            prop_assert_eq!(chain.account(&alice).unwrap().lamports, before - sent.fee);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_programs_end(damage in damage(), data in vec(any::<u8>(), 0..20)) {
        let mut chain = start();
        let elf = damage.of(&START.1);
        let (alice, program) = (keypair(1), keypair(50).pubkey());
        put(&mut chain, &program, &bpf_loader::ID, true, &elf);
        let (records, supply) = (records(&chain), chain.supply());
        let step = Instruction {
            program_id: program,
            accounts: vec![AccountMeta::new(alice.pubkey(), true)],
            data,
        };
        let transaction = sign(&[step], &[&alice], chain.blockhash());
        let before = chain.account(&alice.pubkey()).unwrap().lamports;
        let sent = chain.try_send(&transaction).unwrap();
        prop_assert_eq!(chain.supply(), supply);
        if sent.status.is_err() {
            prop_assert_eq!(self::records(&chain), records);
            let after = chain.account(&alice.pubkey()).unwrap().lamports;
            prop_assert_eq!(after, before - sent.fee);
        }
    }

    #[test]
    fn damaged_programs_are_deployed_or_refused(damage in damage()) {
        let mut chain = start();
        let elf = damage.of(&START.1);
        let (alice, program, buffer) = (keypair(1), keypair(60), keypair(61).pubkey());
        let a = alice.pubkey();
        // A buffer: a tag, and whose it is.
        let head = [&1_u32.to_le_bytes()[..], &[1], a.as_ref()].concat();
        let data = [&head[..], &elf].concat();
        put(&mut chain, &buffer, &bpf_loader_upgradeable::ID, false, &data);
        let (records, supply) = (records(&chain), chain.supply());
        let rent = spl::exempt(36);
        let bytes = elf.len();
        #[allow(deprecated)]
        let steps =
            loader::deploy_with_max_program_len(&a, &program.pubkey(), &buffer, &a, rent, bytes);
        let transaction = sign(&steps.unwrap(), &[&alice, &program], chain.blockhash());
        let sent = chain.try_send(&transaction).unwrap();
        prop_assert_eq!(chain.supply(), supply);
        if elf == START.1 {
            prop_assert_eq!(&sent.status, &Ok(()));
        }
        match sent.status {
            Ok(()) => {
                // What was accepted can be called, however that ends.
                chain.next_block();
                let step = Instruction {
                    program_id: program.pubkey(),
                    accounts: vec![],
                    data: vec![3],
                };
                let transaction = sign(&[step], &[&alice], chain.blockhash());
                prop_assert!(chain.try_send(&transaction).is_ok());
            }
            Err(_) => prop_assert_eq!(self::records(&chain), records),
        }
    }

    /// An upgrade with damaged code either fails, and what was there goes on, or it runs.
    #[test]
    fn damaged_programs_do_not_replace_what_is_there(damage in damage()) {
        let mut chain = start();
        let elf = damage.of(&START.1);
        let (alice, program, buffer) = (keypair(1), keypair(70).pubkey(), keypair(71).pubkey());
        let a = alice.pubkey();
        let data = get_program_data_address(&program);
        let head = [&2_u32.to_le_bytes()[..], data.as_ref()].concat();
        put(&mut chain, &program, &bpf_loader_upgradeable::ID, true, &head);
        let head = [&3_u32.to_le_bytes()[..], &5_u64.to_le_bytes(), &[1], a.as_ref()].concat();
        let code = [&head[..], &START.1].concat();
        put(&mut chain, &data, &bpf_loader_upgradeable::ID, false, &code);
        let head = [&1_u32.to_le_bytes()[..], &[1], a.as_ref()].concat();
        let filled = [&head[..], &elf].concat();
        put(&mut chain, &buffer, &bpf_loader_upgradeable::ID, false, &filled);
        let ask = |chain: &mut Chain| {
            // How large an account of a mint is that is not there.
            let step = Instruction {
                program_id: program,
                accounts: vec![AccountMeta::new_readonly(TOKEN, false)],
                data: vec![21],
            };
            let transaction = sign(&[step], &[&alice], chain.blockhash());
            chain.try_send(&transaction).unwrap()
        };
        let before = ask(&mut chain);
        let kept = chain.record(&data);
        let upgrade = loader::upgrade(&program, &buffer, &a, &a);
        let transaction = sign(&[upgrade], &[&alice], chain.blockhash());
        let supply = chain.supply();
        let sent = chain.try_send(&transaction).unwrap();
        prop_assert_eq!(chain.supply(), supply);
        prop_assert_eq!(sent.status.is_ok() || elf != START.1, true);
        chain.next_block();
        let after = ask(&mut chain);
        if sent.status.is_err() {
            prop_assert_eq!(chain.record(&data), kept);
            prop_assert_eq!(after.status, before.status);
            prop_assert_eq!(after.logs, before.logs);
        }
    }

    #[test]
    fn damaged_transactions_are_decoded_or_refused(damage in damage(), with_table in any::<bool>()) {
        let alice = keypair(1);
        let step = system::transfer(&alice.pubkey(), &keypair(2).pubkey(), 1);
        let mut chain = start();
        let mut whole = sign(std::slice::from_ref(&step), &[&alice], chain.blockhash());
        if with_table {
            whole = through_table(&mut chain, &step);
        }
        let mut wire = vec![1];
        wire.extend_from_slice(whole.signatures[0].as_ref());
        wire.extend(whole.message.serialize());
        prop_assert!(SolanaTransaction::decode(&wire).is_ok());
        let damaged = damage.of(&wire);
        // A signature covers every byte of the message, and no other one holds.
        if damaged != wire {
            prop_assert!(SolanaTransaction::decode(&damaged).is_err());
        }
        if let Ok(transaction) = SolanaTransaction::trusted(&damaged) {
            let supply = chain.supply();
            let _ = chain.try_send(&transaction.versioned);
            prop_assert_eq!(chain.supply(), supply);
        }
    }
}
