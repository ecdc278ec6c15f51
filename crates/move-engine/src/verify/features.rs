//! Which features of the format a binary uses, against those that are switched on and those that
//! its version has.

use super::Config;
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        Bytecode, FunctionAttribute, FunctionHandle, Opcode, SignatureToken, StructFields,
        TableKind, Tables,
    },
};

struct Features<'a> {
    config: &'a Config,
    version: u32,
}

/// Checks a binary's tables and all code in it.
pub(super) fn verify<'a>(
    config: &Config,
    tables: &Tables,
    code: impl IntoIterator<Item = &'a [Bytecode]>,
) -> VmResult<()> {
    if tables.version > config.max_version {
        return Err(StatusCode::UnknownVersion.into());
    }
    let features = Features {
        config,
        version: tables.version,
    };
    for (number, handle) in tables.function_handles.iter().enumerate() {
        features
            .function_handle(handle)
            .map_err(|e| at(e, TableKind::FunctionHandle, number))?;
    }
    for (number, def) in tables.struct_defs.iter().enumerate() {
        features
            .fields(&def.fields)
            .map_err(|e| at(e, TableKind::StructDefinition, number))?;
    }
    for (number, signature) in tables.signatures.iter().enumerate() {
        signature
            .iter()
            .try_for_each(|t| features.token(t))
            .map_err(|e| at(e, TableKind::Signature, number))?;
    }
    for (number, constant) in tables.constants.iter().enumerate() {
        features
            .token(&constant.token)
            .map_err(|e| at(e, TableKind::ConstantPool, number))?;
    }
    code.into_iter()
        .flatten()
        .try_for_each(|instruction| features.instruction(instruction.opcode()))
}

fn at(error: VmError, kind: TableKind, number: usize) -> VmError {
    error.at_index(kind, u16::try_from(number).unwrap_or(u16::MAX))
}

impl Features<'_> {
    fn need(&self, switch: bool, since: u32) -> VmResult<()> {
        if switch && self.version >= since {
            return Ok(());
        }
        Err(StatusCode::FeatureNotEnabled.into())
    }

    fn function_handle(&self, handle: &FunctionHandle) -> VmResult<()> {
        if handle.access_specifiers.is_some() {
            self.need(self.config.access_specifiers, 7)?;
        }
        for attribute in &handle.attributes {
            match attribute {
                FunctionAttribute::Persistent | FunctionAttribute::ModuleLock => {
                    self.need(self.config.function_values, 8)?;
                }
                FunctionAttribute::Pack
                | FunctionAttribute::PackVariant(_)
                | FunctionAttribute::Unpack
                | FunctionAttribute::UnpackVariant(_)
                | FunctionAttribute::TestVariant(_)
                | FunctionAttribute::BorrowFieldImmutable(_)
                | FunctionAttribute::BorrowFieldMutable(_) => {
                    self.need(self.config.struct_interfaces, 10)?;
                }
            }
        }
        Ok(())
    }

    fn fields(&self, fields: &StructFields) -> VmResult<()> {
        if matches!(fields, StructFields::Variants(_)) {
            self.need(self.config.enums, 7)?;
        }
        fields.all().try_for_each(|field| self.token(&field.token))
    }

    fn token(&self, token: &SignatureToken) -> VmResult<()> {
        for (inner, _) in token.preorder() {
            match inner {
                SignatureToken::Function(_) => self.need(self.config.function_values, 8)?,
                SignatureToken::U16 | SignatureToken::U32 | SignatureToken::U256 => {
                    self.need(true, 6)?;
                }
                signed if signed.is_signed_integer() => {
                    self.need(self.config.signed_integers, 9)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn instruction(&self, opcode: Opcode) -> VmResult<()> {
        let since = opcode.since();
        let switch = match since {
            0..=6 => true,
            7 => self.config.enums,
            8 => self.config.function_values,
            9 => self.config.signed_integers,
            _ => self.config.abort_messages,
        };
        self.need(switch, since)
    }
}
