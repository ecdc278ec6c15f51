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
