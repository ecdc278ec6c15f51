//! The whole way from text to binaries.

use std::{collections::BTreeMap, path::PathBuf};

use lumio_move_engine::{
    Address, ModuleId,
    format::{write_module, write_script},
};

use crate::{
    Diagnostic, Diagnostics, FileId, Sources, Symbol,
    check::check,
    codegen::{Compiled, Generated, generate, metadata::errors},
    declare::{Parsed, declare},
    parse_file,
    program::{Program, UnitId},
    source_map::SourceMap,
    verify::verify,
};

/// A file to compile.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is, as messages should show it.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
    /// Whether it belongs to the package that is compiled, rather than to a dependency.
    pub is_root: bool,
    /// The package's name.
    pub package: String,
}

/// How to compile.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the binaries: 5 to 10.
    pub bytecode_version: u32,
    /// Whether a module that needs a later version gets it; else that is an error.
    pub raise_version: bool,
    /// Whether tests, and what is there for them only, are compiled too.
    pub tests: bool,
    /// Whether dependencies are compiled, too, so that something can be run.
    pub dependencies: bool,
    /// Named addresses.
    pub addresses: BTreeMap<String, Address>,
}

/// A compiled module or script.
#[derive(Clone, Debug)]
pub struct CompiledUnit {
    /// The module's name; none of scripts.
    pub id: Option<ModuleId>,
    /// Its name without address.
    pub name: String,
    /// The package that it belongs to.
    pub package: String,
    /// Whether it belongs to the package that is compiled.
    pub is_root: bool,
    /// Its abort codes: their names and doc comments.
    pub errors: BTreeMap<u64, (String, String)>,
    /// Its tables and code.
    pub compiled: Compiled,
    /// Its binary form.
    pub bytes: Vec<u8>,
    /// Where its code comes from.
    pub source_map: SourceMap,
}

/// A module that was looked at.
#[derive(Clone, Debug)]
pub struct SourceModule {
    /// Its name.
    pub id: ModuleId,
    /// The package that it belongs to.
    pub package: String,
    /// Whether it belongs to the package that is compiled, rather than to a dependency.
    pub is_root: bool,
    /// The file that it is in.
    pub file: FileId,
}

/// What came of a compilation.
#[derive(Debug, Default)]
pub struct Compilation {
    /// All files.
    pub sources: Sources,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// Binaries; none if there are errors.
    pub units: Vec<CompiledUnit>,
    /// All modules but those for tests only, also those that no binaries were made of.
    pub modules: Vec<SourceModule>,
    /// Tests of the package.
    pub tests: Vec<crate::Test>,
}

impl Compilation {
    /// Whether there are errors.
    pub fn has_errors(&self) -> bool {
        let mut all = self.diagnostics.iter();
        all.any(|d| d.severity == crate::Severity::Error)
    }
}

/// Room for the nesting that the parser allows.
const STACK: usize = 1 << 30;

/// Compiles files.
pub fn compile(inputs: Vec<Input>, options: &Options) -> Compilation {
    let options = options.clone();
    let run = move || compile_here(inputs, &options);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(compilation)) => compilation,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Compilation {
            diagnostics: vec![Diagnostic::error(
                crate::Span::default(),
                format!("no thread to compile in: {error}"),
            )],
            ..Compilation::default()
        },
    }
}

fn compile_here(inputs: Vec<Input>, options: &Options) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let mut files = Vec::new();
    for input in inputs {
        let id = sources.add(input.path, input.text);
        files.push(Parsed {
            file: parse_file(&sources, id, &mut diagnostics),
            is_root: input.is_root,
            package: Symbol::from(input.package),
        });
    }
    let mut result = Compilation::default();
    if !diagnostics.has_errors() {
        let addresses = options
            .addresses
            .iter()
            .map(|(name, address)| (Symbol::from(name.as_str()), *address))
            .collect();
        let declared = declare(files, addresses, options.tests, &mut diagnostics);
        if !diagnostics.has_errors() {
            let (program, bodies, tests) =
                check(declared, options.dependencies, &sources, &mut diagnostics);
            if !diagnostics.has_errors() {
                result.units = units(&program, &bodies, options, &mut diagnostics);
                result.modules = modules(&program);
                result.tests = tests;
            }
        }
    }
    if diagnostics.has_errors() {
        result.units.clear();
    }
    result.sources = sources;
    result.diagnostics = diagnostics.into_sorted();
    result
}

