//! What goes into a Move function and what comes out of it, for people: traces show it.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use alloy_primitives::B256;
use lumio_move_engine::{
    Address, Gas, ModuleId, Session, StatusCode, TypeTag, U256, VmError, VmResult, bcs::Reader,
    code::Integer,
};
use lumio_vm_bus::Host;

use crate::{
    Context, MoveVm, TransactionFacts,
    abi::{Form, read_values},
    call::account_behind,
};

/// A function, with its type arguments.
#[derive(Clone, Debug)]
pub struct FunctionName {
    /// Its module.
    pub module: ModuleId,
    /// Its own name.
    pub function: String,
    /// Its type arguments.
    pub type_arguments: Vec<TypeTag>,
}

impl core::fmt::Display for FunctionName {
    /// As Aptos' clients name it: `0x1::coin::transfer<0x1::native_coin::NativeCoin>`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&qualified(
            &self.module,
            &self.function,
            &self.type_arguments,
        ))
    }
}

/// A name in a module, with type arguments.
fn qualified(module: &ModuleId, name: &str, type_arguments: &[TypeTag]) -> String {
    let owner = shown_address(module.address);
    let name = format!("{owner}::{}::{name}", module.name);
    let types: Vec<_> = type_arguments.iter().map(type_name).collect();
    match types.is_empty() {
        true => name,
        false => format!("{name}<{}>", types.join(", ")),
    }
}

fn type_name(tag: &TypeTag) -> String {
    match tag {
        TypeTag::Vector(element) => format!("vector<{}>", type_name(element)),
        TypeTag::Struct(tag) => qualified(&tag.module, &tag.name, &tag.type_arguments),
        other => other.to_string(),
    }
}

/// An address as AIP-40 writes it: `0x0` to `0xf` short, all others with 64 digits.
pub fn shown_address(address: Address) -> String {
    match address.0.split_last() {
        Some((last, rest)) if *last < 16 && rest.iter().all(|byte| *byte == 0) => {
            address.to_short_hex()
        }
        _ => format!("0x{}", address.to_hex()),
    }
}

/// Values that a function takes or gives, and how they are encoded.
#[derive(Clone, Copy, Debug)]
pub enum Encoded<'a> {
    /// The BCS of each argument, without signers: of an entry function that a transaction names.
    Bcs(&'a [Vec<u8>]),
    /// The ABI of all arguments, without signers: of a call by another machine.
    Arguments(&'a [u8]),
    /// The ABI of what it returns to another machine.
    Returns(&'a [u8]),
}

/// A value of Move as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `true` or `false`.
    Bool(bool),
    /// An integer of at most 32 bits.
    Small(i64),
    /// A wider one, in decimal digits.
    Number(String),
    /// An account.
    Account(B256),
    /// A `vector<u8>`.
    Bytes(Vec<u8>),
    /// A `String`.
    Text(String),
    /// A vector, an option, or the fields of a struct.
    List(Vec<Shown>),
}

impl MoveVm {
    /// Reads the values that a function took or gave. None if there is no such function on this
    /// state, or if these are not its values.
    pub fn show<'v>(
        &self,
        host: &mut dyn Host<'v>,
        name: &FunctionName,
        encoded: Encoded<'_>,
    ) -> Option<Vec<Shown>> {
        let mut context = Context::new(TransactionFacts::default());
        let gas = &mut Gas::unlimited();
        let forms = self.run(host, &mut context, gas, |session, _| {
            self.forms(session, name, encoded)
        });
        let forms = forms.ok()?;
        let values = match encoded {
            Encoded::Bcs(values) => values.to_vec(),
            Encoded::Arguments(data) | Encoded::Returns(data) => {
                let find = &mut |word| {
                    let account = account_behind(host.journal(), word);
                    account.map_err(|_| StatusCode::StorageError.into())
                };
                read_values(&forms, data, find).ok()?
            }
        };
        if values.len() != forms.len() {
            return None;
        }
        let shown = forms.iter().zip(&values).map(|(form, bcs)| {
            let mut reader = Reader::new(bcs);
            let shown = shown(form, &mut reader)?;
            reader.end()?;
            Ok(shown)
        });
        shown.collect::<VmResult<_>>().ok()
    }

    fn forms(
        &self,
        session: &mut Session<'_>,
        name: &FunctionName,
        encoded: Encoded<'_>,
    ) -> VmResult<Vec<Form>> {
        let callable = session.callable(
            &name.module,
            &name.function,
            &name.type_arguments,
            self.constructors(),
        )?;
        match encoded {
            Encoded::Bcs(_) | Encoded::Arguments(_) => {
                Ok(callable.parameters.iter().map(Form::of_givable).collect())
            }
            Encoded::Returns(_) => {
                let mut forms = Vec::new();
                for ty in &callable.returns {
                    let tag = session.code().tag(*ty)?;
                    let layout = session.layout(&tag)?;
                    forms.push(Form::of_layout(&layout).map_err(|why| {
                        VmError::new(StatusCode::InvalidMainFunctionSignature).with_message(why)
                    })?);
                }
                Ok(forms)
            }
        }
    }
}

fn shown(form: &Form, reader: &mut Reader<'_>) -> VmResult<Shown> {
    Ok(match form {
        Form::Bool => Shown::Bool(reader.bool()?),
        Form::Integer(integer) => {
            let bytes = reader.take(usize::from(integer.bits()) / 8)?;
            let value = U256::try_from_le_slice(bytes).unwrap_or_default();
            number(*integer, value)
        }
        Form::Account => Shown::Account(B256::from(reader.address()?.0)),
        Form::Bytes { is_text: true } => Shown::Text(reader.string()?),
        Form::Bytes { is_text: false } | Form::FixedBytes(_) => {
            let length = reader.uleb()? as usize;
            Shown::Bytes(reader.take(length)?.to_vec())
        }
        Form::Array(element, _) | Form::FixedArray(element, _) => {
            let count = reader.uleb()? as usize;
            if count > reader.left() {
                return Err(StatusCode::ValueDeserializationError.into());
            }
            let elements = (0..count).map(|_| shown(element, reader));
            Shown::List(elements.collect::<VmResult<_>>()?)
        }
        Form::Tuple(parts) => {
            let parts = parts.iter().map(|part| shown(part, reader));
            Shown::List(parts.collect::<VmResult<_>>()?)
        }
    })
}

/// An integer, in two's complement of its width if it is signed.
fn number(integer: Integer, value: U256) -> Shown {
    let bits = usize::from(integer.bits());
    let is_negative = integer.is_signed() && value.bit(bits.saturating_sub(1));
    let magnitude = match (is_negative, bits) {
        (false, _) => value,
        (true, 256) => value.wrapping_neg(),
        (true, _) => (U256::from(1) << bits).wrapping_sub(value),
    };
    let sign = if is_negative { "-" } else { "" };
    let digits = format!("{sign}{magnitude}");
    match digits.parse() {
        Ok(small) if bits <= 32 => Shown::Small(small),
        Ok(_) | Err(_) => Shown::Number(digits),
    }
}
