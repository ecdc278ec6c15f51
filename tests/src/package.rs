//! Move code for tests, compiled against the framework.

use crate::moving::MoveUser;
use lumio_move_compiler::{
    Compilation, Input, Options, compile,
    package::{LoadOptions, Package, ShippedPackage},
    render,
};
use lumio_move_engine::{
    Address,
    bcs::{put_bytes, put_uleb},
};
use lumio_types::Transaction;
use std::{path::Path, sync::OnceLock};

/// A name and a binary.
pub type Module = (String, Vec<u8>);

/// For which packages are compiled: 32 bytes that occur nowhere else.
const PLACE: Address = Address(*b"lumio-tests: where the package i");

/// The modules of `tests/move`, at an account.
pub fn hazards(owner: Address) -> Vec<Module> {
    static ONCE: OnceLock<Vec<Module>> = OnceLock::new();
    let modules = ONCE.get_or_init(|| built(None).0);
    moved(modules, owner)
}

/// Further sources, which may use those of `tests/move`: modules and scripts, at an account. They
/// call it `hazards`.
pub fn compiled(text: &str, owner: Address) -> (Vec<Module>, Vec<Vec<u8>>) {
    let (modules, mut scripts) = built(Some(text));
    scripts.iter_mut().for_each(|script| replace(script, owner));
    (moved(&modules, owner), scripts)
}

fn moved(modules: &[Module], owner: Address) -> Vec<Module> {
    let mut modules = modules.to_vec();
    for (_, bytes) in &mut modules {
        replace(bytes, owner);
    }
    modules
}

/// Addresses are plain bytes in a binary.
fn replace(bytes: &mut [u8], owner: Address) {
    for from in 0..bytes.len().saturating_sub(PLACE.0.len() - 1) {
        let window = &mut bytes[from..from + PLACE.0.len()];
        if window == PLACE.0 {
            window.copy_from_slice(&owner.0);
        }
    }
}

fn built(more: Option<&str>) -> (Vec<Module>, Vec<Vec<u8>>) {
    let shipped = lumio_framework::PACKAGES.iter().map(|it| ShippedPackage {
        name: it.name,
        folder: it.folder,
        manifest: it.manifest,
        sources: it.sources,
    });
    let options = LoadOptions {
        shipped: shipped.collect(),
        dev: false,
        addresses: [("hazards".to_owned(), PLACE)].into_iter().collect(),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("move");
    let mut package = Package::load(&folder, &options).unwrap();
    if let Some(text) = more {
        for input in &mut package.inputs {
            input.is_root = false;
        }
        package.inputs.push(Input {
            path: "more.move".into(),
            text: text.to_owned(),
            is_root: true,
            package: "More".into(),
        });
    }
    let options = Options {
        bytecode_version: 9,
        raise_version: false,
        tests: false,
        dependencies: false,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs, &options);
    assert!(!compilation.has_errors(), "{}", messages(&compilation));
    let own = compilation.units.into_iter().filter(|unit| unit.is_root);
    let (modules, scripts): (Vec<_>, Vec<_>) = own.partition(|unit| unit.id.is_some());
    (
        modules.into_iter().map(|it| (it.name, it.bytes)).collect(),
        scripts.into_iter().map(|it| it.bytes).collect(),
    )
}

fn messages(compilation: &Compilation) -> String {
    let all = compilation.diagnostics.iter();
    all.map(|it| render(it, &compilation.sources, false))
        .collect()
}

/// The arguments of `code::publish_package_txn` for a package that may use the framework.
pub fn publication(name: &str, modules: &[Module]) -> Vec<Vec<u8>> {
    let mut metadata = Vec::new();
    put_bytes(&mut metadata, name.as_bytes());
    // The upgrade policy: compatible. Then the number of upgrades, a digest, a manifest.
    metadata.push(1);
    metadata.extend(0_u64.to_le_bytes());
    put_bytes(&mut metadata, b"");
    put_bytes(&mut metadata, b"");
    put_uleb(&mut metadata, modules.len() as u64);
    let mut code = Vec::new();
    put_uleb(&mut code, modules.len() as u64);
    for (name, bytes) in modules {
        put_bytes(&mut metadata, name.as_bytes());
        metadata.extend([0, 0, 0]);
        put_bytes(&mut code, bytes);
    }
    // No dependencies, no extension.
    metadata.extend([0, 0]);
    let mut argument = Vec::new();
    put_bytes(&mut argument, &metadata);
    vec![argument, code]
}

impl MoveUser {
    /// Publishes modules at the user's own account.
    pub fn publish(&mut self, name: &str, modules: &[Module]) -> Transaction {
        let arguments = publication(name, modules);
        self.call(("code", "publish_package_txn"), vec![], arguments)
    }
}
