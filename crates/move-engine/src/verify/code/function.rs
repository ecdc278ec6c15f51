//! One function body with all that the checks look up for it.

use alloc::{collections::BTreeMap, vec::Vec};

use super::cfg::ControlFlowGraph;
use crate::{
    StatusCode, VmError, VmResult,
    format::{
        AbilitySet, Bytecode, CodeUnit, CompiledModule, CompiledScript, FieldHandle,
        FieldHandleIndex, FieldInstIndex, FunctionDefIndex, FunctionDefinition, FunctionHandle,
        FunctionHandleIndex, FunctionInstIndex, FunctionToken, IdentifierIndex, ModuleHandleIndex,
        SignatureIndex, SignatureToken, StructDefIndex, StructDefinition, StructHandle,
        StructHandleIndex, StructInstIndex, StructVariantHandle, StructVariantHandleIndex,
        StructVariantInstIndex, Tables, VariantFieldHandle, VariantFieldHandleIndex,
        VariantFieldInstIndex,
    },
};

/// What each function of the module acquires, by name.
#[derive(Default)]
pub(super) struct Callees {
    module: Option<ModuleHandleIndex>,
    acquires: BTreeMap<IdentifierIndex, Vec<StructDefIndex>>,
}

impl Callees {
    pub(super) fn of_module(module: &CompiledModule) -> Self {
        let named = module.function_defs.iter().filter_map(|definition| {
            let handle = module.function_handles.get(definition.handle.index())?;
            Some((handle.name, definition.acquires.clone()))
        });
        Self {
            module: Some(module.self_handle),
            acquires: named.collect(),
        }
    }

    /// What a function acquires of the module that is verified: nothing, if it is another's.
    pub(super) fn acquired_by(&self, handle: &FunctionHandle) -> &[StructDefIndex] {
        if self.module != Some(handle.module) {
            return &[];
        }
        self.acquires.get(&handle.name).map_or(&[], Vec::as_slice)
    }
}

/// A function body and its surroundings.
pub(super) struct Function<'a> {
    pub(super) tables: &'a Tables,
    pub(super) callees: &'a Callees,
    /// 0 for a script.
    pub(super) index: FunctionDefIndex,
    pub(super) type_parameters: &'a [AbilitySet],
    pub(super) parameters: &'a [SignatureToken],
    pub(super) returns: &'a [SignatureToken],
    pub(super) locals: &'a [SignatureToken],
    pub(super) code: &'a [Bytecode],
    pub(super) cfg: ControlFlowGraph,
}

/// What an earlier pass must have ruled out.
#[cold]
pub(super) fn broken() -> VmError {
    VmError::new(StatusCode::VerifierInvariantViolation)
}

impl<'a> Function<'a> {
    pub(super) fn of_module(
        module: &'a CompiledModule,
        callees: &'a Callees,
        index: FunctionDefIndex,
        definition: &'a FunctionDefinition,
        unit: &'a CodeUnit,
    ) -> VmResult<Self> {
        let handle = module
            .function_handles
            .get(definition.handle.index())
            .ok_or_else(broken)?;
        Ok(Self {
            tables: &module.tables,
            callees,
            index,
            type_parameters: &handle.type_parameters,
            parameters: signature(module, handle.parameters)?,
            returns: signature(module, handle.returns)?,
            locals: signature(module, unit.locals)?,
            code: &unit.code,
            cfg: ControlFlowGraph::new(&unit.code),
        })
    }

    pub(super) fn of_script(script: &'a CompiledScript, callees: &'a Callees) -> VmResult<Self> {
        Ok(Self {
            tables: &script.tables,
            callees,
            index: FunctionDefIndex(0),
            type_parameters: &script.type_parameters,
            parameters: signature(script, script.parameters)?,
            returns: &[],
            locals: signature(script, script.code.locals)?,
            code: &script.code.code,
            cfg: ControlFlowGraph::new(&script.code.code),
        })
    }

    /// An error at an instruction.
    #[cold]
    pub(super) fn error(&self, status: StatusCode, offset: u16) -> VmError {
        VmError::new(status).at_code(self.index, offset)
    }

    /// How many locals there are, parameters included.
    pub(super) fn local_count(&self) -> usize {
        self.parameters.len().saturating_add(self.locals.len())
    }

