//! Bindings: what is checked in is what is written, it compiles, and calls through it do what they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, Bytes, TxKind, U256, address};
use alloy_sol_types::{SolCall, sol};
use lumio_bindings::{ModuleOptions, find_abi, library, module, sources_of};
use lumio_executor::{BlockContext, Executed, Executor};
use lumio_move_engine::{self as engine, format::read_module};
use lumio_state::{StateKey, Value};
use lumio_tests::{
    chain::{User, block},
    crossing::{MODULE, chain, modules},
    fixture::runtime,
    memory::Memory,
    moving::{self, MoveUser, executor},
};
use lumio_types::AccountId;
use std::{fs, path::PathBuf};

const BOUND: Address = address!("00000000000000000000000000000000000b0b0d");
const ECHO: Address = address!("00000000000000000000000000000000000ec400");

sol! {
    function numbers() external;
    function texts() external;
    function lists() external;
    function structs() external;
    function generics() external;
    function note(uint64 number) external returns (uint64);
    function peek() external returns (uint64);
    function tryNote(uint64 number) external returns (bool ok, bool isZero);
    function trySum() external returns (bool ok, bool isZero, bool isOther, uint64 total);
    function queueNote(uint64 first, uint64 second) external returns (uint64);
    function last() external returns (uint256);
}

fn fixtures(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
}

fn shipped(id: &engine::ModuleId) -> Option<engine::format::CompiledModule> {
    let mut all = lumio_framework::PACKAGES
        .iter()
        .flat_map(|package| package.modules);
    let (_, code) = all.find(|(name, _)| *name == &*id.name)?;
    read_module(code).ok()
}

/// Compares a file with what it should be; with `REBUILD` in the environment writes it first.
fn is_current(path: &str, text: &str) {
    let file = fixtures(path);
    if std::env::var_os("REBUILD").is_some() {
        fs::write(&file, text).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let hint =
        "run `REBUILD=1 cargo test --release -p lumio-tests --test bindings`, then ci/artefacts.sh";
    assert!(found == text, "{path} is not current: {hint}");
}

#[test]
fn what_is_checked_in_is_what_is_written() {
    let (_, code) = modules().iter().find(|(name, _)| name == "kinds").unwrap();
    let source = fs::read_to_string(fixtures("move/crossing/sources/kinds.move")).unwrap();
    let source = sources_of(&source).remove("kinds").unwrap();
    let written = library(&read_module(code).unwrap(), &source, None, &mut |id| {
        shipped(id)
    })
    .unwrap();
    assert_eq!(written.name, "Kinds");
    is_current("src/bindings/Kinds.sol", &written.text);
    for interface in ["ICrossVM.sol", "IMoveVM.sol"] {
        let ours = fixtures("../../framework/solidity/src").join(interface);
        is_current(
            &format!("src/bindings/{interface}"),
            &fs::read_to_string(ours).unwrap(),
        );
    }

    let artefact = fs::read_to_string(fixtures("artifacts/Echo.json")).unwrap();
    let (name, abi) = find_abi(&artefact, None).unwrap();
    let mut options = ModuleOptions::of(&name.unwrap());
    options.address = "crossing".into();
    let written = module(&abi, &options);
    assert_eq!(written.name, "echo");
    is_current("move/crossing/sources/echo.move", &written.text);
}

struct World {
    executor: Executor,
    block: BlockContext,
    memory: Memory,
    user: User,
    alice: MoveUser,
}

impl World {
    fn new() -> Self {
        let (executor, block) = (executor(), block(1));
        let mut memory = chain(&executor, &block);
        memory.deploy(BOUND, runtime("Bound"));
        memory.deploy(ECHO, runtime("Echo"));
        // The package was put there without its `init_module`.
        let tag: engine::TypeTag = format!("{MODULE}::kinds::Last").parse().unwrap();
        let engine::TypeTag::Struct(tag) = tag else {
            panic!("a struct")
        };
        let mut name = Vec::new();
        tag.write(&mut name);
        let key = StateKey::MoveResource(AccountId(MODULE.0.into()), name.into());
        memory
            .0
            .insert(key, Value::from(0_u64.to_le_bytes().as_slice()));
        let user = User::new(1, &mut memory);
        let alice = MoveUser::new(2);
        moving::fund(&mut memory, alice.address, 100_000_000);
        Self {
            executor,
            block,
            memory,
            user,
            alice,
        }
    }

    fn evm(&mut self, to: Address, input: Vec<u8>) -> Executed {
        let input = Bytes::from(input);
        let transaction = self
            .user
            .transaction(TxKind::Call(to), U256::ZERO, input, 5_000_000);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }

    fn ok<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        let done = self.evm(to, call.abi_encode());
        let output = done.output.clone();
        assert!(
            done.success,
            "{} failed: {output} {}",
            C::SIGNATURE,
            String::from_utf8_lossy(&output)
        );
        C::abi_decode_returns(&output).unwrap()
    }

    fn echoes(&mut self, function: &str, more: Vec<Vec<u8>>) -> Executed {
        let mut args = vec![AccountId::from_evm(ECHO).0.to_vec()];
        args.extend(more);
        let transaction = self
            .alice
            .call_at(MODULE, ("echoes", function), vec![], args);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }
}

