//! Arguments of scripts: each carries its type.

use alloc::vec::Vec;

use lumio_move_engine::{Address, U256, bcs::put_bytes};

use crate::{Bcs, DecodeError, Reader};

/// An argument of a script. Signed 256-bit numbers are given by their bits in two's complement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the types")]
pub enum TransactionArgument {
    U8(u8),
    U64(u64),
    U128(u128),
    Address(Address),
    U8Vector(Vec<u8>),
    Bool(bool),
    U16(u16),
    U32(u32),
    U256(U256),
    /// The BCS of a value of any type.
    Serialized(Vec<u8>),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    I256(U256),
}

impl TransactionArgument {
    /// The BCS of the value itself, without its type: what a script is called with.
    pub fn value(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Serialized(bytes) => out.extend_from_slice(bytes),
            _ => self.write_value(&mut out),
        }
        out
    }

    fn variant(&self) -> u8 {
        match self {
            Self::U8(_) => 0,
            Self::U64(_) => 1,
            Self::U128(_) => 2,
            Self::Address(_) => 3,
            Self::U8Vector(_) => 4,
            Self::Bool(_) => 5,
            Self::U16(_) => 6,
            Self::U32(_) => 7,
            Self::U256(_) => 8,
            Self::Serialized(_) => 9,
            Self::I8(_) => 10,
            Self::I16(_) => 11,
            Self::I32(_) => 12,
            Self::I64(_) => 13,
            Self::I128(_) => 14,
            Self::I256(_) => 15,
        }
    }

    fn write_value(&self, out: &mut Vec<u8>) {
        match self {
            Self::U8(n) => out.push(*n),
            Self::U16(n) => out.extend(n.to_le_bytes()),
            Self::U32(n) => out.extend(n.to_le_bytes()),
            Self::U64(n) => out.extend(n.to_le_bytes()),
            Self::U128(n) => out.extend(n.to_le_bytes()),
            Self::U256(n) | Self::I256(n) => out.extend(n.to_le_bytes::<32>()),
            Self::I8(n) => out.extend(n.to_le_bytes()),
            Self::I16(n) => out.extend(n.to_le_bytes()),
            Self::I32(n) => out.extend(n.to_le_bytes()),
            Self::I64(n) => out.extend(n.to_le_bytes()),
            Self::I128(n) => out.extend(n.to_le_bytes()),
            Self::Bool(b) => out.push(u8::from(*b)),
            Self::Address(address) => out.extend(address.0),
            Self::U8Vector(bytes) | Self::Serialized(bytes) => put_bytes(out, bytes),
        }
    }
}

impl Bcs for TransactionArgument {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::U8(reader.u8()?),
            1 => Self::U64(u64::read(reader)?),
            2 => Self::U128(u128::from_le_bytes(reader.array()?)),
            3 => Self::Address(Address::read(reader)?),
            4 => Self::U8Vector(reader.bytes()?.into()),
            5 => Self::Bool(reader.bool()?),
            6 => Self::U16(u16::from_le_bytes(reader.array()?)),
            7 => Self::U32(u32::from_le_bytes(reader.array()?)),
            8 => Self::U256(U256::from_le_bytes(reader.array::<32>()?)),
            9 => Self::Serialized(reader.bytes()?.into()),
            10 => Self::I8(i8::from_le_bytes(reader.array()?)),
            11 => Self::I16(i16::from_le_bytes(reader.array()?)),
            12 => Self::I32(i32::from_le_bytes(reader.array()?)),
            13 => Self::I64(i64::from_le_bytes(reader.array()?)),
            14 => Self::I128(i128::from_le_bytes(reader.array()?)),
            15 => Self::I256(U256::from_le_bytes(reader.array::<32>()?)),
            other => return reader.no_variant("a script's argument", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.variant());
        self.write_value(out);
    }
}
