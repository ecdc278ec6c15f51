//! What a transaction runs.

use alloc::{string::String, vec::Vec};

use lumio_move_engine::{
    Address, ModuleId, TypeTag,
    bcs::{put_bytes, put_uleb},
};

use crate::{
    Bcs, DecodeCause, DecodeError, Hash, Reader, TransactionArgument, bcs::write_list,
    hash::sha3_256,
};

/// Type arguments or arguments of one call: more than any function has.
const ARGUMENTS_MAX: u32 = 255;

/// What a transaction runs, in the form in which it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionPayload {
    /// A script.
    Script(Script),
    /// An entry function.
    EntryFunction(EntryFunction),
    /// Something that the owners of an account approved.
    Multisig(Multisig),
    /// Either, with a nonce or on behalf of a multisig account.
    Orderless(OrderlessPayload),
}

/// Code that a transaction brings with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its bytes.
    pub code: Vec<u8>,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
    /// Its arguments, without signers.
    pub arguments: Vec<TransactionArgument>,
}

/// A call of an entry function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFunction {
    /// Whose.
    pub module: ModuleId,
    /// Its name.
    pub function: String,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
    /// The BCS of each argument, without signers.
    pub arguments: Vec<Vec<u8>>,
}

/// A call on behalf of a multisig account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multisig {
    /// The account.
    pub address: Address,
    /// The call, unless all of it is on chain.
    pub call: Option<EntryFunction>,
}

/// The first version of what may need no sequence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderlessPayload {
    /// What to run.
    pub executable: Executable,
    /// How.
    pub extra: ExtraConfig,
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executable {
    /// A script.
    Script(Script),
    /// An entry function.
    EntryFunction(EntryFunction),
    /// What is on chain: with a multisig account only.
    Empty,
}

/// What to run, whatever form of payload holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutableRef<'a> {
    /// A script.
    Script(&'a Script),
    /// An entry function.
    EntryFunction(&'a EntryFunction),
    /// What is on chain: with a multisig account only.
    Empty,
}

/// The first version of how to run it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtraConfig {
    /// The multisig account that acts.
    pub multisig_address: Option<Address>,
    /// What protects from replays in place of the sequence number.
    pub replay_protection_nonce: Option<u64>,
}

impl TransactionPayload {
    /// What to run.
    pub fn executable(&self) -> ExecutableRef<'_> {
        match self {
            Self::Script(script) => ExecutableRef::Script(script),
            Self::EntryFunction(call) => ExecutableRef::EntryFunction(call),
            Self::Multisig(Multisig { call, .. }) => call
                .as_ref()
                .map_or(ExecutableRef::Empty, ExecutableRef::EntryFunction),
            Self::Orderless(payload) => match &payload.executable {
                Executable::Script(script) => ExecutableRef::Script(script),
                Executable::EntryFunction(call) => ExecutableRef::EntryFunction(call),
                Executable::Empty => ExecutableRef::Empty,
            },
        }
    }

    /// The multisig account on whose behalf it runs.
    pub fn multisig_address(&self) -> Option<Address> {
        match self {
            Self::Script(_) | Self::EntryFunction(_) => None,
            Self::Multisig(multisig) => Some(multisig.address),
            Self::Orderless(payload) => payload.extra.multisig_address,
        }
    }

    /// The nonce, if one protects from replays.
    pub fn nonce(&self) -> Option<u64> {
        match self {
            Self::Orderless(payload) => payload.extra.replay_protection_nonce,
            _ => None,
        }
    }
}

impl Script {
    /// The hash of its code, which names it on chain.
    pub fn hash(&self) -> Hash {
        sha3_256(&[&self.code])
    }
}

impl Bcs for TransactionPayload {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.uleb()? {
            0 => Script::read(reader).map(Self::Script),
            1 => Err(reader.fail(DecodeCause::Unsupported("module bundles as payloads"))),
            2 => EntryFunction::read(reader).map(Self::EntryFunction),
            3 => Multisig::read(reader).map(Self::Multisig),
            4 => OrderlessPayload::read(reader).map(Self::Orderless),
            5 => Err(reader.fail(DecodeCause::Unsupported("encrypted payloads"))),
            other => reader.no_variant("a payload", other),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Script(script) => {
                out.push(0);
                script.write(out);
            }
            Self::EntryFunction(call) => {
                out.push(2);
                call.write(out);
            }
            Self::Multisig(multisig) => {
                out.push(3);
                multisig.write(out);
            }
            Self::Orderless(payload) => {
                out.push(4);
                payload.write(out);
            }
        }
    }
}

impl Bcs for Script {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            code: reader.bytes()?.into(),
            type_arguments: reader.list("type arguments", ARGUMENTS_MAX)?,
            arguments: reader.list("arguments", ARGUMENTS_MAX)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.code);
        write_list(&self.type_arguments, out);
        write_list(&self.arguments, out);
    }
}

/// An argument of an entry function: bytes with their length before them.
struct Argument(Vec<u8>);

impl Bcs for Argument {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.bytes().map(|bytes| Self(bytes.into()))
    }
    fn write(&self, out: &mut Vec<u8>) {
        put_bytes(out, &self.0);
    }
}

impl Bcs for EntryFunction {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let module = ModuleId::new(Address::read(reader)?, reader.name("a module's name")?);
        let function = reader.name("a function's name")?;
        let type_arguments = reader.list("type arguments", ARGUMENTS_MAX)?;
        let arguments: Vec<Argument> = reader.list("arguments", ARGUMENTS_MAX)?;
        Ok(Self {
            module,
            function,
            type_arguments,
            arguments: arguments.into_iter().map(|argument| argument.0).collect(),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.module.address.write(out);
        put_bytes(out, self.module.name.as_bytes());
        put_bytes(out, self.function.as_bytes());
        write_list(&self.type_arguments, out);
        put_uleb(out, self.arguments.len() as u64);
        self.arguments
            .iter()
            .for_each(|argument| put_bytes(out, argument));
    }
}
