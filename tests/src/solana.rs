//! Solana programs and users on a chain in memory.

use crate::memory::Memory;
use alloy_primitives::keccak256;
use lumio_state::{Journal, StateKey, Value, WriteSet};
use lumio_types::{AccountId, wei_of_lamports};
use lumio_vm_bus::{Absent, BlockContext, Bus, Env, Host, Vms};
use lumio_vm_svm::{SvmVm, account_id, account_key};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::path::Path;

/// Lamports that an account without data needs to be kept.
pub const RENT: u64 = 890_880;

/// A program of `fixtures/solana`.
pub fn source(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/solana");
    std::fs::read_to_string(folder.join(format!("{name}.s"))).unwrap()
}

/// The binary of a program in sBPF's assembler.
pub fn assembled(source: &str) -> Vec<u8> {
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    let assembler = Assembler::new(options);
    let assembled = assembler.assemble_with_preprocess(source, "program.s", None);
    assembled.unwrap()
}

/// A key that is the same in each run.
pub fn keypair(number: u64) -> Keypair {
    Keypair::new_from_array(keccak256(number.to_be_bytes()).0)
}

/// Signs instructions; the first signer pays.
pub fn sign(
    instructions: &[Instruction],
    signers: &[&Keypair],
    blockhash: Hash,
) -> VersionedTransaction {
    let payer = signers[0].pubkey();
    let message = Message::new_with_blockhash(instructions, Some(&payer), &blockhash);
    VersionedTransaction::try_new(VersionedMessage::Legacy(message), signers).unwrap()
}

/// Genesis of the Solana VM, and the beginning of a block.
pub fn begin(svm: &SvmVm, memory: &mut Memory, block: &BlockContext) {
    let genesis = BlockContext {
        timestamp: 0,
        number: 0,
        ..block.clone()
    };
    let writes = on_bus(svm, memory, &genesis, |host| svm.genesis(host).unwrap());
    memory.apply(&writes);
    let writes = on_bus(svm, memory, block, |host| {
        svm.begin_block(host.journal(), block).unwrap();
    });
    memory.apply(&writes);
}

fn on_bus(
    svm: &SvmVm,
    memory: &Memory,
    block: &BlockContext,
    run: impl FnOnce(&mut dyn Host<'_>),
) -> WriteSet {
    let env = Env {
        block: block.clone(),
        ..Env::default()
    };
    let vms = Vms {
        evm: &Absent,
        move_vm: &Absent,
        svm,
    };
    let mut journal = Journal::new(memory);
    run(&mut Bus::new(&mut journal, &env, vms, u64::MAX));
    journal.finish(true).unwrap().writes
}

/// What the state has of an account, but for its lamports.
pub fn record(owner: &Pubkey, is_executable: bool, data: &[u8]) -> Value {
    let head = [&[u8::from(is_executable)], owner.as_ref()];
    Value::from([head.concat().as_slice(), data].concat().as_slice())
}

impl Memory {
    /// Gives an account lamports, instead of what it had.
    pub fn endow(&mut self, key: &Pubkey, lamports: u64) {
        let id = account_id(key);
        self.fund(id.evm_address(), wei_of_lamports(lamports));
    }

    /// Puts an account into the state.
    pub fn put_account(&mut self, key: &Pubkey, lamports: u64, record: Value) {
        self.endow(key, lamports);
        self.0.insert(account_key(key), record);
    }

    /// A program that nobody can change.
    pub fn put_program(&mut self, key: &Pubkey, elf: &[u8]) {
        let record = record(&solana_sdk_ids::bpf_loader::ID, true, elf);
        self.put_account(key, 1, record);
    }

    /// The data of an account.
    pub fn data(&self, key: &Pubkey) -> Vec<u8> {
        let record = self.0.get(&account_key(key));
        record.map_or(Vec::new(), |record| record[33..].to_vec())
    }

    /// The wei of an account of any VM.
    pub fn wei(&self, id: AccountId) -> alloy_primitives::U256 {
        let wei = self.0.get(&StateKey::Balance(id.evm_address()));
        wei.and_then(Value::as_word).unwrap_or_default()
    }
}
