//! Writes a module or script as text from which the assembler makes it again.

use alloc::{format, string::String};

use super::{
    extras::Used,
    instructions::InstructionWriter,
    literal::byte_string,
    names::{Names, quoted},
    print::function_type_parameters,
};
use crate::format::{
    CodeUnit, CompiledModule, CompiledScript, FunctionDefinition, SignatureIndex, Tables,
};

/// Writes a module as text.
///
/// Of every module that [`read_module`](crate::format::read_module) returns, the assembler makes
/// the same definitions with the same code again. Tables come out in the order of first use, and
/// entries that a table has twice come out once; structs and functions stay as many as they are.
pub fn disassemble_module(module: &CompiledModule) -> String {
    let tables = &module.tables;
    let names = Names::new(tables, Some(module.self_handle));
    let name = names.module(module.self_handle);
    let name = Names::module_text(&name);
    let mut text = format!("module {name} version {}\n", tables.version);
    declarations(&names, &mut text);
    for definition in &tables.struct_defs {
        text.push('\n');
        text.push_str(&names.struct_definition(definition));
    }
    for definition in &tables.function_defs {
        text.push('\n');
        text.push_str(&function(&names, definition));
    }
    extras(&names, &Used::by_tables(tables), &mut text);
    text
}

/// Writes a script as text, with `main` as the name of its function. As good as
/// [`disassemble_module`].
pub fn disassemble_script(script: &CompiledScript) -> String {
    let tables = &script.tables;
    let names = Names::new(tables, None);
    let mut text = format!("script version {}\n", tables.version);
    declarations(&names, &mut text);
    let scope = script.type_parameters.len();
    text.push_str(&format!(
        "\nfun main{}{} {}",
        function_type_parameters(&script.type_parameters),
        names.parameters(script.parameters, scope, true),
        body(&names, scope, script.parameters, &script.code)
    ));
    let mut used = Used::by_tables(tables);
    used.signature(script.parameters);
    used.code(&script.code);
    extras(&names, &used, &mut text);
    text
}

/// Friends, metadata, and what is expected of other modules.
fn declarations(names: &Names<'_>, text: &mut String) {
    if !names.tables.friends.is_empty() || !names.tables.metadata.is_empty() {
        text.push('\n');
    }
    for friend in &names.tables.friends {
        let friend = Names::module_text(&names.module_named(friend));
        text.push_str(&format!("friend {friend};\n"));
    }
    for metadata in &names.tables.metadata {
        let (key, value) = (byte_string(&metadata.key), byte_string(&metadata.value));
        text.push_str(&format!("metadata {key} = {value};\n"));
    }
    for group in &names.groups {
        let nothing = group.structs.is_empty() && group.functions.is_empty();
        let module = Names::module_text(&group.module);
        if nothing && Some(&group.module) == names.own.as_ref() {
            continue;
        }
        if nothing {
            text.push_str(&format!("\nuse {module};\n"));
            continue;
        }
        text.push_str(&format!("\nuse {module} {{\n"));
        for handle in &group.structs {
            let head = names.struct_head(*handle, Some(&group.module));
            text.push_str(&format!("    struct {head};\n"));
        }
        for handle in &group.functions {
            let declaration = names.function_declaration(*handle, &group.module);
            text.push_str(&format!("    {declaration}\n"));
        }
        text.push_str("}\n");
    }
}

fn function(names: &Names<'_>, definition: &FunctionDefinition) -> String {
    let head = names.function_definition(definition);
    let Some(code) = &definition.code else {
        return format!("{head};\n");
    };
    let handle = names.tables.function_handles.get(definition.handle.index());
    let scope = handle.map_or(0, |h| h.type_parameters.len());
    let parameters = handle.map(|h| h.parameters).unwrap_or_default();
    format!("{head} {}", body(names, scope, parameters, code))
}

fn body(names: &Names<'_>, scope: usize, parameters: SignatureIndex, code: &CodeUnit) -> String {
    let count = |tables: &Tables, index: SignatureIndex| {
        tables
            .signatures
            .get(index.index())
            .map_or(0, |types| types.len())
    };
    let parameters = count(names.tables, parameters);
    let writer = InstructionWriter {
        names,
        scope,
        parameters,
        locals: count(names.tables, code.locals).saturating_add(parameters),
        length: code.code.len(),
    };
    writer.body(code)
}

/// Entries of tables to which nothing refers.
fn extras(names: &Names<'_>, used: &Used, text: &mut String) {
    let tables = names.tables;
    let start = text.len();
    for index in used.other_identifiers(tables) {
        let name = quoted(names.identifier(index));
        text.push_str(&format!("extra identifier {name};\n"));
    }
    for index in used.other_addresses(tables) {
        let address = names.address(index);
        text.push_str(&format!("extra address {address};\n"));
    }
    for index in used.other_signatures(tables) {
        let types = names.signature(index, 0).unwrap_or_default();
        text.push_str(&format!("extra signature ({types});\n"));
    }
    let writer = InstructionWriter {
        names,
        scope: 0,
        parameters: 0,
        locals: 0,
        length: 0,
    };
    for operand in used.other_operands(tables) {
        let operand = writer.instruction(&operand);
        text.push_str(&format!("extra {operand};\n"));
    }
    if text.len() > start {
        text.insert(start, '\n');
    }
}
