//! Hazard X13: code that was cached is never run after its module has changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod memory;

use lumio_move_engine::{
    Address, Engine, Gas, Interpreter, ModuleId, Natives, PublishOptions, Session, StatusCode,
    VmResult, code::Code, format::write_module, text::assemble_module,
};
use memory::Memory;

const ENGINES: [Interpreter; 2] = [Interpreter::Plain, Interpreter::Fast];

fn engine(interpreter: Interpreter) -> Engine {
    Engine {
        natives: Natives::standard(),
        interpreter,
        ..Engine::default()
    }
}

/// A module whose function returns a number, and one that calls it.
fn leaf(number: u64) -> Vec<u8> {
    module(&format!(
        "module 0x42::leaf version 7 public fun number(): u64 {{ ld_u64 {number} ret }}"
    ))
}

fn caller() -> Vec<u8> {
    module(
        "module 0x42::caller version 7 use 0x42::leaf { fun number(): u64 } \
         public fun ask(): u64 { call 0x42::leaf::number ret }",
    )
}

fn module(text: &str) -> Vec<u8> {
    write_module(&assemble_module(text).unwrap_or_else(|e| panic!("{e}"))).unwrap()
}

fn id(name: &str) -> ModuleId {
    ModuleId::new(Address::small(0x42), name)
}

fn ask(session: &mut Session<'_>) -> VmResult<u64> {
    let returned = session.call(&id("caller"), "ask", &[], &[], &mut Gas::unlimited())?;
    Ok(u64::from_le_bytes(
        returned.values[0].as_slice().try_into().unwrap(),
    ))
}

fn publish(session: &mut Session<'_>, modules: &[Vec<u8>]) {
    session
        .publish(modules, &PublishOptions::default())
        .unwrap();
}

#[test]
fn an_upgrade_is_seen_at_once_and_by_callers_that_are_cached() {
    for interpreter in ENGINES {
        let (engine, mut code, mut memory) =
            (engine(interpreter), Code::default(), Memory::default());
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        publish(&mut session, &[leaf(1), caller()]);
        assert_eq!(ask(&mut session).unwrap(), 1);
        publish(&mut session, &[leaf(2)]);
        assert_eq!(ask(&mut session).unwrap(), 2);
        let changes = session.finish().unwrap();
        memory.commit(changes);

        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        assert_eq!(ask(&mut session).unwrap(), 2);
        publish(&mut session, &[leaf(3)]);
        assert_eq!(ask(&mut session).unwrap(), 3);
        // Not finished: the publication is lost, and so is the code.
        drop(session);
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        assert_eq!(ask(&mut session).unwrap(), 2);
    }
}

#[test]
fn going_back_to_an_earlier_state_goes_back_to_its_code() {
    for interpreter in ENGINES {
        let (engine, mut code, mut memory) =
            (engine(interpreter), Code::default(), Memory::default());
        memory.add(&leaf(1));
        memory.add(&caller());
        let before = memory.clone();
        assert_eq!(
            ask(&mut Session::new(&engine, &mut code, &mut memory).unwrap()).unwrap(),
            1
        );
        memory.add(&leaf(2));
        assert_eq!(
            ask(&mut Session::new(&engine, &mut code, &mut memory).unwrap()).unwrap(),
            2
        );
        let mut again = before;
        assert_eq!(
            ask(&mut Session::new(&engine, &mut code, &mut again).unwrap()).unwrap(),
            1
        );
    }
}

#[test]
fn a_module_that_fails_to_publish_leaves_nothing_behind() {
    for interpreter in ENGINES {
        let (engine, mut code, mut memory) =
            (engine(interpreter), Code::default(), Memory::default());
        memory.add(&leaf(1));
        memory.add(&caller());
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        let gone = module("module 0x42::leaf version 7 public fun other(): u64 { ld_u64 9 ret }");
        let error = session
            .publish(&[gone], &PublishOptions::default())
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::BackwardIncompatibleModuleUpdate);
        assert_eq!(
            ask(&mut session).unwrap_err().status(),
            error.status(),
            "the session is over"
        );
        assert_eq!(
            ask(&mut Session::new(&engine, &mut code, &mut memory).unwrap()).unwrap(),
            1
        );
    }
}

#[test]
fn values_in_memory_survive_an_upgrade_that_adds_a_variant() {
    let text = |more: &str| {
        module(&format!(
            "module 0x42::store version 7
             enum Kind has drop, store {{ Small {{ n: u64 }} {more} }}
             struct Box has key {{ kind: Kind, after: u64 }}
             public fun put(s: signer) {{
                 imm_borrow_loc s
                 ld_u64 7
                 pack_variant Kind::Small
                 ld_u64 8
                 pack Box
                 move_to Box
                 ret
             }}
             public fun get(a: address): u64 acquires Box {{
                 move_loc a
                 imm_borrow_global Box
                 imm_borrow_field Box::after
                 read_ref
                 ret
             }}"
        ))
    };
    for interpreter in ENGINES {
        let (engine, mut code, mut memory) =
            (engine(interpreter), Code::default(), Memory::default());
        let mut session = Session::new(&engine, &mut code, &mut memory).unwrap();
        publish(&mut session, &[text("")]);
        let account = Address::small(9).0.to_vec();
        let gas = &mut Gas::unlimited();
        session
            .call(
                &id("store"),
                "put",
                &[],
                std::slice::from_ref(&account),
                gas,
            )
            .unwrap();
        publish(&mut session, &[text(", Large { a: u256, b: u256 }")]);
        let got = session
            .call(&id("store"), "get", &[], &[account], gas)
            .unwrap();
        assert_eq!(
            got.values,
            [8_u64.to_le_bytes().to_vec()],
            "{interpreter:?}"
        );
        let changes = session.finish().unwrap();
        assert_eq!(changes.state.len(), 1);
        assert_eq!(changes.modules.len(), 1);
    }
}
