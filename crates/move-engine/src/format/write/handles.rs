//! Tables of what a binary names.

use super::{
    sink::{Sink, unwritable},
    token::token,
};
use crate::{
    VmResult,
    format::{
        ACCESS_SPECIFIER_COUNT_MAX, ATTRIBUTE_COUNT_MAX, AbilitySet, AccessKind, AccessSpecifier,
        AddressSpecifier, CONSTANT_SIZE_MAX, Constant, FunctionAttribute, FunctionHandle,
        METADATA_KEY_SIZE_MAX, METADATA_VALUE_SIZE_MAX, Metadata, ModuleHandle, ResourceSpecifier,
        SIGNATURE_SIZE_MAX, SignatureToken, StructHandle, TYPE_PARAMETER_COUNT_MAX,
    },
};

pub(super) fn module_handle(sink: &mut Sink, handle: &ModuleHandle) -> VmResult<()> {
    sink.index(handle.address.0);
    sink.index(handle.name.0);
    Ok(())
}

pub(super) fn struct_handle(sink: &mut Sink, handle: &StructHandle) -> VmResult<()> {
    sink.index(handle.module.0);
    sink.index(handle.name.0);
    sink.u8(handle.abilities.bits());
    let parameters = &handle.type_parameters;
    sink.count(
        parameters.len(),
        TYPE_PARAMETER_COUNT_MAX,
        "too many type parameters",
    )?;
    for parameter in parameters {
        sink.u8(parameter.constraints.bits());
        sink.u8(u8::from(parameter.phantom));
    }
    Ok(())
}

pub(super) fn ability_sets(sink: &mut Sink, sets: &[AbilitySet]) -> VmResult<()> {
    sink.count(
        sets.len(),
        TYPE_PARAMETER_COUNT_MAX,
        "too many type parameters",
    )?;
    sets.iter().for_each(|set| sink.u8(set.bits()));
    Ok(())
}

pub(super) fn function_handle(sink: &mut Sink, handle: &FunctionHandle) -> VmResult<()> {
    sink.index(handle.module.0);
    sink.index(handle.name.0);
    sink.index(handle.parameters.0);
    sink.index(handle.returns.0);
    ability_sets(sink, &handle.type_parameters)?;
    if sink.version >= 7 {
        option(sink, handle.access_specifiers.is_some());
    } else if handle.access_specifiers.is_some() {
        return Err(unwritable("access specifiers need version 7"));
    }
    if let Some(specifiers) = &handle.access_specifiers {
        let count = specifiers.len();
        sink.count(
            count,
            ACCESS_SPECIFIER_COUNT_MAX,
            "too many access specifiers",
        )?;
        specifiers
            .iter()
            .for_each(|specifier| access_specifier(sink, specifier));
    }
    if sink.version >= 8 {
        let count = handle.attributes.len();
        sink.count(count, ATTRIBUTE_COUNT_MAX, "too many attributes")?;
    } else if !handle.attributes.is_empty() {
        return Err(unwritable("attributes of functions need version 8"));
    }
    handle
        .attributes
        .iter()
        .try_for_each(|a| attribute(sink, a))
}

fn option(sink: &mut Sink, some: bool) {
    sink.u8(if some { 2 } else { 1 });
}

fn access_specifier(sink: &mut Sink, specifier: &AccessSpecifier) {
    sink.u8(match specifier.kind {
        AccessKind::Reads => 1,
        AccessKind::Writes => 2,
        AccessKind::Acquires => 3,
    });
    option(sink, specifier.negated);
    match &specifier.resource {
        ResourceSpecifier::Any => sink.u8(1),
        ResourceSpecifier::DeclaredAtAddress(address) => {
            sink.u8(2);
            sink.index(address.0);
        }
        ResourceSpecifier::DeclaredInModule(module) => {
            sink.u8(3);
            sink.index(module.0);
        }
        ResourceSpecifier::Resource(handle) => {
            sink.u8(4);
            sink.index(handle.0);
        }
        ResourceSpecifier::ResourceInstantiation(handle, arguments) => {
            sink.u8(5);
            sink.index(handle.0);
            sink.index(arguments.0);
        }
    }
    match &specifier.address {
        AddressSpecifier::Any => sink.u8(1),
        AddressSpecifier::Literal(address) => {
            sink.u8(2);
            sink.index(address.0);
        }
        AddressSpecifier::Parameter(parameter, function) => {
            sink.u8(3);
            sink.uleb(u64::from(*parameter));
            option(sink, function.is_some());
            if let Some(function) = function {
                sink.index(function.0);
            }
        }
    }
}

fn attribute(sink: &mut Sink, attribute: &FunctionAttribute) -> VmResult<()> {
    use FunctionAttribute as A;
    let (code, payload) = match attribute {
        A::Persistent => (1, None),
        A::ModuleLock => (2, None),
        A::Pack => (3, None),
        A::PackVariant(n) => (4, Some(*n)),
        A::Unpack => (5, None),
        A::UnpackVariant(n) => (6, Some(*n)),
        A::TestVariant(n) => (7, Some(*n)),
        A::BorrowFieldImmutable(n) => (8, Some(*n)),
        A::BorrowFieldMutable(n) => (9, Some(*n)),
    };
    if code > 2 {
        sink.since(10, "the attribute needs version 10")?;
    }
    sink.u8(code);
    if let Some(payload) = payload {
        sink.index(payload);
    }
    Ok(())
}

pub(super) fn signature(sink: &mut Sink, tokens: &[SignatureToken]) -> VmResult<()> {
    sink.count(
        tokens.len(),
        SIGNATURE_SIZE_MAX,
        "a signature has too many types",
    )?;
    tokens.iter().try_for_each(|t| token(sink, t))
}

pub(super) fn constant(sink: &mut Sink, constant: &Constant) -> VmResult<()> {
    token(sink, &constant.token)?;
    sink.blob(&constant.data, CONSTANT_SIZE_MAX, "a constant is too long")
}

pub(super) fn metadata(sink: &mut Sink, metadata: &Metadata) -> VmResult<()> {
    sink.blob(
        &metadata.key,
        METADATA_KEY_SIZE_MAX,
        "a metadata key is too long",
    )?;
    sink.blob(
        &metadata.value,
        METADATA_VALUE_SIZE_MAX,
        "metadata is too long",
    )
}
