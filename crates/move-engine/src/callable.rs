//! Calls of functions by those who are not Move code: other machines, which know a function by its
//! name, and give and take what anybody may make and see.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::{
    Constructors, EntryArguments, Gas, ModuleId, Returned, Session, StatusCode, StructTag, TypeTag,
    VmError, VmResult,
    code::{InstanceId, Integer, Type, TypeKind},
    format::Ability,
};

/// What an argument from outside is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Givable {
    /// `bool`
    Bool,
    /// An integer.
    Integer(Integer),
    /// `address`
    Address,
    /// `vector<T>`
    Vector(Box<Givable>),
    /// A struct, made by a constructor from these, which follow each other in its BCS.
    Made(StructTag, Vec<Givable>),
}

/// A function as outsiders see it.
#[derive(Clone, Debug)]
pub struct Callable {
    id: InstanceId,
    /// How many signers it takes, all of them first.
    pub signers: usize,
    /// The other parameters.
    pub parameters: Vec<Givable>,
    /// What it returns, without references.
    pub returns: Vec<Type>,
}

fn refused(message: String) -> VmError {
    VmError::new(StatusCode::InvalidMainFunctionSignature).with_message(message)
}

impl Session<'_> {
    /// A public or entry function, as outsiders may call it: all parameters are signers or of types
    /// whose values anybody may make, and what it returns may be thrown away once it was seen.
    ///
    /// # Errors
    /// That there is no such function, and what about it does not fit.
    pub fn callable(
        &mut self,
        module: &ModuleId,
        function: &str,
        type_arguments: &[TypeTag],
        constructors: &Constructors,
    ) -> VmResult<Callable> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .function(s.engine, &mut s.host, module, function, &types)?;
            let instance = s.code.instance(id)?.clone();
            if !s.code.is_entry(id)? && !s.code.is_public(id)? {
                let message = alloc::format!("{module}::{function} is neither public nor entry");
                return Err(refused(message));
            }
            let (signers, parameters) = s.split_signers(id)?;
            let mut givable = Vec::new();
            for (number, ty) in parameters.iter().enumerate() {
                let part = s.givable(*ty, constructors, 0)?;
                givable.push(part.ok_or_else(|| {
                    refused(alloc::format!(
                        "parameter {} of {module}::{function} is of a type that only Move code can give",
                        signers.saturating_add(number)
                    ))
                })?);
            }
            let mut returns = Vec::new();
            for ty in &instance.returns {
                let (ty, needed) = match s.code.types.referent(*ty) {
                    Some((inner, _)) => (inner, Ability::Copy),
                    None => (*ty, Ability::Drop),
                };
                if !s.code.abilities(ty)?.has(needed) {
                    return Err(refused(alloc::format!(
                        "{module}::{function} returns a value that only Move code can take"
                    )));
                }
                returns.push(ty);
            }
            Ok(Callable {
                id,
                signers,
                parameters: givable,
                returns,
            })
        })
    }

    /// Calls it, with arguments as an entry function gets them.
    ///
    /// # Errors
    /// As [`call_entry`](Self::call_entry).
    pub fn call_callable(
        &mut self,
        callable: &Callable,
        arguments: EntryArguments<'_>,
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        self.guard(|s| {
            let all = s.arguments(callable.id, arguments, gas)?;
            s.run(callable.id, &all, gas)
        })
    }

    /// What values of a type are made of, if anybody may make them.
    fn givable(
        &mut self,
        ty: Type,
        constructors: &Constructors,
        depth: u16,
    ) -> VmResult<Option<Givable>> {
        if depth > self.engine.limits.type_depth {
            return Err(StatusCode::VmMaxTypeDepthReached.into());
        }
        let deeper = depth.saturating_add(1);
        Ok(match self.code.types.kind(ty).clone() {
            TypeKind::Bool => Some(Givable::Bool),
            TypeKind::Integer(integer) => Some(Givable::Integer(integer)),
            TypeKind::Address => Some(Givable::Address),
            TypeKind::Vector(element) => self
                .givable(element, constructors, deeper)?
                .map(|element| Givable::Vector(Box::new(element))),
            TypeKind::Struct(..) => {
                let Some(id) = self.constructor(ty, constructors)? else {
                    return Ok(None);
                };
                let tag = self.code.struct_tag(ty)?;
                let mut parts = Vec::new();
                for parameter in self.code.instance(id)?.parameters.clone().iter() {
                    let Some(part) = self.givable(*parameter, constructors, deeper)? else {
                        return Ok(None);
                    };
                    parts.push(part);
                }
                Some(Givable::Made(tag, parts))
            }
            TypeKind::Signer
            | TypeKind::Function(_)
            | TypeKind::Reference(_)
            | TypeKind::MutableReference(_) => None,
        })
    }
}
