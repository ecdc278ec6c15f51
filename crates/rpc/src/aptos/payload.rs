//! What a transaction runs, as JSON and back. The types of arguments are those
//! of the function in the state.

use super::{
    abi::script_json,
    backend::{ForeignTransaction, ForeignVm},
    convert::hex_of,
    error::ApiError,
    names::{self, address},
    types::{Types, argument_types},
};
use alloy_primitives::hex;
use lumio_move_engine::{
    Address, Layout, ModuleId, TypeTag, U256, bcs::Reader, format::read_script, is_identifier,
};
use lumio_move_transaction::{
    EntryFunction, Executable, ExecutableRef, ExtraConfig, Multisig, OrderlessPayload, Script,
    TransactionArgument, TransactionPayload,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A payload as JSON. An orderless one looks like that of a transaction with a
/// sequence number; its nonce stands beside the payload.
pub(super) fn payload_json(
    types: &mut Types<'_>,
    payload: &TransactionPayload,
) -> Result<Value, ApiError> {
    let executable = match payload.executable() {
        ExecutableRef::Script(script) => script_payload_json(types, script)?,
        ExecutableRef::EntryFunction(call) => entry_function_json(types, call)?,
        ExecutableRef::Empty => Value::Null,
    };
    Ok(match payload.multisig_address() {
        None => executable,
        Some(multisig) => {
            let mut object = json!({
                "type": "multisig_payload",
                "multisig_address": address(&multisig),
            });
            if let (Some(object), false) = (object.as_object_mut(), executable.is_null()) {
                object.insert("transaction_payload".into(), executable);
            }
            object
        }
    })
}

fn entry_function_json(types: &mut Types<'_>, call: &EntryFunction) -> Result<Value, ApiError> {
    let tags = types.parameters(&call.module, &call.function, &call.type_arguments)?;
    let tags = tags.unwrap_or_default();
    let mut arguments = Vec::new();
    for (place, bcs) in call.arguments.iter().enumerate() {
        let shown = match tags.get(place) {
            Some(tag) => types.show(tag, bcs)?,
            None => None,
        };
        // A transaction may name what is not there, or give what it does not take.
        arguments.push(shown.unwrap_or_else(|| json!(hex_of(bcs))));
    }
    Ok(json!({
        "type": "entry_function_payload",
        "function": names::function(&call.module, &call.function),
        "type_arguments": names::types(&call.type_arguments),
        "arguments": arguments,
    }))
}

fn script_payload_json(types: &mut Types<'_>, script: &Script) -> Result<Value, ApiError> {
    let read = read_script(&script.code).ok();
    let tags = read.and_then(|read| {
        let tokens = read.signatures.get(read.parameters.index())?;
        argument_types(&read, tokens, &script.type_arguments)
    });
    let tags = tags.unwrap_or_default();
    let mut arguments = Vec::new();
    for (place, argument) in script.arguments.iter().enumerate() {
        let bcs = argument.value();
        let shown = match tag_of(argument).as_ref().or_else(|| tags.get(place)) {
            Some(tag) => types.show(tag, &bcs)?,
            None => None,
        };
        arguments.push(shown.unwrap_or_else(|| json!(hex_of(&bcs))));
    }
    Ok(json!({
        "type": "script_payload",
        "code": script_json(&script.code),
        "type_arguments": names::types(&script.type_arguments),
        "arguments": arguments,
    }))
}

/// The type that a script's argument carries.
fn tag_of(argument: &TransactionArgument) -> Option<TypeTag> {
    Some(match argument {
        TransactionArgument::U8(_) => TypeTag::U8,
        TransactionArgument::U16(_) => TypeTag::U16,
        TransactionArgument::U32(_) => TypeTag::U32,
        TransactionArgument::U64(_) => TypeTag::U64,
        TransactionArgument::U128(_) => TypeTag::U128,
        TransactionArgument::U256(_) => TypeTag::U256,
        TransactionArgument::I8(_) => TypeTag::I8,
        TransactionArgument::I16(_) => TypeTag::I16,
        TransactionArgument::I32(_) => TypeTag::I32,
        TransactionArgument::I64(_) => TypeTag::I64,
        TransactionArgument::I128(_) => TypeTag::I128,
        TransactionArgument::I256(_) => TypeTag::I256,
        TransactionArgument::Bool(_) => TypeTag::Bool,
        TransactionArgument::Address(_) => TypeTag::Address,
        TransactionArgument::U8Vector(_) => TypeTag::Vector(Box::new(TypeTag::U8)),
        TransactionArgument::Serialized(_) => return None,
    })
}

/// A transaction of another VM as the call of an entry function, so that
/// clients can read it: `0x1::evm::call(to, value in wei, call data)`,
/// `0x1::evm::create(value in wei, code)`, or `0x1::svm::execute(message)`.
pub(super) fn foreign_call(transaction: &ForeignTransaction) -> (EntryFunction, Vec<Value>) {
    let mut arguments: Vec<(Vec<u8>, Value)> = Vec::new();
    let value = transaction.value_wei;
    let bytes = |bytes: &[u8]| {
        let mut bcs = Vec::new();
        lumio_move_engine::bcs::put_bytes(&mut bcs, bytes);
        (bcs, json!(hex_of(bytes)))
    };
    if transaction.vm == ForeignVm::Evm {
        if let Some(to) = transaction.to {
            arguments.push((to.0.to_vec(), json!(address(&to))));
        }
        let wei: [u8; 32] = U256::to_le_bytes(&value);
        arguments.push((wei.to_vec(), json!(value.to_string())));
    }
    arguments.push(bytes(&transaction.input));
    let (module, function) = match (transaction.vm, transaction.to) {
        (ForeignVm::Evm, Some(_)) => ("evm", "call"),
        (ForeignVm::Evm, None) => ("evm", "create"),
        (ForeignVm::Svm, _) => ("svm", "execute"),
    };
    let (arguments, shown) = arguments.into_iter().unzip();
    let call = EntryFunction {
        module: ModuleId::new(Address::ONE, module),
        function: function.into(),
        type_arguments: Vec::new(),
        arguments,
    };
    (call, shown)
}

/// [`foreign_call`] as JSON.
pub(super) fn foreign_payload_json(transaction: &ForeignTransaction) -> Value {
    let (call, arguments) = foreign_call(transaction);
    json!({
        "type": "entry_function_payload",
        "function": names::function(&call.module, &call.function),
        "type_arguments": [],
        "arguments": arguments,
    })
}

/// A call of a function as clients write it.
#[derive(Deserialize)]
pub(super) struct CallJson {
    function: String,
    #[serde(default)]
    type_arguments: Vec<String>,
    #[serde(default)]
    arguments: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct CodeJson {
    bytecode: String,
}

/// A payload as clients write it.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum PayloadJson {
    #[serde(rename = "entry_function_payload")]
    EntryFunction(CallJson),
    #[serde(rename = "script_payload")]
    Script {
        code: CodeJson,
        #[serde(default)]
        type_arguments: Vec<String>,
        #[serde(default)]
        arguments: Vec<Value>,
    },
    #[serde(rename = "multisig_payload")]
    Multisig {
        multisig_address: String,
        transaction_payload: Option<Box<PayloadJson>>,
    },
}

fn invalid(reason: impl ToString) -> ApiError {
    ApiError::InvalidInput(reason.to_string())
}

fn tags(texts: &[String]) -> Result<Vec<TypeTag>, ApiError> {
    texts
        .iter()
        .map(|text| text.parse().map_err(invalid))
        .collect()
}

impl CallJson {
    /// The call, with its arguments in BCS.
    pub(super) fn read(&self, types: &mut Types<'_>) -> Result<EntryFunction, ApiError> {
        let mut parts = self.function.split("::");
        let (Some(account), Some(module), Some(function), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid(format!(
                "{:?} is no function: write address::module::function",
                self.function
            )));
        };
        if !is_identifier(module, true) || !is_identifier(function, true) {
            return Err(invalid(format!(
                "{:?} has names that no function has",
                self.function
            )));
        }
        let module = ModuleId::new(account.parse().map_err(invalid)?, module);
        let type_arguments = tags(&self.type_arguments)?;
        let parameters = types.parameters(&module, function, &type_arguments)?;
        let parameters = parameters.ok_or_else(|| {
            invalid(format!(
                "there is no function {} that takes {} type arguments and values",
                self.function,
                type_arguments.len()
            ))
        })?;
        Ok(EntryFunction {
            module,
            function: function.to_owned(),
            type_arguments,
            arguments: read_arguments(types, &parameters, &self.arguments)?,
        })
    }
}

