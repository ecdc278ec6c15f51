//! Runs the tests of a package in the engine.

use std::{collections::BTreeMap, sync::Arc};

use lumio_move_engine::{
    Address, Engine, Gas, Host, Location, ModuleId, Session, StatusCode, StructTag, VmError,
    VmResult, code::Code, format::FunctionDefIndex,
};

use crate::{Compilation, Compiled, CompiledUnit, Failure, FailureKind, Span, Test};

/// How a test ended.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// Which.
    pub test: Test,
    /// Why it failed; nothing if it passed.
    pub failure: Option<String>,
    /// Where the code was that failed.
    pub place: Option<Span>,
    /// Gas that it took, in the engine's units.
    pub gas: u64,
}

/// What tests run on.
pub struct TestBed<'a> {
    /// Settings and native functions.
    pub engine: &'a Engine,
    /// Makes the chain that one test sees, with the package's modules on it.
    pub chain: &'a dyn for<'m> Fn(&'m Modules) -> Box<dyn Host + 'm>,
    /// Gas that a test may take, in the engine's units.
    pub gas_limit: u64,
}

/// Modules by name.
pub type Modules = BTreeMap<ModuleId, Arc<[u8]>>;

/// A chain with modules and without state.
pub struct EmptyChain<'a>(pub &'a Modules);

impl Host for EmptyChain<'_> {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        Ok([0; 32])
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        Ok(self.0.get(id).cloned())
    }

    fn resource(&mut self, _: Address, _: &StructTag) -> VmResult<Option<Vec<u8>>> {
        Ok(None)
    }
}

/// Runs the tests whose full name has a text in it, each on a chain of its own.
pub fn run_tests(compilation: &Compilation, filter: &str, bed: &TestBed<'_>) -> Vec<TestResult> {
    let mut modules = Modules::new();
    for unit in &compilation.units {
        if let Some(id) = &unit.id {
            modules.insert(id.clone(), Arc::from(unit.bytes.as_slice()));
        }
    }
    let mut code = Code::default();
    let mut results = Vec::new();
    for test in &compilation.tests {
        let name = format!("{}::{}", test.module, test.function);
        if !name.contains(filter) {
            continue;
        }
        let mut gas = Gas::new(bed.gas_limit);
        let mut host = (bed.chain)(&modules);
        let arguments: Vec<Vec<u8>> = test.arguments.iter().map(|a| a.0.to_vec()).collect();
        let outcome = Session::new(bed.engine, &mut code, host.as_mut())
            .and_then(|mut s| s.call(&test.module, &test.function, &[], &arguments, &mut gas))
            .map(|_| ());
        let place = outcome
            .as_ref()
            .err()
            .and_then(|error| place(error, &compilation.units));
        results.push(TestResult {
            test: test.clone(),
            failure: judge(
                test.fails.as_ref(),
                outcome.as_ref().err(),
                &compilation.units,
            ),
            place,
            gas: bed.gas_limit.saturating_sub(gas.left()),
        });
    }
    results
}

/// Why an outcome is not the expected one.
fn judge(
    expected: Option<&Failure>,
    error: Option<&VmError>,
    units: &[CompiledUnit],
) -> Option<String> {
    let (expected, error) = match (expected, error) {
        (None, None) => return None,
        (None, Some(error)) => return Some(told(error, units)),
        (Some(_), None) => return Some("it should have failed, but passed".into()),
        (Some(expected), Some(error)) => (expected, error),
    };
    let details = error.details();
    let status = details.status;
    let fits = match expected.kind {
        None => true,
        Some(FailureKind::Abort(code)) => {
            status == StatusCode::Aborted && details.sub_status == Some(code)
        }
        Some(FailureKind::Arithmetic) => status == StatusCode::ArithmeticError,
        Some(FailureKind::Vector(minor)) => {
            status == StatusCode::VectorOperationError && details.sub_status == minor
        }
        Some(FailureKind::OutOfGas) => status == StatusCode::OutOfGas,
        Some(FailureKind::Status(major, minor)) => {
            status.number() == major && details.sub_status == minor
        }
    };
    let at = expected
        .location
        .as_ref()
        .is_none_or(|module| details.location == Location::Module(module.clone()));
    let told = told(error, units);
    match (fits, at) {
        (true, true) => None,
        (true, false) => Some(format!("it failed as expected, but elsewhere: {told}")),
        _ => Some(format!("it failed in another way than expected: {told}")),
    }
}

/// An error with the names of what it is about.
fn told(error: &VmError, units: &[CompiledUnit]) -> String {
    let details = error.details();
    let Location::Module(module) = &details.location else {
        return error.to_string();
    };
    let Some(unit) = units.iter().find(|u| u.id.as_ref() == Some(module)) else {
        return error.to_string();
    };
    let mut text = match (details.status, details.sub_status) {
        (StatusCode::Aborted, Some(code)) => aborted(code, unit),
        (status, Some(sub)) => format!("{status} {sub}"),
        (status, None) => status.to_string(),
    };
    text.push_str(&format!(" in {module}"));
    let function = details.offsets.first().map(|(function, _)| *function);
    if let Some(name) = function.and_then(|f| name_of(unit, f)) {
        text.push_str(&format!("::{name}"));
    }
    if let Some(message) = &details.message {
        text.push_str(&format!(": {message}"));
    }
    text
}

/// An abort code, with its name if the module has one for it. A code may have its category in the bits above the
/// lowest sixteen.
fn aborted(code: u64, unit: &CompiledUnit) -> String {
    let number = match code >> 16 {
        0 => format!("aborted with {code}"),
        _ => format!("aborted with {code} ({code:#x})"),
    };
    let found = unit.errors.get(&code);
    match found.or_else(|| unit.errors.get(&(code & 0xffff))) {
        Some((name, doc)) if doc.is_empty() => format!("{number}, {name},"),
        Some((name, doc)) => format!("{number}, {name} ({}),", doc.lines().next().unwrap_or(doc)),
        None => number,
    }
}

fn name_of(unit: &CompiledUnit, function: FunctionDefIndex) -> Option<&str> {
    let Compiled::Module(module) = &unit.compiled else {
        return None;
    };
    let definition = module.function_defs.get(function.index())?;
    let handle = module.function_handles.get(definition.handle.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    Some(name.as_str())
}

fn place(error: &VmError, units: &[CompiledUnit]) -> Option<Span> {
    let details = error.details();
    let Location::Module(module) = &details.location else {
        return None;
    };
    let unit = units.iter().find(|u| u.id.as_ref() == Some(module))?;
    let (function, offset) = details.offsets.first()?;
    let function = unit.source_map.functions.get(function.index())?;
    function.code.get(usize::from(*offset)).copied()
}
