//! `lumio move new`, `build` and `test`: Move packages.

use crate::{
    cli::PackageArgs,
    client::Profiles,
    package_metadata::{Built, Sources},
};
use anyhow::{Context, anyhow, bail};
use lumio_move_compiler::{
    Compilation, Options, Severity, TestBed, compile,
    package::{LoadOptions, Package, ShippedPackage},
    render, run_tests,
};
use lumio_vm_move::unit_test::{TestChain, test_engine};
use std::{collections::BTreeMap, fs, io::IsTerminal, path::Path, time::Instant};

/// The version of the binaries of modules that need no later one.
pub(crate) const DEFAULT_BYTECODE_VERSION: u32 = 8;

/// Makes a folder with a package that compiles and has a test that passes.
pub(crate) fn new(path: &str) -> anyhow::Result<String> {
    let folder = Path::new(path);
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{path} ends in no name for a package"))?;
    let module: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !module.starts_with(|c: char| c.is_ascii_alphabetic()) {
        bail!("{name} is no name for a package: begin with a letter");
    }
    if folder.exists() {
        bail!("{path} exists already");
    }
    fs::create_dir_all(folder.join("sources"))?;
    fs::write(
        folder.join("Move.toml"),
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n\n\
             [addresses]\n{module} = \"_\"\n\n[dev-addresses]\n{module} = \"0xcafe\"\n\n\
             [dependencies]\n# It comes with Lumio.\nAptosFramework = {{}}\n"
        ),
    )?;
    fs::write(folder.join(".gitignore"), "build/\n.lumio/\n")?;
    fs::write(
        folder.join("sources").join(format!("{module}.move")),
        format!(
            "module {module}::counter {{\n    \
             use std::signer;\n\n    \
             /// A number that anybody may raise.\n    \
             struct Counter has key {{ value: u64 }}\n\n    \
             public entry fun start(account: &signer) {{\n        \
             move_to(account, Counter {{ value: 0 }});\n    }}\n\n    \
             public entry fun raise(at: address) {{\n        \
             Counter[at].value += 1;\n    }}\n\n    \
             #[view]\n    \
             public fun value(at: address): u64 {{\n        \
             Counter[at].value\n    }}\n\n    \
             #[test(account = @0x1)]\n    \
             fun counts(account: &signer) {{\n        \
             let at = signer::address_of(account);\n        \
             start(account);\n        raise(at);\n        raise(at);\n        \
             assert!(value(at) == 2);\n    }}\n}}\n"
        ),
    )?;
    Ok(format!("made {path}; try `lumio move test {path}`\n"))
}

/// How much is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// The package.
    Package,
    /// Its dependencies, too.
    Dependencies,
    /// Tests, and all that they run.
    Tests,
}

fn load(args: &PackageArgs, scope: Scope) -> anyhow::Result<(Package, Compilation)> {
    let tests = scope == Scope::Tests;
    let mut addresses = BTreeMap::new();
    for pair in &args.named_addresses {
        let parts = pair.split_once('=');
        let (name, value) = parts.with_context(|| format!("{pair} is not NAME=ADDRESS"))?;
        let value = match value.starts_with("0x") {
            true => value.parse().map_err(|error| anyhow!("{error}")),
            false => Profiles::load()?.address(value),
        };
        let value = value.with_context(|| format!("--named-addresses {pair}"))?;
        addresses.insert(name.to_owned(), value);
    }
    let shipped = lumio_framework::PACKAGES.iter().map(|p| ShippedPackage {
        name: p.name,
        folder: p.folder,
        manifest: p.manifest,
        sources: p.sources,
    });
    let options = LoadOptions {
        shipped: shipped.collect(),
        dev: args.dev || tests,
        addresses,
    };
    let folder = args.folder.as_ref().or(args.package_dir.as_ref());
    let folder = folder.map_or(Path::new("."), |folder| folder);
    let package = Package::load(folder, &options)?;
    let options = Options {
        bytecode_version: args.bytecode_version.unwrap_or(DEFAULT_BYTECODE_VERSION),
        raise_version: args.bytecode_version.is_none(),
        tests,
        dependencies: scope != Scope::Package,
        addresses: package.addresses.clone(),
    };
    let compilation = compile(package.inputs.clone(), &options);
    report(&compilation, &package.manifest.name)?;
    Ok((package, compilation))
}