fn read_arguments(
    types: &mut Types<'_>,
    parameters: &[TypeTag],
    arguments: &[Value],
) -> Result<Vec<Vec<u8>>, ApiError> {
    if parameters.len() != arguments.len() {
        return Err(invalid(format!(
            "the function takes {} arguments, not {}",
            parameters.len(),
            arguments.len()
        )));
    }
    let mut read = Vec::new();
    for (place, (tag, json)) in parameters.iter().zip(arguments).enumerate() {
        let bcs = types.read(tag, json).map_err(|error| match error {
            ApiError::InvalidInput(reason) => invalid(format!("argument {place}: {reason}")),
            other => other,
        })?;
        read.push(bcs);
    }
    Ok(read)
}

impl PayloadJson {
    /// The payload. With a nonce it becomes an orderless one.
    pub(super) fn read(
        &self,
        types: &mut Types<'_>,
        nonce: Option<u64>,
    ) -> Result<TransactionPayload, ApiError> {
        let (executable, multisig_address) = match self {
            Self::EntryFunction(call) => (Executable::EntryFunction(call.read(types)?), None),
            Self::Script {
                code,
                type_arguments,
                arguments,
            } => {
                let script = read_script_payload(types, code, type_arguments, arguments)?;
                (Executable::Script(script), None)
            }
            Self::Multisig {
                multisig_address,
                transaction_payload,
            } => {
                let executable = match transaction_payload.as_deref() {
                    None => Executable::Empty,
                    Some(Self::EntryFunction(call)) => Executable::EntryFunction(call.read(types)?),
                    Some(_) => return Err(invalid("a multisig account runs entry functions only")),
                };
                let address: Address = multisig_address.parse().map_err(invalid)?;
                (executable, Some(address))
            }
        };
        if nonce.is_some() {
            return Ok(TransactionPayload::Orderless(OrderlessPayload {
                executable,
                extra: ExtraConfig {
                    multisig_address,
                    replay_protection_nonce: nonce,
                },
            }));
        }
        Ok(match (executable, multisig_address) {
            (Executable::Script(script), _) => TransactionPayload::Script(script),
            (Executable::EntryFunction(call), None) => TransactionPayload::EntryFunction(call),
            (Executable::EntryFunction(call), Some(address)) => {
                TransactionPayload::Multisig(Multisig {
                    address,
                    call: Some(call),
                })
            }
            (Executable::Empty, address) => TransactionPayload::Multisig(Multisig {
                address: address.unwrap_or_default(),
                call: None,
            }),
        })
    }
}

