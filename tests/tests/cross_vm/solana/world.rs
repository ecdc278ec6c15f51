//! A chain with all machines, contracts that do one thing each, and users.

pub(super) use super::super::world::{
    BURNER, CALL, CALLCODE, DELEGATECALL, GAS_METER, LARGE, STATICCALL, by, instruments, relayed,
};
use super::moving::TREASURY;
pub(super) use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
pub(super) use alloy_sol_types::{SolCall, SolValue, sol};
pub(super) use lumio_executor::{BlockContext, Executed, Executor};
pub(super) use lumio_state::{StateKey, Value};
pub(super) use lumio_tests::{
    chain::User,
    crossing::{CONTRACT, MODULE, compiled, modules, predeploys},
    fixture::runtime,
    memory::Memory,
    sbpf::{RENT, assembled, record},
    solana::{self, SolanaUser, fund, id_of},
};
pub(super) use lumio_types::{AccountId, EventOrigin, SolanaReceipt};
pub(super) use lumio_vm_bus::{
    CROSS_VM_ADDRESS,
    message::{MoveCall, reason_of},
};
pub(super) use lumio_vm_svm::{CROSS_VM, CROSS_VM_VAULT};
pub(super) use solana_instruction::{AccountMeta, Instruction};
pub(super) use solana_keypair::Keypair;
pub(super) use solana_pubkey::Pubkey;
use std::sync::OnceLock;

sol! {
    struct Meta { bytes32 id; bool signer; bool writable; }

    function callSolana(bytes32 program, Meta[] accounts, bytes data) external returns (bytes);
    function tryCallSolana(bytes32 program, Meta[] accounts, bytes data) external returns (bool, bytes);
    function callSolanaSigned(bytes32 program, Meta[] accounts, bytes data, bytes[][] seeds) external returns (bytes);
    function solanaAccount(bytes32 id) external returns (bytes32 owner, bool executable, bytes data);
    function findProgramAddress(bytes[] seeds, bytes32 program) external returns (bytes32 id, uint8 bump);
    function queueSolana(bytes32 program, Meta[] accounts, bytes data) external;
    function set(uint256 key, uint256 value) external;
}

pub(super) const SOL: u64 = 1_000_000_000;
/// What hands its input on by `CALL`.
pub(super) const RELAY: Address = by(CALL);
/// What pays the wei of its input's second word to the address in the first one.
pub(super) const PAYER: Address = Address::repeat_byte(0x9a);
const PAYER_CODE: [u8; 19] = [
    0x5f, 0x5f, 0x5f, 0x5f, 0x60, 0x20, 0x35, 0x5f, 0x35, 0x5a, 0xf1, 0x60, 0x11, 0x57, 0x5f, 0x5f,
    0xfd, 0x5b, 0x00,
];

/// Flags of a call by the cross-VM program.
pub(super) const STATIC: u8 = 1;
pub(super) const CATCH: u8 = 2;

pub(super) struct World {
    pub(super) executor: Executor,
    pub(super) block: BlockContext,
    pub(super) memory: Memory,
    pub(super) user: User,
    pub(super) alice: SolanaUser,
    /// How often programs have been heard.
    pub(super) calls_heard: u32,
}

impl World {
    pub(super) fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let block = solana::next_block(1);
        let made = || {
            let executor = solana::executor();
            let memory = built(&executor, &block);
            (executor, memory)
        };
        let (executor, mut memory) = ONCE.get_or_init(made).clone();
        let user = User::new(1, &mut memory);
        let alice = SolanaUser::new(1);
        fund(&mut memory, &alice.key(), 100 * SOL);
        Self {
            executor,
            block,
            memory,
            user,
            alice,
            calls_heard: 0,
        }
    }

    /// Goes on to the next block.
    pub(super) fn next_block(&mut self) {
        self.block = solana::next_block(self.block.number + 1);
        solana::begin(&self.executor, &mut self.memory, &self.block);
    }

    pub(super) fn keep(&mut self, transaction: &lumio_types::Transaction) -> Executed {
        solana::keep(&self.executor, &mut self.memory, &self.block, transaction)
    }

    /// A transaction of the EVM's user.
    pub(super) fn evm(&mut self, to: Address, input: &[u8]) -> Executed {
        let input = Bytes::copy_from_slice(input);
        let sent = self
            .user
            .transaction(TxKind::Call(to), U256::ZERO, input, 8_000_000);
        self.keep(&sent)
    }

    /// A transaction of Solana's user, in a block of its own.
    pub(super) fn send(&mut self, instructions: &[Instruction]) -> Executed {
        self.next_block();
        self.here(&[], instructions)
    }

    /// One in this block, with others' signatures.
    pub(super) fn here(&mut self, others: &[&Keypair], instructions: &[Instruction]) -> Executed {
        let sent = self.alice.send(&self.block, others, instructions);
        self.keep(&sent)
    }

    pub(super) fn receipt(done: &Executed) -> &SolanaReceipt {
        done.carried.as_ref().unwrap().as_solana().unwrap()
    }

    pub(super) fn logs(&self, done: &Executed) -> Vec<String> {
        let lines = Self::receipt(done).logs.iter();
        lines.map(ToOwned::to_owned).collect()
    }

    /// What the contract of `Crossing.sol` keeps in a cell.
    pub(super) fn cell(&self, slot: u64) -> U256 {
        let place = (U256::from(slot), U256::ZERO).abi_encode();
        let place = U256::from_be_bytes(alloy_primitives::keccak256(place).0);
        let value = self.memory.0.get(&StateKey::EvmStorage(CONTRACT, place));
        value.and_then(Value::as_word).unwrap_or_default()
    }

    /// The state, but for fees, nonces and what keeps transactions from coming again.
    pub(super) fn rest(&self) -> Memory {
        let mut rest = self.memory.clone();
        let user = self.user.address();
        let alice = id_of(&self.alice.key()).evm_address();
        let is_fee = |owner: &Address| *owner == self.block.beneficiary || owner.0[0] == 0x42;
        rest.0.retain(|key, _| match key {
            StateKey::Balance(owner) => *owner != user && *owner != alice && !is_fee(owner),
            StateKey::EvmAccount(owner) => *owner != user,
            StateKey::Link(owner) => *owner != alice,
            StateKey::SvmMessage(_) => false,
            _ => true,
        });
        rest
    }
}

