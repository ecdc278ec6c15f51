//! Both interpreters give the same results, errors, places of errors, changes and gas for every
//! function of every module that the verifier accepts; and neither ever finds its invariants broken.

use std::{fs, path::Path as FilePath};

use lumio_move_engine::{
    Change, Engine, Gas, Interpreter, ModuleId, Natives, Session, VmError,
    code::Code,
    format::{CompiledModule, SignatureToken, read_module, write_module},
    text::assemble_module,
    verify::{Config, verify_module},
};

use crate::{
    memory::Memory,
    perturb::perturb,
    rng::Rng,
    target::{Path, Target},
};

/// How many changed modules are run for each that is given.
const CHANGES: usize = 8;

/// Budgets: one that is enough for what ends, and small ones.
const BUDGETS: [u64; 3] = [20_000, 400, 60];

pub(crate) struct Interpreters {
    base: Memory,
    engines: [Engine; 2],
    codes: [Code; 2],
}

/// What a call gave: results or error, changes, and the gas that is left.
type Outcome = (
    Result<(Vec<Vec<u8>>, Vec<(u16, Vec<u8>)>, Vec<Change>), VmError>,
    u64,
);

impl Interpreters {
    pub(crate) fn new() -> Self {
        let mut base = Memory::default();
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["vector", "signer", "bcs", "hash", "digest", "other"] {
            let file = folder.join(format!("tests/differential/basics/modules/{name}.mv"));
            if let Ok(bytes) = fs::read(file) {
                base.add(&bytes);
            }
        }
        let engine = |interpreter| Engine {
            natives: Natives::standard(),
            interpreter,
            ..Engine::default()
        };
        Self {
            base,
            engines: [engine(Interpreter::Plain), engine(Interpreter::Fast)],
            codes: [Code::default(), Code::default()],
        }
    }

    /// Runs all functions of a verified module; returns how many ran, and what they gave.
    fn run_all(&mut self, module: &CompiledModule, rng: &mut Rng, path: &mut Path) {
        let Ok(bytes) = write_module(module) else {
            return;
        };
        // The writer bounds a little more than memory does.
        let Ok(module) = read_module(&bytes) else {
            return;
        };
        self.base.epoch = self.base.epoch.wrapping_add(1);
        let mut memory = self.base.clone();
        let id = memory.add(&bytes);
        memory.epoch = self.base.epoch;
        for def in &module.function_defs {
            let handle = &module.function_handles[def.handle.index()];
            if !handle.type_parameters.is_empty() || def.code.is_none() {
                continue;
            }
            let name = &module.identifiers[handle.name.index()];
            let parameters = &module.signatures[handle.parameters.index()];
            let arguments: Option<Vec<_>> = parameters.iter().map(|t| argument(t, rng)).collect();
            let Some(arguments) = arguments else { continue };
            for budget in BUDGETS {
                let [plain, fast] =
                    [0, 1].map(|n| self.call(n, &memory, &id, name, &arguments, budget));
                assert_eq!(plain, fast, "{id}::{name} {arguments:?} with {budget}");
                match &plain.0 {
                    Ok(_) => path.add("done"),
                    Err(error) => {
                        let number = error.status().number();
                        assert!(!(2000..3000).contains(&number), "{id}::{name}: {error}");
                        path.add(error.status().name());
                    }
                }
            }
        }
    }

    fn call(
        &mut self,
        which: usize,
        memory: &Memory,
        id: &ModuleId,
        name: &str,
        arguments: &[Vec<u8>],
        budget: u64,
    ) -> Outcome {
        let mut memory = memory.clone();
        let mut gas = Gas::new(budget);
        let engine = &self.engines[which];
        let mut call = || {
            let mut session = Session::new(engine, &mut self.codes[which], &mut memory)?;
            let returned = session.call(id, name, &[], arguments, &mut gas)?;
            Ok((returned.values, returned.mutated, session.finish()?.state))
        };
        let result: Result<_, VmError> = call();
        // Words for people may differ.
        let result = result.map_err(|error| {
            let details = error.details();
            let mut plain = VmError::new(details.status).in_location(details.location.clone());
            for (function, offset) in &details.offsets {
                plain = plain.at_code(*function, *offset);
            }
            match details.sub_status {
                Some(sub) => plain.with_sub_status(sub),
                None => plain,
            }
        });
        (result, gas.left())
    }
}

/// A value of a type, in BCS, if the type is simple.
fn argument(token: &SignatureToken, rng: &mut Rng) -> Option<Vec<u8>> {
    let number = |rng: &mut Rng, bytes: usize| -> Vec<u8> {
        let kind = rng.below(4);
        (0..bytes)
            .map(|n| match kind {
                0 => 0xff,
                1 => rng.below(256) as u8,
                _ if n == 0 => rng.below(8) as u8,
                _ => 0,
            })
            .collect()
    };
    Some(match token {
        SignatureToken::Bool => vec![rng.below(2) as u8],
        SignatureToken::U8 | SignatureToken::I8 => number(rng, 1),
        SignatureToken::U16 | SignatureToken::I16 => number(rng, 2),
        SignatureToken::U32 | SignatureToken::I32 => number(rng, 4),
        SignatureToken::U64 | SignatureToken::I64 => number(rng, 8),
        SignatureToken::U128 | SignatureToken::I128 => number(rng, 16),
        SignatureToken::U256 | SignatureToken::I256 => number(rng, 32),
        SignatureToken::Address | SignatureToken::Signer => {
            let mut address = vec![0; 32];
            address[31] = 0x10 + rng.below(2) as u8;
            address
        }
        SignatureToken::Vector(element) => {
            let count = rng.below(4) as u8;
            let mut bcs = vec![count];
            for _ in 0..count {
                bcs.extend(argument(element, rng)?);
            }
            bcs
        }
        SignatureToken::Reference(inner) | SignatureToken::MutableReference(inner) => {
            argument(inner, rng)?
        }
        _ => return None,
    })
}

