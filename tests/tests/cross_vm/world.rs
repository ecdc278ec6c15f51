//! A chain with a module and a contract that call each other.

pub(super) use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};
pub(super) use alloy_sol_types::{SolCall, SolError, SolValue, sol};
pub(super) use lumio_executor::{BlockContext, Executed, Executor};
pub(super) use lumio_move_engine as engine;
pub(super) use lumio_state::{Finished, Journal, StateKey, Value};
pub(super) use lumio_tests::{
    chain::{User, block},
    crossing::{CONTRACT, MODULE, chain},
    memory::Memory,
    moving::{self, MoveUser, executor},
};
pub(super) use lumio_types::{AccountId, EventOrigin, VmId};
pub(super) use lumio_vm_bus::{
    Bus, Call, Env, Host, MAX_QUEUED, Outcome, QUEUE_ADDRESS, Status,
    message::{MoveAbort, MoveCall, MoveFailure, OutOfGas, reason_of},
};
pub(super) use lumio_vm_evm::CROSS_VM_ADDRESS;
use std::sync::OnceLock;

sol! {
    function call(bytes32 module, string fn, bytes args) external returns (bytes);
    function callGeneric(bytes32 module, string fn, string[] types, bytes args) external returns (bytes);
    function tryCall(bytes32 module, string fn, bytes args) external returns (bool, bytes);
    function viewCall(bytes32 module, string fn, bytes args) external returns (bytes);
    function callAndFail(bytes32 module, string fn, bytes args) external;
    function callAndCatch(bytes32 module, string fn, bytes args) external returns (bool);
    function delegated(bytes input) external returns (bool, bytes);
    function delegatedQueue(bytes input) external returns (bool, bytes);
    function queue(bytes32 module, string fn, bytes args, string types) external;
    function forge(bytes32 module, string fn, bytes args) external;
    function set(uint256 key, uint256 value) external;
    function fail() external;

    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function callSolana(bytes32 program, (bytes32, bool, bool)[] accounts, bytes data) external returns (bytes);
    function idOf(address account) external returns (bytes32);
    function addressOf(bytes32 id) external returns (address);
    function tryCallMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bool, bytes);
    function viewMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function echo(uint256 number, string text) external payable returns (uint256, string, address, uint256);
    error Failed(uint256 number);
}

pub(super) struct World {
    pub(super) executor: Executor,
    pub(super) block: BlockContext,
    pub(super) memory: Memory,
    pub(super) user: User,
}

/// A call without a transaction around it, and what it changes.
pub(crate) fn bare(
    executor: &Executor,
    memory: &Memory,
    block: &BlockContext,
    call: Call,
) -> (Outcome, Finished) {
    let env = Env {
        chain_id: executor.spec().chain_id,
        block: block.clone(),
        ..Env::default()
    };
    let mut journal = Journal::new(memory);
    let mut bus = Bus::new(&mut journal, &env, executor.vms(), u64::MAX);
    let outcome = bus.call(call).unwrap();
    (outcome, journal.finish(true).unwrap())
}

impl World {
    pub(super) fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let block = block(1);
        let made = || {
            let executor = executor();
            let memory = chain(&executor, &block);
            (executor, memory)
        };
        // With caches that stay warm.
        let (executor, mut memory) = ONCE.get_or_init(made).clone();
        let user = User::new(1, &mut memory);
        for (address, code) in instruments() {
            memory.deploy(address, code.into());
        }
        // The package was put there without its `init_module`.
        let counter = StateKey::MoveResource(AccountId(MODULE.0.into()), counter_tag());
        let zero = 0_u64.to_le_bytes();
        memory.0.insert(counter, Value::from(zero.as_slice()));
        Self {
            executor,
            block,
            memory,
            user,
        }
    }

    /// Calls the contract.
    pub(super) fn evm(&mut self, input: Vec<u8>) -> Executed {
        self.evm_to(CONTRACT, input)
    }

    pub(super) fn evm_to(&mut self, to: Address, input: Vec<u8>) -> Executed {
        let input = Bytes::from(input);
        let transaction = self
            .user
            .transaction(TxKind::Call(to), U256::ZERO, input, 3_000_000);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }

    /// Calls `hello` through the contract.
    pub(super) fn hello(&mut self, function: &str, args: Vec<u8>) -> Executed {
        self.evm(
            callCall {
                module: MODULE.0.into(),
                r#fn: function.into(),
                args: args.into(),
            }
            .abi_encode(),
        )
    }

    pub(super) fn count(&self) -> u64 {
        let key = StateKey::MoveResource(AccountId(MODULE.0.into()), counter_tag());
        u64::from_le_bytes(self.memory.0[&key].to_vec().try_into().unwrap())
    }

    pub(super) fn cell(&self, slot: u64) -> U256 {
        let place = (U256::from(slot), U256::ZERO).abi_encode();
        let place = U256::from_be_bytes(alloy_primitives::keccak256(place).0);
        let key = StateKey::EvmStorage(CONTRACT, place);
        self.memory
            .0
            .get(&key)
            .and_then(|v| v.as_word())
            .unwrap_or_default()
    }
}

