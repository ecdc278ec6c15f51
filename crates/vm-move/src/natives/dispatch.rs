//! Functions that are named at run time: `0x1::function_info`, and the natives that run one in
//! their place (`dispatchable_fungible_asset`).

use alloc::{format, string::String, vec::Vec};
use lumio_move_engine::{
    ModuleId, NativeOutcome, StatusCode, VmResult,
    bcs::Reader,
    format::{
        AbilitySet, CompiledModule, SignatureIndex, SignatureToken, StructHandleIndex, Visibility,
        read_module,
    },
    is_identifier,
};

use super::{Done, Frame, Row};

const ASSETS: &str = "dispatchable_fungible_asset";

pub(super) const ROWS: &[Row] = &[
    (
        "function_info",
        "check_dispatch_type_compatibility_impl",
        4_000,
        0,
        is_compatible,
    ),
    ("function_info", "is_identifier", 100, 1, |f| {
        let bytes = f.bytes(0)?;
        let is_valid = core::str::from_utf8(&bytes).is_ok_and(|text| is_identifier(text, false));
        f.give_bool(is_valid)
    }),
    ("function_info", "load_function_impl", 3_000, 0, load),
    (ASSETS, "dispatchable_withdraw", 1_500, 1, dispatch),
    (ASSETS, "dispatchable_deposit", 1_500, 1, dispatch),
    (ASSETS, "dispatchable_derived_balance", 1_500, 1, dispatch),
    (ASSETS, "dispatchable_derived_supply", 1_500, 1, dispatch),
];

/// Reads a `FunctionInfo`: account, module's name, function's name.
fn function_info(frame: &mut Frame<'_>, argument: usize) -> VmResult<(ModuleId, String)> {
    let bcs = frame.value(argument)?;
    let mut reader = Reader::new(&bcs);
    let address = reader.address()?;
    let module = reader.string()?;
    Ok((ModuleId::new(address, module), reader.string()?))
}

/// Runs the function that the last argument names, with all the others.
fn dispatch(frame: &mut Frame<'_>) -> Done {
    let native = frame.call.function();
    let instance = frame.call.code().instance(native)?.clone();
    let last = instance.parameters.len().checked_sub(1);
    let last = last.ok_or(StatusCode::InternalTypeError)?;
    let (module, name) = function_info(frame, last)?;
    let mut type_arguments = Vec::new();
    for number in 0..instance.type_arguments.len() {
        type_arguments.push(frame.call.type_argument(number)?);
    }
    let last = u16::try_from(last).map_err(|_| StatusCode::InternalTypeError)?;
    Ok(NativeOutcome::CallNamed {
        module,
        name,
        type_arguments,
        arguments: (0..last).collect(),
    })
}

/// The module's code is read, and so is known to be there, before something calls it.
fn load(frame: &mut Frame<'_>) -> Done {
    let (module, name) = function_info(frame, 0)?;
    let missing = || StatusCode::FunctionResolutionFailure;
    let bytes = frame.chain.module(&module)?.ok_or_else(missing)?;
    frame.call.charge(bytes.len() as u64)?;
    Shape::of(&read_module(&bytes)?, &name).ok_or_else(missing)?;
    Ok(NativeOutcome::Return)
}

/// What a function looks like to those that call it; types by name.
#[derive(PartialEq, Eq)]
struct Shape {
    type_parameters: Vec<AbilitySet>,
    parameters: Vec<String>,
    returns: Vec<String>,
}

impl Shape {
    /// Of a function by name, with whether it may be dispatched to: public, with code.
    fn of(module: &CompiledModule, name: &str) -> Option<(Self, bool)> {
        for def in &module.function_defs {
            let handle = module.function_handles.get(def.handle.index())?;
            if module.identifiers.get(handle.name.index())?.as_str() != name {
                continue;
            }
            let shape = Self {
                type_parameters: handle.type_parameters.clone(),
                parameters: names(module, handle.parameters)?,
                returns: names(module, handle.returns)?,
            };
            let may = def.visibility == Visibility::Public && def.code.is_some();
            return Some((shape, may));
        }
        None
    }
}

fn names(module: &CompiledModule, signature: SignatureIndex) -> Option<Vec<String>> {
    let tokens = module.signatures.get(signature.index())?;
    tokens.iter().map(|token| written(module, token)).collect()
}

fn struct_name(module: &CompiledModule, index: StructHandleIndex) -> Option<String> {
    let handle = module.struct_handles.get(index.index())?;
    let home = module.module_handles.get(handle.module.index())?;
    let address = module.addresses.get(home.address.index())?;
    let home = module.identifiers.get(home.name.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    Some(format!("{address}::{home}::{name}"))
}

/// A type as text, the same in every module.
fn written(module: &CompiledModule, token: &SignatureToken) -> Option<String> {
    let inner = |token: &SignatureToken| written(module, token);
    Some(match token {
        SignatureToken::Vector(t) => format!("vector<{}>", inner(t)?),
        SignatureToken::Reference(t) => format!("&{}", inner(t)?),
        SignatureToken::MutableReference(t) => format!("&mut {}", inner(t)?),
        SignatureToken::Struct(index) => struct_name(module, *index)?,
        SignatureToken::StructInstantiation(index, arguments) => {
            let arguments: Option<Vec<String>> = arguments.iter().map(inner).collect();
            format!(
                "{}<{}>",
                struct_name(module, *index)?,
                arguments?.join(", ")
            )
        }
        SignatureToken::Function(..) => return None,
        other => format!("{other:?}"),
    })
}

/// Whether the second function may run in the place of the first, a native: it takes the same but
/// for the last, returns the same, is public, and is another.
fn is_compatible(frame: &mut Frame<'_>) -> Done {
    let native = function_info(frame, 0)?;
    let other = function_info(frame, 1)?;
    let mut shapes = Vec::new();
    for (module, name) in [&native, &other] {
        let missing = || StatusCode::FunctionResolutionFailure;
        let bytes = frame.chain.module(module)?.ok_or_else(missing)?;
        frame.call.charge(bytes.len() as u64)?;
        shapes.push(Shape::of(&read_module(&bytes)?, name).ok_or_else(missing)?);
    }
    let fits = match shapes.as_mut_slice() {
        [(of_native, _), (of_other, may)] => {
            of_native.parameters.pop();
            *may && native != other && of_native == of_other
        }
        _ => false,
    };
    frame.give_bool(fits)
}
