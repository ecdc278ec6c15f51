//! What transactions may call, and with which arguments.
//!
//! A function takes its signers first and gives nothing back. The other parameters are of types
//! whose values anybody may make: primitives, vectors, and structs for which the embedder names a
//! constructor, so that nobody makes a value that the struct's own module would not.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::{
    Address, Gas, Location, ModuleId, Returned, Session, StatusCode, TypeTag, VmError, VmResult,
    bcs::{Reader, put_uleb},
    code::{InstanceId, Type, TypeKind},
};

/// Structs that arguments may have, and the function of their module that makes each.
///
/// A constructor has the struct's type parameters and returns the struct. In an argument's BCS
/// stand the constructor's own arguments, one after the other: of `0x1::string::String`, made by
/// `utf8`, a `vector<u8>`; of `0x1::object::Object<T>`, made by `address_to_object`, an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constructors {
    functions: BTreeMap<(ModuleId, String), String>,
}

impl Constructors {
    /// Allows a struct in arguments.
    pub fn add(
        &mut self,
        module: ModuleId,
        structure: impl Into<String>,
        function: impl Into<String>,
    ) {
        self.functions
            .insert((module, structure.into()), function.into());
    }

    fn get(&self, module: &ModuleId, structure: &str) -> Option<&str> {
        let key = (module.clone(), String::from(structure));
        self.functions.get(&key).map(String::as_str)
    }
}

/// A call as a transaction asks for it.
#[derive(Clone, Copy, Debug)]
pub struct EntryArguments<'a> {
    /// Who signs.
    pub signers: &'a [Address],
    /// The BCS of the other arguments.
    pub arguments: &'a [Vec<u8>],
    /// Which structs they may have.
    pub constructors: &'a Constructors,
}

#[cold]
fn refused(status: StatusCode, message: String) -> VmError {
    VmError::new(status).with_message(message)
}

