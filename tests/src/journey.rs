//! Random journeys through virtual machines: lists of steps that a contract and a module take, each
//! of which may lead to the other, at once or queued.

use crate::{
    chain::User,
    crossing::{self, MODULE},
    fixture::runtime,
    memory::Memory,
    moving::{self, MoveUser},
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
use alloy_sol_types::{SolCall, SolValue, sol};
use lumio_executor::{BlockContext, Executor};
use lumio_move_engine::ModuleId;
use lumio_move_transaction::{EntryFunction, TransactionPayload};
use lumio_types::Transaction;
use lumio_vm_bus::{QUEUE_ADDRESS, message::MoveCall};
use lumio_vm_evm::CROSS_VM_ADDRESS;
use proptest::{collection::vec, prelude::*};
use std::sync::OnceLock;

/// Where the contract is.
pub const TRAVELLER: Address = address!("000000000000000000000000000000007ea7e11e");

/// EVM gas of a gas unit of Move.
const GAS_PER_UNIT: u64 = 100;

/// Gas of a transaction that does a journey, enough of it.
pub const GAS: u64 = 8_000_000;

sol! {
    #[derive(Debug)]
    struct EvmStep { uint8 kind; address to; uint256 number; bytes data; }
    function run(EvmStep[] steps) external payable returns (uint256);
    function cells(uint256 number) external returns (uint256);
    function callMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function tryCallMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bool, bytes);
    function viewMove(bytes32 module, string name, string fn, string[] typeArgs, bytes args) external returns (bytes);
    function call(bytes module_address, bytes module, bytes fn, bytes args, bytes types) external;
}

/// Steps on one machine.
#[derive(Clone, Debug)]
pub enum Trip {
    Evm(Vec<Step>),
    Move(Vec<Step>),
}

#[derive(Clone, Debug)]
pub enum Step {
    /// Changes its machine's state, and emits.
    Write(u64),
    /// Emits (on Move; the EVM writes too).
    Emit(u64),
    /// Goes on elsewhere, with some wei where the way allows it; gives up if that fails.
    Call(Trip, u64),
    /// The same, and goes on if that fails.
    Try(Trip, u64),
    /// May change nothing there.
    Look(Trip),
    /// Goes on elsewhere in the end.
    Queue(Trip),
    /// Makes a contract (on Move: pays somebody).
    Make(u64),
    Fail(u64),
}

/// The journeys of tests.
pub fn trips() -> impl Strategy<Value = Trip> {
    let leaf = prop_oneof![
        4 => any::<u8>().prop_map(|number| Step::Write(number.into())),
        4 => any::<u8>().prop_map(|number| Step::Emit(number.into())),
        1 => any::<u8>().prop_map(|number| Step::Make(number.into())),
        1 => any::<u8>().prop_map(|number| Step::Fail(number.into())),
    ];
    let steps = vec(leaf, 1..4);
    let trip = prop_oneof![
        steps.clone().prop_map(Trip::Evm),
        steps.prop_map(Trip::Move)
    ];
    trip.prop_recursive(5, 24, 4, |inner| {
        let wei = prop_oneof![3 => Just(0_u64), 1 => 1..1_000_u64];
        let step = prop_oneof![
            3 => any::<u8>().prop_map(|number| Step::Emit(number.into())),
            1 => any::<u8>().prop_map(|number| Step::Write(number.into())),
            4 => (inner.clone(), wei.clone()).prop_map(|(trip, wei)| Step::Call(trip, wei)),
            3 => (inner.clone(), wei).prop_map(|(trip, wei)| Step::Try(trip, wei)),
            1 => inner.clone().prop_map(Step::Look),
            2 => inner.prop_map(Step::Queue),
        ];
        (any::<bool>(), vec(step, 1..4)).prop_map(|(is_evm, steps)| match is_evm {
            true => Trip::Evm(steps),
            false => Trip::Move(steps),
        })
    })
}

/// Code that makes a contract without code.
fn init_code() -> Bytes {
    Bytes::from_static(&[0x60, 0, 0x60, 0, 0xf3])
}

fn evm_step(step: &Step) -> EvmStep {
    let made = |kind, to, number: u64, data: Vec<u8>| EvmStep {
        kind,
        to,
        number: U256::from(number),
        data: data.into(),
    };
    let toward = |kind, trip: &Trip, wei| match trip {
        Trip::Evm(steps) => made(kind, TRAVELLER, wei, evm_input(steps)),
        Trip::Move(steps) => {
            let message = move_message(steps);
            let input = callMoveCall {
                module: module(),
                name: message.module,
                r#fn: message.function,
                typeArgs: Vec::new(),
                args: message.arguments,
            };
            let input = match kind {
                2 => tryCallMoveCall {
                    module: module(),
                    name: input.name,
                    r#fn: input.r#fn,
                    typeArgs: Vec::new(),
                    args: input.args,
                }
                .abi_encode(),
                _ => input.abi_encode(),
            };
            // Whoever brings wei is refused.
            made(kind, CROSS_VM_ADDRESS, wei / 500, input)
        }
    };
    match step {
        Step::Write(number) | Step::Emit(number) => made(0, Address::ZERO, *number, Vec::new()),
        Step::Call(trip, wei) => toward(1, trip, *wei),
        Step::Try(trip, wei) => toward(2, trip, *wei),
        Step::Look(trip) => toward(3, trip, 0),
        Step::Queue(trip) => {
            let steps = match trip {
                Trip::Move(steps) | Trip::Evm(steps) => steps,
            };
            let message = move_message(steps);
            let input = callCall {
                module_address: module().to_vec().into(),
                module: message.module.into_bytes().into(),
                r#fn: message.function.into_bytes().into(),
                args: message.arguments,
                types: Bytes::new(),
            };
            made(1, QUEUE_ADDRESS, 0, input.abi_encode())
        }
        Step::Make(_) => made(5, Address::ZERO, 0, init_code().to_vec()),
        Step::Fail(number) => made(4, Address::ZERO, *number, Vec::new()),
    }
}