fn read_script_payload(
    types: &mut Types<'_>,
    code: &CodeJson,
    type_arguments: &[String],
    arguments: &[Value],
) -> Result<Script, ApiError> {
    let code = hex::decode(&code.bytecode).map_err(invalid)?;
    let script = read_script(&code).map_err(|error| invalid(format!("the script: {error}")))?;
    let type_arguments = tags(type_arguments)?;
    let tokens = script.signatures.get(script.parameters.index());
    let parameters = tokens.and_then(|tokens| argument_types(&script, tokens, &type_arguments));
    let parameters =
        parameters.ok_or_else(|| invalid("the script does not take these type arguments"))?;
    let mut carried = Vec::new();
    for (tag, bcs) in parameters
        .iter()
        .zip(read_arguments(types, &parameters, arguments)?)
    {
        carried.push(carry(types, tag, bcs)?);
    }
    Ok(Script {
        code,
        type_arguments,
        arguments: carried,
    })
}

/// An argument with its type, in the form that has its type if one has.
fn carry(
    types: &mut Types<'_>,
    tag: &TypeTag,
    bcs: Vec<u8>,
) -> Result<TransactionArgument, ApiError> {
    let layout = types.layout(tag)?;
    let broken = |_| ApiError::Internal(format!("a value of {tag} was written wrongly"));
    let mut reader = Reader::new(&bcs);
    Ok(match &*layout {
        Layout::Bool => TransactionArgument::Bool(reader.bool().map_err(broken)?),
        Layout::Address => TransactionArgument::Address(reader.address().map_err(broken)?),
        Layout::Vector(element)
            if **element == Layout::Integer(lumio_move_engine::code::Integer::U8) =>
        {
            let length = reader.uleb().map_err(broken)?;
            let bytes = reader.take(length as usize).map_err(broken)?;
            TransactionArgument::U8Vector(bytes.to_vec())
        }
        Layout::Integer(integer) => carry_integer(*integer, &bcs),
        _ => TransactionArgument::Serialized(bcs),
    })
}

fn carry_integer(integer: lumio_move_engine::code::Integer, bcs: &[u8]) -> TransactionArgument {
    use lumio_move_engine::code::Integer;
    let number = U256::from_le_slice(bcs);
    let low: u128 = number.wrapping_to();
    let small: u64 = number.wrapping_to();
    let signed = small.cast_signed();
    match integer {
        Integer::U8 => TransactionArgument::U8(number.wrapping_to()),
        Integer::U16 => TransactionArgument::U16(number.wrapping_to()),
        Integer::U32 => TransactionArgument::U32(number.wrapping_to()),
        Integer::U64 => TransactionArgument::U64(small),
        Integer::U128 => TransactionArgument::U128(low),
        Integer::U256 => TransactionArgument::U256(number),
        Integer::I8 => TransactionArgument::I8(signed as i8),
        Integer::I16 => TransactionArgument::I16(signed as i16),
        Integer::I32 => TransactionArgument::I32(signed as i32),
        Integer::I64 => TransactionArgument::I64(signed),
        Integer::I128 => TransactionArgument::I128(low.cast_signed()),
        Integer::I256 => TransactionArgument::I256(number),
    }
}
