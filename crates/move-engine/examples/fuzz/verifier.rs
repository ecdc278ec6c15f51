//! Verifying what was read never panics, gives the same answer again, refuses with codes of the
//! verifier only, and never finds that one of its own passes has let something through.

use std::collections::BTreeMap;

use lumio_move_engine::{
    StatusCode, VmError, VmResult,
    format::{CompiledModule, Tables, read_module, read_script, write_module, write_script},
    text::{Unit, assemble},
    verify::{Config, check_cycles, link_module, link_script, verify_module, verify_script},
};

use crate::{
    perturb::perturb,
    rng::Rng,
    target::{Path, Target},
};

/// How many changed modules are verified for each that can be read.
const CHANGES: usize = 4;

pub(crate) struct Verifier;

/// What refused: status, the kinds of tables that it is about, the instruction.
fn answer(path: &mut Path, tables: &Tables, result: &VmResult<()>) {
    let Err(error) = result else {
        path.add("accepted");
        return;
    };
    let details = error.details();
    assert!(is_verdict(error), "no verdict on a binary: {error}");
    path.add(details.status.name());
    for (kind, _) in &details.indices {
        path.add([*kind as u8]);
    }
    for (function, offset) in &details.offsets {
        let def = tables.function_defs.get(function.index());
        let code = def.and_then(|def| def.code.as_ref());
        if let Some(instruction) = code.and_then(|unit| unit.code.get(usize::from(*offset))) {
            path.add([instruction.opcode() as u8]);
        }
    }
}

fn is_verdict(error: &VmError) -> bool {
    let status = error.status();
    (1000..2000).contains(&status.number()) || status == StatusCode::UnknownVersion
}

/// What the compiled modules lack: enums, function values, signed integers, generics of each kind,
/// and a script. All are accepted, so that changes of them get far.
const SEEDS: [&str; 4] = [
    "module 0x1::m friend 0x1::n
     const C: vector<vector<u8>> = [x\"0102\", x\"\"];
     struct S<T> has copy, drop, store { x: T, y: u64 }
     struct P<phantom T: store> has key, store { s: S<u8> }
     enum E<T: drop> has drop { A { x: T }, B { x: T, y: vector<S<T>> }, N }
     public fun f<T: copy + drop>(s: &S<T>, e: &mut E<T>): T {
        locals v: vector<T>
        vec_pack<T> 0 st_loc v
        mut_borrow_loc v move_loc s imm_borrow_field S::x<T> read_ref vec_push_back<T>
        move_loc e mut_borrow_variant_field E::{A, B}::x<T> read_ref ret }
     fun g(a: address): u8 acquires P {
        move_loc a mut_borrow_global P<u64> mut_borrow_field P::s<u64>
        imm_borrow_field S::x<u8> read_ref ret }
     public fun h(c: u8) {
      again:
        copy_loc c ld_u8 3 lt br_false done
        copy_loc c ld_u8 1 add st_loc c branch again
      done: ret }",
    "module 0x1::m version 9
     #[persistent] public fun add(a: i64, b: i64): i64 { move_loc a move_loc b add negate ret }
     fun id<T>(x: T): T { move_loc x ret }
     fun f(a: i64): i64 {
        locals g: |i64|i64 has copy + drop + store
        copy_loc a pack_closure add mask=0b01 st_loc g
        move_loc a copy_loc g call_closure<|i64|i64 has copy + drop + store>
        pack_closure id<i64> mask=0b0 call_closure<|i64|i64> ret }",
    "module 0x1::m
     struct S has drop { x: u8 }
     #[pack] public fun pack(x: u8): S { move_loc x pack S ret }
     #[borrow_field(0)] public fun x(s: &S): &u8 { move_loc s imm_borrow_field S::x ret }
     fun f(c: u64, m: vector<u8>) { move_loc c move_loc m abort_msg }",
    "script use 0x1::n { struct G<phantom T> has store; fun pay<T: store>(&signer, u64); }
     fun main<T: store>(who: signer, amount: u64) {
        imm_borrow_loc who move_loc amount call 0x1::n::pay<0x1::n::G<T>> ret }",
];

impl Target for Verifier {
    fn seeds(&self) -> Vec<Vec<u8>> {
        let units = SEEDS.iter().filter_map(|text| assemble(text).ok());
        let bytes = units.map(|unit| match unit {
            Unit::Module(module) => write_module(&module),
            Unit::Script(script) => write_script(&script),
        });
        bytes.filter_map(Result::ok).collect()
    }

    fn run(&mut self, input: &[u8]) -> u64 {
        let mut path = Path::new();
        if let Ok(module) = read_module(input) {
            verify(&mut path, &module);
            path.add_magnitude(module.struct_defs.len());
            for def in &module.function_defs {
                let instructions = def.code.iter().flat_map(|unit| &unit.code);
                path.add_magnitude(instructions.count());
            }
            // Changes that depend on the input only, so that it is found again.
            let mut seed = Path::new();
            seed.add(input);
            let mut rng = Rng::new(seed.value());
            for _ in 0..CHANGES {
                let mut changed = module.clone();
                perturb(&mut changed, &mut rng);
                // Not of this path: there would be too many to keep.
                verify(&mut Path::new(), &changed);
            }
        }
        if let Ok(script) = read_script(input) {
            let result = verify_script(&Config::production(), &script);
            answer(&mut path, &script, &result);
            if result.is_ok() {
                answer(&mut path, &script, &link_script(&script, &BTreeMap::new()));
                path.add_magnitude(script.code.code.len());
            }
        }
        path.value()
    }
}

fn verify(path: &mut Path, module: &CompiledModule) {
    let config = Config::production();
    let result = verify_module(&config, module);
    answer(path, module, &result);
    assert_eq!(result, verify_module(&config, module), "two answers");
    if result.is_ok() {
        let alone = BTreeMap::new();
        answer(path, module, &link_module(module, &alone));
        answer(path, module, &check_cycles(module, &alone));
    }
}
