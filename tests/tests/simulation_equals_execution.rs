//! X16: an estimate suffices, a trace has the gas and the output of the
//! receipt, a simulation equals the execution.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_rpc_types_eth::TransactionRequest;
use alloy_rpc_types_trace::geth::{
    CallFrame, GethDebugBuiltInTracerType, GethDebugTracerType, GethDebugTracingOptions, GethTrace,
    TraceResult,
};
use alloy_sol_types::SolCall;
use lumio_simulator::{Base, Overrides, SimulateError, Simulator};
use lumio_tests::{
    chain::{User, block, executor},
    fixture,
    memory::Memory,
};
use proptest::prelude::*;

fn world() -> (Memory, User) {
    let mut memory = Memory::default();
    let user = User::new(0, &mut memory);
    for (byte, contract) in [(1, "Store"), (2, "Compute"), (3, "Logger"), (4, "Reverter")] {
        memory.deploy(Address::repeat_byte(byte), fixture::runtime(contract));
    }
    (memory, user)
}

fn call() -> impl Strategy<Value = (TxKind, Vec<u8>)> {
    let small = 0..40_u64;
    prop_oneof![
        (small.clone(), small.clone(), 0..3_u64).prop_map(|(first, count, value)| (
            1,
            fixture::setManyCall {
                first: U256::from(first),
                count: U256::from(count),
                value: U256::from(value),
            }
            .abi_encode()
        )),
        (small.clone(), small.clone()).prop_map(|(seed, rounds)| (
            2,
            fixture::mixAndStoreCall {
                seed: U256::from(seed),
                rounds: U256::from(rounds)
            }
            .abi_encode()
        )),
        small.prop_map(|count| (
            3,
            fixture::emitManyCall {
                count: U256::from(count)
            }
            .abi_encode()
        )),
        Just((3, fixture::emitAroundRevertCall {}.abi_encode())),
        Just((9, vec![])),
        proptest::collection::vec(any::<u8>(), 1..300).prop_map(|data| (9, data)),
    ]
    .prop_map(|(target, data)| (TxKind::Call(Address::repeat_byte(target)), data))
}