/// Shows what is wrong with a compilation.
///
/// # Errors
/// If that is more than warnings.
pub(crate) fn report(compilation: &Compilation, name: &str) -> anyhow::Result<()> {
    let colours = std::io::stderr().is_terminal();
    for diagnostic in &compilation.diagnostics {
        eprintln!("{}\n", render(diagnostic, &compilation.sources, colours));
    }
    if compilation.has_errors() {
        let errors = compilation
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count();
        let plural = if errors == 1 { "" } else { "s" };
        bail!("{name} has {errors} error{plural}");
    }
    Ok(())
}

/// Compiles a package and writes nothing.
pub(crate) fn compiled(args: &PackageArgs) -> anyhow::Result<Built> {
    let (package, compilation) = load(args, Scope::Package)?;
    Built::new(package, &compilation)
}

/// Compiles a package with what it depends on, and writes nothing.
pub(crate) fn compiled_with_dependencies(args: &PackageArgs) -> anyhow::Result<Compilation> {
    Ok(load(args, Scope::Dependencies)?.1)
}

/// Compiles a package and writes its binaries, and the metadata that goes on the chain with them.
pub(crate) fn build(args: &PackageArgs) -> anyhow::Result<String> {
    let start = Instant::now();
    let (package, compilation) = load(args, Scope::Package)?;
    let name = &package.manifest.name;
    let folder = package.folder.join("build").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot replace {}", folder.display()))?;
    }
    let mut count = 0_usize;
    for unit in compilation.units.iter().filter(|u| u.is_root) {
        let kind = match unit.id {
            Some(_) => "bytecode_modules",
            None => "bytecode_scripts",
        };
        let folder = folder.join(kind);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(format!("{}.mv", unit.name));
        fs::write(&path, &unit.bytes)
            .with_context(|| format!("cannot write {}", path.display()))?;
        count = count.saturating_add(1);
    }
    let path = folder.join("package-metadata.bcs");
    let metadata = Built::new(package.clone(), &compilation);
    match metadata.and_then(|built| built.metadata(Sources::Included)) {
        Ok(bytes) => {
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?
        }
        Err(error) => eprintln!("warning: {name} cannot be published like this: {error:#}\n"),
    }
    Ok(format!(
        "built {name}: {count} {} in {} ({} ms)\n",
        if count == 1 { "module" } else { "modules" },
        folder.display(),
        start.elapsed().as_millis()
    ))
}

/// Runs a package's tests.
pub(crate) fn test(args: &PackageArgs, filter: &str, gas: u64) -> anyhow::Result<String> {
    let (_, compilation) = load(args, Scope::Tests)?;
    let bed = TestBed {
        engine: &test_engine(),
        chain: &|modules| {
            Box::new(TestChain::new(modules).printing(|text| println!("[debug] {text}")))
        },
        gas_limit: gas,
    };
    let results = run_tests(&compilation, filter, &bed);
    let mut failed = 0_usize;
    let mut text = String::new();
    for result in &results {
        let name = format!("{}::{}", result.test.module, result.test.function);
        match &result.failure {
            None => text.push_str(&format!("pass  {name} ({} gas)\n", result.gas)),
            Some(why) => {
                failed = failed.saturating_add(1);
                text.push_str(&format!("FAIL  {name}: {why}\n"));
                if let Some(place) = result.place {
                    let (line, column) = compilation.sources.line_column(place);
                    let path = compilation
                        .sources
                        .get(place.file)
                        .map(|s| s.path.display());
                    if let Some(path) = path {
                        text.push_str(&format!("      at {path}:{line}:{column}\n"));
                    }
                }
            }
        }
    }
    let passed = results.len().saturating_sub(failed);
    text.push_str(&format!("{passed} passed, {failed} failed\n"));
    if failed > 0 {
        print!("{text}");
        bail!("{failed} of {} tests failed", results.len());
    }
    Ok(text)
}
