//! Solana programs and their accounts on a chain in memory.

use crate::memory::Memory;
use lumio_state::{StateKey, Value};
use lumio_types::{AccountId, wei_of_lamports};
use lumio_vm_svm::{account_id, account_key};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_pubkey::Pubkey;
use std::path::Path;

/// Lamports that an account without data needs to be kept.
pub const RENT: u64 = 890_880;

/// The operation by which programs call.
const CALL: u8 = 0x85;
/// The hash of `sol_get_epoch_stake`.
const STAND_IN: [u8; 4] = 0x5be92f4a_u32.to_le_bytes();
/// The hash of `sol_cross_vm_call_c`, which is put in its place.
const CROSS_VM_CALL: [u8; 4] = 0xbdc0_a4c2_u32.to_le_bytes();

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
    let mut elf = assembled.unwrap();
    // The assembler knows Solana's syscalls alone.
    let is_call = |code: &[u8]| code[0] == CALL && code[4..] == STAND_IN;
    while let Some(at) = elf.windows(8).position(is_call) {
        elf[at + 4..at + 8].copy_from_slice(&CROSS_VM_CALL);
    }
    elf
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