/// What the compiled modules lack.
const SEEDS: [&str; 3] = [
    "module 0x42::a version 10
     #[persistent] fun add(a: u64, b: u64): u64 { move_loc a move_loc b add ret }
     fun join<T: drop>(a: T, b: vector<u8>): vector<u8> { move_loc b ret }
     fun first(x: u64): u64 {
        locals f: |u64|u64 has copy + drop
        copy_loc x pack_closure add mask=0b01 st_loc f
        copy_loc x copy_loc f call_closure<|u64|u64 has copy + drop>
        move_loc x copy_loc f call_closure<|u64|u64 has copy + drop> add ret }
     fun second(v: vector<u8>): vector<u8> {
        ld_u64 1 move_loc v pack_closure join<u64> mask=0b10 call_closure<|u64|vector<u8>> ret }",
    "module 0x42::b version 10
     enum E has copy, drop, store { A { x: u8 }, B { y: u128, x: u8 }, C { v: vector<u8>, x: u8 } }
     struct W has copy, drop, store { a: u256, b: u256, c: u256, d: u256, e: u256, f: u256, g: u256, h: u256, i: u256, v: vector<u16> }
     struct K has key { e: E, w: W }
     fun make(n: u8): E {
        copy_loc n ld_u8 0 eq br_true a copy_loc n ld_u8 1 eq br_true b
        ld_u8 1 ld_u8 2 vec_pack<u8> 2 move_loc n pack_variant E::C ret
       a: move_loc n pack_variant E::A ret
       b: ld_u128 5 move_loc n pack_variant E::B ret }
     fun wide(n: u256): W {
        copy_loc n copy_loc n copy_loc n copy_loc n copy_loc n copy_loc n copy_loc n copy_loc n
        move_loc n ld_u16 1 ld_u16 2 vec_pack<u16> 2 pack W ret }
     fun bump(e: &mut E): u8 {
        copy_loc e imm_borrow_variant_field E::C::v vec_len<u8> pop
        move_loc e mut_borrow_variant_field E::C::x read_ref ret }
     public fun all(n: u8, m: u256, i: i64): (u8, bool, i64) {
        locals e: E, f: E, w: W, x: W, same: bool
        copy_loc n call make st_loc e copy_loc e st_loc f
        copy_loc m call wide st_loc w copy_loc w st_loc x
        mut_borrow_loc x mut_borrow_field W::v ld_u16 9 vec_push_back<u16>
        copy_loc w copy_loc x eq st_loc same
        mut_borrow_loc e call bump
        move_loc same copy_loc i negate move_loc i ld_i64 -3 mul sub ret
        }",
    "module 0x42::c version 10
     struct P has copy, drop, store { x: u64, v: vector<u64>, y: u64 }
     struct R has key { p: P, n: u64 }
     fun swap(a: &mut u64, b: &mut u64) {
        locals t: u64
        copy_loc a read_ref st_loc t copy_loc b read_ref move_loc a write_ref
        move_loc t move_loc b write_ref ret }
     public fun go(s: signer, a: address, n: u64): (u64, u64, vector<u64>) acquires R {
        locals p: P, q: P, head: u64, all: vector<u64>, last: u64
        ld_u64 1 ld_u64 2 ld_u64 3 vec_pack<u64> 2 copy_loc n pack P st_loc p
        copy_loc p st_loc q
        mut_borrow_loc p mut_borrow_field P::x mut_borrow_loc q mut_borrow_field P::y call swap
        mut_borrow_loc q mut_borrow_field P::v copy_loc n ld_u64 1 vec_swap<u64>
        imm_borrow_loc s move_loc q move_loc n pack R move_to R
        copy_loc a mut_borrow_global R mut_borrow_field R::p mut_borrow_field P::v ld_u64 7 vec_push_back<u64>
        move_loc a move_from R unpack R pop unpack P
        st_loc last st_loc all st_loc head
        copy_loc p unpack P pop pop move_loc head add copy_loc last move_loc all ret }",
];

impl Target for Interpreters {
    fn seeds(&self) -> Vec<Vec<u8>> {
        let modules = SEEDS.iter().filter_map(|text| assemble_module(text).ok());
        modules
            .filter_map(|module| write_module(&module).ok())
            .collect()
    }

    fn run(&mut self, input: &[u8]) -> u64 {
        let mut path = Path::new();
        let Ok(module) = read_module(input) else {
            return path.value();
        };
        // Whoever provides a native function answers for its declaration.
        if module.function_defs.iter().any(|def| def.code.is_none()) {
            return path.value();
        }
        let mut seed = Path::new();
        seed.add(input);
        let mut rng = Rng::new(seed.value());
        for change in 0..=CHANGES {
            let mut changed = module.clone();
            if change > 0 {
                perturb(&mut changed, &mut rng);
            }
            if verify_module(&Config::production(), &changed).is_ok() {
                self.run_all(&changed, &mut rng, &mut path);
            }
        }
        path.value()
    }
}
