//! Calls between the EVM and Move: data, identity, value, failure, the queue.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use lumio_executor::{BlockContext, Executed, Executor};
use lumio_move_engine as engine;
use lumio_state::{StateKey, Value};
use lumio_tests::{
    chain::{User, block},
    crossing::{CONTRACT, MODULE, chain},
    memory::Memory,
    moving::{self, MoveUser, executor},
};
use lumio_types::{AccountId, EventOrigin};
use lumio_vm_bus::{
    MAX_QUEUED, QUEUE_ADDRESS,
    message::{MoveAbort, MoveFailure, OutOfGas, reason_of},
};
use lumio_vm_evm::CROSS_VM_ADDRESS;

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
    let tag: engine::TypeTag = format!("{MODULE}::hello::Counter").parse().unwrap();
    let engine::TypeTag::Struct(tag) = tag else {
        panic!("a struct")
    };
    let mut bytes = Vec::new();
    tag.write(&mut bytes);
    bytes.into()
}

fn bytes_of(output: &Bytes) -> Bytes {
    Bytes::abi_decode(output).unwrap()
}

fn module() -> B256 {
    MODULE.0.into()
}

/// A Move user with ETH.
fn move_user(world: &mut World, number: u8) -> MoveUser {
    let user = MoveUser::new(number);
    moving::fund(&mut world.memory, user.address, 100_000_000);
    user
}

impl World {
    fn moving(&mut self, user: &mut MoveUser, function: &str, args: Vec<Vec<u8>>) -> Executed {
        let transaction = user.call_at(MODULE, ("hello", function), vec![], args);
        moving::run(&self.executor, &mut self.memory, &self.block, &transaction).unwrap()
    }