#[test]
fn solidity_calls_move_with_values_of_all_types() {
    let mut world = World::new();
    world.ok(BOUND, numbersCall {});
    world.ok(BOUND, textsCall {});
    world.ok(BOUND, listsCall {});
    world.ok(BOUND, structsCall {});
    world.ok(BOUND, genericsCall {});
}

#[test]
fn solidity_changes_move_looks_at_it_catches_and_queues() {
    let mut world = World::new();
    assert_eq!(world.ok(BOUND, noteCall { number: 5 }), 5);
    assert_eq!(world.ok(BOUND, peekCall {}), 5);
    let tried = world.ok(BOUND, tryNoteCall { number: 0 });
    assert!(!tried.ok && tried.isZero);
    let tried = world.ok(BOUND, tryNoteCall { number: 6 });
    assert!(tried.ok && !tried.isZero);
    assert!(
        !world
            .evm(BOUND, noteCall { number: 0 }.abi_encode())
            .success
    );
    let tried = world.ok(BOUND, trySumCall {});
    assert!(tried.ok && tried.isZero && !tried.isOther && tried.total == 0);
    assert_eq!(
        world.ok(
            BOUND,
            queueNoteCall {
                first: 7,
                second: 8
            }
        ),
        6
    );
    assert_eq!(world.ok(BOUND, peekCall {}), 8);
    // A queued call that fails fails everything.
    assert!(
        !world
            .evm(
                BOUND,
                queueNoteCall {
                    first: 9,
                    second: 0
                }
                .abi_encode()
            )
            .success
    );
    assert_eq!(world.ok(BOUND, peekCall {}), 8);
}

#[test]
fn move_calls_solidity_with_values_of_all_types() {
    let mut world = World::new();
    for function in ["numbers", "words", "lists", "structs"] {
        let done = world.echoes(function, vec![]);
        assert!(done.success, "{function}: {:?}", done.carried);
    }
}

#[test]
fn move_pays_catches_and_queues() {
    let mut world = World::new();
    let wei = U256::from(12_345_u64);
    let done = world.echoes("calls", vec![wei.to_le_bytes::<32>().to_vec()]);
    assert!(done.success, "{:?}", done.carried);
    assert_eq!(world.ok(ECHO, lastCall {}), U256::from(77));
    assert_eq!(
        moving::balance(
            &world.memory,
            engine::Address(AccountId::from_evm(ECHO).0.0)
        ),
        wei * U256::from(2)
    );
    let done = world.echoes("fail", vec![]);
    assert!(!done.success);
}
