//! No struct contains itself, be it through other structs, variants, vectors, type arguments or
//! function types.

use alloc::{collections::BTreeMap, vec, vec::Vec};

use crate::{
    StatusCode, VmError, VmResult,
    format::{CompiledModule, SignatureToken, StructHandleIndex, TableKind},
};

/// Checks a module. Dependencies have no cycles, so structs of other modules cannot contain its.
pub(super) fn verify(module: &CompiledModule) -> VmResult<()> {
    let numbers: BTreeMap<StructHandleIndex, usize> = module
        .struct_defs
        .iter()
        .enumerate()
        .map(|(number, def)| (def.handle, number))
        .collect();
    let mut contained = Vec::with_capacity(module.struct_defs.len());
    for def in &module.struct_defs {
        let mut inner: Vec<usize> = Vec::new();
        for field in def.fields.all() {
            inner.extend(field.token.preorder().filter_map(|(token, _)| match token {
                SignatureToken::Struct(handle) | SignatureToken::StructInstantiation(handle, _) => {
                    numbers.get(handle).copied()
                }
                _ => None,
            }));
        }
        inner.sort_unstable();
        inner.dedup();
        contained.push(inner);
    }
    match on_cycle(&contained) {
        Some(number) => {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let error = VmError::new(StatusCode::RecursiveStructDefinition);
            Err(error.at_index(TableKind::StructDefinition, number))
        }
        None => Ok(()),
    }
}

/// Some struct that lies on a cycle or can be reached from one: what is left after taking away,
/// again and again, what nothing left contains.
fn on_cycle(contained: &[Vec<usize>]) -> Option<usize> {
    let mut containers = vec![0_usize; contained.len()];
    for inner in contained.iter().flatten() {
        if let Some(count) = containers.get_mut(*inner) {
            *count = count.saturating_add(1);
        }
    }
    let mut free: Vec<usize> = (0..contained.len())
        .filter(|number| containers.get(*number) == Some(&0))
        .collect();
    while let Some(number) = free.pop() {
        for inner in contained.get(number).into_iter().flatten() {
            if let Some(count) = containers.get_mut(*inner) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    free.push(*inner);
                }
            }
        }
    }
    containers.iter().position(|count| *count > 0)
}
