//! A chain with a contract and a module that make SPL tokens, and users of all three machines.

pub(super) use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
pub(super) use alloy_sol_types::{SolCall, SolError, SolEvent, SolValue, sol};
pub(super) use lumio_executor::{BlockContext, Executed, Executor};
use lumio_move_engine as engine;
use lumio_state::{StateKey, Value};
pub(super) use lumio_tests::{
    chain::User,
    crossing::{CONTRACT, compiled, predeploys},
    fixture::runtime,
    memory::Memory,
    moving::MoveUser,
    solana::{self, SolanaUser, fund, id_of, lamports},
};
pub(super) use lumio_types::{AccountId, EventOrigin};
pub(super) use lumio_vm_bus::{
    CROSS_VM_ADDRESS, CROSS_VM_PROGRAM,
    message::{SolanaFailure, SolanaProgramError, reason_of},
};
pub(super) use solana_instruction::{AccountMeta, Instruction};
pub(super) use solana_pubkey::Pubkey;
use std::sync::OnceLock;

sol! {
    struct Meta { bytes32 id; bool signer; bool writable; }
    struct Program { bytes32 program; Meta[] accounts; bytes data; }

    function makeMint(bytes seed, uint8 decimals) external returns (bytes32 mint);
    function mintTo(bytes32 mint, bytes32 wallet, uint64 amount) external returns (uint64 balance);
    function send(bytes seed, bytes32 mint, bytes32 to, uint64 amount) external;
    function derived(bytes seed) external returns (bytes32 id, bytes[] seeds);
    function balanceOf(bytes32 account) external returns (uint64);
    function supplyOf(bytes32 mint) external returns (uint64, uint8);
    function lamportsOf(bytes32 account) external returns (uint256);
    function run(Program instruction, bytes[][] seeds) external returns (bytes);
    function tryRun(Program instruction, bytes[][] seeds) external returns (bool, bytes);
    function queue(Program instruction, bytes[][] seeds) external;
    function runAndFail(Program instruction, bytes[][] seeds) external;
    function runAndCatch(Program instruction, bytes[][] seeds) external returns (bool);
    function borsh(uint64 number, int64 signed, string text, bytes32 key) external returns (bytes, uint64, int64, string, bytes32);

    function set(uint256 key, uint256 value) external;
    function fail() external;
    function solanaAccount(bytes32 id) external returns (bytes32 owner, bool executable, bytes data);
    function findProgramAddress(bytes[] seeds, bytes32 program) external returns (bytes32 id, uint8 bump);
    function createProgramAddress(bytes[] seeds, bytes32 program) external returns (bytes32 id);
    function queueSolana(bytes32 program, Meta[] accounts, bytes data) external;

    event CallSolana(address sender, bytes32 program, Meta[] accounts, bytes data, bytes[][] seeds);
    event Set(uint256 key, uint256 value);
}

pub(super) const SOL: u64 = 1_000_000_000;

/// Where the contract is.
pub(super) const TREASURY: Address = Address::repeat_byte(0x7e);
/// Where the module is.
pub(super) const MODULE: engine::Address = {
    let mut bytes = [0; 32];
    (bytes[0], bytes[1], bytes[30], bytes[31]) = (0xc0, 0x55, 0x50, 0xc0);
    engine::Address(bytes)
};
/// SPL Token, and SPL Memo.
pub(super) const TOKEN: Pubkey =
    Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub(super) const MEMO: Pubkey =
    Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const ASSOCIATED: Pubkey = Pubkey::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// The program that stands for the other machines.
pub(super) const CROSS_VM: Pubkey =
    Pubkey::from_str_const("CrossVm111111111111111111111111111111111111");
pub(super) const VAULT: Pubkey =
    Pubkey::from_str_const("CrossVmVau1t1111111111111111111111111111111");

pub(super) struct World {
    pub(super) executor: Executor,
    pub(super) block: BlockContext,
    pub(super) memory: Memory,
    pub(super) user: User,
    pub(super) alice: SolanaUser,
}

