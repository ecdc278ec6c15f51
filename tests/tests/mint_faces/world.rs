//! A chain with all machines, users of each, and an SPL mint with its other faces.

pub(super) use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
pub(super) use alloy_sol_types::{SolCall, SolError, SolValue, sol};
pub(super) use lumio_executor::{BlockContext, Executed, Executor};
use lumio_move_engine::{Address as MoveAddress, ModuleId};
use lumio_state::StateKey;
pub(super) use lumio_tests::{
    chain::User,
    crossing::predeploys,
    faces::{IERC20, IFaces, REGISTRY, Seen, metadata_type, seen},
    fixture::runtime,
    memory::Memory,
    moving::MoveUser,
    solana::{self, SolanaUser, fund, id_of},
};
pub(super) use lumio_types::AccountId;
pub(super) use lumio_vm_bus::{CROSS_VM_ADDRESS, message::reason_of};
pub(super) use solana_instruction::{AccountMeta, Instruction};
pub(super) use solana_pubkey::Pubkey;
use std::sync::OnceLock;

pub(super) use super::spl::*;

sol! {
    struct Meta { bytes32 id; bool signer; bool writable; }
    struct Program { bytes32 program; Meta[] accounts; bytes data; }
    struct Call3 { address target; bool allowFailure; bytes callData; }

    function run(Program instruction, bytes[][] seeds) external returns (bytes);
    function queue(Program instruction, bytes[][] seeds) external;
    function runAndCatch(Program instruction, bytes[][] seeds) external returns (bool);
    function callSolana(bytes32 program, Meta[] accounts, bytes data) external returns (bytes);
    function aggregate3(Call3[] calls) external returns (bytes[]);

    #[derive(Debug)]
    interface IMints {
        function erc20OfMint(bytes32 mint) external view returns (address);
        function erc20AddressOfMint(bytes32 mint) external view returns (address);
        function createErc20OfMint(bytes32 mint) external returns (address);
        function mintOf(address erc20) external view returns (bytes32);

        function mint() external view returns (bytes32);
        function pool() external view returns (bytes32);
        function rent() external view returns (uint256);
        function kept(address holder) external view returns (uint256);
        function totalKept() external view returns (uint256);
        function accountOf(address holder) external view returns (bytes32);
        function open(address holder) external returns (bytes32);

        #[derive(PartialEq, Eq)]
        error RentNeeded(uint256 rent);
        #[derive(PartialEq, Eq)]
        error NoMint(bytes32 mint);
        #[derive(PartialEq, Eq)]
        error NativeMint(bytes32 mint);
        #[derive(PartialEq, Eq)]
        error UnsupportedExtension(bytes32 mint, uint16 extension);
        #[derive(PartialEq, Eq)]
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        #[derive(PartialEq, Eq)]
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        #[derive(PartialEq, Eq)]
        error ERC20InvalidReceiver(address receiver);
    }
}

pub(super) const SOL: u64 = 1_000_000_000;
/// More wei than any token account takes.
pub(super) const ENOUGH: U256 = U256::from_limbs([10_000_000_000_000_000, 0, 0, 0]);
/// A contract that runs any instruction.
pub(super) const TREASURY: Address = Address::repeat_byte(0x7e);
pub(super) const MULTICALL: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");
/// An address that nobody has spoken for.
pub(super) const BOB: Address = Address::repeat_byte(0xb0);

pub(super) struct World {
    pub(super) executor: Executor,
    pub(super) block: BlockContext,
    pub(super) memory: Memory,
    /// Users of the EVM, Solana and Move.
    pub(super) user: User,
    pub(super) alice: SolanaUser,
    pub(super) mover: MoveUser,
    pub(super) mints: u8,
}

/// A mint of the Token program with 6 decimals that has all faces, and Solana's user with a million
/// units of it.
pub(super) struct Shown {
    pub(super) world: World,
    pub(super) mint: Mint,
    pub(super) erc20: Address,
    pub(super) asset: MoveAddress,
}

