//! Between types and their names.

use alloc::{boxed::Box, vec::Vec};

use super::{Code, FunctionType, Integer, Type, TypeKind, unit::bounds};
use crate::{
    Engine, FunctionParameterTag, FunctionTag, Host, StatusCode, StructTag, TypeTag, VmError,
    VmResult,
};

impl Code {
    /// The type's name. A reference has none: `INTERNAL_TYPE_ERROR`.
    pub fn tag(&self, ty: Type) -> VmResult<TypeTag> {
        Ok(match self.types.kind(ty) {
            TypeKind::Bool => TypeTag::Bool,
            TypeKind::Address => TypeTag::Address,
            TypeKind::Signer => TypeTag::Signer,
            TypeKind::Integer(integer) => match integer {
                Integer::U8 => TypeTag::U8,
                Integer::U16 => TypeTag::U16,
                Integer::U32 => TypeTag::U32,
                Integer::U64 => TypeTag::U64,
                Integer::U128 => TypeTag::U128,
                Integer::U256 => TypeTag::U256,
                Integer::I8 => TypeTag::I8,
                Integer::I16 => TypeTag::I16,
                Integer::I32 => TypeTag::I32,
                Integer::I64 => TypeTag::I64,
                Integer::I128 => TypeTag::I128,
                Integer::I256 => TypeTag::I256,
            },
            TypeKind::Vector(element) => TypeTag::Vector(Box::new(self.tag(*element)?)),
            TypeKind::Struct(..) => TypeTag::Struct(Box::new(self.struct_tag(ty)?)),
            TypeKind::Function(function) => TypeTag::Function(Box::new(FunctionTag {
                parameters: self.parameter_tags(&function.parameters)?,
                results: self.parameter_tags(&function.results)?,
                abilities: function.abilities,
            })),
            TypeKind::Reference(_) | TypeKind::MutableReference(_) => {
                return Err(VmError::new(StatusCode::InternalTypeError)
                    .with_message("a reference has no type tag"));
            }
        })
    }

    /// The name of a struct or enum type; of another type, `INTERNAL_TYPE_ERROR`.
    pub fn struct_tag(&self, ty: Type) -> VmResult<StructTag> {
        let TypeKind::Struct(id, arguments) = self.types.kind(ty) else {
            return Err(StatusCode::InternalTypeError.into());
        };
        let (module, name) = bounds(self.types.struct_name(*id))?;
        let type_arguments = arguments
            .iter()
            .map(|a| self.tag(*a))
            .collect::<VmResult<_>>()?;
        Ok(StructTag {
            module: module.clone(),
            name: name.into(),
            type_arguments,
        })
    }

    fn parameter_tags(&self, types: &[Type]) -> VmResult<Vec<FunctionParameterTag>> {
        let tag = |ty: &Type| {
            Ok(match self.types.referent(*ty) {
                None => FunctionParameterTag::Value(self.tag(*ty)?),
                Some((inner, false)) => FunctionParameterTag::Reference(self.tag(inner)?),
                Some((inner, true)) => FunctionParameterTag::MutableReference(self.tag(inner)?),
            })
        };
        types.iter().map(tag).collect()
    }

    /// The type of that name. Modules that it names are loaded. Errors: `TYPE_RESOLUTION_FAILURE`
    /// if there is no such struct, `NUMBER_OF_TYPE_ARGUMENTS_MISMATCH`,
    /// `CONSTRAINT_NOT_SATISFIED`, limits of depth and size.
    pub fn type_of(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        tag: &TypeTag,
    ) -> VmResult<Type> {
        let kind = match tag {
            TypeTag::Bool => return Ok(Type::BOOL),
            TypeTag::U8 => return Ok(Type::U8),
            TypeTag::U16 => return Ok(Type::U16),
            TypeTag::U32 => return Ok(Type::U32),
            TypeTag::U64 => return Ok(Type::U64),
            TypeTag::U128 => return Ok(Type::U128),
            TypeTag::U256 => return Ok(Type::U256),
            TypeTag::I8 => return Ok(Type::I8),
            TypeTag::I16 => return Ok(Type::I16),
            TypeTag::I32 => return Ok(Type::I32),
            TypeTag::I64 => return Ok(Type::I64),
            TypeTag::I128 => return Ok(Type::I128),
            TypeTag::I256 => return Ok(Type::I256),
            TypeTag::Address => return Ok(Type::ADDRESS),
            TypeTag::Signer => return Ok(Type::SIGNER),
            TypeTag::Vector(element) => TypeKind::Vector(self.type_of(engine, host, element)?),
            TypeTag::Struct(tag) => return self.struct_type_of(engine, host, tag),
            TypeTag::Function(tag) => TypeKind::Function(FunctionType {
                parameters: self.parameters_of(engine, host, &tag.parameters)?,
                results: self.parameters_of(engine, host, &tag.results)?,
                abilities: tag.abilities,
            }),
        };
        self.types.intern_within(&engine.limits, kind)
    }

    fn parameters_of(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        tags: &[FunctionParameterTag],
    ) -> VmResult<Box<[Type]>> {
        let mut types = Vec::new();
        for tag in tags {
            let kind = match tag {
                FunctionParameterTag::Value(tag) => {
                    types.push(self.type_of(engine, host, tag)?);
                    continue;
                }
                FunctionParameterTag::Reference(tag) => {
                    TypeKind::Reference(self.type_of(engine, host, tag)?)
                }
                FunctionParameterTag::MutableReference(tag) => {
                    TypeKind::MutableReference(self.type_of(engine, host, tag)?)
                }
            };
            types.push(self.types.intern_within(&engine.limits, kind)?);
        }
        Ok(types.into())
    }

    fn struct_type_of(
        &mut self,
        engine: &Engine,
        host: &mut dyn Host,
        tag: &StructTag,
    ) -> VmResult<Type> {
        let mut arguments = Vec::new();
        for argument in &tag.type_arguments {
            arguments.push(self.type_of(engine, host, argument)?);
        }
        let unit = self.load_unit(engine, host, &tag.module)?;
        let unit = self.unit(unit)?.clone();
        let tables = &unit.module.tables;
        let def = unit
            .struct_def(&tag.name)
            .and_then(|i| tables.struct_defs.get(i.index()));
        let Some(def) = def else {
            let message = alloc::format!("{} has no struct {}", tag.module, tag.name);
            return Err(VmError::new(StatusCode::TypeResolutionFailure).with_message(message));
        };
        let handle = bounds(tables.struct_handles.get(def.handle.index()))?;
        if handle.type_parameters.len() != arguments.len() {
            let what = alloc::format!("{}::{}", tag.module, tag.name);
            let (needed, given) = (handle.type_parameters.len(), arguments.len());
            return Err(super::instantiate::wrong_number(&what, needed, given));
        }
        for (parameter, argument) in handle.type_parameters.iter().zip(&arguments) {
            if !parameter.constraints.is_subset(self.abilities(*argument)?) {
                return Err(StatusCode::ConstraintNotSatisfied.into());
            }
        }
        let id = self.types.struct_id(&tag.module, &tag.name);
        self.types
            .intern_within(&engine.limits, TypeKind::Struct(id, arguments.into()))
    }
}