    fn generic(&mut self, function: &str, types: &[&str], args: Vec<u8>) -> Executed {
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

mod queue {
    alloy_sol_types::sol! {
        function call(bytes module_address, bytes module, bytes fn, bytes args, bytes types) external;
    }
}

/// A call of the contract that queues calls.
fn queue_input(function: &'static str) -> Vec<u8> {
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
fn id(address: Address) -> Vec<u8> {
    address.into_word().to_vec()
}

fn status(executed: &Executed) -> String {
    executed.carried.as_ref().unwrap().status.clone()
}

#[test]
fn solidity_calls_move_and_gets_its_results() {
    let mut world = World::new();
    let done = world.hello("add", (2_u64, 3_u64).abi_encode_params());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 5);
    let pair = world.hello("pair", vec![]);
    let pair = <(u64, Bytes)>::abi_decode(&bytes_of(&pair.output)).unwrap();
    assert_eq!(pair, (3, Bytes::from_static(b"three")));
    let name = world.generic(
        "name_of",
        &["0x1::coin::Coin<0x1::native_coin::NativeCoin>"],
        vec![],
    );
    let name = String::abi_decode(&bytes_of(&name.output)).unwrap();
    assert_eq!(name, "0x1::coin::Coin<0x1::native_coin::NativeCoin>");
}

#[test]
fn every_kind_of_argument_comes_back_as_it_went() {
    let mut world = World::new();
    for h in [vec![], vec![7_u16]] {
        let args = (
            true,
            // A uint8 is a word like any other.
            U256::from(255),
            U256::MAX,
            B256::repeat_byte(0x99),
            Bytes::from_static(b"some bytes that are longer than one word of 32"),
            String::from("text"),
            vec![vec![1_u64, 2], vec![], vec![u64::MAX]],
            h,
        )
            .abi_encode_params();
        let done = world.hello("kinds", args.clone());
        assert!(done.success, "{}", reason_of(&done.output));
        assert_eq!(bytes_of(&done.output), args);
    }
    let args = (-5_i64, 7_i8).abi_encode_params();
    let done = world.hello("negative", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(bytes_of(&done.output), (7_i64, -5_i8).abi_encode_params());
}

#[test]
fn a_bad_call_says_what_is_wrong_and_changes_nothing() {
    let mut world = World::new();
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("absent", vec![], "FUNCTION_RESOLUTION_FAILURE"),
        ("hidden", vec![], "neither public nor entry"),
        ("no name", vec![], "is not a name of Move"),
        ("add", vec![], "the data end too early"),
        ("add", vec![0xff; 64], "does not fit into U64"),
        ("takes_pair", 3_u64.abi_encode(), "only Move code can give"),
        ("asset", vec![], ""),
        ("kinds", vec![0x80; 300], "is no bool"),
        ("name_of", vec![], "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH"),
        ("kinds", wild_offset(), "outside of the data"),
        ("kinds", bad_text(), "not UTF-8"),
        ("kinds", two_in_an_option(), "stand for an option"),
    ];
    for (function, args, expected) in cases {
        let done = world.hello(function, args);
        if function == "asset" {
            // What can be thrown away may be shown.
            assert!(done.success);
            continue;
        }
        assert!(!done.success, "{function}");
        let reason = reason_of(&done.output);
        assert!(reason.contains(expected), "{function}: {reason}");
    }
    for (types, expected) in [
        ("not a type", "type argument"),
        ("0x1::absent::T", "LINKER_ERROR"),
        ("vector<", "type argument"),
    ] {
        let done = world.generic("name_of", &[types], vec![]);
        let reason = reason_of(&done.output);
        assert!(
            !done.success && reason.contains(expected),
            "{types}: {reason}"
        );
    }
    let done = world.evm_to(CROSS_VM_ADDRESS, vec![1, 2, 3, 4]);
    assert!(reason_of(&done.output).contains("no function with the selector 0x01020304"));
    let done = world.evm_to(CROSS_VM_ADDRESS, vec![]);
    assert!(reason_of(&done.output).contains("selector"));
    let solana = callSolanaCall {
        program: B256::ZERO,
        accounts: vec![],
        data: Bytes::new(),
    };
    let done = world.evm_to(CROSS_VM_ADDRESS, solana.abi_encode());
    assert!(reason_of(&done.output).contains("not part of this chain"));
}

/// Arguments of `kinds` with one of them changed.
fn kinds(change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let args = (
        true,
        U256::ZERO,
        U256::ZERO,
        B256::ZERO,
        Bytes::new(),
        String::from("text"),
        Vec::<Vec<u64>>::new(),
        vec![1_u16],
    );
    let mut args = args.abi_encode_params();
    change(&mut args);
    args
}

fn wild_offset() -> Vec<u8> {
    kinds(|args| args[4 * 32] = 0xff)
}

fn bad_text() -> Vec<u8> {
    kinds(|args| {
        let at = args.windows(4).position(|part| part == b"text").unwrap();
        args[at] = 0xff;
    })
}

fn two_in_an_option() -> Vec<u8> {
    let mut args = kinds(|args| {
        let at = args.len() - 64;
        args[at + 31] = 2;
    });
    args.extend([0; 32]);
    args
}

#[test]
fn x1_what_move_did_is_undone_with_the_frame_that_reverts() {
    let mut world = World::new();
    let done = world.hello("bump", vec![]);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 1);
    assert_eq!(done.events.len(), 1);
    let args = Bytes::new();
    let function = String::from("bump");
    let input = callAndFailCall {
        module: module(),
        r#fn: function.clone(),
        args: args.clone(),
    };
    let done = world.evm(input.abi_encode());
    assert!(!done.success && done.events.is_empty());
    assert_eq!(world.count(), 1);
    let done = world.evm(
        callAndCatchCall {
            module: module(),
            r#fn: function,
            args,
        }
        .abi_encode(),
    );
    assert!(done.success && done.events.is_empty());
    assert_eq!(world.count(), 1);
}

#[test]
fn x1_what_the_evm_did_is_undone_with_the_move_function_that_aborts() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let done = world.moving(&mut alice, "fail", vec![id(CONTRACT)]);
    assert!(!done.success);
    assert_eq!((world.count(), world.cell(1)), (0, U256::ZERO));
    let text = status(&done);
    assert!(
        text.starts_with("Move abort in 0x1::evm: ECALL_FAILED(0x70001): "),
        "{text}"
    );
    let done = world.moving(&mut alice, "try_fail", vec![id(CONTRACT)]);
    assert!(done.success, "{}", status(&done));
    assert_eq!((world.count(), world.cell(1)), (1, U256::ZERO));
}

