//! Calls between the EVM and Move: data, identity, value, failure, the queue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex};
use alloy_sol_types::SolError;
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_executor::{BlockContext, Executed, Executor};
use lumio_state::StateKey;
use lumio_tests::{
    chain::{User, block},
    crossing::{CONTRACT, MODULE, chain},
    memory::Memory,
    moving::{self, MoveUser, executor},
};
use lumio_types::{AccountId, EventOrigin};
use lumio_vm_bus::message::{MoveAbort, reason_of};

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
    function cells(uint256 key) external returns (uint256);
}

struct World {
    executor: Executor,
    block: BlockContext,
    memory: Memory,
    user: User,
}

impl World {
    fn new() -> Self {
        let (executor, block) = (executor(), block(1));
        let mut memory = chain(&executor, &block);
        let user = User::new(1, &mut memory);
        // The package was put there without its `init_module`.
        let mut owner = MoveUser::new(9);
        moving::fund(&mut memory, owner.address, 100_000_000);
        let counter = StateKey::MoveResource(AccountId(MODULE.0.into()), counter_tag());
        memory.0.insert(
            counter,
            lumio_state::Value::from(0_u64.to_le_bytes().as_slice()),
        );
        owner.sequence_number = 0;
        Self {
            executor,
            block,
            memory,
            user,
        }
    }

    /// Calls the contract.
    fn evm(&mut self, input: Vec<u8>) -> Executed {
        self.evm_to(CONTRACT, input)
    }

    fn evm_to(&mut self, to: Address, input: Vec<u8>) -> Executed {
        let input = Bytes::from(input);
        let transaction = self
            .user
            .transaction(TxKind::Call(to), U256::ZERO, input, 3_000_000);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }

    /// Calls `hello` through the contract.
    fn hello(&mut self, function: &str, args: Vec<u8>) -> Executed {
        self.evm(
            callCall {
                module: MODULE.0.into(),
                r#fn: function.into(),
                args: args.into(),
            }
            .abi_encode(),
        )
    }

    fn count(&self) -> u64 {
        let key = StateKey::MoveResource(AccountId(MODULE.0.into()), counter_tag());
        u64::from_le_bytes(self.memory.0[&key].to_vec().try_into().unwrap())
    }

    fn cell(&self, slot: u64) -> U256 {
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

fn counter_tag() -> Bytes {
    let tag: lumio_move_engine::TypeTag = format!("{MODULE}::hello::Counter").parse().unwrap();
    let lumio_move_engine::TypeTag::Struct(tag) = tag else {
        panic!("a struct")
    };
    let mut bytes = Vec::new();
    tag.write(&mut bytes);
    bytes.into()
}

fn bytes_of(output: &Bytes) -> Bytes {
    Bytes::abi_decode(output).unwrap()
}

#[test]
fn solidity_calls_move_and_gets_its_results() {
    let mut world = World::new();
    let done = world.hello("add", (2_u64, 3_u64).abi_encode_params());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 5);
}
