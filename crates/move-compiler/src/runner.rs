//! Runs the tests of a package in the engine.

use std::{collections::BTreeMap, sync::Arc};

use lumio_move_engine::{
    Address, Engine, Gas, Host, Location, ModuleId, Session, StatusCode, StructTag, VmError,
    VmResult, code::Code,
};

use crate::{Compilation, CompiledUnit, Failure, FailureKind, Span, Test};

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
            failure: judge(test.fails.as_ref(), outcome.as_ref().err()),
            place,
            gas: bed.gas_limit.saturating_sub(gas.left()),
        });
    }
    results
}

/// Why an outcome is not the expected one.
fn judge(expected: Option<&Failure>, error: Option<&VmError>) -> Option<String> {
    let (expected, error) = match (expected, error) {
        (None, None) => return None,
        (None, Some(error)) => return Some(error.to_string()),
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
    match (fits, at) {
        (true, true) => None,
        (true, false) => Some(format!("it failed as expected, but elsewhere: {error}")),
        _ => Some(format!("it failed in another way than expected: {error}")),
    }
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
