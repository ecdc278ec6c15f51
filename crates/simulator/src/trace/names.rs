//! Names of what frames of other machines run.

use super::run::Seen;
use crate::SimulateError;
use alloy_primitives::{Bytes, hex};
use lumio_move_engine::{Address, ModuleId};
use lumio_move_transaction::ExecutableRef;
use lumio_types::{AccountId, MoveTransaction, SolanaTransaction};
use lumio_vm_bus::{
    Call,
    message::{MoveCall, SolanaCall},
};
use lumio_vm_move::{Encoded, FunctionName, Shown, shown_address};
use lumio_vm_svm::public_key;
use serde_json::{Map, Value, json};
use solana_pubkey::Pubkey;
use std::collections::HashSet;

/// What a frame of another machine runs, for people.
#[derive(Debug)]
pub(super) enum Named {
    /// A function of Move.
    Move(MoveNamed),
    /// An instruction of a Solana program, or a transaction.
    Solana(SolanaNamed),
}

impl Named {
    pub(super) fn put_into(self, frame: &mut Map<String, Value>) {
        match self {
            Self::Move(named) => named.put_into(frame),
            Self::Solana(named) => named.put_into(frame),
        }
    }
}

/// What a Solana frame runs.
#[derive(Debug)]
pub(super) struct SolanaNamed {
    program: String,
    accounts: Vec<Value>,
    data: Option<String>,
}

impl SolanaNamed {
    fn put_into(self, frame: &mut Map<String, Value>) {
        frame.insert("vm".into(), "solana".into());
        frame.insert("program".into(), self.program.into());
        frame.insert("accounts".into(), self.accounts.into());
        if let Some(data) = self.data {
            frame.insert("data".into(), data.into());
        }
    }
}

/// A call of a Solana program by another machine.
pub(super) fn of_solana_call(call: &Call) -> Named {
    let message = SolanaCall::from_input(&call.input).ok();
    let accounts = message.iter().flat_map(|message| &message.accounts);
    let accounts = accounts.map(|(id, is_signer, is_writable)| {
        json!({
            "pubkey": public_key(AccountId(*id)).to_string(),
            "signer": is_signer,
            "writable": is_writable,
        })
    });
    Named::Solana(SolanaNamed {
        program: public_key(call.target).to_string(),
        accounts: accounts.collect(),
        data: message
            .as_ref()
            .map(|message| hex::encode_prefixed(&message.data)),
    })
}

/// A Solana transaction, with the program of its last instruction.
pub(super) fn of_solana_transaction(program: AccountId, inner: &SolanaTransaction) -> Named {
    let message = &inner.versioned.message;
    let keys = (0_usize..).zip(message.static_account_keys());
    let accounts = keys.map(|(place, key)| {
        json!({
            "pubkey": key.to_string(),
            "signer": message.is_signer(place),
            "writable": message.is_maybe_writable_with_reserved_addresses(place, None::<&HashSet<Pubkey>>),
        })
    });
    Named::Solana(SolanaNamed {
        program: public_key(program).to_string(),
        accounts: accounts.collect(),
        data: None,
    })
}

/// What a Move frame runs.
#[derive(Debug, Default)]
pub(super) struct MoveNamed {
    function: Option<String>,
    arguments: Option<Vec<Value>>,
    returns: Option<Vec<Value>>,
}

impl MoveNamed {
    fn put_into(self, frame: &mut Map<String, Value>) {
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
) -> Result<MoveNamed, SimulateError> {
    let Ok(message) = MoveCall::from_input(&call.input) else {
        return Ok(MoveNamed::default());
    };
    let tags = message.typeArguments.iter().map(|text| text.parse());
    let Ok(type_arguments) = tags.collect::<Result<_, _>>() else {
        return Ok(MoveNamed::default());
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
    Ok(MoveNamed {
        function: Some(name.to_string()),
        arguments: shown(seen, &name, given)?,
        returns,
    })
}

/// A Move transaction.
pub(super) fn of_transaction(
    seen: &Seen<'_>,
    inner: &MoveTransaction,
) -> Result<MoveNamed, SimulateError> {
    let name = match inner.signed.raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => FunctionName {
            module: call.module.clone(),
            function: call.function.clone(),
            type_arguments: call.type_arguments.clone(),
        },
        ExecutableRef::Script(_) => {
            return Ok(MoveNamed {
                function: Some("script".into()),
                ..MoveNamed::default()
            });
        }
        ExecutableRef::Empty => return Ok(MoveNamed::default()),
    };
    let arguments = match inner.signed.raw.payload.executable() {
        ExecutableRef::EntryFunction(call) => shown(seen, &name, Encoded::Bcs(&call.arguments))?,
        ExecutableRef::Script(_) | ExecutableRef::Empty => None,
    };
    Ok(MoveNamed {
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
