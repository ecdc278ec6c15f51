//! A compiler for the Move language.
//!
//! Text becomes a syntax tree ([`ast`]), then a program of resolved definitions ([`program`]) with
//! checked bodies ([`typed`]), then modules in the engine's binary format.

pub mod ast;
mod check;
mod codegen;
mod compile;
mod declare;
mod diagnostic;
mod explain;
mod lexer;
mod optimise;
pub mod package;
mod parser;
pub mod program;
mod render;
mod runner;
mod source;
mod source_map;
mod symbol;
mod test;
pub mod typed;
pub mod types;
mod verify;

pub use codegen::Compiled;
pub use compile::{Compilation, CompiledUnit, Input, Options, SourceModule, compile};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use parser::parse_file;
pub use render::render;
pub use runner::{EmptyChain, Modules, TestBed, TestResult, run_tests};
pub use source::{FileId, Source, Sources, Span};
pub use source_map::{FunctionMap, SourceMap};
pub use symbol::{Ident, Symbol};
pub use test::{Failure, FailureKind, Test};
