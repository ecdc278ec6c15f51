//! Ethereum's state tests, through our journal with the OP stack's rules off.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{fs::File, io::BufReader, path::Path};

#[test]
fn execution_spec_tests_pass() {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/eest-state.tar.xz");
    let mut compressed = BufReader::new(File::open(archive).unwrap());
    let mut unpacked = Vec::new();
    lzma_rs::xz_decompress(&mut compressed, &mut unpacked).unwrap();
    let folder = tempfile::tempdir().unwrap();
    tar::Archive::new(unpacked.as_slice())
        .unpack(folder.path())
        .unwrap();

    let mut failures = Vec::new();
    let paths = [folder.path().to_path_buf()];
    let summary = lumio_statetest::run(&paths, &mut |f| failures.push(f.to_string()));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(summary.passed, 5_873, "every case of the sample runs");
}
