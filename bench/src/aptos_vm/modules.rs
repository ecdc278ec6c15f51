//! The modules that the peer's genesis publishes: our framework's, as far as transfers need it, with
//! the leaves replaced (`bench/peers/aptos-vm/sources`) where the peer's native functions are others.
//!
//! The same compiler makes them, so that both VMs run the same instructions. The peer has no resource
//! groups: it keeps the resources of an object one by one.

use crate::server::checkout;
use anyhow::{Context as _, Result, anyhow, bail};
use lumio_move_compiler::{Compiled, Input, Options, compile};
use lumio_move_engine::{
    Address,
    format::{CompiledModule, write_module},
    metadata::{Attribute, ModuleMetadata},
};
use std::{fs, path::PathBuf};

/// The framework's modules that are the peer's, too, by package.
const SHARED: [(&str, &[&str]); 3] = [
    (
        "MoveStdlib",
        &[
            "bcs", "error", "features", "hash", "mem", "option", "signer", "string", "vector",
        ],
    ),
    (
        "AptosStdlib",
        &["any", "copyable_any", "from_bcs", "type_info"],
    ),
    (
        "AptosFramework",
        &[
            "dispatchable_fungible_asset",
            "erc20",
            "function_info",
            "fungible_asset",
            "guid",
            "native_coin",
            "object",
            "primary_fungible_store",
        ],
    ),
];

/// Native functions that the peer has not, by file, and what is there instead. Neither transfers nor
/// what comes before them call those that abort.
const MISSING: [(&str, &[&str], &str); 7] = [
    ("bcs.move", &["constant_serialized_size"], "abort 0"),
    ("mem.move", &["swap"], "abort 0"),
    ("vector.move", &["move_range"], "abort 0"),
    ("type_info.move", &["chain_id_internal"], "abort 0"),
    (
        "erc20.move",
        &[
            "balance_internal",
            "supply_internal",
            "transfer_internal",
            "log_internal",
        ],
        "abort 0",
    ),
    (
        "native_coin.move",
        &[
            "is_native_internal",
            "balance_internal",
            "wei_balance_internal",
            "transfer_internal",
            "pay_fee_internal",
            "mint_internal",
            "burn_internal",
        ],
        "abort 0",
    ),
    (
        "object.move",
        &["create_user_derived_object_address_impl"],
        "aptos_framework::derived::address_of(source, derive_from)",
    ),
];

/// Where the asset is that is transferred.
pub(super) const ASSET: Address = Address(*b"lumio-bench: where the asset is.");

/// Of binaries: one that the peer reads.
const VERSION: u32 = 7;

/// Under what the peer looks for attributes of structs and functions.
const METADATA_KEY: &[u8] = b"initia::metadata_v0";

/// All modules.
///
/// # Errors
/// When one does not compile.
pub(super) fn bundle() -> Result<Vec<Vec<u8>>> {
    compiled()?
        .into_iter()
        .map(|module| write_module(&module).map_err(|error| anyhow!("{error:?}")))
        .collect()
}

/// The same before they are written.
pub(super) fn compiled() -> Result<Vec<CompiledModule>> {
    let addresses = [
        ("std", Address::ONE),
        ("aptos_std", Address::ONE),
        ("aptos_framework", Address::ONE),
        ("aptos_fungible_asset", Address::small(10)),
        ("asset", ASSET),
    ];
    let options = Options {
        bytecode_version: VERSION,
        raise_version: false,
        tests: false,
        dependencies: false,
        addresses: addresses.map(|(name, at)| (name.to_owned(), at)).into(),
    };
    let compilation = compile(inputs()?, &options);
    if compilation.has_errors() {
        let errors = compilation.diagnostics.iter();
        let errors = errors.map(|it| lumio_move_compiler::render(it, &compilation.sources, false));
        bail!("{}", errors.collect::<Vec<_>>().join("\n"));
    }
    let modules = compilation.units.into_iter();
    Ok(modules
        .filter_map(|unit| match unit.compiled {
            Compiled::Module(module) => Some(adapted(module)),
            Compiled::Script(_) => None,
        })
        .collect())
}

fn inputs() -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for (package, modules) in SHARED {
        let package = lumio_framework::PACKAGES
            .iter()
            .find(|it| it.name == package)
            .with_context(|| format!("no package {package}"))?;
        for module in modules {
            let name = format!("{module}.move");
            let found = package.sources.iter().find(|(file, _)| *file == name);
            let (_, text) = found.with_context(|| format!("no module {module}"))?;
            inputs.push(input(PathBuf::from(&name), (*text).to_owned()));
        }
    }
    for (file, functions, body) in MISSING {
        let input = inputs.iter_mut().find(|it| it.path.ends_with(file));
        let input = input.with_context(|| format!("no {file}"))?;
        for function in functions {
            input.text = with_body(&input.text, function, body)
                .with_context(|| format!("{file} has no native {function}"))?;
        }
    }
    for file in fs::read_dir(checkout().join("bench/peers/aptos-vm/sources"))? {
        let path = file?.path();
        let text = fs::read_to_string(&path)?;
        inputs.push(input(path, text));
    }
    // Folders are read in no particular order.
    inputs.sort_by(|one, other| one.path.file_name().cmp(&other.path.file_name()));
    Ok(inputs)
}

/// A text with a function in it that was native.
pub(super) fn with_body(text: &str, function: &str, body: &str) -> Option<String> {
    text.match_indices("fun ").find_map(|(at, keyword)| {
        let (before, declaration) = text.split_at_checked(at)?;
        let name = declaration.strip_prefix(keyword)?.strip_prefix(function)?;
        let is_named = name.starts_with(['<', '(']);
        let (above, modifiers) = before.rsplit_once("native ")?;
        let is_native = is_named && !modifiers.contains('\n');
        let (signature, below) = declaration.split_once(';').filter(|_| is_native)?;
        Some(format!("{above}{modifiers}{signature} {{ {body} }}{below}"))
    })
}

fn input(path: PathBuf, text: String) -> Input {
    Input {
        path,
        text,
        is_root: true,
        package: "AptosVm".to_owned(),
    }
}

/// A module whose metadata is where the peer looks for it, without attributes that it does not know.
fn adapted(mut module: CompiledModule) -> CompiledModule {
    let mut metadata = ModuleMetadata::of(&module);
    for attributes in [&mut metadata.structs, &mut metadata.functions] {
        for of_one in attributes.values_mut() {
            of_one.retain(|it| matches!(it, Attribute::View | Attribute::Event));
        }
        attributes.retain(|_, of_one| !of_one.is_empty());
    }
    module.tables.metadata = metadata.write().into_iter().collect();
    for entry in &mut module.tables.metadata {
        entry.key = METADATA_KEY.to_vec();
    }
    module
}
