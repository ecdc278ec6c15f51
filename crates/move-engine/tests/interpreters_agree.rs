//! Both interpreters give the same results, errors, places, changes and gas: programs that once did
//! not, and many perturbed ones. The fuzz target `interpreters` goes on from here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../examples/fuzz/interpreters.rs"]
mod interpreters;
mod memory;
#[path = "../examples/fuzz/perturb.rs"]
mod perturb;
#[path = "../examples/fuzz/rng.rs"]
#[allow(dead_code)]
mod rng;
#[path = "../examples/fuzz/target.rs"]
#[allow(dead_code)]
mod target;

use std::{fs, path::Path};

use interpreters::Interpreters;
use lumio_move_engine::{
    format::{read_module, write_module},
    text::assemble_module,
};
use perturb::perturb;
use rng::Rng;
use target::Target;

fn bytes(text: &str) -> Vec<u8> {
    let module = assemble_module(text).unwrap_or_else(|error| panic!("{error}"));
    write_module(&module).unwrap()
}

/// The block at `l6` begins because of a branch that is never reached.
#[test]
fn a_branch_in_dead_code_starts_a_block() {
    let module = bytes(
        "module 0x42::a version 7
         fun even(n: u64): bool {
            locals b: bool
            copy_loc n ld_u64 0 neq br_false l8 ld_true st_loc b
          l6: move_loc b st_loc b
          l8: move_loc n ld_u64 1 sub call even ret branch l6
         }",
    );
    Interpreters::new().run(&module);
}

/// A field that was read lazily keeps its value when the struct moves away.
#[test]
fn a_field_is_read_before_its_struct_moves() {
    let module = bytes(
        "module 0x42::a version 10
         struct H has copy, drop { a: u64, v: vector<u64> }
         fun use_both(a: u64, h: H): u64 { locals l: u64
            imm_borrow_loc h imm_borrow_field H::v vec_len<u64> st_loc l
            move_loc a ld_u64 10 mul move_loc l add ret }
         public fun go(n: u64): u64 {
            locals h: H
            move_loc n ld_u64 3 vec_pack<u64> 1 pack H st_loc h
            imm_borrow_loc h imm_borrow_field H::a read_ref move_loc h call use_both ret }",
    );
    Interpreters::new().run(&module);
}

/// Only the first word of what was read is a result of its own.
#[test]
fn unpacking_what_was_read_leaves_other_locals_alone() {
    let module = bytes(
        "module 0x42::a version 10
         struct S has copy, drop { a: u64, b: u64, c: u64 }
         fun first(s: &S): (u64, u64, u64) {
            locals x: u64, y: u64, z: u64
            ld_u64 7 st_loc y ld_u64 8 st_loc z
            move_loc s read_ref unpack S pop pop st_loc x
            move_loc x move_loc y move_loc z ret }
         public fun go(n: u64): (u64, u64, u64) {
            locals s: S
            copy_loc n ld_u64 2 ld_u64 3 pack S st_loc s
            imm_borrow_loc s call first ret }",
    );
    Interpreters::new().run(&module);
}

/// Of two mutable references to one local, one may be read before the other is written.
#[test]
fn what_is_read_through_a_second_reference_stays() {
    let module = bytes(
        "module 0x42::a version 10
         public fun go(n: u64): u64 {
            locals r: &mut u64
            mut_borrow_loc n st_loc r
            mut_borrow_loc n read_ref
            ld_u64 5 move_loc r write_ref
            ret }",
    );
    Interpreters::new().run(&module);
}

/// A function value that is dropped or compared before anything says which type it has.
#[test]
fn a_packed_function_value_can_be_dropped_at_once() {
    let module = bytes(
        "module 0x42::a version 9
         fun plus(a: u64, b: u64): u64 { move_loc a move_loc b add ret }
         public fun go(n: u64): bool {
            copy_loc n pack_closure plus mask=0b1 pop
            copy_loc n pack_closure plus mask=0b1
            move_loc n pack_closure plus mask=0b1 eq ret }",
    );
    Interpreters::new().run(&module);
}

#[test]
fn perturbed_programs_agree() {
    let mut interpreters = Interpreters::new();
    let mut inputs = interpreters.seeds();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/basics/modules");
    for entry in fs::read_dir(folder).unwrap() {
        inputs.push(fs::read(entry.unwrap().path()).unwrap());
    }
    let mut rng = Rng::new(1);
    for input in inputs {
        interpreters.run(&input);
        let Ok(module) = read_module(&input) else {
            continue;
        };
        for _ in 0..20 {
            let mut changed = module.clone();
            perturb(&mut changed, &mut rng);
            if let Ok(bytes) = write_module(&changed) {
                interpreters.run(&bytes);
            }
        }
    }
}
