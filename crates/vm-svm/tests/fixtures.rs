//! The Solana programs that client tests deploy are what their sources come to. To write them anew:
//! `REBUILD=1 cargo test --release -p lumio-vm-svm --test fixtures`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use sbpf_assembler::{Assembler, AssemblerOption, SbpfArch};
use std::{fs, path::Path};

#[test]
fn the_binaries_are_those_of_the_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/solana");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let source = entry.unwrap().path();
        if source.extension().is_none_or(|extension| extension != "s") {
            continue;
        }
        let text = fs::read_to_string(&source).unwrap();
        // A template of a test, which fills it in and assembles it itself.
        if source.file_name().is_some_and(|name| name == "actor.s") {
            continue;
        }
        let options = AssemblerOption::default().with_arch(SbpfArch::V3);
        let built = Assembler::new(options).assemble(&text).unwrap();
        let binary = source.with_extension("so");
        if std::env::var_os("REBUILD").is_some() {
            fs::write(&binary, &built).unwrap();
        }
        let kept = fs::read(&binary).unwrap();
        assert!(kept == built, "{} is stale", binary.display());
        count += 1;
    }
    assert!(count > 0);
}