fn module() -> B256 {
    MODULE.0.into()
}

/// A call of the contract.
pub fn evm_input(steps: &[Step]) -> Vec<u8> {
    let steps = steps.iter().map(evm_step).collect();
    runCall { steps }.abi_encode()
}

type Columns = (Vec<u8>, Vec<B256>, Vec<U256>, Vec<Bytes>);

/// The module's arguments.
fn columns(steps: &[Step]) -> Columns {
    let mut columns = Columns::default();
    let traveller = TRAVELLER.into_word();
    for step in steps {
        let toward = |kind, trip: &Trip, wei| {
            let (to, data) = match trip {
                Trip::Evm(steps) => (traveller, evm_input(steps)),
                // From Move to Move by way of the EVM's entry point.
                Trip::Move(_) => {
                    let step = evm_step(&Step::Call(trip.clone(), 0));
                    (step.to.into_word(), step.data.to_vec())
                }
            };
            (kind, to, wei, data)
        };
        let (kind, to, number, data) = match step {
            Step::Write(number) => (0, traveller, *number, Vec::new()),
            Step::Emit(number) => (6, traveller, *number, Vec::new()),
            Step::Call(trip, wei) => toward(1, trip, *wei),
            Step::Try(trip, wei) => toward(2, trip, *wei),
            Step::Look(_) => (3, traveller, 1, Vec::new()),
            Step::Queue(trip) => {
                let steps = match trip {
                    Trip::Move(steps) | Trip::Evm(steps) => steps,
                };
                let steps: Vec<_> = steps.iter().map(evm_step).collect();
                (4, traveller, 0, steps.abi_encode())
            }
            Step::Make(number) => (5, B256::repeat_byte(0x77), *number, Vec::new()),
            Step::Fail(_) => (9, traveller, 0, Vec::new()),
        };
        columns.0.push(kind);
        columns.1.push(to);
        columns.2.push(U256::from(number));
        columns.3.push(data.into());
    }
    columns
}

fn move_message(steps: &[Step]) -> MoveCall {
    let (kinds, to, numbers, data) = columns(steps);
    MoveCall {
        module: "traveller".into(),
        function: "run".into(),
        typeArguments: Vec::new(),
        arguments: (Bytes::from(kinds), to, numbers, data)
            .abi_encode_params()
            .into(),
    }
}

/// The arguments of the entry function, in BCS.
fn entry_arguments(steps: &[Step]) -> Vec<Vec<u8>> {
    let (kinds, to, numbers, data) = columns(steps);
    let list = |count: usize, parts: Vec<Vec<u8>>| {
        let mut bcs = Vec::new();
        lumio_move_engine::bcs::put_uleb(&mut bcs, count as u64);
        bcs.extend(parts.concat());
        bcs
    };
    let bytes = |bytes: &[u8]| {
        let mut bcs = Vec::new();
        lumio_move_engine::bcs::put_bytes(&mut bcs, bytes);
        bcs
    };
    vec![
        bytes(&kinds),
        list(to.len(), to.iter().map(|to| to.to_vec()).collect()),
        list(
            numbers.len(),
            numbers
                .iter()
                .map(|number| number.to_le_bytes_vec())
                .collect(),
        ),
        list(data.len(), data.iter().map(|data| bytes(data)).collect()),
    ]
}

/// A chain with the travellers and somebody of each machine who sends them on.
pub struct World {
    pub executor: Executor,
    pub block: BlockContext,
    pub memory: Memory,
    pub user: User,
    pub move_user: MoveUser,
}

impl World {
    /// At the start of block 2, which is about to begin.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static ONCE: OnceLock<(Executor, Memory)> = OnceLock::new();
        let made = || {
            let executor = moving::executor();
            let mut memory = crossing::chain(&executor, &crate::chain::block(1));
            memory.deploy(TRAVELLER, runtime("Traveller"));
            memory.fund(TRAVELLER, U256::from(10_u64.pow(18)));
            (executor, memory)
        };
        // With caches that stay warm.
        let (executor, mut memory) = ONCE.get_or_init(made).clone();
        let user = User::new(1, &mut memory);
        let move_user = MoveUser::new(2);
        moving::fund(&mut memory, move_user.address, 10_000_000_000);
        Self {
            executor,
            block: crate::chain::block(2),
            memory,
            user,
            move_user,
        }
    }

    /// A transaction that does a journey.
    pub fn transaction(&mut self, trip: &Trip, gas: u64) -> Transaction {
        match trip {
            Trip::Evm(steps) => {
                let input = evm_input(steps).into();
                let to = TxKind::Call(TRAVELLER);
                self.user.transaction(to, U256::ZERO, input, gas)
            }
            Trip::Move(steps) => {
                let mut raw =
                    self.move_user
                        .raw(TransactionPayload::EntryFunction(EntryFunction {
                            module: ModuleId::new(MODULE, "traveller"),
                            function: "go".into(),
                            type_arguments: Vec::new(),
                            arguments: entry_arguments(steps),
                        }));
                raw.max_gas_amount = gas / GAS_PER_UNIT;
                moving::carrier(&self.move_user.sign(raw))
            }
        }
    }
}
