//! Programs and accounts that call contracts of the mock EVM.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

use crate::{
    chain::{Chain, keypair, sign},
    spl,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use lumio_state::{StateKey, StateView};
use lumio_types::{AccountId, VmId, wei_of_lamports};
use lumio_vm_bus::{
    Call,
    message::SolanaCall,
    mock::{MockVm, Step},
};
use lumio_vm_svm::{CROSS_VM, CROSS_VM_VAULT, SvmTransacted, account_id};
use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_loader_v3_interface::instruction as loader;
use solana_program_runtime::solana_sbpf::ebpf::hash_symbol_name;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

pub const SOL: u64 = 1_000_000_000;
pub const STATIC: u8 = 1;
pub const CATCH: u8 = 2;
pub const QUEUE: u8 = 4;

pub fn contract() -> AccountId {
    AccountId::from_evm(Address::repeat_byte(0xc0))
}

/// A call of the contract by an account, with lamports; so many more accounts may be paid.
pub fn cross(caller: &Pubkey, flags: u8, lamports: u64, paid: &[Pubkey]) -> Instruction {
    let mut data = vec![0, flags];
    data.extend_from_slice(contract().0.as_slice());
    data.extend(lamports.to_le_bytes());
    data.extend(u64::MAX.to_le_bytes());
    let mut accounts = vec![
        AccountMeta::new(*caller, true),
        AccountMeta::new(CROSS_VM_VAULT, false),
        AccountMeta::new_readonly(system_program::id(), false),
    ];
    accounts.extend(paid.iter().map(|key| AccountMeta::new(*key, false)));
    Instruction {
        program_id: CROSS_VM,
        accounts,
        data,
    }
}

/// A chain whose one contract does this, and somebody with ten SOL and a remainder.
pub fn setting(steps: Vec<Step>) -> (Chain, Keypair) {
    let mut chain = Chain::new();
    chain.evm = MockVm::new([(contract(), steps)].into());
    let alice = keypair(1);
    chain.give(&alice.pubkey(), wei_of_lamports(10 * SOL) + U256::from(5));
    (chain, alice)
}

pub fn send(chain: &mut Chain, steps: &[Instruction], signer: &Keypair) -> SvmTransacted {
    let supply = chain.supply();
    let transaction = sign(steps, &[signer], chain.blockhash());
    let sent = chain.try_send(&transaction).unwrap();
    assert_eq!(chain.supply(), supply, "wei are conserved");
    sent
}

/// A program that passes its data on to the cross-VM program by a syscall, and signs for the
/// address that it derives of the word "agent". It returns what the syscall did, as eight bytes, and what the
/// callee returned. Its accounts have so many bytes of data; the last but one is the
/// cross-VM program.
pub fn agent(syscall: &str, sizes: &[u64], data_bytes: u64) -> Vec<u8> {
    const INPUT: u64 = 0x4_0000_0000;
    const HEAP: u64 = 0x3_0000_0000;
    let mut at = INPUT + 8;
    let mut places = Vec::new();
    for size in sizes {
        places.push(at);
        at += 88 + (size + 10_240).next_multiple_of(8) + 8;
    }
    let data = at + 8;
    let mut words = Vec::new();
    let named: Vec<usize> = (0..sizes.len()).filter(|n| *n + 2 != sizes.len()).collect();
    let program = places[sizes.len() - 2] + 8;
    let instruction = [program, HEAP + 0x100, named.len() as u64, data, data_bytes];
    words.extend((0..).zip(instruction).map(|(n, word)| (8 * n, word)));
    for (n, place) in (0_u64..).zip(named.iter().map(|n| places[*n])) {
        // The derived address signs; all but the system program are writable.
        let flags = u64::from(n != 2) | u64::from(n == 0) << 8;
        words.extend([(0x100 + 16 * n, place + 8), (0x108 + 16 * n, flags)]);
    }
    for (n, place) in (0_u64..).zip(&places) {
        let writable = u64::from(n != 2 && n != 3);
        let size = sizes[usize::try_from(n).unwrap()];
        let info = [
            place + 8,
            place + 72,
            size,
            place + 88,
            place + 40,
            u64::MAX,
            writable << 8,
        ];
        words.extend(
            (0..)
                .zip(info)
                .map(|(k, word)| (0x300 + 56 * n + 8 * k, word)),
        );
    }
    let word = u64::from_le_bytes(*b"agent\0\0\0");
    words.extend([
        (0x600, HEAP + 0x620),
        (0x608, 1),
        (0x620, HEAP + 0x640),
        (0x628, 5),
        (0x640, word),
    ]);

    let mut source = String::from(".globl entrypoint\n.text\nentrypoint:\n");
    for (offset, word) in words {
        let place = HEAP + offset;
        source += &format!("  lddw r1, {place:#x}\n  lddw r2, {word:#x}\n  stxdw [r1+0], r2\n");
    }
    for (register, word) in [HEAP, HEAP + 0x300, sizes.len() as u64, HEAP + 0x600, 1]
        .iter()
        .enumerate()
    {
        source += &format!("  lddw r{}, {word:#x}\n", register + 1);
    }
    source += "  call sol_invoke_signed_c\n";
    let (said, id) = (HEAP + 0x700, HEAP + 0x680);
    source += &format!("  lddw r1, {said:#x}\n  stxdw [r1+0], r0\n  add64 r1, 8\n");
    source += &format!("  lddw r2, 1016\n  lddw r3, {id:#x}\n  call sol_get_return_data\n");
    source += &format!("  mov64 r2, r0\n  add64 r2, 8\n  lddw r1, {said:#x}\n");
    source += "  call sol_set_return_data\n  mov64 r0, 0\n  exit\n";
    let options = AssemblerOption::default().with_arch(SbpfArch::V3);
    let mut elf = Assembler::new(options).assemble(&source).unwrap();
    // The assembler knows Solana's syscalls alone: a call has the hash of the name.
    let call = |name: &str| {
        [
            0x85_u64.to_le_bytes(),
            u64::from(hash_symbol_name(name.as_bytes())).to_le_bytes(),
        ]
        .map(|word| word[..4].to_vec())
        .concat()
    };
    let (known, wanted) = (call("sol_invoke_signed_c"), call(syscall));
    let place = elf.windows(8).position(|code| code == known).unwrap();
    elf[place..place + 8].copy_from_slice(&wanted);
    elf
}

/// Deploys a program that calls the contract by a syscall, on behalf of an address of its own that
/// has three SOL. Returns an instruction that makes it call with one SOL, and the address.
pub fn deploy_agent(
    chain: &mut Chain,
    payer: &Keypair,
    syscall: &str,
    flags: u8,
) -> (Instruction, Pubkey) {
    let derive = |id: &Pubkey| Pubkey::create_program_address(&[b"agent"], id).ok();
    let mut programs = (100..)
        .map(keypair)
        .filter(|k| derive(&k.pubkey()).is_some());
    let free = |k: &Keypair| chain.account(&k.pubkey()).is_none();
    let program = programs.find(free).unwrap();
    let (id, derived) = (program.pubkey(), derive(&program.pubkey()).unwrap());
    chain.give(&derived, wei_of_lamports(3 * SOL));
    let mut forward = cross(&derived, flags, SOL, &[]);
    forward.program_id = id;
    forward.accounts[0].is_signer = false;
    forward
        .accounts
        .push(AccountMeta::new_readonly(CROSS_VM, false));
    let bob = keypair(2).pubkey();
    forward.accounts.push(AccountMeta::new(bob, false));
    let sizes = [0, 0, 14, 16, 0];
    let elf = agent(syscall, &sizes, forward.data.len() as u64);
    deploy(chain, payer, &program, &elf);
    (forward, derived)
}

pub fn deploy(chain: &mut Chain, payer: &Keypair, program: &Keypair, elf: &[u8]) {
    let (key, buffer) = (payer.pubkey(), keypair(1_000));
    let lamports = spl::exempt(37 + elf.len() as u64);
    let make = loader::create_buffer(&key, &buffer.pubkey(), &key, lamports, elf.len());
    chain.send(&make.unwrap(), &[payer, &buffer]);
    for (number, chunk) in elf.chunks(800).enumerate() {
        let offset = u32::try_from(number * 800).unwrap();
        let write = loader::write(&buffer.pubkey(), &key, offset, chunk.to_vec());
        chain.send(&[write], &[payer]);
    }
    #[allow(deprecated)]
    let deploy = loader::deploy_with_max_program_len(
        &key,
        &program.pubkey(),
        &buffer.pubkey(),
        &key,
        spl::exempt(36),
        elf.len(),
    );
    chain.send(&deploy.unwrap(), &[payer, program]);
    chain.next_block();
}

pub fn call_of(caller: AccountId, instruction: &Instruction) -> Call {
    let accounts = instruction.accounts.iter().map(|account| {
        let id = B256::from(account.pubkey.to_bytes());
        (
            id,
            account.is_signer && account_id(&account.pubkey) == caller,
            account.is_writable,
        )
    });
    let input = SolanaCall::new(
        accounts.collect(),
        Bytes::copy_from_slice(&instruction.data),
    );
    let target = account_id(&instruction.program_id);
    Call::new(VmId::Svm, caller, target, input.to_input(), 5_000_000)
}

/// Asserts that nothing but the fee has changed.
#[track_caller]
pub fn only_fee(chain: &Chain, before: &Chain, alice: &Keypair) {
    let mut state = chain.state.clone();
    let wei = before.wei(&alice.pubkey()) - wei_of_lamports(5_000);
    assert_eq!(chain.wei(&alice.pubkey()), wei);
    let address = account_id(&alice.pubkey()).evm_address();
    for key in [address, chain.env.block.beneficiary] {
        state.0.remove(&StateKey::Balance(key));
    }
    state.0.retain(|key, _| match key {
        StateKey::SvmMessage(_) => false,
        StateKey::Link(alias) => *alias != address,
        _ => true,
    });
    for (key, value) in &state.0 {
        assert_eq!(before.state.0.get(key), Some(value), "{key:?}");
    }
}

/// The chain as it is.
pub fn snapshot(chain: &Chain) -> Chain {
    Chain {
        vm: chain.vm.clone(),
        state: chain.state.clone(),
        env: chain.env.clone(),
        evm: chain.evm.clone(),
        messages: Vec::new(),
        hashes: chain.hashes.clone(),
    }
}

pub fn cell(chain: &Chain) -> U256 {
    let key = MockVm::cell(VmId::Evm, contract(), 1);
    chain.state.word(&key).unwrap()
}

pub fn custom(number: u8, code: u32) -> Result<(), TransactionError> {
    let error = InstructionError::Custom(code);
    Err(TransactionError::InstructionError(number, error))
}
