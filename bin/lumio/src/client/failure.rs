//! Why code stopped where it did. A node names the place ("Execution failed in 0x1::m::f at code
//! offset 3"); the instruction there says what can go wrong with it.

use super::node::Node;
use lumio_move_engine::{
    Address, ModuleId,
    format::{Bytecode, CompiledModule, Opcode, StructDefIndex, read_module},
};

/// The place in a message about a failed execution: module, function, offset.
fn place(status: &str) -> Option<(ModuleId, &str, usize)> {
    let (_, rest) = status.split_once("Execution failed in ")?;
    let (function, rest) = rest.split_once(" at code offset ")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit());
    let offset = rest.get(..digits.unwrap_or(rest.len()))?.parse().ok()?;
    let (module, function) = function.rsplit_once("::")?;
    let (address, module) = module.split_once("::")?;
    let address: Address = address.parse().ok()?;
    Some((ModuleId::new(address, module), function, offset))
}

/// What went wrong, if the message names a place in a module of the chain.
pub(crate) fn explained(node: &Node, status: &str) -> Option<String> {
    let (module, function, offset) = place(status)?;
    let code = node.code(&module).ok()?;
    let module = read_module(&code).ok()?;
    let why = of_instruction(&module, function, offset)?;
    Some(format!("There, {why}"))
}

fn of_instruction(module: &CompiledModule, function: &str, offset: usize) -> Option<String> {
    let definition = module.function_defs.iter().find(|definition| {
        let handle = module.function_handles.get(definition.handle.index());
        let name = handle.and_then(|handle| module.identifiers.get(handle.name.index()));
        name.is_some_and(|name| name == function)
    })?;
    let instruction = definition.code.as_ref()?.code.get(offset)?;
    let resource = match instruction {
        Bytecode::MoveTo(index)
        | Bytecode::MoveFrom(index)
        | Bytecode::MutBorrowGlobal(index)
        | Bytecode::ImmBorrowGlobal(index) => name_of(module, *index)?,
        _ => "such a resource".to_owned(),
    };
    Some(match instruction.opcode() {
        Opcode::MoveTo | Opcode::MoveToGeneric => {
            format!("the account has {resource} already")
        }
        Opcode::MoveFrom
        | Opcode::MoveFromGeneric
        | Opcode::MutBorrowGlobal
        | Opcode::MutBorrowGlobalGeneric
        | Opcode::ImmBorrowGlobal
        | Opcode::ImmBorrowGlobalGeneric => format!("the address has no {resource}"),
        Opcode::Add | Opcode::Sub | Opcode::Mul | Opcode::Negate => {
            "the result does not fit into its type".into()
        }
        Opcode::Div | Opcode::Mod => "a number is divided by zero".into(),
        Opcode::Shl | Opcode::Shr => "a number is shifted by more bits than it has".into(),
        Opcode::VecImmBorrow | Opcode::VecMutBorrow | Opcode::VecSwap => {
            "the index is beyond the end of the vector".into()
        }
        Opcode::VecPopBack => "the vector is empty".into(),
        Opcode::VecUnpack => "the vector is longer or shorter than expected".into(),
        Opcode::ImmBorrowVariantField
        | Opcode::ImmBorrowVariantFieldGeneric
        | Opcode::MutBorrowVariantField
        | Opcode::MutBorrowVariantFieldGeneric
        | Opcode::UnpackVariant
        | Opcode::UnpackVariantGeneric => "the value is another variant of its enum".into(),
        other if other.name().starts_with("cast_") => {
            "the number does not fit into the type that it is cast to".into()
        }
        _ => return None,
    })
}

/// The name of a struct that a module defines.
fn name_of(module: &CompiledModule, index: StructDefIndex) -> Option<String> {
    let definition = module.struct_defs.get(index.index())?;
    let handle = module.struct_handles.get(definition.handle.index())?;
    module.identifiers.get(handle.name.index()).cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use lumio_move_engine::text::assemble_module;

    #[test]
    fn messages_name_their_place() {
        let text = "Error: Execution failed in 0xa::m::f at code offset 12 and more";
        let (module, function, offset) = place(text).unwrap();
        assert_eq!(module.to_string(), "0xa::m");
        assert_eq!((function, offset), ("f", 12));
        for text in [
            "Move abort in 0x1::m: 0x1",
            "Execution failed in script at code offset 1",
            "Execution failed in 0x1::m::f at code offset x",
        ] {
            assert!(place(text).is_none(), "{text}");
        }
    }

    #[test]
    fn instructions_tell_what_can_go_wrong() {
        let source = "module 0x1::m fun f(a: u64): u8 { move_loc a ld_u64 0 div cast_u8 ret }";
        let module = assemble_module(source).unwrap();
        let why = |offset| of_instruction(&module, "f", offset);
        assert_eq!(why(0), None);
        assert_eq!(why(2).unwrap(), "a number is divided by zero");
        assert!(why(3).unwrap().contains("cast"));
        assert_eq!(why(9), None);
        assert_eq!(of_instruction(&module, "g", 0), None);
    }
}
