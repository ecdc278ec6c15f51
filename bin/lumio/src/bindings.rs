//! `lumio bindings`: a Solidity library for a Move module, a Move module for a Solidity contract.

use crate::{
    cli::PackageArgs,
    client::{Node, Profiles, URL},
    move_packages,
};
use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use lumio_bindings::{Library, ModuleOptions, ModuleSource, find_abi, library, module, sources_of};
use lumio_move_compiler::Compiled;
use lumio_move_engine::{
    Address, ModuleId,
    format::{CompiledModule, read_module},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What libraries import.
const INTERFACES: [(&str, &str); 2] = [
    (
        "ICrossVM.sol",
        include_str!("../../../framework/solidity/src/ICrossVM.sol"),
    ),
    (
        "IMoveVM.sol",
        include_str!("../../../framework/solidity/src/IMoveVM.sol"),
    ),
];

const SOLIDITY: &str = "\
FROM is one of
  a folder with Move.toml, which is compiled: docs and names of parameters come from its sources
  a folder with binaries, such as build/NAME, or a binary: FILE.mv
  a module, or all modules of an account, on a running node: 0x1::coin, 0x1, or default::pool (a profile)";

#[derive(Debug, Subcommand)]
pub(crate) enum BindingsCommand {
    /// Write Solidity libraries through which contracts call Move modules
    #[command(after_help = SOLIDITY)]
    Solidity(Box<SolidityArgs>),
    /// Write a Move module through which modules call a Solidity contract
    Move(Box<MoveArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct SolidityArgs {
    /// Where the modules are [default: this folder]
    #[arg(default_value = ".", hide_default_value = true, value_name = "FROM")]
    from: String,
    /// Only this module
    #[arg(long, value_name = "NAME")]
    module: Option<String>,
    /// The account that the modules are published at, if it is not the one that they were compiled for
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The node's Aptos API
    #[arg(long, alias = "node", env = "LUMIO_MOVE_URL", default_value = URL, value_name = "URL")]
    url: String,
    /// The folder to write to, beside ICrossVM.sol and IMoveVM.sol [default: one library is printed]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Count dev-addresses and dev-dependencies, too
    #[arg(long)]
    dev: bool,
    /// Values of named addresses; a profile can stand for its account
    #[arg(long, value_delimiter = ',', value_name = "NAME=ADDRESS")]
    named_addresses: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// A file with an ABI: the list alone, an artefact of Foundry or Hardhat, or what solc prints as JSON
    #[arg(value_name = "ABI.json")]
    abi: PathBuf,
    /// Which contract, if the file has several
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// The module's name [default: the contract's, in lower case]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The package's address, or its name in Move.toml
    #[arg(long, default_value = "bindings", value_name = "ADDRESS")]
    address: String,
    /// The contract's account, or its name in Move.toml [default: whoever calls tells it, by `at`]
    #[arg(long, value_name = "ADDRESS")]
    at: Option<String>,
    /// The file to write [default: the module is printed]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Does what the subcommand says; returns what to print.
pub(crate) fn run(command: &BindingsCommand) -> anyhow::Result<String> {
    match command {
        BindingsCommand::Solidity(args) => solidity(args),
        BindingsCommand::Move(args) => move_module(args),
    }
}

/// Modules to write libraries for, with what their sources say, and a way to others.
struct Found {
    modules: Vec<(CompiledModule, ModuleSource)>,
    others: BTreeMap<ModuleId, CompiledModule>,
    node: Option<Node>,
}

impl Found {
    fn find(&self, id: &ModuleId) -> Option<CompiledModule> {
        if let Some(module) = self.others.get(id) {
            return Some(module.clone());
        }
        let code = match &self.node {
            Some(node) => node.code(id).ok()?,
            None => shipped(id)?,
        };
        read_module(&code).ok()
    }
}

/// What is known of a module's source: of the framework's modules, everything.
fn source_of(module: &CompiledModule, code: &[u8]) -> ModuleSource {
    let id = id_of(module);
    let own = |(name, binary): &&(&str, &[u8])| {
        *binary == code && id.as_ref().is_some_and(|id| *name == &*id.name)
    };
    for package in lumio_framework::PACKAGES {
        if let Some((name, _)) = package.modules.iter().find(own) {
            let found = package
                .sources
                .iter()
                .find_map(|(_, text)| sources_of(text).remove(*name));
            return found.unwrap_or_default();
        }
    }
    ModuleSource::default()
}

/// A module of the framework.
fn shipped(id: &ModuleId) -> Option<Vec<u8>> {
    let mut modules = lumio_framework::PACKAGES
        .iter()
        .flat_map(|package| package.modules);
    let (_, code) = modules.find(|(name, code)| {
        *name == &*id.name
            && read_module(code)
                .ok()
                .and_then(|module| id_of(&module))
                .as_ref()
                == Some(id)
    })?;
    Some(code.to_vec())
}

fn id_of(module: &CompiledModule) -> Option<ModuleId> {
    let handle = module.module_handles.get(module.self_handle.index())?;
    let address = module.addresses.get(handle.address.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    Some(ModuleId::new(*address, name.as_str()))
}

fn solidity(args: &SolidityArgs) -> anyhow::Result<String> {
    let mut found = find(args).with_context(|| format!("no modules from {}", args.from))?;
    let names: Vec<_> = found
        .modules
        .iter()
        .filter_map(|(module, _)| id_of(module))
        .collect();
    let names: Vec<_> = names.iter().map(|id| id.name.to_string()).collect();
    if let Some(wanted) = &args.module {
        found
            .modules
            .retain(|(module, _)| id_of(module).is_some_and(|id| *id.name == **wanted));
        if found.modules.is_empty() {
            bail!(
                "{} has no module {wanted}, but {}",
                args.from,
                names.join(", ")
            );
        }
    }
    let at = args.address.as_deref().map(address).transpose()?;
    let mut libraries = Vec::new();
    for (module, source) in &found.modules {
        libraries.push(library(module, source, at, &mut |id| found.find(id))?);
    }
    let Some(folder) = &args.output else {
        return match libraries.as_slice() {
            [Library { text, .. }] => Ok(text.clone()),
            [] => Err(anyhow!("{} has no modules", args.from)),
            _ => Err(anyhow!(
                "{} has {} modules: say where to write with --output FOLDER, or choose one of {} with --module",
                args.from,
                libraries.len(),
                names.join(", ")
            )),
        };
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let interfaces = INTERFACES
        .iter()
        .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
    let mut printed = String::new();
    let files = libraries
        .into_iter()
        .map(|library| (format!("{}.sol", library.name), library.text));
    for (file, text) in files.chain(interfaces) {
        let path = folder.join(file);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        printed.push_str(&format!("{}\n", path.display()));
    }
    Ok(printed)
}

/// An address, or a profile's.
fn address(text: &str) -> anyhow::Result<Address> {
    match text.starts_with("0x") {
        true => text.parse().map_err(|error| anyhow!("{text}: {error}")),
        false => Profiles::load()?.address(text),
    }
}

fn find(args: &SolidityArgs) -> anyhow::Result<Found> {
    let path = Path::new(&args.from);
    if path.join("Move.toml").exists() {
        return compile(args, path);
    }
    if path.exists() {
        return binaries(path);
    }
    let (account, name) = match args.from.split_once("::") {
        Some((account, name)) => (account, Some(name)),
        None => (args.from.as_str(), None),
    };
    if name.is_none() && !account.starts_with("0x") {
        bail!("there is no such file or folder; a module on a node is written 0x1::coin");
    }
    let (account, node) = (address(account)?, Node::new(&args.url)?);
    let codes = match name {
        Some(name) => vec![node.code(&ModuleId::new(account, name))?],
        None => {
            let modules = node.list(account, "modules")?;
            let codes = modules
                .iter()
                .filter_map(|module| module.get("bytecode")?.as_str());
            codes.map(bytes_of).collect::<anyhow::Result<_>>()?
        }
    };
    let mut modules = Vec::new();
    for code in codes {
        let module = read_module(&code)
            .map_err(|error| anyhow!("the node's module is no module: {error}"))?;
        let source = source_of(&module, &code);
        modules.push((module, source));
    }
    Ok(Found {
        modules,
        others: BTreeMap::new(),
        node: Some(node),
    })
}

fn bytes_of(text: &str) -> anyhow::Result<Vec<u8>> {
    crate::client::hex(text)
}

fn compile(args: &SolidityArgs, folder: &Path) -> anyhow::Result<Found> {
    let compilation = move_packages::compiled_with_dependencies(&PackageArgs {
        folder: Some(folder.to_owned()),
        package_dir: None,
        dev: args.dev,
        named_addresses: args.named_addresses.clone(),
        bytecode_version: None,
    })?;
    let mut modules = Vec::new();
    let mut others = BTreeMap::new();
    for unit in &compilation.units {
        let (Some(id), Compiled::Module(module)) = (&unit.id, &unit.compiled) else {
            continue;
        };
        others.insert(id.clone(), module.clone());
        if unit.is_root {
            let place = compilation.modules.iter().find(|module| module.id == *id);
            let text = place.and_then(|module| compilation.sources.get(module.file));
            let mut sources = sources_of(text.map_or("", |source| &source.text));
            let source = sources.remove(&*id.name).unwrap_or_default();
            modules.push((module.clone(), source));
        }
    }
    Ok(Found {
        modules,
        others,
        node: None,
    })
}

/// The modules of a file, or of the files in a folder or in its folder `bytecode_modules`.
fn binaries(path: &Path) -> anyhow::Result<Found> {
    let mut files = Vec::new();
    if path.is_dir() {
        let inner = path.join("bytecode_modules");
        let folder = if inner.is_dir() {
            inner
        } else {
            path.to_owned()
        };
        for entry in fs::read_dir(&folder)? {
            let file = entry?.path();
            if file.extension().is_some_and(|extension| extension == "mv") {
                files.push(file);
            }
        }
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    let mut modules = Vec::new();
    let mut others = BTreeMap::new();
    for file in files {
        let code = fs::read(&file)?;
        let module = read_module(&code)
            .map_err(|error| anyhow!("{} is no module: {error}", file.display()))?;
        others.extend(id_of(&module).map(|id| (id, module.clone())));
        let source = source_of(&module, &code);
        modules.push((module, source));
    }
    if modules.is_empty() {
        bail!("neither Move.toml nor a file that ends in .mv is there");
    }
    Ok(Found {
        modules,
        others,
        node: None,
    })
}

fn move_module(args: &MoveArgs) -> anyhow::Result<String> {
    let path = args.abi.display();
    let text = fs::read_to_string(&args.abi).with_context(|| format!("cannot read {path}"))?;
    let (name, abi) =
        find_abi(&text, args.contract.as_deref()).with_context(|| path.to_string())?;
    // The bare list does not say what it is of.
    let stem = args
        .abi
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let contract = args
        .contract
        .clone()
        .or(name)
        .or(stem)
        .unwrap_or_else(|| "Contract".into());
    let contract = contract.split('.').next().unwrap_or_default().to_owned();
    let mut options = ModuleOptions::of(&contract);
    options.address.clone_from(&args.address);
    options.at.clone_from(&args.at);
    if let Some(name) = &args.name {
        if !lumio_move_engine::is_identifier(name, false) {
            bail!("{name:?} is no name for a module");
        }
        options.name.clone_from(name);
    }
    let written = module(&abi, &options);
    match &args.output {
        None => Ok(written.text),
        Some(file) => {
            fs::write(file, written.text)
                .with_context(|| format!("cannot write {}", file.display()))?;
            Ok(format!("{}\n", file.display()))
        }
    }
}
