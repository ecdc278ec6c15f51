//! Tables of what a binary names.

use alloc::{string::String, vec::Vec};

use super::{
    ReaderConfig,
    cursor::{Cursor, malformed},
    token::{abilities, token},
};
use crate::{
    Address, StatusCode, VmResult,
    format::{
        ACCESS_SPECIFIER_COUNT_MAX, ATTRIBUTE_COUNT_MAX, AccessKind, AccessSpecifier, AddressIndex,
        AddressSpecifier, CONSTANT_SIZE_MAX, Constant, FunctionAttribute, FunctionHandle,
        FunctionHandleIndex, FunctionInstIndex, FunctionInstantiation, IdentifierIndex,
        METADATA_KEY_SIZE_MAX, METADATA_VALUE_SIZE_MAX, Metadata, ModuleHandle, ModuleHandleIndex,
        ResourceSpecifier, SIGNATURE_SIZE_MAX, SignatureIndex, SignatureToken, StructHandle,
        StructHandleIndex, StructTypeParameter, TYPE_PARAMETER_COUNT_MAX,
    },
    is_identifier,
};

pub(super) fn module_handle(cursor: &mut Cursor<'_>) -> VmResult<ModuleHandle> {
    Ok(ModuleHandle {
        address: AddressIndex(cursor.index()?),
        name: IdentifierIndex(cursor.index()?),
    })
}

pub(super) fn struct_handle(cursor: &mut Cursor<'_>) -> VmResult<StructHandle> {
    let module = ModuleHandleIndex(cursor.index()?);
    let name = IdentifierIndex(cursor.index()?);
    let declared = abilities(cursor)?;
    let count = cursor.count(TYPE_PARAMETER_COUNT_MAX, "too many type parameters")?;
    let mut type_parameters = Vec::with_capacity(cursor.capacity(count));
    for _ in 0..count {
        let constraints = abilities(cursor)?;
        let phantom = match cursor.u8()? {
            0 => false,
            1 => true,
            _ => return Err(malformed("phantom is neither 0 nor 1")),
        };
        type_parameters.push(StructTypeParameter {
            constraints,
            phantom,
        });
    }
    Ok(StructHandle {
        module,
        name,
        abilities: declared,
        type_parameters,
    })
}

pub(super) fn function_handle(cursor: &mut Cursor<'_>) -> VmResult<FunctionHandle> {
    let module = ModuleHandleIndex(cursor.index()?);
    let name = IdentifierIndex(cursor.index()?);
    let parameters = SignatureIndex(cursor.index()?);
    let returns = SignatureIndex(cursor.index()?);
    let type_parameters = ability_sets(cursor)?;
    let access_specifiers = if cursor.version >= 7 {
        access_specifiers(cursor)?
    } else {
        None
    };
    let attributes = if cursor.version >= 8 {
        attributes(cursor)?
    } else {
        Vec::new()
    };
    Ok(FunctionHandle {
        module,
        name,
        parameters,
        returns,
        type_parameters,
        access_specifiers,
        attributes,
    })
}

/// Constraints of type parameters.
pub(super) fn ability_sets(cursor: &mut Cursor<'_>) -> VmResult<Vec<crate::format::AbilitySet>> {
    let count = cursor.count(TYPE_PARAMETER_COUNT_MAX, "too many type parameters")?;
    (0..count).map(|_| abilities(cursor)).collect()
}

/// Whether something optional follows.
fn option(cursor: &mut Cursor<'_>) -> VmResult<bool> {
    match cursor.u8()? {
        1 => Ok(false),
        2 => Ok(true),
        _ => Err(malformed("an option is neither 1 nor 2")),
    }
}

fn access_specifiers(cursor: &mut Cursor<'_>) -> VmResult<Option<Vec<AccessSpecifier>>> {
    if !option(cursor)? {
        return Ok(None);
    }
    let count = cursor.count(ACCESS_SPECIFIER_COUNT_MAX, "too many access specifiers")?;
    (0..count)
        .map(|_| access_specifier(cursor))
        .collect::<VmResult<_>>()
        .map(Some)
}

