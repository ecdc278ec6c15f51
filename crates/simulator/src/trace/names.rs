//! Names of what Move frames run.

use super::run::Seen;
use crate::SimulateError;
use alloy_primitives::{Bytes, hex};
use lumio_move_engine::{Address, ModuleId};
use lumio_move_transaction::ExecutableRef;
use lumio_types::MoveTransaction;
use lumio_vm_bus::{Call, message::MoveCall};
use lumio_vm_move::{Encoded, FunctionName, Shown, shown_address};
use serde_json::{Map, Value};

/// What a Move frame runs, for people.
#[derive(Debug, Default)]
pub(super) struct Named {
    function: Option<String>,
    arguments: Option<Vec<Value>>,
    returns: Option<Vec<Value>>,
}

impl Named {
    pub(super) fn put_into(self, frame: &mut Map<String, Value>) {
        frame.insert("vm".into(), "move".into());
        if let Some(function) = self.function {
            frame.insert("function".into(), function.into());
        }
        if let Some(arguments) = self.arguments {
            frame.insert("arguments".into(), arguments.into());
        }
        if let Some(returns) = self.returns {
            frame.insert("returns".into(), returns.into());
        }
    }
}

/// A call by another machine; `output` is there if it succeeded.
pub(super) fn of_call(
    seen: &Seen<'_>,
    call: &Call,
    output: Option<&Bytes>,
) -> Result<Named, SimulateError> {
    let Ok(message) = MoveCall::from_input(&call.input) else {
        return Ok(Named::default());
    };
    let tags = message.typeArguments.iter().map(|text| text.parse());
    let Ok(type_arguments) = tags.collect::<Result<_, _>>() else {
        return Ok(Named::default());
    };
    let name = FunctionName {
        module: ModuleId::new(Address(call.target.0.0), message.module.as_str()),
        function: message.function,
        type_arguments,
    };
    let given = Encoded::Arguments(&message.arguments);
    let returns = match output {
        Some(output) => shown(seen, &name, Encoded::Returns(output))?,
        None => None,
    };
    Ok(Named {
        function: Some(name.to_string()),
        arguments: shown(seen, &name, given)?,
        returns,
    })
}

/// A Move transaction.
pub(super) fn of_transaction(
    seen: &Seen<'_>,
    inner: &MoveTransaction,
) -> Result<Named, SimulateError> {
    let name = match inner.signed.raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => FunctionName {
            module: call.module.clone(),
            function: call.function.clone(),
            type_arguments: call.type_arguments.clone(),
        },
        ExecutableRef::Script(_) => {
            return Ok(Named {
                function: Some("script".into()),
                ..Named::default()
            });
        }
        ExecutableRef::Empty => return Ok(Named::default()),
    };
    let arguments = match inner.signed.raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => shown(seen, &name, Encoded::Bcs(&call.arguments))?,
        ExecutableRef::Script(_) | ExecutableRef::Empty => None,
    };
    Ok(Named {
        function: Some(name.to_string()),
        arguments,
        returns: None,
    })
}

/// The values, by the function's types as they were before the transaction.
fn shown(
    seen: &Seen<'_>,
    name: &FunctionName,
    encoded: Encoded<'_>,
) -> Result<Option<Vec<Value>>, SimulateError> {
    let base = seen.traced.base;
    let shown = seen
        .executor
        .with_move(base.view, base.block, u64::MAX, |vm, host| {
            vm.show(host, name, encoded)
        })?;
    Ok(shown.map(|values| values.into_iter().map(json).collect()))
}

/// As Aptos' API writes values, but for structs, whose fields are in a list.
fn json(value: Shown) -> Value {
    match value {
        Shown::Bool(value) => value.into(),
        Shown::Small(value) => value.into(),
        Shown::Number(digits) => digits.into(),
        Shown::Account(account) => shown_address(Address(account.0)).into(),
        Shown::Bytes(bytes) => hex::encode_prefixed(bytes).into(),
        Shown::Text(text) => text.into(),
        Shown::List(values) => values.into_iter().map(json).collect(),
    }
}