impl World {
    pub(super) fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let block = solana::next_block(1);
        let made = || {
            let executor = solana::executor();
            let mut memory = solana::chain(&executor, &block);
            memory.deploy(TREASURY, runtime("Treasury"));
            for (address, code) in predeploys() {
                memory.deploy(address, code);
            }
            (executor, memory)
        };
        let (executor, mut memory) = ONCE.get_or_init(made).clone();
        let user = User::new(1, &mut memory);
        let alice = SolanaUser::new(1);
        fund(&mut memory, &alice.key(), 100 * SOL);
        let mover = MoveUser::new(2);
        lumio_tests::moving::fund(&mut memory, mover.address, 100_000_000);
        let mut world = Self {
            executor,
            block,
            memory,
            user,
            alice,
            mover,
            mints: 0,
        };
        // So that the EVM knows whose their addresses are.
        let touch = vec![world.mover.address.0.to_vec(), 1_u64.to_le_bytes().to_vec()];
        let touch = world
            .mover
            .call(("aptos_account", "transfer"), vec![], touch);
        assert!(world.keep(&touch).success);
        let alice = world.alice.key();
        let memo = Instruction {
            program_id: MEMO,
            accounts: vec![AccountMeta::new(alice, true)],
            data: b"hello".to_vec(),
        };
        world.sends(&[memo]);
        world
    }

    pub(super) fn keep(&mut self, transaction: &lumio_types::Transaction) -> Executed {
        solana::keep(&self.executor, &mut self.memory, &self.block, transaction)
    }

    /// A transaction of the EVM's user, with wei.
    pub(super) fn pay(&mut self, to: Address, value: U256, input: Vec<u8>) -> Executed {
        let kind = TxKind::Call(to);
        let sent = self.user.transaction(kind, value, input.into(), 8_000_000);
        self.keep(&sent)
    }

    pub(super) fn evm(&mut self, to: Address, call: impl SolCall) -> Executed {
        self.pay(to, U256::ZERO, call.abi_encode())
    }

    /// One that must succeed.
    #[track_caller]
    pub(super) fn call(&mut self, to: Address, call: impl SolCall) -> Executed {
        let done = self.evm(to, call);
        assert!(done.success, "{}", reason_of(&done.output));
        done
    }

    /// Asks a contract.
    #[track_caller]
    pub(super) fn ask<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        let kind = TxKind::Call(to);
        let input = Bytes::from(call.abi_encode());
        let sent = self.user.transaction(kind, U256::ZERO, input, 8_000_000);
        self.user.nonce -= 1;
        let done = self
            .executor
            .execute(&self.memory, &self.block, &sent)
            .unwrap();
        assert!(done.success, "{}", reason_of(&done.output));
        C::abi_decode_returns(&done.output).unwrap()
    }

    /// A transaction of Solana's user, in a block of its own.
    pub(super) fn send(&mut self, instructions: &[Instruction]) -> Executed {
        self.block = solana::next_block(self.block.number + 1);
        solana::begin(&self.executor, &mut self.memory, &self.block);
        let sent = self.alice.send(&self.block, &[], instructions);
        self.keep(&sent)
    }

    /// One that must succeed.
    #[track_caller]
    pub(super) fn sends(&mut self, instructions: &[Instruction]) -> Executed {
        let done = self.send(instructions);
        let logs = &done.carried.as_ref().unwrap().as_solana().unwrap().logs;
        assert!(done.success, "{logs:?}");
        done
    }

    /// The first result of a view of the framework's.
    pub(super) fn view(&self, (module, function): (&str, &str), arguments: &[Vec<u8>]) -> Vec<u8> {
        let module = ModuleId::new(MoveAddress::ONE, module);
        let types = match function {
            "balance" | "supply" => vec![metadata_type()],
            _ => vec![],
        };
        let viewed = self
            .executor
            .with_move(&self.memory, &self.block, 10_000_000, |vm, bus| {
                vm.view(bus, (&module, function), &types, arguments)
            });
        viewed.unwrap().unwrap().values.remove(0)
    }

    pub(super) fn user_id(&self) -> AccountId {
        AccountId::from_evm(self.user.address())
    }

    /// What keeps tokens: Solana's accounts, and the contracts' storage.
    pub(super) fn ledger(&self) -> Memory {
        let mut ledger = self.memory.clone();
        ledger
            .0
            .retain(|key, _| matches!(key, StateKey::SvmAccount(_) | StateKey::EvmStorage(..)));
        ledger
    }
}

impl Shown {
    pub(super) fn new() -> Self {
        Self::of(TOKEN, &[])
    }

    pub(super) fn of(program: Pubkey, extensions: &[(u16, Vec<u8>)]) -> Self {
        let mut world = World::new();
        let mint = world.put_mint(program, 6, extensions);
        let alice = world.alice.key();
        world.sends(&[
            mint.open(&alice, &alice),
            mint.mint_to(&mint.of(&alice), &alice, 1_000_000),
        ]);
        let create = IMints::createErc20OfMintCall {
            mint: b256(&mint.key),
        };
        let done = world.pay(REGISTRY, ENOUGH, create.abi_encode());
        assert!(done.success, "{}", reason_of(&done.output));
        let erc20 = Address::abi_decode(&done.output).unwrap();
        let done = world.call(REGISTRY, IFaces::createAssetCall { erc20 });
        let asset = MoveAddress(B256::abi_decode(&done.output).unwrap().0);
        Self {
            world,
            mint,
            erc20,
            asset,
        }
    }