    pub(super) fn local(&self, local: u8) -> VmResult<&'a SignatureToken> {
        let local = usize::from(local);
        match local.checked_sub(self.parameters.len()) {
            None => self.parameters.get(local),
            Some(rest) => self.locals.get(rest),
        }
        .ok_or_else(broken)
    }

    pub(super) fn instruction(&self, offset: u16) -> VmResult<&'a Bytecode> {
        self.code.get(usize::from(offset)).ok_or_else(broken)
    }

    pub(super) fn signature(&self, index: SignatureIndex) -> VmResult<&'a [SignatureToken]> {
        signature(self.tables, index)
    }

    /// The only type of a signature that has one.
    pub(super) fn single(&self, index: SignatureIndex) -> VmResult<&'a SignatureToken> {
        self.signature(index)?.first().ok_or_else(broken)
    }

    /// The function type that a closure call names, `None` if it names another type.
    pub(super) fn closure_type(
        &self,
        index: SignatureIndex,
    ) -> VmResult<Option<&'a FunctionToken>> {
        Ok(match self.single(index)? {
            SignatureToken::Function(token) => Some(token),
            _ => None,
        })
    }

    pub(super) fn callee(&self, index: FunctionHandleIndex) -> VmResult<&'a FunctionHandle> {
        get(&self.tables.function_handles, index.index())
    }

    pub(super) fn callee_inst(
        &self,
        index: FunctionInstIndex,
    ) -> VmResult<(&'a FunctionHandle, &'a [SignatureToken])> {
        let inst = get(&self.tables.function_insts, index.index())?;
        Ok((
            self.callee(inst.handle)?,
            self.signature(inst.type_arguments)?,
        ))
    }

    pub(super) fn struct_handle(&self, index: StructHandleIndex) -> VmResult<&'a StructHandle> {
        get(&self.tables.struct_handles, index.index())
    }

    pub(super) fn struct_def(&self, index: StructDefIndex) -> VmResult<&'a StructDefinition> {
        get(&self.tables.struct_defs, index.index())
    }

    pub(super) fn struct_inst(
        &self,
        index: StructInstIndex,
    ) -> VmResult<(StructDefIndex, &'a [SignatureToken])> {
        let inst = get(&self.tables.struct_insts, index.index())?;
        Ok((inst.def, self.signature(inst.type_arguments)?))
    }

    pub(super) fn field(&self, index: FieldHandleIndex) -> VmResult<&'a FieldHandle> {
        get(&self.tables.field_handles, index.index())
    }

    pub(super) fn field_inst(
        &self,
        index: FieldInstIndex,
    ) -> VmResult<(&'a FieldHandle, &'a [SignatureToken])> {
        let inst = get(&self.tables.field_insts, index.index())?;
        Ok((
            self.field(inst.handle)?,
            self.signature(inst.type_arguments)?,
        ))
    }

    pub(super) fn variant_field(
        &self,
        index: VariantFieldHandleIndex,
    ) -> VmResult<&'a VariantFieldHandle> {
        get(&self.tables.variant_field_handles, index.index())
    }

    pub(super) fn variant_field_inst(
        &self,
        index: VariantFieldInstIndex,
    ) -> VmResult<(&'a VariantFieldHandle, &'a [SignatureToken])> {
        let inst = get(&self.tables.variant_field_insts, index.index())?;
        Ok((
            self.variant_field(inst.handle)?,
            self.signature(inst.type_arguments)?,
        ))
    }

    pub(super) fn variant(
        &self,
        index: StructVariantHandleIndex,
    ) -> VmResult<&'a StructVariantHandle> {
        get(&self.tables.struct_variant_handles, index.index())
    }

    pub(super) fn variant_inst(
        &self,
        index: StructVariantInstIndex,
    ) -> VmResult<(&'a StructVariantHandle, &'a [SignatureToken])> {
        let inst = get(&self.tables.struct_variant_insts, index.index())?;
        Ok((
            self.variant(inst.handle)?,
            self.signature(inst.type_arguments)?,
        ))
    }

    /// How many fields a struct or a variant has; 0 if it is native, or not of that kind.
    pub(super) fn field_count(&self, def: StructDefIndex, variant: Option<u16>) -> VmResult<usize> {
        let fields = self.struct_def(def)?.fields.of(variant);
        Ok(fields.map_or(0, <[_]>::len))
    }
}

fn signature(tables: &Tables, index: SignatureIndex) -> VmResult<&[SignatureToken]> {
    get(&tables.signatures, index.index()).map(Vec::as_slice)
}

fn get<T>(table: &[T], index: usize) -> VmResult<&T> {
    table.get(index).ok_or_else(broken)
}
