//! Reading bytes never panics, and what was read can be written and read again.

use lumio_move_engine::{
    VmError,
    format::{Tables, read_module, read_script, write_module, write_script},
};

use crate::target::{Path, Target};

pub(crate) struct Deserialiser;

/// How reading failed: status, words of the message, kinds of the tables that it is about.
fn refused(path: &mut Path, error: &VmError) {
    let details = error.details();
    path.add(details.status.name());
    path.add_words(details.message.as_deref().unwrap_or_default());
    for (kind, _) in &details.indices {
        path.add([*kind as u8]);
    }
}

/// What is in a binary: version, tables, about how much code and how many kinds of instructions.
fn accepted(path: &mut Path, tables: &Tables) {
    path.add(tables.version.to_le_bytes());
    let lengths = [
        tables.struct_handles.len(),
        tables.function_insts.len(),
        tables.constants.len(),
        tables.metadata.len(),
        tables.struct_defs.len(),
        tables.struct_insts.len(),
        tables.field_handles.len(),
        tables.field_insts.len(),
        tables.friends.len(),
        tables.variant_field_handles.len(),
        tables.struct_variant_handles.len(),
    ];
    path.add(lengths.map(|length| u8::from(length > 0)));
    let code = tables.function_defs.iter().flat_map(|f| &f.code);
    let mut opcodes: Vec<_> = code.flat_map(|c| &c.code).map(|i| i.opcode()).collect();
    path.add_magnitude(opcodes.len());
    opcodes.sort_unstable();
    opcodes.dedup();
    path.add_magnitude(opcodes.len());
}

impl Target for Deserialiser {
    fn run(&mut self, input: &[u8]) -> u64 {
        let mut path = Path::new();
        match read_module(input) {
            Ok(module) => {
                accepted(&mut path, &module.tables);
                let written = write_module(&module);
                assert!(
                    written.is_ok(),
                    "a module was read that cannot be written: {written:?}"
                );
                let again = written.and_then(|bytes| read_module(&bytes));
                assert_eq!(again.as_ref(), Ok(&module), "a module changed when written");
            }
            Err(error) => refused(&mut path, &error),
        }
        match read_script(input) {
            Ok(script) => {
                accepted(&mut path, &script.tables);
                let written = write_script(&script);
                assert!(
                    written.is_ok(),
                    "a script was read that cannot be written: {written:?}"
                );
                let again = written.and_then(|bytes| read_script(&bytes));
                assert_eq!(again.as_ref(), Ok(&script), "a script changed when written");
            }
            Err(error) => refused(&mut path, &error),
        }
        path.value()
    }
}
