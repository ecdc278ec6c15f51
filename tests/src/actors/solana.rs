//! Actors of Solana: their programs, the accounts that each call of one names, and the instructions
//! by which they call other machines.

use super::{ACCOUNTS, FIRST_SOLANA_ACTOR, Frame, Mode, account, world::LAMPORT};
use crate::sbpf::{RENT, assembled, source};
use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_types::{AccountId, VmId};
use lumio_vm_bus::message::MoveCall;
use lumio_vm_svm::{CROSS_VM, CROSS_VM_VAULT, account_id, public_key};
use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;
use std::sync::OnceLock;

sol! {
    function run(bytes script) external payable returns (uint256 digest);
}

/// Lamports for each unit of a value that goes along in a call.
const UNIT_LAMPORTS: u64 = 3;
/// Lamports for each octa.
pub(super) const OCTA_LAMPORTS: u64 = 10;
/// Gas of a call that is to get a little, or too little.
const LIMITED_GAS: u64 = 120_000;
const STARVED_GAS: u64 = 500;

/// What the addresses are that programs derive of the word "actor".
const AGENTS: [&str; 3] = [
    "0x21559973a29e4761b5a168128d21d4016a2376f7aa129e2edebe8a3fc8ba008d",
    "0x73a68d32343ae60ca52678115de33f2139a939d70897e5b349450b90a02ba79b",
    "0x957c2f85419aad4fc83a95efe6945d375227867a8f6d1256d9281446018a0808",
];

/// Which of them an actor is.
pub(super) const fn place(actor: u8) -> u8 {
    actor - FIRST_SOLANA_ACTOR
}

/// The account that an actor acts as: its program signs for it.
pub(super) fn agent(actor: u8) -> AccountId {
    static PARSED: OnceLock<[AccountId; 3]> = OnceLock::new();
    let agents = PARSED.get_or_init(|| AGENTS.map(|text| AccountId(text.parse().unwrap())));
    agents[usize::from(place(actor))]
}

/// Its program. Each derives an address of the same word without a bump.
pub(super) fn program(actor: u8) -> Pubkey {
    let mut key = [0; 32];
    (key[0], key[1], key[2]) = (0xac, 0x70, 0x50);
    key[31] = [1, 3, 6][usize::from(place(actor))];
    Pubkey::new_from_array(key)
}

/// The account that has its cells.
pub(super) fn cells(actor: u8) -> Pubkey {
    let mut key = [0; 32];
    (key[0], key[1], key[2], key[31]) = (0xac, 0x70, 0xce, place(actor));
    Pubkey::new_from_array(key)
}

/// The account that is named in the place of another one.
pub(super) const fn stand_in(number: u8) -> u8 {
    match number {
        1 => 0,
        5 => 3,
        number => number,
    }
}

/// The code of the programs.
pub(super) fn elf() -> Vec<u8> {
    static ELF: OnceLock<Vec<u8>> = OnceLock::new();
    ELF.get_or_init(|| assembled(&source("actor"))).clone()
}

/// The accounts of a call, as all actors name them.
pub(super) fn named(caller: AccountId) -> Vec<AccountMeta> {
    let written = |key| AccountMeta::new(key, false);
    let read = |key| AccountMeta::new_readonly(key, false);
    let actors = || FIRST_SOLANA_ACTOR..ACCOUNTS;
    let mut accounts = vec![
        AccountMeta::new(public_key(caller), true),
        written(CROSS_VM_VAULT),
        read(Pubkey::default()),
        read(CROSS_VM),
    ];
    accounts.extend(actors().map(|actor| read(program(actor))));
    accounts.extend(actors().map(|actor| written(cells(actor))));
    let everybody = (0..ACCOUNTS).map(|number| account(stand_in(number)));
    accounts.extend(everybody.map(|id| written(public_key(id))));
    accounts
}

/// The accounts with numbers that are named.
pub(super) fn people() -> impl Iterator<Item = AccountId> {
    let named = (0..ACCOUNTS).filter(|number| stand_in(*number) == *number);
    named.map(account)
}

/// The accounts of a call whose lamports may change.
pub(super) fn holders(caller: AccountId) -> Vec<AccountId> {
    let mut holders: Vec<_> = people().collect();
    if !holders.contains(&caller) {
        holders.push(caller);
    }
    holders
}

/// The lamports that go along: 255 stands for more than there are.
pub(super) fn lamports(value: u8) -> u64 {
    match value {
        255 => 10 * RENT,
        _ => u64::from(value) * UNIT_LAMPORTS,
    }
}

/// As wei.
pub(super) fn wei(lamports: u64) -> U256 {
    U256::from(lamports) * U256::from(LAMPORT)
}

/// The instruction of the cross-VM program that calls an actor of another machine.
pub(super) fn crossing(mode: Mode, frame: &Frame) -> Vec<u8> {
    let script = frame.encode();
    let input = match frame.vm() {
        VmId::Evm => runCall {
            script: script.into(),
        }
        .abi_encode()
        .into(),
        VmId::Move | VmId::Svm => MoveCall {
            module: "actor".into(),
            function: "run".into(),
            typeArguments: vec![],
            arguments: Bytes::from(script).abi_encode().into(),
        }
        .to_input(),
    };
    let gas = match (mode.limited, mode.starved) {
        (false, false) => u64::MAX,
        (true, _) => LIMITED_GAS,
        (_, true) => STARVED_GAS,
    };
    let flags = u8::from(mode.is_static) | u8::from(mode.catches) << 1;
    instruction(
        frame.vm(),
        flags,
        account(frame.actor),
        mode.value,
        gas,
        &input,
    )
}

/// The one that queues such a call.
pub(super) fn queueing(frame: &Frame) -> Vec<u8> {
    let mut data = crossing(Mode::default(), frame);
    data[1] = 4;
    data
}

/// The one that calls an account of the EVM without input.
pub(super) fn poke(target: AccountId) -> Vec<u8> {
    instruction(VmId::Evm, 0, target, 0, u64::MAX, &[])
}

fn instruction(
    vm: VmId,
    flags: u8,
    target: AccountId,
    value: u8,
    gas: u64,
    input: &[u8],
) -> Vec<u8> {
    let vm = match vm {
        VmId::Evm => 0,
        VmId::Move | VmId::Svm => 1,
    };
    let mut data = vec![vm, flags];
    data.extend(target.0);
    data.extend(lamports(value).to_le_bytes());
    data.extend(gas.to_le_bytes());
    data.extend(input);
    data
}

/// The account id of a program.
pub(super) fn program_id(actor: u8) -> AccountId {
    account_id(&program(actor))
}

/// Asserts that the agents are what the programs derive.
pub(super) fn check_agents() {
    for actor in FIRST_SOLANA_ACTOR..ACCOUNTS {
        let derived = Pubkey::create_program_address(&[b"actor"], &program(actor)).unwrap();
        assert_eq!(B256::from(derived.to_bytes()), agent(actor).0);
    }
}
