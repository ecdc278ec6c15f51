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
use lumio_vm_svm::{TOKEN, account_key};
use proptest::{collection::vec, prelude::*, sample::Index};
use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::{
    get_program_data_address, instruction as loader, state::UpgradeableLoaderState,
};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
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
    let (chain, _) = &*START;
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

    #[test]
    fn damaged_transactions_are_decoded_or_refused(damage in damage()) {
        let alice = keypair(1);
        let step = system::transfer(&alice.pubkey(), &keypair(2).pubkey(), 1);
        let mut chain = start();
        let whole = sign(&[step], &[&alice], chain.blockhash());
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