impl Session<'_> {
    /// Calls an entry function.
    ///
    /// # Errors
    /// `EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION`; `INVALID_MAIN_FUNCTION_SIGNATURE` if
    /// it returns something or takes what no transaction can give;
    /// `NUMBER_OF_ARGUMENTS_MISMATCH`; `NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH`, unless it takes no
    /// signer at all; `FAILED_TO_DESERIALIZE_ARGUMENT`; those of constructors and of the run.
    pub fn call_entry(
        &mut self,
        module: &ModuleId,
        function: &str,
        type_arguments: &[TypeTag],
        arguments: EntryArguments<'_>,
        gas: &mut Gas,
    ) -> VmResult<()> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .function(s.engine, &mut s.host, module, function, &types)?;
            if !s.code.is_entry(id)? {
                let message = alloc::format!("{module}::{function} is no entry function");
                let status = StatusCode::ExecuteEntryFunctionCalledOnNonEntryFunction;
                return Err(refused(status, message));
            }
            s.run_entry(id, arguments, gas)
        })
    }

    /// Runs a script with signers, by the same rules.
    ///
    /// # Errors
    /// As [`call_entry`](Self::call_entry), and those of reading and verifying the script.
    pub fn run_entry_script(
        &mut self,
        script: &[u8],
        type_arguments: &[TypeTag],
        arguments: EntryArguments<'_>,
        gas: &mut Gas,
    ) -> VmResult<()> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .script_function(s.engine, &mut s.host, script, &types, gas)?;
            s.run_entry(id, arguments, gas)
        })
    }

    /// Calls a function that anybody may ask, with arguments as an entry function gets them and
    /// without signers. Whether the function is meant for that is the embedder's to know.
    ///
    /// # Errors
    /// As [`call_entry`](Self::call_entry), but for the results.
    pub fn call_view(
        &mut self,
        module: &ModuleId,
        function: &str,
        type_arguments: &[TypeTag],
        arguments: &[Vec<u8>],
        constructors: &Constructors,
        gas: &mut Gas,
    ) -> VmResult<Returned> {
        self.guard(|s| {
            let types = s.types_of(type_arguments)?;
            let id = s
                .code
                .function(s.engine, &mut s.host, module, function, &types)?;
            let given = EntryArguments {
                signers: &[],
                arguments,
                constructors,
            };
            let all = s.arguments(id, given, gas)?;
            s.run(id, &all, gas)
        })
    }

    fn run_entry(
        &mut self,
        id: InstanceId,
        given: EntryArguments<'_>,
        gas: &mut Gas,
    ) -> VmResult<()> {
        let instance = self.code.instance(id)?.clone();
        if !instance.returns.is_empty() {
            let message = alloc::format!("{} returns a value", instance.name);
            let status = StatusCode::InvalidMainFunctionSignature;
            return Err(refused(status, message));
        }
        let all = self.arguments(id, given, gas)?;
        self.run(id, &all, gas).map(|_| ())
    }

    /// How many signers a function takes first, and its other parameters.
    pub(crate) fn split_signers(&self, id: InstanceId) -> VmResult<(usize, Vec<Type>)> {
        let instance = self.code.instance(id)?;
        let is_signer = |ty: &&Type| {
            let inner = self.code.types.referent(**ty);
            inner.map_or(**ty == Type::SIGNER, |(inner, mutable)| {
                inner == Type::SIGNER && !mutable
            })
        };
        let signers = instance.parameters.iter().take_while(is_signer).count();
        let others = instance.parameters.get(signers..).unwrap_or_default();
        Ok((signers, others.to_vec()))
    }

    /// The BCS of all arguments: signers first, then what the constructors make.
    pub(crate) fn arguments(
        &mut self,
        id: InstanceId,
        given: EntryArguments<'_>,
        gas: &mut Gas,
    ) -> VmResult<Vec<Vec<u8>>> {
        let instance = self.code.instance(id)?.clone();
        let (signers, parameters) = self.split_signers(id)?;
        for (number, ty) in parameters.iter().enumerate() {
            if !self.is_givable(*ty, given.constructors)? {
                let message = alloc::format!(
                    "parameter {} of {} is of a type that a transaction cannot give",
                    signers.saturating_add(number),
                    instance.name
                );
                let status = StatusCode::InvalidMainFunctionSignature;
                return Err(refused(status, message));
            }
        }
        if parameters.len() != given.arguments.len() {
            let message = alloc::format!(
                "{} takes {} arguments besides signers, not {}",
                instance.name,
                parameters.len(),
                given.arguments.len()
            );
            return Err(refused(StatusCode::NumberOfArgumentsMismatch, message));
        }
        if signers > 0 && signers != given.signers.len() {
            let message = alloc::format!(
                "{} takes {signers} signers, not {}",
                instance.name,
                given.signers.len()
            );
            let status = StatusCode::NumberOfSignerArgumentsMismatch;
            return Err(refused(status, message));
        }
        let mut all: Vec<Vec<u8>> = Vec::new();
        if signers > 0 {
            all.extend(given.signers.iter().map(|address| address.0.to_vec()));
        }
        for (number, (ty, bytes)) in parameters.iter().zip(given.arguments).enumerate() {
            let mut reader = Reader::new(bytes);
            let depth = self.engine.limits.value_depth;
            let made = self
                .make(*ty, &mut reader, given.constructors, depth, gas)
                .and_then(|made| reader.end().map(|()| made))
                .map_err(|error| undecodable(error, signers.saturating_add(number)))?;
            all.push(made);
        }
        Ok(all)
    }

    /// Whether a transaction can give values of a type.
    fn is_givable(&mut self, ty: Type, constructors: &Constructors) -> VmResult<bool> {
        let mut ty = ty;
        // Types inside each other are bounded by their depth.
        loop {
            match self.code.types.kind(ty).clone() {
                TypeKind::Bool | TypeKind::Integer(_) | TypeKind::Address => return Ok(true),
                TypeKind::Vector(element) => ty = element,
                TypeKind::Struct(..) => {
                    return Ok(self.constructor(ty, constructors)?.is_some());
                }
                TypeKind::Signer
                | TypeKind::Function(_)
                | TypeKind::Reference(_)
                | TypeKind::MutableReference(_) => return Ok(false),
            }
        }
    }

    /// The function that makes values of a struct type.
    pub(crate) fn constructor(
        &mut self,
        ty: Type,
        constructors: &Constructors,
    ) -> VmResult<Option<InstanceId>> {
        let tag = self.code.struct_tag(ty)?;
        let Some(function) = constructors.get(&tag.module, &tag.name) else {
            return Ok(None);
        };
        let TypeKind::Struct(_, arguments) = self.code.types.kind(ty).clone() else {
            return Ok(None);
        };
        let id = self.code.function(
            self.engine,
            &mut self.host,
            &tag.module,
            function,
            &arguments,
        )?;
        let instance = self.code.instance(id)?;
        Ok((*instance.returns == [ty]).then_some(id))
    }

    /// Reads an argument and returns its value's BCS: constructors run on the way.
    fn make(
        &mut self,
        ty: Type,
        reader: &mut Reader<'_>,
        constructors: &Constructors,
        depth: u16,
        gas: &mut Gas,
    ) -> VmResult<Vec<u8>> {
        let depth = depth
            .checked_sub(1)
            .ok_or(StatusCode::VmMaxValueDepthReached)?;
        match self.code.types.kind(ty).clone() {
            TypeKind::Bool => Ok(alloc::vec![u8::from(reader.bool()?)]),
            TypeKind::Integer(integer) => {
                Ok(reader.take(usize::from(integer.bits() / 8))?.to_vec())
            }
            TypeKind::Address => Ok(reader.address()?.0.to_vec()),
            TypeKind::Vector(element) => {
                let count = reader.uleb()?;
                let mut bcs = Vec::new();
                put_uleb(&mut bcs, u64::from(count));
                if element == Type::U8 {
                    bcs.extend_from_slice(reader.take(count as usize)?);
                    return Ok(bcs);
                }
                // Constructors may take nothing, so the count is held against the bytes first.
                if count as usize > reader.left() {
                    let error = VmError::new(StatusCode::ValueDeserializationError);
                    return Err(error.with_message("the value ends too early"));
                }
                for _ in 0..count {
                    bcs.extend(self.make(element, reader, constructors, depth, gas)?);
                }
                Ok(bcs)
            }
            TypeKind::Struct(..) => {
                let Some(id) = self.constructor(ty, constructors)? else {
                    return Err(StatusCode::InvalidMainFunctionSignature.into());
                };
                let parameters = self.code.instance(id)?.parameters.clone();
                let mut arguments = Vec::new();
                for parameter in &parameters {
                    arguments.push(self.make(*parameter, reader, constructors, depth, gas)?);
                }
                let mut made = self.run(id, &arguments, gas)?.values;
                made.pop()
                    .ok_or_else(|| StatusCode::UnknownInvariantViolationError.into())
            }
            TypeKind::Signer
            | TypeKind::Function(_)
            | TypeKind::Reference(_)
            | TypeKind::MutableReference(_) => Err(StatusCode::InvalidMainFunctionSignature.into()),
        }
    }
}

/// Bytes that are no value make an argument undecodable; other errors are a constructor's.
fn undecodable(error: VmError, number: usize) -> VmError {
    let ran = error.details().location != Location::Undefined;
    if ran || error.status() != StatusCode::ValueDeserializationError {
        return error;
    }
    let message = alloc::format!("argument {number}: {error}");
    refused(StatusCode::FailedToDeserializeArgument, message)
}
