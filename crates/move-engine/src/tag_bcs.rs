//! Type tags from and to BCS.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    FunctionParameterTag, FunctionTag, ModuleId, StatusCode, StructTag, TypeTag, VmError, VmResult,
    bcs::{Reader, put_bytes, put_uleb},
    format::AbilitySet,
    is_identifier,
};

/// Tags inside each other.
const DEPTH_MAX: u8 = 32;

#[cold]
fn bad(what: &str) -> VmError {
    VmError::new(StatusCode::ValueDeserializationError).with_message(what)
}

impl TypeTag {
    /// Appends the BCS of the tag.
    pub fn write(&self, out: &mut Vec<u8>) {
        let number = match self {
            Self::Bool => 0,
            Self::U8 => 1,
            Self::U64 => 2,
            Self::U128 => 3,
            Self::Address => 4,
            Self::Signer => 5,
            Self::Vector(_) => 6,
            Self::Struct(_) => 7,
            Self::U16 => 8,
            Self::U32 => 9,
            Self::U256 => 10,
            Self::Function(_) => 11,
            Self::I8 => 12,
            Self::I16 => 13,
            Self::I32 => 14,
            Self::I64 => 15,
            Self::I128 => 16,
            Self::I256 => 17,
        };
        put_uleb(out, number);
        match self {
            Self::Vector(element) => element.write(out),
            Self::Struct(tag) => tag.write(out),
            Self::Function(tag) => {
                write_parameters(&tag.parameters, out);
                write_parameters(&tag.results, out);
                out.push(tag.abilities.bits());
            }
            _ => {}
        }
    }

    /// Reads a tag; at most 32 inside each other.
    pub fn read(reader: &mut Reader<'_>) -> VmResult<Self> {
        read(reader, DEPTH_MAX)
    }
}

impl StructTag {
    /// Appends the BCS of the tag.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.module.address.0);
        put_bytes(out, self.module.name.as_bytes());
        put_bytes(out, self.name.as_bytes());
        put_uleb(out, self.type_arguments.len() as u64);
        self.type_arguments
            .iter()
            .for_each(|argument| argument.write(out));
    }

    /// Reads a tag; at most 32 inside each other.
    pub fn read(reader: &mut Reader<'_>) -> VmResult<Self> {
        read_struct(reader, DEPTH_MAX)
    }
}

fn write_parameters(parameters: &[FunctionParameterTag], out: &mut Vec<u8>) {
    put_uleb(out, parameters.len() as u64);
    for parameter in parameters {
        let (number, tag) = match parameter {
            FunctionParameterTag::Value(tag) => (0, tag),
            FunctionParameterTag::Reference(tag) => (1, tag),
            FunctionParameterTag::MutableReference(tag) => (2, tag),
        };
        out.push(number);
        tag.write(out);
    }
}

fn read(reader: &mut Reader<'_>, depth: u8) -> VmResult<TypeTag> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| bad("a type tag is nested too deep"))?;
    Ok(match reader.uleb()? {
        0 => TypeTag::Bool,
        1 => TypeTag::U8,
        2 => TypeTag::U64,
        3 => TypeTag::U128,
        4 => TypeTag::Address,
        5 => TypeTag::Signer,
        6 => TypeTag::Vector(Box::new(read(reader, depth)?)),
        7 => TypeTag::Struct(Box::new(read_struct(reader, depth)?)),
        8 => TypeTag::U16,
        9 => TypeTag::U32,
        10 => TypeTag::U256,
        11 => TypeTag::Function(Box::new(FunctionTag {
            parameters: read_parameters(reader, depth)?,
            results: read_parameters(reader, depth)?,
            abilities: AbilitySet::from_bits(reader.u8()?)
                .ok_or_else(|| bad("an ability is unknown"))?,
        })),
        12 => TypeTag::I8,
        13 => TypeTag::I16,
        14 => TypeTag::I32,
        15 => TypeTag::I64,
        16 => TypeTag::I128,
        17 => TypeTag::I256,
        _ => return Err(bad("a type tag is unknown")),
    })
}

fn read_struct(reader: &mut Reader<'_>, depth: u8) -> VmResult<StructTag> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| bad("a type tag is nested too deep"))?;
    let module = ModuleId::new(reader.address()?, reader.string()?);
    let name = reader.string()?;
    if !is_identifier(&module.name, true) || !is_identifier(&name, true) {
        return Err(bad("a name has characters that names cannot have"));
    }
    let mut type_arguments = Vec::new();
    for _ in 0..reader.uleb()? {
        type_arguments.push(read(reader, depth)?);
    }
    Ok(StructTag {
        module,
        name,
        type_arguments,
    })
}

fn read_parameters(reader: &mut Reader<'_>, depth: u8) -> VmResult<Vec<FunctionParameterTag>> {
    let mut parameters = Vec::new();
    for _ in 0..reader.uleb()? {
        let number = reader.u8()?;
        let tag = read(reader, depth)?;
        parameters.push(match number {
            0 => FunctionParameterTag::Value(tag),
            1 => FunctionParameterTag::Reference(tag),
            2 => FunctionParameterTag::MutableReference(tag),
            _ => return Err(bad("a parameter is neither a value nor a reference")),
        });
    }
    Ok(parameters)
}
