//! How transactions end, in the words that Aptos' clients know.

use alloc::{
    format,
    string::{String, ToString},
};
use lumio_move_engine::{
    Location, ModuleId, StatusCode, VmError,
    format::{FunctionDefIndex, read_module},
    metadata::ModuleMetadata,
};
use lumio_state::Fault;
use lumio_vm_bus::Host;

use crate::host::module_key;

/// A transaction that ended well.
pub(crate) const SUCCESS: &str = "Executed successfully";

/// A transaction that no block may contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveRefusal {
    /// What is wrong, by the name that clients know.
    pub status: StatusName,
    /// More, for people.
    pub message: String,
}

/// A status by name and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusName {
    /// `SEQUENCE_NUMBER_TOO_OLD`
    pub name: &'static str,
    /// 3
    pub number: u64,
}

impl From<StatusCode> for StatusName {
    fn from(status: StatusCode) -> Self {
        Self {
            name: status.name(),
            number: status.number(),
        }
    }
}

impl MoveRefusal {
    /// Whether a later block could contain the transaction: others of its sender are missing, or
    /// its price is below the base fee.
    pub fn may_come_later(&self) -> bool {
        let name = self.status.name;
        name == "SEQUENCE_NUMBER_TOO_NEW" || name == "GAS_UNIT_PRICE_BELOW_MIN_BOUND"
    }
}

impl core::fmt::Display for MoveRefusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.status.name)?;
        if self.message.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.message)
        }
    }
}

impl core::error::Error for MoveRefusal {}

pub(crate) fn refusal(status: impl Into<StatusName>, message: impl Into<String>) -> MoveRefusal {
    MoveRefusal {
        status: status.into(),
        message: message.into(),
    }
}

/// What abort codes of the prologue mean.
const PROLOGUE: [(u64, StatusName); 17] = [
    (0x1_03E9, name("INVALID_AUTH_KEY", 2)),
    (0x1_03EA, name("SEQUENCE_NUMBER_TOO_OLD", 3)),
    (0x1_03EB, name("SEQUENCE_NUMBER_TOO_NEW", 4)),
    (0x1_03EC, name("SENDING_ACCOUNT_DOES_NOT_EXIST", 7)),
    (
        0x1_03ED,
        name("INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE", 5),
    ),
    (0x1_03EE, name("TRANSACTION_EXPIRED", 6)),
    (0x1_03EF, name("BAD_CHAIN_ID", 23)),
    (0x2_03F0, name("SEQUENCE_NUMBER_TOO_BIG", 24)),
    (
        0x1_03F1,
        name("SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH", 27),
    ),
    (0x1_03F4, name("NONCE_ALREADY_USED", 41)),
    (
        0x1_03F5,
        name("TRANSACTION_EXPIRATION_TOO_FAR_IN_FUTURE", 42),
    ),
    (0x3_07D2, name("ACCOUNT_NOT_MULTISIG", 31)),
    (0x5_07D3, name("NOT_MULTISIG_OWNER", 32)),
    (0x6_07D6, name("MULTISIG_TRANSACTION_NOT_FOUND", 33)),
    (
        0x1_07D9,
        name("MULTISIG_TRANSACTION_INSUFFICIENT_APPROVALS", 34),
    ),
    (
        0x1_07D8,
        name("MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH_HASH", 35),
    ),
    (
        0x1_07DA,
        name("MULTISIG_TRANSACTION_PAYLOAD_DOES_NOT_MATCH", 40),
    ),
];

const fn name(name: &'static str, number: u64) -> StatusName {
    StatusName { name, number }
}

/// Why the prologue, or a multisig account's, refuses a transaction.
pub(crate) fn of_prologue(error: &VmError) -> MoveRefusal {
    let code = error
        .sub_status()
        .filter(|_| error.status() == StatusCode::Aborted);
    let known = PROLOGUE.iter().find(|(known, _)| Some(*known) == code);
    match known {
        Some((_, status)) => refusal(*status, ""),
        None => refusal(error.status(), error.to_string()),
    }
}

/// Why an account cannot pay that a Solana program owns.
pub(crate) fn of_program_owned_payer() -> MoveRefusal {
    let why = "the account that pays belongs to a Solana program, and the Solana VM alone spends \
               its ETH";
    refusal(StatusCode::InsufficientBalanceForTransactionFee, why)
}

/// The text of a failed execution. An abort's code gets the name and the description that its
/// module's metadata has for it.
pub(crate) fn of_failure(bus: &mut dyn Host<'_>, error: &VmError) -> Result<String, Fault> {
    let details = error.details();
    let place = match &details.location {
        Location::Module(module) => module.to_string(),
        Location::Script => "script".into(),
        Location::Undefined => "an unknown place".into(),
    };
    Ok(match error.status() {
        StatusCode::Aborted => {
            let code = details.sub_status.unwrap_or_default();
            let mut known = None;
            if let Location::Module(module) = &details.location {
                known = description(bus, module, code)?;
            }
            match (known, &details.message) {
                (Some((name, text)), message) => {
                    let text = message.as_ref().unwrap_or(&text);
                    format!("Move abort in {place}: {name}({code:#x}): {text}")
                }
                (None, Some(message)) => format!("Move abort in {place}: {code:#x}: {message}"),
                (None, None) => format!("Move abort in {place}: {code:#x}"),
            }
        }
        StatusCode::OutOfGas => "Out of gas".into(),
        status => match (&details.location, details.offsets.first()) {
            (Location::Undefined, _) | (_, None) => {
                format!(
                    "Transaction Executed and Committed with Error {}",
                    status.name()
                )
            }
            (Location::Module(module), Some((function, offset))) => {
                let function = match function_name(bus, module, *function)? {
                    Some(name) => format!("{place}::{name}"),
                    None => format!("{place} at function {}", function.0),
                };
                format!("Execution failed in {function} at code offset {offset}")
            }
            (Location::Script, Some((_, offset))) => {
                format!("Execution failed in {place} at code offset {offset}")
            }
        },
    })
}

/// What a module's metadata says of an abort code: as it is, or without its category.
fn description(
    bus: &mut dyn Host<'_>,
    module: &ModuleId,
    code: u64,
) -> Result<Option<(String, String)>, Fault> {
    let bytes = bus.journal().read(&module_key(module))?;
    let metadata = bytes
        .and_then(|bytes| read_module(&bytes).ok())
        .map(|module| ModuleMetadata::of(&module));
    Ok(metadata.and_then(|metadata| {
        let errors = &metadata.errors;
        let known = errors.get(&code).or_else(|| errors.get(&(code & 0xFFFF)));
        known.cloned()
    }))
}

/// The name of a function that a module defines.
fn function_name(
    bus: &mut dyn Host<'_>,
    module: &ModuleId,
    function: FunctionDefIndex,
) -> Result<Option<String>, Fault> {
    let bytes = bus.journal().read(&module_key(module))?;
    let module = bytes.and_then(|bytes| read_module(&bytes).ok());
    Ok(module.and_then(|module| {
        let definition = module.function_defs.get(function.index())?;
        let handle = module.function_handles.get(definition.handle.index())?;
        let name = module.identifiers.get(handle.name.index())?;
        Some(name.as_str().into())
    }))
}
