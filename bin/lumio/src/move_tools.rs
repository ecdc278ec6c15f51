//! `lumio move`: which command does what; Move binaries to text and back.

use crate::{cli::MoveCommand, client, move_packages as packages};
use anyhow::{Context, anyhow, bail};
use lumio_move_engine::{
    format::{MAGIC, read_module, read_script, write_module, write_script},
    text::{Unit, assemble, disassemble_module, disassemble_script},
};
use std::{fs, path::Path};

/// Does what the subcommand says; returns what to print.
pub(crate) fn run(command: &MoveCommand) -> anyhow::Result<String> {
    match command {
        MoveCommand::New { name } => packages::new(name),
        MoveCommand::Build(package) => packages::build(package),
        MoveCommand::Test {
            package,
            filter,
            gas,
        } => packages::test(package, filter, *gas),
        MoveCommand::Disassemble { file } => {
            disassemble(file).with_context(|| format!("cannot disassemble {}", file.display()))
        }
        MoveCommand::Assemble { file, output } => {
            let bytes = assemble_file(file)
                .with_context(|| format!("cannot assemble {}", file.display()))?;
            let default = file.with_extension("mv");
            let output = output.as_deref().unwrap_or(&default);
            fs::write(output, bytes)
                .with_context(|| format!("cannot write {}", output.display()))?;
            Ok(String::new())
        }
        MoveCommand::Client(command) => client::run(command),
    }
}

fn disassemble(file: &Path) -> anyhow::Result<String> {
    let bytes = binary(fs::read(file)?)?;
    let module_error = match read_module(&bytes) {
        Ok(module) => return Ok(disassemble_module(&module)),
        Err(error) => error,
    };
    match read_script(&bytes) {
        Ok(script) => Ok(disassemble_script(&script)),
        Err(script_error) => {
            bail!("neither a module ({module_error}) nor a script ({script_error})")
        }
    }
}

fn assemble_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    let source = fs::read_to_string(file)?;
    let unit = assemble(&source).map_err(|error| anyhow!("{}:{error}", file.display()))?;
    let written = match unit {
        Unit::Module(module) => write_module(&module),
        Unit::Script(script) => write_script(&script),
    };
    written.map_err(|error| anyhow!("the format has no room for it: {error}"))
}

/// The file's content, or what its hex digits stand for.
fn binary(content: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if content.starts_with(&MAGIC) {
        return Ok(content);
    }
    let not_binary = || anyhow!("neither a Move binary nor hex digits of one");
    let text = String::from_utf8(content).map_err(|_| not_binary())?;
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    });
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes.filter(|b| !b.is_empty()).ok_or_else(not_binary)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_text_is_assembled_to_a_file_that_disassembles() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("answer.masm");
        fs::write(
            &source,
            "module 0x1::answer fun get(): u64 { ld_u64 42 ret }",
        )
        .unwrap();
        let assemble = MoveCommand::Assemble {
            file: source,
            output: None,
        };
        assert_eq!(run(&assemble).unwrap(), "");
        let binary = folder.path().join("answer.mv");
        let text = run(&MoveCommand::Disassemble {
            file: binary.clone(),
        });
        let text = text.unwrap();
        assert!(text.contains("ld_u64 42\n    ret"), "{text}");

        let bytes = fs::read(&binary).unwrap();
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let file = folder.path().join("answer.hex");
        fs::write(&file, format!("0x{hex}\n")).unwrap();
        assert_eq!(run(&MoveCommand::Disassemble { file }).unwrap(), text);
    }

    #[test]
    fn a_script_goes_there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.masm");
        let output = folder.path().join("out.bin");
        fs::write(&file, "script fun main(a: u8) { ret }").unwrap();
        run(&MoveCommand::Assemble {
            file,
            output: Some(output.clone()),
        })
        .unwrap();
        let text = run(&MoveCommand::Disassemble { file: output }).unwrap();
        assert!(text.starts_with("script version 10\n"), "{text}");
    }

    #[test]
    fn errors_name_the_file_and_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bad.masm");
        fs::write(&file, "module 0x1::m fun f() { jump }").unwrap();
        let error = run(&MoveCommand::Assemble {
            file: file.clone(),
            output: None,
        });
        let error = format!("{:#}", error.unwrap_err());
        assert!(
            error.contains("bad.masm:1:25: expected an instruction"),
            "{error}"
        );
        let error = run(&MoveCommand::Disassemble { file }).unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.contains("neither a Move binary nor hex digits"),
            "{error}"
        );
    }
}
