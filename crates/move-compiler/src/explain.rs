//! What the verifier finds, told in words of the language and at the place in the source.
//!
//! Borrowing, moves and unassigned locals are checked there only: whatever it accepts is sound.

use lumio_move_engine::{
    StatusCode as S, VmError,
    format::{Bytecode, CompiledModule},
    verify::{Config, verify_module},
};

use crate::{
    Diagnostic,
    codegen::Compiled,
    program::{Program, UnitId},
    source_map::SourceMap,
};

pub(crate) fn explain(
    error: &VmError,
    program: &Program,
    unit: UnitId,
    compiled: &Compiled,
    map: &SourceMap,
) -> Diagnostic {
    let details = error.details();
    let whole = program.unit(unit).ident.span;
    let mut span = whole;
    let mut code = None;
    let mut body = None;
    if let Some((function, offset)) = details.offsets.first() {
        if let Some(found) = map.functions.get(function.index()) {
            span = found
                .code
                .get(usize::from(*offset))
                .copied()
                .unwrap_or(found.name);
        }
        body = match compiled {
            Compiled::Module(module) => module
                .function_defs
                .get(function.index())
                .and_then(|f| f.code.as_ref()),
            Compiled::Script(script) => Some(&script.code),
        };
        code = body.and_then(|b| b.code.get(usize::from(*offset)));
    }
    if let (S::LoopInInstantiationGraph, Compiled::Module(module)) = (details.status, compiled) {
        let guilty = (0..module.function_defs.len()).find(|n| !still_loops(module, *n));
        let found = guilty.and_then(|n| map.functions.get(n));
        span = found.map_or(span, |f| f.name);
    }
    let mut name = "this local".to_owned();
    let mut borrowed = None;
    if let Some((function, offset)) = details.offsets.first()
        && let Some(found) = map.functions.get(function.index())
    {
        let offset = usize::from(*offset);
        let own = found.names.get(offset).cloned().flatten();
        name = own.map_or(name, |own| format!("`{own}`"));
        let place = code.and_then(|code| borrow_of(code, body?.code.get(..offset)?));
        borrowed = place.and_then(|n| found.code.get(n)).copied();
    }
    let (message, help) = words(details.status, code);
    let message = match (details.status, borrowed) {
        (S::StlocUnsafeToDestroyError, Some(_)) => {
            Some("the value of {} is overwritten while something refers to it")
        }
        _ => message,
    };
    let message = message.map(|message| message.replace("{}", &name));
    let diagnostic = match message {
        Some(message) => Diagnostic::error(span, message),
        None => Diagnostic::error(
            span,
            format!("the verifier refuses this: {}", details.status.name()),
        ),
    };
    let diagnostic = match borrowed {
        Some(place) if place != span => diagnostic.also(place, "it is borrowed here"),
        _ => diagnostic,
    };
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// Where the local that an instruction takes, changes or borrows was borrowed last.
fn borrow_of(code: &Bytecode, before: &[Bytecode]) -> Option<usize> {
    use Bytecode as B;
    let (B::MoveLoc(local)
    | B::CopyLoc(local)
    | B::StLoc(local)
    | B::MutBorrowLoc(local)
    | B::ImmBorrowLoc(local)) = code
    else {
        return None;
    };
    before.iter().rposition(
        |code| matches!(code, B::MutBorrowLoc(other) | B::ImmBorrowLoc(other) if other == local),
    )
}

/// Whether functions call each other with ever larger types even if one of them calls nothing.
fn still_loops(module: &CompiledModule, without: usize) -> bool {
    let mut rest = module.clone();
    if let Some(code) = rest
        .function_defs
        .get_mut(without)
        .and_then(|f| f.code.as_mut())
    {
        code.code = vec![Bytecode::LdU64(0), Bytecode::Abort];
    }
    let verified = verify_module(&Config::production(), &rest);
    verified.is_err_and(|e| e.details().status == S::LoopInInstantiationGraph)
}

type Words = (Option<&'static str>, Option<&'static str>);

fn words(status: S, code: Option<&Bytecode>) -> Words {
    match status {
        S::MovelocUnavailableError | S::CopylocUnavailableError | S::BorrowlocUnavailableError => (
            Some("{} has no value here: it was moved away, or never assigned"),
            Some("copy it where it was used before, if its type has `copy`"),
        ),
        S::CopylocWithoutCopyAbility => (
            Some("{} is used again later, but its type has no `copy`"),
            None,
        ),
        S::MovelocExistsBorrowError => (
            Some("{} is moved while something refers to it"),
            Some("use the reference for the last time before"),
        ),
        S::CopylocExistsBorrowError => (
            Some("{} is copied while a mutable reference to it is in use"),
            Some("use the reference for the last time before"),
        ),
        S::StlocUnsafeToDestroyError => (
            Some(match code {
                Some(Bytecode::StLoc(_)) => {
                    "the value of {} is overwritten while something refers to it, or though it cannot be dropped"
                }
                _ => "a value that is in use, or that cannot be dropped, is destroyed here",
            }),
            None,
        ),
        S::BorrowlocExistsBorrowError => (
            Some("{} is borrowed while another reference to it is in use"),
            Some("use the other reference for the last time before"),
        ),
        S::BorrowfieldExistsMutableBorrowError => (
            Some("this field is borrowed while a mutable reference to it is in use"),
            None,
        ),
        S::VecBorrowElementExistsMutableBorrowError => (
            Some("an element is borrowed while a mutable reference into the vector is in use"),
            Some("use the other reference for the last time before, or `swap` elements"),
        ),
        S::VecUpdateExistsMutableBorrowError => (
            Some("the vector is changed while a reference into it is in use"),
            Some("use the reference for the last time before"),
        ),
        S::BorrowfieldBadFieldError => (Some("this field cannot be borrowed"), None),
        S::WriterefExistsBorrowError => (
            Some("this is changed while something refers to it"),
            Some("use the other reference for the last time before"),
        ),
        S::ReadrefExistsMutableBorrowError => (
            Some("this is read while a mutable reference to it is in use"),
            None,
        ),
        S::FreezerefExistsMutableBorrowError => (
            Some("this cannot become immutable while a mutable reference into it is in use"),
            None,
        ),
        S::CallBorrowedMutableReferenceError => (
            Some("a mutable reference is passed on while another one into it is in use"),
            None,
        ),
        S::GlobalReferenceError => (
            Some("this resource is accessed while a reference to it is in use"),
            None,
        ),
        S::UnsafeRetLocalOrResourceStillBorrowed => (
            Some("a reference to a local cannot leave the function"),
            Some("return the value itself"),
        ),
        S::RetBorrowedMutableReferenceError => (
            Some("a mutable reference is returned while another one into it is in use"),
            None,
        ),
        S::UnsafeRetUnusedValuesWithoutDrop => (
            Some("a local still has a value that cannot be dropped when the function returns"),
            Some("unpack it, move it to storage, or return it"),
        ),
        S::PopWithoutDropAbility => (Some("this value cannot be dropped"), None),
        S::RecursiveStructDefinition => (Some("structs contain each other in a circle"), None),
        S::LoopInInstantiationGraph => (
            Some("generic functions call each other with ever larger types"),
            None,
        ),
        _ => (None, None),
    }
}