#[test]
fn an_abort_has_its_code_and_its_name() {
    let mut world = World::new();
    let done = world.hello("add", (0_u64, 3_u64).abi_encode_params());
    let abort = MoveAbort::abi_decode(&done.output).unwrap();
    assert_eq!(
        (abort.module, abort.name.as_str(), abort.code),
        (module(), "hello", 7)
    );
    assert!(
        abort.message.contains("EZERO(0x7): Zero was given"),
        "{}",
        abort.message
    );
    let done = world.hello("add", (u64::MAX, 3_u64).abi_encode_params());
    let failure = MoveFailure::abi_decode(&done.output).unwrap();
    assert_eq!(failure.status, "ARITHMETIC_ERROR");
    let input = tryCallCall {
        module: module(),
        r#fn: "add".into(),
        args: (0_u64, 3_u64).abi_encode_params().into(),
    };
    let done = world.evm(input.abi_encode());
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(done.success && !ok);
    assert_eq!(MoveAbort::abi_decode(&data).unwrap().code, 7);
}

#[test]
fn x4_the_callee_sees_who_calls_it() {
    let mut world = World::new();
    let done = world.hello("who", vec![]);
    assert_eq!(bytes_of(&done.output), CONTRACT.into_word().abi_encode());
    // By itself, without a contract between.
    let input = callMoveCall {
        module: module(),
        name: "hello".into(),
        r#fn: "who".into(),
        typeArgs: vec![],
        args: Bytes::new(),
    };
    let user = world.user.address();
    let done = world.evm_to(CROSS_VM_ADDRESS, input.abi_encode());
    assert_eq!(bytes_of(&done.output), user.into_word().abi_encode());
    // And the other way round, with value, by an account whose EVM address is a hash.
    let mut alice = move_user(&mut world, 3);
    let before = world.memory.supply();
    let wei = U256::from(12_345);
    let args = vec![
        id(CONTRACT),
        7_u64.to_le_bytes().to_vec(),
        wei.to_le_bytes::<32>().to_vec(),
    ];
    let done = world.moving(&mut alice, "call_echo", args);
    assert!(done.success, "{}", status(&done));
    let key = StateKey::Balance(CONTRACT);
    assert_eq!(world.memory.0[&key].as_word().unwrap(), wei);
    assert_eq!(world.memory.supply(), before);
}

#[test]
fn x4_delegated_and_static_calls_change_nothing() {
    let mut world = World::new();
    let input = callMoveCall {
        module: module(),
        name: "hello".into(),
        r#fn: "bump".into(),
        typeArgs: vec![],
        args: Bytes::new(),
    };
    let done = world.evm(
        delegatedCall {
            input: input.abi_encode().into(),
        }
        .abi_encode(),
    );
    let (ok, data) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(!ok && reason_of(&data).contains("CALL or STATICCALL"));
    let view = |function: &str| viewCallCall {
        module: module(),
        r#fn: function.into(),
        args: Bytes::new(),
    };
    let done = world.evm(view("bump").abi_encode());
    assert!(!done.success);
    assert!(
        reason_of(&done.output).contains("wrote in a static call"),
        "{}",
        reason_of(&done.output)
    );
    let done = world.evm(view("count").abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 0);
}

