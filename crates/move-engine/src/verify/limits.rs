//! How much a binary contains, against the limits of the configuration.

use super::Config;
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        CompiledScript, SIGNATURE_TOKEN_DEPTH_MAX, SignatureToken, StructDefinition, StructFields,
        TableKind, Tables,
    },
};

/// Structs and type parameters stand for types of unknown size, so they weigh more.
const STRUCT_WEIGHT: usize = 4;
const TYPE_PARAMETER_WEIGHT: usize = 4;

/// Checks a binary's tables.
pub(super) fn verify(config: &Config, tables: &Tables) -> VmResult<()> {
    function_handles(config, tables)?;
    struct_handles(config, tables)?;
    types(config, tables)?;
    definitions(config, tables)
}

/// Checks what a script has instead of a function handle.
pub(super) fn verify_script(config: &Config, script: &CompiledScript) -> VmResult<()> {
    let count = script.type_parameters.len();
    if exceeds(count, config.max_generic_instantiation_length) {
        return Err(StatusCode::TooManyTypeParameters.into());
    }
    let parameters = script.signatures.get(script.parameters.index());
    let count = parameters.map_or(0, alloc::vec::Vec::len);
    if exceeds(count, config.max_function_parameters) {
        return Err(StatusCode::TooManyParameters.into());
    }
    Ok(())
}

fn exceeds(count: usize, limit: Option<usize>) -> bool {
    limit.is_some_and(|limit| count > limit)
}

fn at(status: StatusCode, kind: TableKind, number: usize) -> VmError {
    VmError::new(status).at_index(kind, u16::try_from(number).unwrap_or(u16::MAX))
}

fn function_handles(config: &Config, tables: &Tables) -> VmResult<()> {
    for (number, handle) in tables.function_handles.iter().enumerate() {
        let error = |status| at(status, TableKind::FunctionHandle, number);
        let length = |i: usize| tables.signatures.get(i).map_or(0, alloc::vec::Vec::len);
        if exceeds(
            handle.type_parameters.len(),
            config.max_generic_instantiation_length,
        ) {
            return Err(error(StatusCode::TooManyTypeParameters));
        }
        if exceeds(
            length(handle.parameters.index()),
            config.max_function_parameters,
        ) || exceeds(
            length(handle.returns.index()),
            config.max_function_return_values,
        ) {
            return Err(error(StatusCode::TooManyParameters));
        }
    }
    Ok(())
}

fn struct_handles(config: &Config, tables: &Tables) -> VmResult<()> {
    for (number, handle) in tables.struct_handles.iter().enumerate() {
        if exceeds(
            handle.type_parameters.len(),
            config.max_generic_instantiation_length,
        ) {
            let status = StatusCode::TooManyTypeParameters;
            return Err(at(status, TableKind::StructHandle, number));
        }
    }
    Ok(())
}

fn types(config: &Config, tables: &Tables) -> VmResult<()> {
    for (number, signature) in tables.signatures.iter().enumerate() {
        for token in signature {
            check_type(config, token).map_err(|s| at(s, TableKind::Signature, number))?;
        }
    }
    for (number, constant) in tables.constants.iter().enumerate() {
        check_type(config, &constant.token).map_err(|s| at(s, TableKind::ConstantPool, number))?;
    }
    for (number, def) in tables.struct_defs.iter().enumerate() {
        for field in def.fields.all() {
            check_type(config, &field.token)
                .map_err(|s| at(s, TableKind::StructDefinition, number))?;
        }
    }
    Ok(())
}

fn check_type(config: &Config, token: &SignatureToken) -> Result<(), StatusCode> {
    let mut weight = 0_usize;
    for (inner, depth) in token.preorder() {
        if depth > SIGNATURE_TOKEN_DEPTH_MAX || exceeds(depth, config.max_type_depth) {
            return Err(StatusCode::TooManyTypeNodes);
        }
        weight = weight.saturating_add(match inner {
            SignatureToken::Struct(_) | SignatureToken::StructInstantiation(..) => STRUCT_WEIGHT,
            SignatureToken::TypeParameter(_) => TYPE_PARAMETER_WEIGHT,
            SignatureToken::Function(function) => {
                if exceeds(function.parameters.len(), config.max_function_parameters)
                    || exceeds(function.results.len(), config.max_function_return_values)
                {
                    return Err(StatusCode::TooManyParameters);
                }
                1
            }
            _ => 1,
        });
        if exceeds(weight, config.max_type_nodes) {
            return Err(StatusCode::TooManyTypeNodes);
        }
    }
    Ok(())
}

fn definitions(config: &Config, tables: &Tables) -> VmResult<()> {
    if exceeds(tables.function_defs.len(), config.max_function_definitions) {
        return Err(StatusCode::MaxFunctionDefinitionsReached.into());
    }
    if exceeds(tables.struct_defs.len(), config.max_struct_definitions) {
        return Err(StatusCode::MaxStructDefinitionsReached.into());
    }
    for (number, def) in tables.struct_defs.iter().enumerate() {
        check_definition(config, def).map_err(|s| at(s, TableKind::StructDefinition, number))?;
    }
    Ok(())
}

fn check_definition(config: &Config, def: &StructDefinition) -> Result<(), StatusCode> {
    let limit = config.max_fields_in_struct;
    let too_many = match &def.fields {
        StructFields::Native => false,
        StructFields::Declared(fields) => exceeds(fields.len(), limit),
        StructFields::Variants(variants) => {
            if exceeds(variants.len(), config.max_struct_variants) {
                return Err(StatusCode::MaxStructVariantsReached);
            }
            variants.iter().any(|v| exceeds(v.fields.len(), limit))
        }
    };
    if too_many {
        return Err(StatusCode::MaxFieldDefinitionsReached);
    }
    Ok(())
}
