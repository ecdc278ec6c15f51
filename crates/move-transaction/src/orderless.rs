//! BCS of payloads with options: for multisig accounts, and in place of sequence numbers.

use alloc::vec::Vec;

use lumio_move_engine::Address;

use crate::{
    Bcs, DecodeError, EntryFunction, Executable, ExtraConfig, Multisig, OrderlessPayload, Reader,
    Script, bcs::write_option,
};

/// The only version of what has several.
fn version_zero(reader: &mut Reader<'_>, what: &'static str) -> Result<(), DecodeError> {
    match reader.uleb()? {
        0 => Ok(()),
        other => reader.no_variant(what, other),
    }
}

impl Bcs for Multisig {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let address = Address::read(reader)?;
        let mut call = None;
        if reader.bool()? {
            version_zero(reader, "a multisig account's payload")?;
            call = Some(EntryFunction::read(reader)?);
        }
        Ok(Self { address, call })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.address.write(out);
        out.push(u8::from(self.call.is_some()));
        if let Some(call) = &self.call {
            out.push(0);
            call.write(out);
        }
    }
}

impl Bcs for OrderlessPayload {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        version_zero(reader, "an orderless payload")?;
        Ok(Self {
            executable: Executable::read(reader)?,
            extra: ExtraConfig::read(reader)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(0);
        self.executable.write(out);
        self.extra.write(out);
    }
}

impl Bcs for Executable {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.uleb()? {
            0 => Self::Script(Script::read(reader)?),
            1 => Self::EntryFunction(EntryFunction::read(reader)?),
            2 => Self::Empty,
            other => return reader.no_variant("an executable", other),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Script(script) => {
                out.push(0);
                script.write(out);
            }
            Self::EntryFunction(call) => {
                out.push(1);
                call.write(out);
            }
            Self::Empty => out.push(2),
        }
    }
}

impl Bcs for ExtraConfig {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        version_zero(reader, "an orderless payload's options")?;
        Ok(Self {
            multisig_address: reader.option()?,
            replay_protection_nonce: reader.option()?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(0);
        write_option(self.multisig_address.as_ref(), out);
        write_option(self.replay_protection_nonce.as_ref(), out);
    }
}
