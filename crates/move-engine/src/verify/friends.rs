//! A module's friends are other modules of the same account.

use super::at;
use crate::{
    StatusCode, VmError, VmResult,
    format::{CompiledModule, TableKind},
};

/// Checks a module.
pub(super) fn verify(module: &CompiledModule) -> VmResult<()> {
    let own = at(&module.module_handles, module.self_handle.index())?;
    let error = |status, number| {
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        VmError::new(status).at_index(TableKind::FriendDeclaration, number)
    };
    if let Some(number) = module.friends.iter().position(|friend| friend == own) {
        return Err(error(StatusCode::InvalidFriendDeclWithSelf, number));
    }
    let outside = |friend: &crate::format::ModuleHandle| friend.address != own.address;
    if let Some(number) = module.friends.iter().position(outside) {
        let status = StatusCode::InvalidFriendDeclWithModulesOutsideAccountAddress;
        return Err(error(status, number));
    }
    Ok(())
}