    /// What the contract says that an account has, which Move must say, too.
    #[track_caller]
    pub(super) fn balance(&mut self, id: AccountId) -> u64 {
        let account = id.evm_address();
        let balance = self
            .world
            .ask(self.erc20, IERC20::balanceOfCall { account });
        let arguments = [id.0.to_vec(), self.asset.0.to_vec()];
        let moves = self
            .world
            .view(("primary_fungible_store", "balance"), &arguments);
        let moves = u64::from_le_bytes(moves.try_into().unwrap());
        assert_eq!(balance, U256::from(moves));
        moves
    }

    pub(super) fn transfer(&mut self, to: Address, amount: u64) -> Executed {
        let amount = U256::from(amount);
        self.world
            .evm(self.erc20, IERC20::transferCall { to, amount })
    }

    /// A transfer of the fungible asset by the Move user.
    pub(super) fn moves(&mut self, to: AccountId, amount: u64) -> Executed {
        let arguments = vec![
            self.asset.0.to_vec(),
            to.0.to_vec(),
            amount.to_le_bytes().to_vec(),
        ];
        let function = ("primary_fungible_store", "transfer");
        let sent = self
            .world
            .mover
            .call(function, vec![metadata_type()], arguments);
        self.world.keep(&sent)
    }

    /// Makes a holder's token account by the contract.
    #[track_caller]
    pub(super) fn open(&mut self, holder: Address) {
        let input = IMints::openCall { holder }.abi_encode();
        let done = self.world.pay(self.erc20, ENOUGH, input);
        assert!(done.success, "{}", reason_of(&done.output));
    }

    pub(super) fn alice(&self) -> AccountId {
        id_of(&self.world.alice.key())
    }

    pub(super) fn mover(&self) -> AccountId {
        AccountId(self.world.mover.address.0.into())
    }

    /// Tokens in the associated account of an owner; none if there is no such account.
    pub(super) fn on_solana(&self, owner: AccountId) -> Option<u64> {
        let owner = Pubkey::new_from_array(owner.0.0);
        tokens(&self.world.memory, &self.mint.of(&owner))
    }

    /// What a movement looks like in all machines.
    pub(super) fn announced(
        &self,
        from: Option<AccountId>,
        to: Option<AccountId>,
        amount: u64,
    ) -> Vec<Seen> {
        let store = |id: AccountId| {
            lumio_move_transaction::object_address_from_object(MoveAddress(id.0.0), self.asset)
        };
        let address = |id: Option<AccountId>| id.map_or(Address::ZERO, |id| id.evm_address());
        let withdrawn = from.map(|id| Seen::Withdraw(store(id), amount));
        let deposited = to.map(|id| Seen::Deposit(store(id), amount));
        let log = Seen::Transfer(address(from), address(to), U256::from(amount));
        withdrawn
            .into_iter()
            .chain(deposited)
            .chain([log])
            .collect()
    }
}

/// Tokens in a token account.
pub(super) fn tokens(memory: &Memory, account: &Pubkey) -> Option<u64> {
    let data = memory.data(account);
    let amount = data.get(64..72)?;
    Some(u64::from_le_bytes(amount.try_into().unwrap()))
}

pub(super) fn b256(key: &Pubkey) -> B256 {
    key.to_bytes().into()
}

/// How Solana knows an account of the EVM.
pub(super) fn evm_key(address: Address) -> Pubkey {
    Pubkey::new_from_array(address.into_word().0)
}

/// An instruction as Solidity has it.
pub(super) fn program(instruction: &Instruction) -> Program {
    Program {
        program: b256(&instruction.program_id),
        accounts: metas(instruction),
        data: Bytes::copy_from_slice(&instruction.data),
    }
}

pub(super) fn metas(instruction: &Instruction) -> Vec<Meta> {
    let accounts = instruction.accounts.iter().map(|meta| Meta {
        id: b256(&meta.pubkey),
        signer: meta.is_signer,
        writable: meta.is_writable,
    });
    accounts.collect()
}

/// Calls one after another; each says whether it may fail.
pub(super) fn batch(calls: Vec<(Address, bool, Vec<u8>)>) -> aggregate3Call {
    let calls = calls.into_iter().map(|(target, allow, data)| Call3 {
        target,
        allowFailure: allow,
        callData: data.into(),
    });
    aggregate3Call {
        calls: calls.collect(),
    }
}