fn access_specifier(cursor: &mut Cursor<'_>) -> VmResult<AccessSpecifier> {
    let kind = match cursor.u8()? {
        1 => AccessKind::Reads,
        2 => AccessKind::Writes,
        3 => AccessKind::Acquires,
        _ => return Err(malformed("the kind of an access is unknown")),
    };
    let negated = option(cursor)?;
    let resource = match cursor.u8()? {
        1 => ResourceSpecifier::Any,
        2 => ResourceSpecifier::DeclaredAtAddress(AddressIndex(cursor.index()?)),
        3 => ResourceSpecifier::DeclaredInModule(ModuleHandleIndex(cursor.index()?)),
        4 => ResourceSpecifier::Resource(StructHandleIndex(cursor.index()?)),
        5 => ResourceSpecifier::ResourceInstantiation(
            StructHandleIndex(cursor.index()?),
            SignatureIndex(cursor.index()?),
        ),
        _ => return Err(malformed("the resources of an access are unknown")),
    };
    let address = match cursor.u8()? {
        1 => AddressSpecifier::Any,
        2 => AddressSpecifier::Literal(AddressIndex(cursor.index()?)),
        3 => {
            let parameter = u8::try_from(cursor.uleb()?)
                .map_err(|_| malformed("a parameter's number exceeds 255"))?;
            let function = if option(cursor)? {
                Some(FunctionInstIndex(cursor.index()?))
            } else {
                None
            };
            AddressSpecifier::Parameter(parameter, function)
        }
        _ => return Err(malformed("the addresses of an access are unknown")),
    };
    Ok(AccessSpecifier {
        kind,
        negated,
        resource,
        address,
    })
}

fn attributes(cursor: &mut Cursor<'_>) -> VmResult<Vec<FunctionAttribute>> {
    let count = cursor.count(ATTRIBUTE_COUNT_MAX, "too many attributes")?;
    (0..count).map(|_| attribute(cursor)).collect()
}

fn attribute(cursor: &mut Cursor<'_>) -> VmResult<FunctionAttribute> {
    use FunctionAttribute as A;
    let code = cursor.u8()?;
    if code > 2 {
        cursor.since(10, "the attribute needs version 10")?;
    }
    Ok(match code {
        1 => A::Persistent,
        2 => A::ModuleLock,
        3 => A::Pack,
        4 => A::PackVariant(cursor.index()?),
        5 => A::Unpack,
        6 => A::UnpackVariant(cursor.index()?),
        7 => A::TestVariant(cursor.index()?),
        8 => A::BorrowFieldImmutable(cursor.index()?),
        9 => A::BorrowFieldMutable(cursor.index()?),
        _ => return Err(malformed("an attribute is unknown")),
    })
}

pub(super) fn function_inst(cursor: &mut Cursor<'_>) -> VmResult<FunctionInstantiation> {
    Ok(FunctionInstantiation {
        handle: FunctionHandleIndex(cursor.index()?),
        type_arguments: SignatureIndex(cursor.index()?),
    })
}

pub(super) fn signature(cursor: &mut Cursor<'_>) -> VmResult<Vec<SignatureToken>> {
    let count = cursor.count(SIGNATURE_SIZE_MAX, "a signature has more than 255 types")?;
    (0..count).map(|_| token(cursor)).collect()
}

pub(super) fn constant(cursor: &mut Cursor<'_>) -> VmResult<Constant> {
    let token = token(cursor)?;
    let data = cursor
        .blob(CONSTANT_SIZE_MAX, "a constant is too long")?
        .to_vec();
    Ok(Constant { token, data })
}

pub(super) fn identifier(config: &ReaderConfig, cursor: &mut Cursor<'_>) -> VmResult<String> {
    let bytes = cursor.blob(config.max_identifier, "a name is too long")?;
    let text = core::str::from_utf8(bytes).map_err(|_| malformed("a name is not UTF-8"))?;
    if is_identifier(text, cursor.version >= 9) {
        Ok(String::from(text))
    } else {
        Err(malformed("a name has characters that names cannot have"))
    }
}

pub(super) fn address(cursor: &mut Cursor<'_>) -> VmResult<Address> {
    let bytes = cursor.take(32)?;
    bytes
        .try_into()
        .map(Address)
        .map_err(|_| StatusCode::Malformed.into())
}

pub(super) fn metadata(cursor: &mut Cursor<'_>) -> VmResult<Metadata> {
    let key = cursor
        .blob(METADATA_KEY_SIZE_MAX, "a metadata key is too long")?
        .to_vec();
    let value = cursor
        .blob(METADATA_VALUE_SIZE_MAX, "metadata is too long")?
        .to_vec();
    Ok(Metadata { key, value })
}