#[test]
fn x8_a_callee_without_end_takes_its_own_gas_only() {
    let mut world = World::new();
    let done = world.hello("spin", vec![]);
    assert!(!done.success);
    assert_eq!(OutOfGas::abi_decode(&done.output), Ok(OutOfGas {}));
    assert!(
        done.gas_used > 2_800_000 && done.gas_used < 3_000_000,
        "{}",
        done.gas_used
    );
}

#[test]
fn x9_a_module_that_waits_keeps_its_resources_to_itself() {
    let mut world = World::new();
    // Move borrows its counter, calls the contract, which calls the module again.
    let again = callCall {
        module: module(),
        r#fn: "bump".into(),
        args: Bytes::new(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("borrowed", args);
    assert!(!done.success);
    let reason = reason_of(&done.output);
    assert!(
        reason.contains("RUNTIME_DISPATCH_ERROR") || reason.contains("waits"),
        "{reason}"
    );
    assert_eq!(world.count(), 0);
    // What needs no resource of it may run meanwhile.
    let add = (2_u64, 3_u64).abi_encode_params();
    let again = callCall {
        module: module(),
        r#fn: "add".into(),
        args: add.into(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("borrowed", args);
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(u64::abi_decode(&bytes_of(&done.output)).unwrap(), 20);
    assert_eq!(world.count(), 20);
}

#[test]
fn x17_queued_calls_run_in_order_after_the_rest_or_not_at_all() {
    let mut world = World::new();
    let queue = |function: &str, args: Vec<u8>| {
        let (types, args) = (String::new(), args.into());
        queueCall {
            module: module(),
            r#fn: function.into(),
            args,
            types,
        }
        .abi_encode()
    };
    let done = world.evm(queue("bump", vec![]));
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(world.count(), 1);
    // The announcement, then what the call emitted, on behalf of the contract.
    assert_eq!(done.events.len(), 2);
    assert_eq!(done.events[0].log.address, QUEUE_ADDRESS);
    let topic = "b1ee1c34db66e83584533a490e5cca83973604a6511b9c72c2d018d9ed9b1fad";
    assert_eq!(
        done.events[0].log.topics()[0],
        topic.parse::<B256>().unwrap()
    );
    assert_eq!(done.events[1].log.data.data[..32], CONTRACT.into_word()[..]);
    let done = world.evm(queue("add", (0_u64, 1_u64).abi_encode_params()));
    assert!(!done.success && done.events.is_empty());
    assert_eq!(MoveAbort::abi_decode(&done.output).unwrap().code, 7);
    // From Move.
    let mut alice = move_user(&mut world, 3);
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    let done = world.moving(
        &mut alice,
        "queue_set",
        vec![id(CONTRACT), word(5), word(6)],
    );
    assert!(done.success, "{}", status(&done));
    assert_eq!(world.cell(5), U256::from(6));
    let topics: Vec<_> = done
        .events
        .iter()
        .map(|event| event.log.topics()[0])
        .collect();
    let topic = "64f273725c56a151b02d06f3391189ce0b819bb537919e3362e1a2348da5c95a";
    assert_eq!(topics[0], topic.parse::<B256>().unwrap());
    assert_eq!(topics[1], keccak256("Set(uint256,uint256)"));
    let missing = Address::repeat_byte(0x77);
    let done = world.moving(&mut alice, "queue_set", vec![id(missing), word(5), word(7)]);
    assert!(done.success, "an account without code does nothing");
}

#[test]
fn x5_nobody_but_the_system_contract_queues_calls() {
    let mut world = World::new();
    let args = Bytes::new();
    let forged = forgeCall {
        module: module(),
        r#fn: "bump".into(),
        args: args.clone(),
    };
    let done = world.evm(forged.abi_encode());
    assert!(done.success);
    assert_eq!((done.events.len(), world.count()), (1, 0));
    let input = queue_input("bump");
    let done = world.evm(
        delegatedQueueCall {
            input: input.into(),
        }
        .abi_encode(),
    );
    let (ok, _) = <(bool, Bytes)>::abi_decode_params(&done.output).unwrap();
    assert!(done.success && !ok);
    assert_eq!(world.count(), 0);
}

#[test]
fn x11_a_long_account_is_found_by_its_evm_address_once_it_has_been_there() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let account = AccountId(alice.address.0.into());
    let id_of = |address| idOfCall { account: address }.abi_encode();
    let done = world.evm_to(CROSS_VM_ADDRESS, id_of(account.evm_address()));
    assert_eq!(
        done.output[..],
        account.evm_address().into_word()[..],
        "not known yet"
    );
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    world.moving(
        &mut alice,
        "queue_set",
        vec![id(CONTRACT), word(1), word(1)],
    );
    let done = world.evm_to(CROSS_VM_ADDRESS, id_of(account.evm_address()));
    assert_eq!(done.output[..], account.0[..]);
    let done = world.evm_to(
        CROSS_VM_ADDRESS,
        addressOfCall { id: account.0 }.abi_encode(),
    );
    assert_eq!(
        Address::abi_decode(&done.output).unwrap(),
        account.evm_address()
    );
    // System addresses of the EVM are not those of Move's framework.
    let framework = AccountId(B256::with_last_byte(1));
    assert_ne!(framework.evm_address(), Address::with_last_byte(1));
}

#[test]
fn move_code_makes_contracts() {
    let mut world = World::new();
    // PUSH1 1, PUSH0, MSTORE8, PUSH1 1, PUSH0, RETURN: a contract of the one byte 0x01.
    let code = Bytes::from_static(&[0x60, 1, 0x5f, 0x53, 0x60, 1, 0x5f, 0xf3]);
    let salt = B256::with_last_byte(7);
    let expected = CONTRACT.create2_from_code(salt, &code);
    let done = world.hello("create", code.abi_encode());
    assert!(done.success, "{}", reason_of(&done.output));
    assert_eq!(bytes_of(&done.output), expected.into_word().abi_encode());
    assert!(world.memory.0.contains_key(&StateKey::EvmAccount(expected)));
}

#[test]
fn the_queue_is_bounded() {
    assert_eq!(MAX_QUEUED, 256);
    let mut world = World::new();
    // A contract that queues the same call in a loop: too many of them.
    let mut code = Vec::new();
    let input = queue_input("count");
    // CODECOPY the input behind the code, then CALL in a loop that counts down from 300.
    let (length, start) = (u16::try_from(input.len()).unwrap(), 55_u16);
    code.extend([0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x61]);
    code.extend(start.to_be_bytes());
    code.extend([0x5f, 0x39, 0x61, 1, 44, 0x5b]);
    code.extend([0x5f, 0x5f, 0x61]);
    code.extend(length.to_be_bytes());
    code.extend([0x5f, 0x5f, 0x73]);
    code.extend(QUEUE_ADDRESS.as_slice());
    code.extend([
        0x5a, 0xf1, 0x50, 0x60, 1, 0x90, 0x03, 0x80, 0x60, 11, 0x57, 0x00,
    ]);
    while code.len() < usize::from(start) {
        code.push(0);
    }
    code.extend(&input);
    let looper = Address::repeat_byte(0x33);
    world.memory.deploy(looper, code.into());
    let transaction =
        world
            .user
            .transaction(TxKind::Call(looper), U256::ZERO, Bytes::new(), 16_000_000);
    let done = moving::run(
        &world.executor,
        &mut world.memory,
        &world.block,
        &transaction,
    )
    .unwrap();
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("may queue 256 calls"),
        "{reason} {}",
        done.gas_used
    );
}

/// A call of `hello::relay`, which calls the contract, which calls `hello::relay`, and so on.
fn ping_pong(turns: usize) -> Vec<u8> {
    let mut input = setCall {
        key: U256::from(1),
        value: U256::from(turns),
    }
    .abi_encode();
    for _ in 0..turns {
        let args = (CONTRACT.into_word(), Bytes::from(input)).abi_encode_params();
        input = callCall {
            module: module(),
            r#fn: "relay".into(),
            args: args.into(),
        }
        .abi_encode();
    }
    input
}

#[test]
fn x12_a_long_ping_pong_ends_without_harm() {
    let mut world = World::new();
    for turns in [1, 8, 31] {
        let input = Bytes::from(ping_pong(turns));
        let to = TxKind::Call(CONTRACT);
        let transaction = world.user.transaction(to, U256::ZERO, input, 16_000_000);
        let (executor, block) = (&world.executor, &world.block);
        let done = moving::run(executor, &mut world.memory, block, &transaction).unwrap();
        assert!(done.success, "{turns}: {}", reason_of(&done.output));
        assert_eq!(world.cell(1), U256::from(turns));
    }
    // One more turn is one too many: that call fails, and with it what waits for it.
    let input = Bytes::from(ping_pong(40));
    let to = TxKind::Call(CONTRACT);
    let transaction = world.user.transaction(to, U256::ZERO, input, 16_000_000);
    let (executor, block) = (&world.executor, &world.block);
    let done = moving::run(executor, &mut world.memory, block, &transaction).unwrap();
    let reason = reason_of(&done.output);
    assert!(
        !done.success && reason.contains("64 calls between virtual machines"),
        "{reason}"
    );
    assert_eq!(world.cell(1), U256::from(31));
}

#[test]
fn what_is_unique_in_a_transaction_stays_so_across_machines() {
    let mut world = World::new();
    let again = callCall {
        module: module(),
        r#fn: "auid".into(),
        args: Bytes::new(),
    };
    let args = (CONTRACT.into_word(), Bytes::from(again.abi_encode())).abi_encode_params();
    let done = world.hello("auids", args);
    assert!(done.success, "{}", reason_of(&done.output));
    let (first, second, third) =
        <(B256, Bytes, B256)>::abi_decode_params(&bytes_of(&done.output)).unwrap();
    // The contract returns `bytes`, in which is what the module returned.
    let second = B256::abi_decode(&bytes_of(&second)).unwrap();
    assert!(first != second && second != third && first != third);
}

#[test]
fn a_new_link_is_paid_for() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let word = |number: u64| U256::from(number).to_le_bytes::<32>().to_vec();
    let mut gas = |user: &mut MoveUser| {
        let done = world.moving(user, "queue_set", vec![id(CONTRACT), word(1), word(1)]);
        assert!(done.success);
        done.gas_used
    };
    let (first, second, third) = (gas(&mut alice), gas(&mut alice), gas(&mut alice));
    // The slot was new as well, for 17,100 more than what follows.
    assert!(first > second + 10_000 + 17_100, "{first} {second}");
    assert_eq!(second, third);
}

#[test]
fn what_a_handle_emits_may_be_of_any_type() {
    let mut world = World::new();
    let mut alice = move_user(&mut world, 3);
    let done = world.moving(&mut alice, "emit_number", vec![]);
    assert!(done.success, "{}", status(&done));
    let number = &done.events[0];
    let of = |event: &lumio_types::MoveEvent| event.type_tag == "u64" && event.handle.is_some();
    assert!(matches!(&number.origin, EventOrigin::Move(event) if of(event)));
    assert_eq!(number.log.data.data[..], 7_u64.to_le_bytes());
}

#[test]
fn events_of_both_are_in_one_list_in_order() {
    let mut world = World::new();
    let input = callCall {
        module: module(),
        r#fn: "bump".into(),
        args: Bytes::new(),
    };
    let done = world.evm(input.abi_encode());
    assert!(
        matches!(&done.events[0].origin, EventOrigin::Move(event) if event.type_tag.ends_with("::hello::Bumped"))
    );
}