pub(super) fn counter_tag() -> Bytes {
    let tag: engine::TypeTag = format!("{MODULE}::hello::Counter").parse().unwrap();
    let engine::TypeTag::Struct(tag) = tag else {
        panic!("a struct")
    };
    let mut bytes = Vec::new();
    tag.write(&mut bytes);
    bytes.into()
}

pub(super) fn bytes_of(output: &Bytes) -> Bytes {
    Bytes::abi_decode(output).unwrap()
}

pub(super) fn module() -> B256 {
    MODULE.0.into()
}

/// A Move user with ETH.
pub(super) fn move_user(world: &mut World, number: u8) -> MoveUser {
    let user = MoveUser::new(number);
    moving::fund(&mut world.memory, user.address, 100_000_000);
    user
}

impl World {
    pub(super) fn moving(
        &mut self,
        user: &mut MoveUser,
        function: &str,
        args: Vec<Vec<u8>>,
    ) -> Executed {
        let transaction = user.call_at(MODULE, ("hello", function), vec![], args);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }

    pub(super) fn generic(&mut self, function: &str, types: &[&str], args: Vec<u8>) -> Executed {
        let types = types.iter().map(|ty| (*ty).into()).collect();
        let function = function.into();
        let args = args.into();
        self.evm(
            callGenericCall {
                module: module(),
                r#fn: function,
                types,
                args,
            }
            .abi_encode(),
        )
    }
}

pub(super) mod queue {
    alloy_sol_types::sol! {
        function call(bytes module_address, bytes module, bytes fn, bytes args, bytes types) external;
    }
}

/// A call of the contract that queues calls.
pub(super) fn queue_input(function: &'static str) -> Vec<u8> {
    queue::callCall {
        module_address: module().to_vec().into(),
        module: Bytes::from_static(b"hello"),
        r#fn: Bytes::from_static(function.as_bytes()),
        args: Bytes::new(),
        types: Bytes::new(),
    }
    .abi_encode()
}

/// An EVM account as a BCS address.
pub(super) fn id(address: Address) -> Vec<u8> {
    address.into_word().to_vec()
}

pub(super) fn status(executed: &Executed) -> String {
    executed
        .carried
        .as_ref()
        .unwrap()
        .as_move()
        .unwrap()
        .status
        .clone()
}

/// What calls another contract by an opcode, and hands on what that returns or why it fails: the
/// contract's address is the first word of the input.
pub(super) const fn by(opcode: u8) -> Address {
    Address::repeat_byte(opcode)
}

pub(super) const CALL: u8 = 0xf1;
pub(super) const CALLCODE: u8 = 0xf2;
pub(super) const DELEGATECALL: u8 = 0xf4;
pub(super) const STATICCALL: u8 = 0xfa;

/// Returns the gas that it has got, but for two.
pub(super) const GAS_METER: Address = Address::repeat_byte(0x5a);
/// Uses up all that it gets.
pub(super) const BURNER: Address = Address::repeat_byte(0xfe);
/// Returns as many zeros as its input says, in four bytes.
pub(super) const LARGE: Address = Address::repeat_byte(0x1a);
/// Fails with as many.
pub(super) const LARGE_FAILURE: Address = Address::repeat_byte(0x1f);
/// Another contract like [`CONTRACT`].
pub(super) const OTHER: Address = Address::repeat_byte(0x07);

