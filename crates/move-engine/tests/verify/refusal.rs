//! Modules and scripts written down as text, and what the verifier says to them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use lumio_move_engine::{
    StatusCode, VmError,
    format::{CompiledModule, CompiledScript},
    text::{assemble_module, assemble_script},
    verify::{Config, verify_module},
};

pub fn module(text: &str) -> CompiledModule {
    let text = format!("module 0x1::m {text}");
    assemble_module(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub fn script(text: &str) -> CompiledScript {
    assemble_script(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub fn check(module: &CompiledModule) -> Result<(), VmError> {
    verify_module(&Config::production(), module)
}

pub fn accept(text: &str) {
    if let Err(error) = check(&module(text)) {
        panic!("{error}\n{text}");
    }
}

#[track_caller]
pub fn expect(status: StatusCode, result: Result<(), VmError>, what: &str) -> VmError {
    let Err(error) = result else {
        panic!("accepted instead of {status}: {what}");
    };
    assert_eq!(error.status(), status, "{error}\n{what}");
    error
}

#[track_caller]
pub fn refuse(status: StatusCode, text: &str) -> VmError {
    expect(status, check(&module(text)), text)
}

/// Refuses a module that has been changed in a way that no text says.
#[track_caller]
pub fn refuse_changed(
    status: StatusCode,
    text: &str,
    change: impl FnOnce(&mut CompiledModule),
) -> VmError {
    let mut module = module(text);
    change(&mut module);
    expect(status, check(&module), text)
}

/// `count` pieces with a separator; `{}` in a piece is its number.
pub fn list(count: usize, separator: &str, piece: &str) -> String {
    let pieces: Vec<String> = (0..count)
        .map(|n| piece.replace("{}", &n.to_string()))
        .collect();
    pieces.join(separator)
}
