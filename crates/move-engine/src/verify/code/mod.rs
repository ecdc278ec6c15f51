//! The checks of function bodies.
//!
//! Per function, in this order, each relying on those before it: control flow, use of the stack,
//! types, availability of locals, references, acquired resources. The passes before these have
//! checked that indices are in bounds and that types are well-formed.

mod absint;
mod acquires;
mod cfg;
mod control_flow;
mod control_flow_v5;
mod function;
mod locals_safety;
mod reference_safety;
mod stack_usage;
mod type_safety;

use function::{Callees, Function};

use super::{Config, Meter, Scope};
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        CodeUnit, CompiledModule, CompiledScript, FunctionDefIndex, FunctionDefinition, TableKind,
    },
};

/// Checks the body of each function of a module.
///
/// # Errors
/// The status code of the first rule that is broken, with function and instruction.
pub(crate) fn verify_module(
    config: &Config,
    module: &CompiledModule,
    meter: &mut Meter,
) -> VmResult<()> {
    let callees = Callees::of_module(module);
    let mut back_edges = 0_usize;
    for (position, definition) in module.function_defs.iter().enumerate() {
        let index = FunctionDefIndex(u16::try_from(position).unwrap_or(u16::MAX));
        let Some(code) = &definition.code else {
            continue;
        };
        let found = verify_function(config, module, &callees, index, definition, code, meter)
            .map_err(|error| error.at_index(TableKind::FunctionDefinition, index.0))?;
        back_edges = back_edges.saturating_add(found);
    }
    if config
        .max_back_edges_per_module
        .is_some_and(|max| back_edges > max)
    {
        return Err(VmError::new(StatusCode::TooManyBackEdges));
    }
    Ok(())
}

/// Checks the body of a script.
///
/// # Errors
/// The status code of the first rule that is broken, with the instruction.
pub(crate) fn verify_script(
    config: &Config,
    script: &CompiledScript,
    meter: &mut Meter,
) -> VmResult<()> {
    let callees = Callees::default();
    meter.enter(Scope::Function);
    let max_blocks = config.max_basic_blocks_in_script;
    let function = Function::of_script(script, &callees)?;
    verify_body(config, max_blocks, &function, meter)?;
    meter.leave_function()
}

fn verify_function(
    config: &Config,
    module: &CompiledModule,
    callees: &Callees,
    index: FunctionDefIndex,
    definition: &FunctionDefinition,
    code: &CodeUnit,
    meter: &mut Meter,
) -> VmResult<usize> {
    meter.enter(Scope::Function);
    let function = Function::of_module(module, callees, index, definition, code)?;
    verify_body(config, config.max_basic_blocks, &function, meter)?;
    acquires::verify(&function, &definition.acquires)?;
    meter.leave_function()?;
    Ok(function.cfg.back_edge_count())
}

fn verify_body(
    config: &Config,
    max_blocks: Option<usize>,
    function: &Function<'_>,
    meter: &mut Meter,
) -> VmResult<()> {
    control_flow::verify(config, function)?;
    if max_blocks.is_some_and(|max| function.cfg.block_count() > max) {
        return Err(function.error(StatusCode::TooManyBasicBlocks, 0));
    }
    if config
        .max_back_edges_per_function
        .is_some_and(|max| function.cfg.back_edge_count() > max)
    {
        return Err(function.error(StatusCode::TooManyBackEdges, 0));
    }
    stack_usage::verify(config, function, meter)?;
    type_safety::verify(function, meter)?;
    locals_safety::verify(function, meter)?;
    reference_safety::verify(function, meter)
}
