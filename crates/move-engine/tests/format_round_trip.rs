//! What the writer writes is what was read, byte for byte, for modules of a compiler that nobody
//! here wrote.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs, path::Path};

use lumio_move_engine::format::{read_module, write_module};

#[test]
fn compiled_modules_round_trip() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/basics/modules");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let module = read_module(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(write_module(&module).unwrap(), bytes, "{}", path.display());
        count += 1;
    }
    assert!(count >= 19, "only {count} modules");
}