fn request(user: &User, to: TxKind, data: &[u8]) -> TransactionRequest {
    TransactionRequest {
        from: Some(user.address()),
        to: Some(to),
        input: Bytes::copy_from_slice(data).into(),
        ..TransactionRequest::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_estimate_suffices_and_a_trace_agrees((to, data) in call()) {
        let (memory, mut user) = world();
        let (executor, block) = (executor(), block(1));
        let simulator = Simulator::new(executor.clone());
        let base = Base { view: &memory, block: &block };
        let request = request(&user, to, &data);
        let gas = simulator.estimate_gas(base, &request, &Overrides::default()).unwrap();
        let called = simulator.call(base, &request, &Overrides::default()).unwrap();

        let transaction = user.transaction(to, U256::ZERO, data.into(), gas);
        let outcome = executor
            .execute_block(&memory, &block, std::slice::from_ref(&transaction))
            .unwrap();
        let receipt = &outcome.receipts[0];
        prop_assert!(receipt.success, "estimated {gas} gas");
        prop_assert!(gas <= receipt.gas_used * 65 / 64 + 3_000 + receipt.gas_used / 2);

        let options = GethDebugTracingOptions {
            tracer: Some(GethDebugTracerType::BuiltInTracer(GethDebugBuiltInTracerType::CallTracer)),
            ..GethDebugTracingOptions::default()
        };
        let traces = simulator
            .trace_block(&memory, &block, &[transaction], None, &options)
            .unwrap();
        let TraceResult::Success { result: GethTrace::JS(frame), .. } = &traces[0] else {
            panic!("{traces:?}");
        };
        let frame: CallFrame = serde_json::from_value(frame.clone()).unwrap();
        prop_assert_eq!(frame.gas_used, U256::from(receipt.gas_used));
        prop_assert_eq!(frame.output.clone().unwrap_or_default(), called.output);
    }
}

#[test]
fn a_contract_creation_is_estimated() {
    let (memory, mut user) = world();
    let (executor, block) = (executor(), block(1));
    let simulator = Simulator::new(executor.clone());
    let code = fixture::bytecode("Reverter");
    let mut request = request(&user, TxKind::Create, &code);
    request.to = None;
    let base = Base {
        view: &memory,
        block: &block,
    };
    let gas = simulator
        .estimate_gas(base, &request, &Overrides::default())
        .unwrap();
    let transaction = user.transaction(TxKind::Create, U256::ZERO, code, gas);
    let executed = executor.execute(&memory, &block, &transaction).unwrap();
    assert!(executed.success);
    assert_eq!(executed.contract_address, Some(user.address().create(0)));
}

#[test]
fn failures_say_why() {
    let (memory, user) = world();
    let block = block(1);
    let simulator = Simulator::new(executor());
    let base = Base {
        view: &memory,
        block: &block,
    };
    let reverter = TxKind::Call(Address::repeat_byte(4));
    let estimate = |data: Vec<u8>| {
        let request = request(&user, reverter, &data);
        simulator
            .estimate_gas(base, &request, &Overrides::default())
            .unwrap_err()
    };
    match estimate(fixture::reasonCall {}.abi_encode()) {
        SimulateError::Reverted {
            reason: Some(_),
            data,
        } => assert_eq!(&data[..4], [8, 195, 121, 160]),
        other => panic!("{other:?}"),
    }
    let error = estimate(fixture::burnAllGasCall {}.abi_encode());
    assert!(
        error
            .to_string()
            .starts_with("gas required exceeds allowance"),
        "{error}"
    );

    let mut poor = request(&user, reverter, &[]);
    poor.value = Some(U256::MAX);
    let error = simulator
        .call(base, &poor, &Overrides::default())
        .unwrap_err();
    assert!(
        error.to_string().starts_with("insufficient funds"),
        "{error}"
    );
}

#[test]
fn a_call_that_pays_nothing_sees_no_base_fee() {
    let (mut memory, user) = world();
    let target = Address::repeat_byte(5);
    // RETURN the word BASEFEE.
    memory.deploy(
        target,
        Bytes::from_static(&[0x48, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]),
    );
    let block = block(1);
    let simulator = Simulator::new(executor());
    let base = Base {
        view: &memory,
        block: &block,
    };
    let mut request = request(&user, TxKind::Call(target), &[]);
    let free = simulator
        .call(base, &request, &Overrides::default())
        .unwrap();
    assert_eq!(U256::from_be_slice(&free.output), U256::ZERO);
    request.max_fee_per_gas = Some(u128::from(block.base_fee) * 2);
    let paid = simulator
        .call(base, &request, &Overrides::default())
        .unwrap();
    assert_eq!(
        U256::from_be_slice(&paid.output),
        U256::from(block.base_fee)
    );
}

#[test]
fn a_trace_that_would_not_fit_is_refused() {
    let (mut memory, user) = world();
    let target = Address::repeat_byte(5);
    // A thousand words on the stack, then a loop without an end.
    let mut code = vec![0x5f; 1_000];
    code.extend([0x5b, 0x61, 0x03, 0xe8, 0x56]);
    memory.deploy(target, code.into());
    let block = block(1);
    let simulator = Simulator::new(executor());
    let base = Base {
        view: &memory,
        block: &block,
    };
    let request = request(&user, TxKind::Call(target), &[]);
    let options = GethDebugTracingOptions::default();
    let error = simulator
        .trace_call(base, &request, &Overrides::default(), &options)
        .unwrap_err();
    assert!(
        error.to_string().starts_with("the trace is too large"),
        "{error}"
    );
}

#[test]
fn code_that_only_begins_like_a_delegation_is_ordinary() {
    let (mut memory, mut user) = world();
    let target = Address::repeat_byte(5);
    memory.deploy(target, Bytes::from_static(&[0xef, 0x01, 0x00]));
    let call = user.transaction(TxKind::Call(target), U256::ZERO, Bytes::new(), 100_000);
    let executed = executor().execute(&memory, &block(1), &call).unwrap();
    assert!(!executed.success);
    assert_eq!(executed.halt.as_deref(), Some("invalid opcode"));
}
