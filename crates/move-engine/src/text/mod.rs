//! A readable text form of modules and scripts, read by an assembler and written by a disassembler.
//!
//! The text says everything that a binary says, with names instead of indices; `TEXT.md` of this
//! crate describes it. The assembler checks syntax and names only, so that a module which the
//! verifier must refuse can be written down.

mod assemble;
mod code;
mod declare;
//DIS mod disassemble;
mod error;
mod lexer;
mod literal;
//DIS mod names;
mod operand;
mod parser;
mod pool;
//DIS mod print;
mod shape;
mod syntax;
mod types;

pub use assemble::{Unit, assemble, assemble_module, assemble_script};
//DIS pub use disassemble::{disassemble_module, disassemble_script};
pub use error::{TextError, TextProblem};