impl World {
    pub(super) fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let block = solana::next_block(1);
        let made = || {
            let executor = solana::executor();
            let mut memory = solana::chain(&executor, &block);
            for (name, bytes) in compiled("solana", &[]) {
                let key =
                    StateKey::MoveModule(AccountId(MODULE.0.into()), name.into_bytes().into());
                memory.0.insert(key, Value::from(bytes));
            }
            memory.deploy(TREASURY, runtime("Treasury"));
            memory.deploy(CONTRACT, runtime("Crossing"));
            for (address, code) in predeploys() {
                memory.deploy(address, code);
            }
            (executor, memory)
        };
        let (executor, mut memory) = ONCE.get_or_init(made).clone();
        let user = User::new(1, &mut memory);
        memory.fund(TREASURY, lumio_types::wei_of_lamports(SOL));
        let alice = SolanaUser::new(1);
        fund(&mut memory, &alice.key(), 10 * SOL);
        Self {
            executor,
            block,
            memory,
            user,
            alice,
        }
    }

    fn keep(&mut self, transaction: &lumio_types::Transaction) -> Executed {
        solana::keep(&self.executor, &mut self.memory, &self.block, transaction)
    }

    /// A transaction of the EVM's user.
    pub(super) fn evm_to(&mut self, to: Address, input: Vec<u8>) -> Executed {
        let kind = TxKind::Call(to);
        let sent = self
            .user
            .transaction(kind, U256::ZERO, input.into(), 5_000_000);
        self.keep(&sent)
    }

    pub(super) fn evm(&mut self, input: Vec<u8>) -> Executed {
        self.evm_to(TREASURY, input)
    }

    /// One that must succeed.
    #[track_caller]
    pub(super) fn treasury(&mut self, input: Vec<u8>) -> Executed {
        let done = self.evm(input);
        assert!(done.success, "{}", reason_of(&done.output));
        done
    }

    /// A transaction of Solana's user, which must succeed or fail with a code at an instruction.
    pub(super) fn send(&mut self, instructions: &[Instruction]) -> Executed {
        // Each block has a hash of its own, so that the same instructions can come again.
        let number = self.block.number + 1;
        self.block = solana::next_block(number);
        solana::begin(&self.executor, &mut self.memory, &self.block);
        let sent = self.alice.send(&self.block, &[], instructions);
        self.keep(&sent)
    }

    pub(super) fn moving(
        &mut self,
        user: &mut MoveUser,
        function: &str,
        args: Vec<Vec<u8>>,
    ) -> Executed {
        let sent = user.call_at(MODULE, ("treasury", function), vec![], args);
        self.keep(&sent)
    }

    /// A Move user with ETH.
    pub(super) fn move_user(&mut self, number: u8) -> MoveUser {
        let user = MoveUser::new(number);
        lumio_tests::moving::fund(&mut self.memory, user.address, 100_000_000);
        user
    }

    /// The record of a Solana account: owner and data.
    pub(super) fn account(&self, key: &Pubkey) -> Option<(Pubkey, Vec<u8>)> {
        let record = self.memory.0.get(&StateKey::SvmAccount(id_of(key)))?;
        let (head, data) = record.split_at(33);
        Some((Pubkey::try_from(&head[1..]).unwrap(), data.to_vec()))
    }

    /// Tokens in a token account.
    pub(super) fn tokens(&self, account: &Pubkey) -> u64 {
        let (owner, data) = self.account(account).unwrap();
        assert_eq!(owner, TOKEN);
        u64::from_le_bytes(data[64..72].try_into().unwrap())
    }

    /// What the contract keeps in a cell.
    pub(super) fn cell(&self, slot: u64) -> U256 {
        let place = (U256::from(slot), U256::ZERO).abi_encode();
        let place = U256::from_be_bytes(alloy_primitives::keccak256(place).0);
        let value = self.memory.0.get(&StateKey::EvmStorage(CONTRACT, place));
        value.and_then(Value::as_word).unwrap_or_default()
    }
}

pub(super) fn b256(key: &Pubkey) -> B256 {
    key.to_bytes().into()
}

pub(super) fn evm_key(address: Address) -> Pubkey {
    Pubkey::new_from_array(address.into_word().0)
}

pub(super) fn associated(wallet: &Pubkey, mint: &Pubkey) -> Pubkey {
    let seeds = [wallet.as_ref(), TOKEN.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED).0
}

/// The address of an account of another machine with a seed, and the seeds with the bump.
pub(super) fn derived(owner: &Pubkey, seed: &[u8]) -> (Pubkey, Vec<Bytes>) {
    let (key, bump) = Pubkey::find_program_address(&[owner.as_ref(), seed], &CROSS_VM);
    let seeds = vec![Bytes::copy_from_slice(seed), Bytes::from(vec![bump])];
    (key, seeds)
}

/// An instruction as Solidity has it.
pub(super) fn program(instruction: &Instruction) -> Program {
    let accounts = instruction.accounts.iter().map(|meta| Meta {
        id: b256(&meta.pubkey),
        signer: meta.is_signer,
        writable: meta.is_writable,
    });
    Program {
        program: b256(&instruction.program_id),
        accounts: accounts.collect(),
        data: Bytes::copy_from_slice(&instruction.data),
    }
}

/// A transfer of tokens.
pub(super) fn transfer(from: &Pubkey, to: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    Instruction {
        program_id: TOKEN,
        accounts: vec![
            AccountMeta::new(*from, false),
            AccountMeta::new(*to, false),
            AccountMeta::new_readonly(*owner, true),
        ],
        data: [&[3][..], &amount.to_le_bytes()].concat(),
    }
}

/// More of a token.
pub(super) fn mint_more(
    mint: &Pubkey,
    to: &Pubkey,
    authority: &Pubkey,
    amount: u64,
) -> Instruction {
    let mut instruction = transfer(mint, to, authority, amount);
    instruction.data[0] = 7;
    instruction
}

/// Flags of a call by the cross-VM program.
pub(super) const STATIC: u8 = 1;
pub(super) const CATCH: u8 = 2;
pub(super) const QUEUE: u8 = 4;

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
            AccountMeta::new(VAULT, false),
            AccountMeta::new_readonly(Pubkey::default(), false),
        ],
        data,
    }
}