pub(super) fn instruments() -> Vec<(Address, Vec<u8>)> {
    let relay = |opcode: u8| {
        // The input without its first word goes to memory.
        let mut code = vec![0x60, 0x20, 0x36, 0x03, 0x80, 0x60, 0x20, 0x5f, 0x37];
        code.extend([0x5f, 0x5f, 0x82, 0x5f]);
        if opcode == CALL || opcode == CALLCODE {
            code.push(0x34);
        }
        code.extend([0x5f, 0x35, 0x5a, opcode, 0x3d, 0x5f, 0x5f, 0x3e]);
        let target = u8::try_from(code.len() + 6).unwrap();
        code.extend([0x60, target, 0x57, 0x3d, 0x5f, 0xfd, 0x5b, 0x3d, 0x5f, 0xf3]);
        (by(opcode), code)
    };
    let sized = |end: u8| vec![0x5f, 0x35, 0x60, 0xe0, 0x1c, 0x5f, end];
    let mut all: Vec<_> = [CALL, CALLCODE, DELEGATECALL, STATICCALL].map(relay).into();
    all.extend([
        (GAS_METER, vec![0x5a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]),
        (BURNER, vec![0xfe]),
        (LARGE, sized(0xf3)),
        (LARGE_FAILURE, sized(0xfd)),
        (OTHER, lumio_tests::fixture::runtime("Crossing").to_vec()),
    ]);
    all
}

/// The input of one of them.
pub(super) fn relayed(to: Address, input: &[u8]) -> Vec<u8> {
    [to.into_word().as_slice(), input].concat()
}

/// The input of a call of `callMove`.
pub(super) fn calls(name: &str, function: &str, types: &[&str], args: Vec<u8>) -> Vec<u8> {
    callMoveCall {
        module: module(),
        name: name.into(),
        r#fn: function.into(),
        typeArgs: types.iter().map(|ty| (*ty).into()).collect(),
        args: args.into(),
    }
    .abi_encode()
}

/// The same of `tryCallMove`.
pub(super) fn tries(name: &str, function: &str, args: Vec<u8>) -> Vec<u8> {
    let mut input = calls(name, function, &[], args);
    input[..4].copy_from_slice(&tryCallMoveCall::SELECTOR);
    input
}

/// The same of `viewMove`.
pub(super) fn views(name: &str, function: &str, args: Vec<u8>) -> Vec<u8> {
    let mut input = calls(name, function, &[], args);
    input[..4].copy_from_slice(&viewMoveCall::SELECTOR);
    input
}

/// Arguments of `hazards::relay` and `hazards::try_relay`.
pub(super) fn relay_args(to: Address, wei: U256, input: &[u8]) -> Vec<u8> {
    (to.into_word(), wei, Bytes::copy_from_slice(input)).abi_encode_params()
}

impl World {
    /// Calls a function of `hazards` from the user's own account.
    pub(super) fn hazards(&mut self, function: &str, types: &[&str], args: Vec<u8>) -> Executed {
        self.evm_to(CROSS_VM_ADDRESS, calls("hazards", function, types, args))
    }

    /// A call without a transaction around it, and what it changes.
    pub(super) fn bare(&self, call: Call) -> (Outcome, Finished) {
        bare(&self.executor, &self.memory, &self.block, call)
    }

    pub(super) fn balance(&self, owner: Address) -> U256 {
        let wei = self.memory.0.get(&StateKey::Balance(owner));
        wei.and_then(Value::as_word).unwrap_or_default()
    }

    /// Everything but what each transaction of the user changes: its nonce, and fees.
    pub(super) fn rest(&self) -> Memory {
        let mut rest = self.memory.clone();
        let user = self.user.address();
        rest.0.retain(|key, _| match key {
            StateKey::Balance(owner) => *owner != user && owner.0[0] != 0x42 && owner.0[0] != 0xfe,
            StateKey::EvmAccount(owner) => *owner != user,
            _ => true,
        });
        rest
    }
}

/// The BCS of bytes.
pub(super) fn bcs_of(bytes: &[u8]) -> Vec<u8> {
    let mut bcs = Vec::new();
    engine::bcs::put_bytes(&mut bcs, bytes);
    bcs
}

/// A call of a function of `hazards` as another machine makes it.
pub(super) fn of_move(caller: Address, function: &str, args: Vec<u8>, gas: u64) -> Call {
    let message = MoveCall {
        module: "hazards".into(),
        function: function.into(),
        typeArguments: vec![],
        arguments: args.into(),
    };
    Call::new(
        VmId::Move,
        caller.into(),
        AccountId(module()),
        message.to_input(),
        gas,
    )
}

/// A call of a contract as another machine makes it.
pub(super) fn of_evm(caller: Address, to: Address, input: Vec<u8>, gas: u64) -> Call {
    Call::new(VmId::Evm, caller.into(), to.into(), input.into(), gas)
}
