//! Modules depend on each other, and are friends of each other, without cycles; and no module is
//! both a dependency and a friend.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{Dependencies, at};
use crate::{
    ModuleId, StatusCode, VmError, VmResult,
    format::{CompiledModule, ModuleHandle, TableKind},
};

/// Checks a module against all modules that it depends on or is a friend of, near and far.
pub(super) fn verify(module: &CompiledModule, dependencies: &dyn Dependencies) -> VmResult<()> {
    let (own, needed) = verify_dependencies(module, dependencies)?;
    // Friends may not be published yet.
    let friends = reachable(
        &own,
        friends(module)?,
        StatusCode::CyclicModuleFriendship,
        |id| dependencies.module(id).map_or(Ok(Vec::new()), friends),
    )?;
    if needed.intersection(&friends).next().is_some() {
        return Err(StatusCode::InvalidFriendDeclWithModulesInDependencies.into());
    }
    Ok(())
}

/// Checks a module against all modules that it depends on; returns its name and theirs.
pub(super) fn verify_dependencies(
    module: &CompiledModule,
    dependencies: &dyn Dependencies,
) -> VmResult<(ModuleId, BTreeSet<ModuleId>)> {
    let own = module_id(
        module,
        at(&module.module_handles, module.self_handle.index())?,
    )?;
    let next = |id: &ModuleId| {
        let module = dependencies
            .module(id)
            .ok_or_else(|| VmError::new(StatusCode::MissingDependency))?;
        named(module, id)
    };
    let status = StatusCode::CyclicModuleDependency;
    let needed = reachable(&own, named(module, &own)?, status, next)?;
    Ok((own, needed))
}

/// Checks that a module's friends exist.
pub(super) fn verify_friends_exist(
    module: &CompiledModule,
    dependencies: &dyn Dependencies,
) -> VmResult<()> {
    for (number, friend) in friends(module)?.iter().enumerate() {
        if dependencies.module(friend).is_none() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let error = VmError::new(StatusCode::LinkerError);
            return Err(error.at_index(TableKind::FriendDeclaration, number));
        }
    }
    Ok(())
}

fn reachable(
    target: &ModuleId,
    start: Vec<ModuleId>,
    status: StatusCode,
    next: impl Fn(&ModuleId) -> VmResult<Vec<ModuleId>>,
) -> VmResult<BTreeSet<ModuleId>> {
    let mut seen = BTreeSet::new();
    let mut open = start;
    while let Some(id) = open.pop() {
        if id == *target {
            return Err(status.into());
        }
        if !seen.contains(&id) {
            open.extend(next(&id)?);
            seen.insert(id);
        }
    }
    Ok(seen)
}

fn module_id(module: &CompiledModule, handle: &ModuleHandle) -> VmResult<ModuleId> {
    let address = at(&module.addresses, handle.address.index())?;
    let name = at(&module.identifiers, handle.name.index())?;
    Ok(ModuleId::new(*address, name.as_str()))
}

/// The modules that a module names, without itself.
fn named(module: &CompiledModule, own: &ModuleId) -> VmResult<Vec<ModuleId>> {
    let mut ids = Vec::with_capacity(module.module_handles.len());
    for handle in &module.module_handles {
        let id = module_id(module, handle)?;
        if id != *own {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn friends(module: &CompiledModule) -> VmResult<Vec<ModuleId>> {
    let handles = module.friends.iter();
    handles.map(|handle| module_id(module, handle)).collect()
}
