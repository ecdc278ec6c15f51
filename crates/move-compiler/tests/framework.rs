//! The framework's checked-in binaries, and the list of its files, are what its sources give.
//!
//! With `REBUILD=1` in the environment they are written anew first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lumio_move_compiler::{
    Options, compile,
    package::{LoadOptions, Package},
    render,
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Folders of the packages, each after those that it depends on.
const FOLDERS: [&str; 6] = [
    "move-stdlib",
    "aptos-stdlib",
    "aptos-framework",
    "aptos-token",
    "aptos-token-objects",
    "large-packages",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../framework/move")
}

/// Files by path below `framework/move`, and the text of `packages.rs`.
fn build() -> (BTreeMap<String, Vec<u8>>, String) {
    let mut files = BTreeMap::new();
    let mut list = String::from(
        "//! Made by `REBUILD=1 cargo test --release -p lumio-move-compiler --test framework`. Do not edit.\n\n\
         use crate::Package;\n\n\
         #[rustfmt::skip]\npub(crate) const PACKAGES: &[Package] = &[\n",
    );
    let here = "../../../framework/move";
    for folder in FOLDERS {
        let package = Package::load(&root().join(folder), &LoadOptions::default()).unwrap();
        let options = Options {
            bytecode_version: 8,
            raise_version: false,
            tests: false,
            dependencies: false,
            addresses: package.addresses.clone(),
        };
        let compilation = compile(package.inputs.clone(), &options);
        for diagnostic in &compilation.diagnostics {
            eprintln!("{}\n", render(diagnostic, &compilation.sources, false));
        }
        assert!(!compilation.has_errors(), "{folder} does not compile");
        writeln!(
            list,
            "    Package {{\n        name: {:?},",
            package.manifest.name
        )
        .unwrap();
        writeln!(list, "        folder: {folder:?},").unwrap();
        writeln!(
            list,
            "        manifest: include_str!(\"{here}/{folder}/Move.toml\"),"
        )
        .unwrap();
        list.push_str("        sources: &[\n");
        let sources = root().join(folder).join("sources");
        for input in package.inputs.iter().filter(|input| input.is_root) {
            let name = input.path.strip_prefix(&sources).unwrap().to_str().unwrap();
            writeln!(
                list,
                "            ({name:?}, include_str!(\"{here}/{folder}/sources/{name}\")),"
            )
            .unwrap();
        }
        list.push_str("        ],\n        modules: &[\n");
        for unit in compilation.units.iter().filter(|unit| unit.is_root) {
            let name = &unit.name;
            writeln!(
                list,
                "            ({name:?}, include_bytes!(\"{here}/artifacts/{folder}/{name}.mv\")),"
            )
            .unwrap();
            files.insert(format!("artifacts/{folder}/{name}.mv"), unit.bytes.clone());
        }
        list.push_str("        ],\n    },\n");
    }
    list.push_str("];\n");
    (files, list)
}

/// Names of the files that are there.
fn existing(folder: &str) -> Vec<String> {
    let path = root().join("artifacts").join(folder);
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.unwrap().file_name().to_str().unwrap().to_owned()
    };
    entries
        .map(|entry| format!("artifacts/{folder}/{}", name(entry)))
        .collect()
}

#[test]
fn binaries_are_what_the_sources_compile_to() {
    let (files, list) = build();
    let list_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framework/src/packages.rs");
    let present: Vec<String> = FOLDERS.iter().flat_map(|folder| existing(folder)).collect();
    if std::env::var_os("REBUILD").is_some() {
        for path in present.iter().filter(|path| !files.contains_key(*path)) {
            fs::remove_file(root().join(path)).unwrap();
        }
        for (path, bytes) in &files {
            let path = root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        fs::write(&list_path, &list).unwrap();
    }
    let hint = "run `REBUILD=1 cargo test --release -p lumio-move-compiler --test framework`";
    for path in &present {
        assert!(files.contains_key(path), "{path} has no source: {hint}");
    }
    for (path, bytes) in &files {
        let found = fs::read(root().join(path)).unwrap_or_default();
        assert!(found == *bytes, "{path} is not current: {hint}");
    }
    let found = fs::read_to_string(&list_path).unwrap();
    assert!(
        found == list,
        "crates/framework/src/packages.rs is not current: {hint}"
    );
}
