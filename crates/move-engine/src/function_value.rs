//! How a function value is stored: which function, which of its arguments are captured, and their
//! types. The captured values follow.
//!
//! The BCS is `version u16 = 1, module address, module name, function name, type arguments, mask
//! u64, types of the captured values`, types as type tags.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::{
    Engine, ModuleId, StatusCode, TypeTag, VmError, VmResult,
    bcs::{Reader, put_bytes, put_uleb},
    code::{Code, InstanceId, Type, TypeKind},
    format::ClosureMask,
    machine::Runtime,
};

/// What is stored before the captured values.
pub(crate) struct Head {
    pub(crate) function: InstanceId,
    pub(crate) mask: ClosureMask,
    pub(crate) captured: Vec<Type>,
}

/// What may be serialised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Serializable {
    /// Values inside each other, so that what is written can be read again.
    depth: u16,
    /// Also function values that cannot be read again, because their function may change.
    any_function: bool,
}

impl Serializable {
    /// What can be read again.
    pub(crate) fn stored(engine: &Engine) -> Self {
        Self {
            depth: engine.limits.value_depth,
            any_function: false,
        }
    }

    /// All that may be shown.
    pub(crate) fn shown(engine: &Engine) -> Self {
        Self {
            any_function: true,
            ..Self::stored(engine)
        }
    }

    /// What may be inside a value.
    pub(crate) fn inside(self) -> VmResult<Self> {
        let depth = self.depth.checked_sub(1);
        Ok(Self {
            depth: depth.ok_or(StatusCode::VmMaxValueDepthReached)?,
            ..self
        })
    }
}

/// The order of functions and of what they capture: by module, name, type arguments, mask.
pub(crate) fn order(
    code: &Code,
    (left, left_mask): (InstanceId, ClosureMask),
    (right, right_mask): (InstanceId, ClosureMask),
) -> VmResult<Ordering> {
    let masks = left_mask.0.cmp(&right_mask.0);
    if left == right {
        return Ok(masks);
    }
    let (a, b) = (code.instance(left)?, code.instance(right)?);
    let names = (&a.module, &a.name).cmp(&(&b.module, &b.name));
    if names.is_ne() {
        return Ok(names);
    }
    for (a, b) in a.type_arguments.iter().zip(&b.type_arguments) {
        let (a, b) = (code.tag(*a)?, code.tag(*b)?);
        let types = a.to_canonical_string().cmp(&b.to_canonical_string());
        if types.is_ne() {
            return Ok(types);
        }
    }
    Ok(masks.then(left.0.cmp(&right.0)))
}

/// Appends what comes before the captured values.
pub(crate) fn write(
    code: &Code,
    allowed: Serializable,
    function: InstanceId,
    mask: ClosureMask,
    captured: &[Type],
    out: &mut Vec<u8>,
) -> VmResult<()> {
    let instance = code.instance(function)?;
    if !instance.persistent && !allowed.any_function {
        let error = VmError::new(StatusCode::ValueSerializationError);
        return Err(error.with_message("a function that is not persistent cannot be stored"));
    }
    let Some(module) = &instance.module else {
        let error = VmError::new(StatusCode::ValueSerializationError);
        return Err(error.with_message("a script's function cannot be stored"));
    };
    out.extend(1_u16.to_le_bytes());
    out.extend(module.address.0);
    put_bytes(out, module.name.as_bytes());
    put_bytes(out, instance.name.as_bytes());
    put_tags(code, &instance.type_arguments, out)?;
    out.extend(mask.0.to_le_bytes());
    put_tags(code, captured, out)
}

fn put_tags(code: &Code, types: &[Type], out: &mut Vec<u8>) -> VmResult<()> {
    put_uleb(out, types.len() as u64);
    types.iter().try_for_each(|ty| {
        code.tag(*ty)?.write(out);
        Ok(())
    })
}

/// Reads what comes before the captured values, and checks that the function is there and that
/// what it captures leaves a value of the type.
pub(crate) fn read(rt: &mut Runtime<'_>, ty: Type, reader: &mut Reader<'_>) -> VmResult<Head> {
    let bad = |what: &str| VmError::new(StatusCode::ValueDeserializationError).with_message(what);
    if reader.take(2)? != 1_u16.to_le_bytes() {
        return Err(bad("the version of a function value is unknown"));
    }
    let module = ModuleId::new(reader.address()?, reader.string()?);
    let name = reader.string()?;
    let arguments = tags(rt, reader)?;
    let mask = ClosureMask(reader.u64()?);
    let captured = tags(rt, reader)?;
    let function = rt
        .code
        .function(rt.engine, rt.host, &module, &name, &arguments)?;
    let instance = rt.code.instance(function)?;
    let parameters = instance.parameters.iter().enumerate();
    let (taken, free): (Vec<_>, Vec<_>) = parameters.partition(|(i, _)| mask.captures(*i));
    let types = |list: Vec<(usize, &Type)>| list.into_iter().map(|(_, ty)| *ty).collect::<Vec<_>>();
    let (taken, free) = (types(taken), types(free));
    let TypeKind::Function(expected) = rt.code.types.kind(ty) else {
        return Err(bad("not a function type"));
    };
    let fits = instance.persistent
        && taken == captured
        && mask.end() <= instance.parameters.len()
        && *free == *expected.parameters
        && instance.returns == expected.results;
    if fits {
        Ok(Head {
            function,
            mask,
            captured,
        })
    } else {
        Err(bad("the function has changed"))
    }
}

fn tags(rt: &mut Runtime<'_>, reader: &mut Reader<'_>) -> VmResult<Vec<Type>> {
    let mut types = Vec::new();
    for _ in 0..reader.uleb()? {
        let tag = TypeTag::read(reader)?;
        types.push(rt.code.type_of(rt.engine, rt.host, &tag)?);
    }
    Ok(types)
}