/// The state at the beginning.
fn built(executor: &Executor, block: &BlockContext) -> Memory {
    let mut memory = solana::chain(executor, block);
    for (name, bytes) in modules() {
        let owner = AccountId(MODULE.0.into());
        let key = StateKey::MoveModule(owner, Bytes::copy_from_slice(name.as_bytes()));
        memory.0.insert(key, Value::from(bytes.clone()));
    }
    for (name, bytes) in compiled("solana", &[]) {
        let owner = AccountId(TREASURY.0.into());
        let key = StateKey::MoveModule(owner, name.into_bytes().into());
        memory.0.insert(key, Value::from(bytes));
    }
    memory.deploy(CONTRACT, runtime("Crossing"));
    memory.deploy(PAYER, PAYER_CODE.into());
    for (address, code) in instruments() {
        memory.deploy(address, code.into());
    }
    for (address, code) in predeploys() {
        memory.deploy(address, code);
    }
    memory
}

pub(super) fn b256(key: &Pubkey) -> B256 {
    key.to_bytes().into()
}

/// How Solana knows an account of the EVM.
pub(super) fn evm_key(address: Address) -> Pubkey {
    Pubkey::new_from_array(address.into_word().0)
}

/// A transfer by the system program.
pub(super) fn transfer(from: &Pubkey, to: &Pubkey, lamports: u64) -> Instruction {
    Instruction {
        program_id: Pubkey::default(),
        accounts: vec![AccountMeta::new(*from, true), AccountMeta::new(*to, false)],
        data: [&2_u32.to_le_bytes()[..], &lamports.to_le_bytes()].concat(),
    }
}

/// The arguments of `callSolana`.
pub(super) fn metas(instruction: &Instruction) -> Vec<Meta> {
    let accounts = instruction.accounts.iter();
    let accounts = accounts.map(|meta| Meta {
        id: b256(&meta.pubkey),
        signer: meta.is_signer,
        writable: meta.is_writable,
    });
    accounts.collect()
}

/// The input of `0x42…FE` for an instruction, signed by addresses of these seeds, too.
pub(super) fn input(instruction: &Instruction, seeds: &[Vec<Bytes>]) -> Vec<u8> {
    callSolanaSignedCall {
        program: b256(&instruction.program_id),
        accounts: metas(instruction),
        data: Bytes::copy_from_slice(&instruction.data),
        seeds: seeds.to_vec(),
    }
    .abi_encode()
}

/// The same for a contract that hands it on.
pub(super) fn calls(instruction: &Instruction, seeds: &[Vec<Bytes>]) -> Vec<u8> {
    relayed(CROSS_VM_ADDRESS, &input(instruction, seeds))
}

/// A call by the cross-VM program.
pub(super) fn cross(
    (vm, flags): (u8, u8),
    caller: &Pubkey,
    target: B256,
    lamports: u64,
    input: &[u8],
) -> Instruction {
    let mut data = vec![vm, flags];
    data.extend(target);
    data.extend(lamports.to_le_bytes());
    data.extend(u64::MAX.to_le_bytes());
    data.extend(input);
    Instruction {
        program_id: CROSS_VM,
        accounts: vec![
            AccountMeta::new(*caller, true),
            AccountMeta::new(CROSS_VM_VAULT, false),
            AccountMeta::new_readonly(Pubkey::default(), false),
        ],
        data,
    }
}

/// A call of a Move function, as its input.
pub(super) fn moves(module: &str, function: &str, arguments: Vec<u8>) -> Vec<u8> {
    let call = MoveCall {
        module: module.into(),
        function: function.into(),
        typeArguments: vec![],
        arguments: arguments.into(),
    };
    call.to_input().to_vec()
}

/// A budget for the whole transaction.
pub(super) fn units(units: u32) -> Instruction {
    Instruction {
        program_id: solana_sdk_ids::compute_budget::ID,
        accounts: vec![],
        data: [&[2][..], &units.to_le_bytes()].concat(),
    }
}
