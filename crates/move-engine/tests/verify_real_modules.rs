//! Modules of a compiler that nobody here wrote pass the verifier.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path};

use lumio_move_engine::{
    format::read_module,
    verify::{Config, verify_module},
};

#[test]
fn compiled_modules_verify() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/basics/modules");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let module = read_module(&fs::read(&path).unwrap()).unwrap();
        if let Err(e) = verify_module(&Config::production(), &module) {
            panic!("{}: {e}", path.display());
        }
    }
}