fn modules(program: &Program) -> Vec<SourceModule> {
    let units = program.units.iter().filter(|unit| !unit.is_test_only);
    units
        .filter_map(|unit| {
            Some(SourceModule {
                id: unit.name.clone()?,
                package: unit.package.to_string(),
                is_root: unit.is_root,
                file: unit.span.file,
            })
        })
        .collect()
}

fn units(
    program: &Program,
    bodies: &crate::typed::Bodies,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<CompiledUnit> {
    let mut made = Vec::new();
    let count = u32::try_from(program.units.len()).unwrap_or(u32::MAX);
    for id in (0..count).map(UnitId) {
        let unit = program.unit(id);
        if !unit.is_root && !options.dependencies {
            continue;
        }
        let Generated {
            compiled,
            map: source_map,
            misuses,
        } = match generate(
            program,
            bodies,
            id,
            options.bytecode_version,
            options.raise_version,
        ) {
            Ok(generated) => generated,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                continue;
            }
        };
        let mut found = misuses;
        found.extend(verify(program, id, &compiled, &source_map));
        if !found.is_empty() {
            found.into_iter().for_each(|d| diagnostics.push(d));
            continue;
        }
        let written = match &compiled {
            Compiled::Module(module) => write_module(module),
            Compiled::Script(script) => write_script(script),
        };
        let bytes = match written {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!("`{}` cannot be written: {error}", unit.ident);
                diagnostics.push(Diagnostic::error(unit.ident.span, message));
                continue;
            }
        };
        made.push(CompiledUnit {
            id: unit.name.clone(),
            name: unit.ident.name.to_string(),
            package: unit.package.to_string(),
            is_root: unit.is_root,
            errors: errors(program, id),
            compiled,
            bytes,
            source_map,
        });
    }
    circles(program, &made, diagnostics);
    made
}

/// Modules do not depend on each other in a circle.
fn circles(program: &Program, units: &[CompiledUnit], diagnostics: &mut Diagnostics) {
    let mut depends: BTreeMap<ModuleId, Vec<ModuleId>> = BTreeMap::new();
    for unit in units {
        let (Some(id), Compiled::Module(module)) = (&unit.id, &unit.compiled) else {
            continue;
        };
        let handles = module.module_handles.iter().enumerate();
        let others = handles.filter(|(n, _)| *n != module.self_handle.index());
        let names = others.filter_map(|(_, handle)| {
            let address = module.addresses.get(handle.address.index())?;
            let name = module.identifiers.get(handle.name.index())?;
            Some(ModuleId::new(*address, name.as_str()))
        });
        depends.insert(id.clone(), names.collect());
    }
    // What depends on nothing that is left can be taken away; a circle cannot.
    loop {
        let free: Vec<ModuleId> = depends
            .iter()
            .filter(|(_, on)| !on.iter().any(|id| depends.contains_key(id)))
            .map(|(id, _)| id.clone())
            .collect();
        if free.is_empty() {
            break;
        }
        for id in free {
            depends.remove(&id);
        }
    }
    if let Some((id, on)) = depends.first_key_value() {
        let other = on.iter().find(|id| depends.contains_key(id));
        if let (Some(unit), Some(other)) = (program.modules.get(id), other) {
            let unit = program.unit(*unit);
            let message = format!("`{id}` and `{other}` depend on each other in a circle");
            diagnostics.push(Diagnostic::error(unit.ident.span, message));
        }
    }
}
