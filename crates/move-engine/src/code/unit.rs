//! A loaded module or script.

use alloc::{string::String, sync::Arc, vec::Vec};
use hashbrown::HashMap;

use crate::{
    ModuleId, StatusCode, VmResult,
    format::{
        CompiledModule, CompiledScript, FunctionDefIndex, FunctionDefinition, FunctionHandle,
        FunctionHandleIndex, IdentifierIndex, ModuleHandle, ModuleHandleIndex, SignatureIndex,
        StructDefIndex, Tables, Visibility,
    },
};

/// A module, or a script as if it were a module with one function.
#[derive(Debug)]
pub(crate) struct Unit {
    /// `None` for a script.
    pub(crate) id: Option<ModuleId>,
    pub(crate) module: Arc<CompiledModule>,
    functions: HashMap<String, FunctionDefIndex>,
    structs: HashMap<String, StructDefIndex>,
}

/// The name of a script's function.
pub(crate) const SCRIPT_FUNCTION: &str = "<SELF>";

impl Unit {
    pub(crate) fn of_module(module: Arc<CompiledModule>) -> VmResult<Self> {
        let id = module_id(&module.tables, module.self_handle)?;
        let mut functions = HashMap::new();
        for (number, def) in (0_u16..).zip(&module.function_defs) {
            let handle = module.function_handles.get(def.handle.index());
            let name = identifier(&module.tables, handle.map(|h| h.name))?;
            functions.insert(String::from(name), FunctionDefIndex(number));
        }
        let mut structs = HashMap::new();
        for (number, def) in (0_u16..).zip(&module.struct_defs) {
            let handle = module.struct_handles.get(def.handle.index());
            let name = identifier(&module.tables, handle.map(|h| h.name))?;
            structs.insert(String::from(name), StructDefIndex(number));
        }
        Ok(Self {
            id: Some(id),
            module,
            functions,
            structs,
        })
    }

    pub(crate) fn of_script(script: CompiledScript) -> VmResult<Self> {
        let CompiledScript {
            mut tables,
            type_parameters,
            parameters,
            code,
        } = script;
        let too_many = |_| crate::VmError::new(StatusCode::IndexOutOfBounds);
        let returns = SignatureIndex(u16::try_from(tables.signatures.len()).map_err(too_many)?);
        tables.signatures.push(Vec::new());
        let handle = u16::try_from(tables.function_handles.len()).map_err(too_many)?;
        tables.function_handles.push(FunctionHandle {
            module: ModuleHandleIndex(u16::MAX),
            name: IdentifierIndex(u16::MAX),
            parameters,
            returns,
            type_parameters,
            access_specifiers: None,
            attributes: Vec::new(),
        });
        tables.function_defs = alloc::vec![FunctionDefinition {
            handle: FunctionHandleIndex(handle),
            visibility: Visibility::Public,
            is_entry: true,
            acquires: Vec::new(),
            code: Some(code),
        }];
        let functions = [(String::from(SCRIPT_FUNCTION), FunctionDefIndex(0))]
            .into_iter()
            .collect();
        let module = Arc::new(CompiledModule {
            tables,
            self_handle: ModuleHandleIndex(u16::MAX),
        });
        Ok(Self {
            id: None,
            module,
            functions,
            structs: HashMap::new(),
        })
    }

    pub(crate) fn function(&self, name: &str) -> Option<FunctionDefIndex> {
        self.functions.get(name).copied()
    }

    pub(crate) fn struct_def(&self, name: &str) -> Option<StructDefIndex> {
        self.structs.get(name).copied()
    }

    /// The modules that it names, itself excluded.
    pub(crate) fn dependencies(&self) -> VmResult<Vec<ModuleId>> {
        let mut ids = Vec::new();
        for handle in &self.module.module_handles {
            let id = id_of_handle(&self.module.tables, handle)?;
            if Some(&id) != self.id.as_ref() {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

/// Only for binaries whose bounds are checked; another is an invariant violation, not a panic.
pub(crate) fn bounds<T>(entry: Option<T>) -> VmResult<T> {
    entry.ok_or_else(|| StatusCode::UnknownInvariantViolationError.into())
}

pub(crate) fn identifier(tables: &Tables, index: Option<IdentifierIndex>) -> VmResult<&str> {
    bounds(index.and_then(|i| tables.identifiers.get(i.index()))).map(String::as_str)
}

pub(crate) fn module_id(tables: &Tables, index: ModuleHandleIndex) -> VmResult<ModuleId> {
    id_of_handle(tables, bounds(tables.module_handles.get(index.index()))?)
}

pub(crate) fn id_of_handle(tables: &Tables, handle: &ModuleHandle) -> VmResult<ModuleId> {
    let address = *bounds(tables.addresses.get(handle.address.index()))?;
    Ok(ModuleId::new(
        address,
        identifier(tables, Some(handle.name))?,
    ))
}

/// The name of a module whose bounds are checked.
pub(crate) fn self_id(module: &CompiledModule) -> VmResult<ModuleId> {
    module_id(&module.tables, module.self_handle)
}
