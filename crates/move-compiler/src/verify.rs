//! Verifies what was compiled, and tells all that is wrong: a statement that the verifier refuses is
//! cut out, and the rest is verified again.

use std::collections::{BTreeMap, BTreeSet};

use lumio_move_engine::{
    StatusCode, VmError,
    format::{Bytecode as B, CodeUnit},
    verify::{Config, verify_module, verify_script},
};

use crate::{
    Diagnostic,
    codegen::Compiled,
    explain::explain,
    program::{Program, UnitId},
    source_map::SourceMap,
};

/// How many errors of a module or script are told at most.
const ERRORS: usize = 64;

fn run(compiled: &Compiled) -> Result<(), VmError> {
    match compiled {
        Compiled::Module(module) => verify_module(&Config::production(), module),
        Compiled::Script(script) => verify_script(&Config::production(), script),
    }
}

fn body(compiled: &mut Compiled, function: usize) -> Option<&mut CodeUnit> {
    match compiled {
        Compiled::Module(module) => module.function_defs.get_mut(function)?.code.as_mut(),
        Compiled::Script(script) => Some(&mut script.code),
    }
}

/// What is wrong with a module or script.
pub(crate) fn verify(
    program: &Program,
    unit: UnitId,
    compiled: &Compiled,
    map: &SourceMap,
) -> Vec<Diagnostic> {
    let Err(mut error) = run(compiled) else {
        return Vec::new();
    };
    let mut rest = compiled.clone();
    let mut found = Vec::new();
    // Locals that occur in what has been cut out of a function: nobody knows what is in them.
    let mut touched: BTreeMap<usize, BTreeSet<u8>> = BTreeMap::new();
    let mut last = None;
    for _ in 0..ERRORS {
        let place = error.details().offsets.first().copied();
        let Some((function, offset)) = place.map(|(f, at)| (f.index(), usize::from(at))) else {
            found.push(explain(&error, program, unit, &rest, map));
            break;
        };
        let told = explain(&error, program, unit, &rest, map);
        let Some(code) = body(&mut rest, function) else {
            found.push(told);
            break;
        };
        let doubtful = touched.entry(function).or_default();
        if last == Some((function, offset)) {
            cut_all(code);
        } else {
            let known = map.functions.get(function).is_some_and(|f| f.misuses);
            let status = error.details().status;
            let told_before = known && is_misuse(status);
            if !told_before && !follows(code.code.get(offset), status, doubtful) {
                found.push(told);
            }
            let clear = map.functions.get(function).map(|f| f.clear.as_slice());
            cut(code, clear.unwrap_or_default(), offset, doubtful);
        }
        last = Some((function, offset));
        match run(&rest) {
            Ok(()) => break,
            Err(next) => error = next,
        }
    }
    found
}

fn local(code: &B) -> Option<u8> {
    match code {
        B::CopyLoc(n) | B::MoveLoc(n) | B::StLoc(n) | B::MutBorrowLoc(n) | B::ImmBorrowLoc(n) => {
            Some(*n)
        }
        _ => None,
    }
}

/// Whether an error is about a local without a value, or follows from that.
fn is_misuse(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::MovelocUnavailableError
            | StatusCode::CopylocUnavailableError
            | StatusCode::BorrowlocUnavailableError
            | StatusCode::UnsafeRetUnusedValuesWithoutDrop
    )
}

/// Whether an error may only be there because of what was cut out before.
fn follows(code: Option<&B>, status: StatusCode, doubtful: &BTreeSet<u8>) -> bool {
    let own = code.and_then(local).is_some_and(|n| doubtful.contains(&n));
    own || !doubtful.is_empty() && status == StatusCode::UnsafeRetUnusedValuesWithoutDrop
}

/// Cuts out the statement around an instruction: from where the stack was empty last to where it is
/// empty again.
fn cut(unit: &mut CodeUnit, clear: &[bool], offset: usize, doubtful: &mut BTreeSet<u8>) {
    let is_clear = |n: &usize| clear.get(*n) == Some(&true);
    let start = (0..=offset).rev().find(is_clear).unwrap_or(0);
    let next = offset.saturating_add(1);
    let end = (next..unit.code.len()).find(is_clear);
    let end = end.unwrap_or(unit.code.len());
    let Some(range) = unit.code.get_mut(start..end) else {
        return;
    };
    doubtful.extend(range.iter().filter_map(local));
    let leaves = matches!(range.last(), Some(B::Ret | B::Abort | B::AbortMsg));
    if leaves && range.len() < 2 {
        return cut_all(unit);
    }
    range.fill(B::Nop);
    if let ([.., code, last], true) = (range, leaves) {
        *code = B::LdU64(0);
        *last = B::Abort;
    }
}

/// Leaves nothing of a function.
fn cut_all(unit: &mut CodeUnit) {
    let length = unit.code.len().max(2);
    unit.code = vec![B::Nop; length];
    if let [.., code, last] = unit.code.as_mut_slice() {
        *code = B::LdU64(0);
        *last = B::Abort;
    }
}
