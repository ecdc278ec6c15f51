//! The state at a version with the types that a request needs: what turns BCS
//! into JSON and back. Layouts and modules are kept for the request's time.

use super::{
    backend::{BackendError, Change, State, Transaction},
    error::ApiError,
    module_cache::ModuleCache,
    table_types::{Pair, TableTypes},
    values,
};
use lumio_move_engine::{
    Address, Layout, ModuleId, StatusCode, StructTag, TypeTag, VmError,
    code::Integer,
    format::{CompiledModule, SignatureToken, Tables},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long a request waits, once, for the indexer to meet a table.
const TABLE_PATIENCE: Duration = Duration::from_millis(500);

/// A state, opened for one request.
pub(super) struct Types<'a> {
    pub(super) state: Box<dyn State + 'a>,
    pub(super) version: u64,
    layouts: BTreeMap<TypeTag, Option<Arc<Layout>>>,
    modules: BTreeMap<ModuleId, Option<Arc<CompiledModule>>>,
    cache: &'a ModuleCache,
    tables: &'a TableTypes,
    has_waited: bool,
}

/// The layout of a type that needs no module.
fn plain_layout(tag: &TypeTag) -> Option<Layout> {
    Some(match tag {
        TypeTag::Bool => Layout::Bool,
        TypeTag::U8 => Layout::Integer(Integer::U8),
        TypeTag::U16 => Layout::Integer(Integer::U16),
        TypeTag::U32 => Layout::Integer(Integer::U32),
        TypeTag::U64 => Layout::Integer(Integer::U64),
        TypeTag::U128 => Layout::Integer(Integer::U128),
        TypeTag::U256 => Layout::Integer(Integer::U256),
        TypeTag::Address => Layout::Address,
        TypeTag::Vector(element) => Layout::Vector(Box::new(plain_layout(element)?)),
        _ => return None,
    })
}

impl<'a> Types<'a> {
    pub(super) fn new(
        state: Box<dyn State + 'a>,
        version: u64,
        cache: &'a ModuleCache,
        tables: &'a TableTypes,
    ) -> Self {
        Self {
            state,
            version,
            layouts: BTreeMap::new(),
            modules: BTreeMap::new(),
            cache,
            tables,
            has_waited: false,
        }
    }

    /// The types of a table's keys and values, if they are known.
    pub(super) fn of_table(&self, handle: &Address) -> Option<Pair> {
        self.tables.get(handle)
    }

    /// Learns of the tables that a transaction wrote.
    pub(super) fn learn(&mut self, transaction: &Transaction) -> Result<(), BackendError> {
        let tables = self.tables;
        tables.learn(self, transaction)
    }

    /// Makes the types known of the tables whose items are to be shown, if that
    /// can be done.
    pub(super) fn meet(&mut self, transaction: &Transaction) -> Result<(), BackendError> {
        if !self.has_strangers(transaction) {
            return Ok(());
        }
        self.learn(transaction)?;
        if self.has_strangers(transaction) && !self.has_waited {
            self.has_waited = true;
            self.tables.wait_for(transaction.version, TABLE_PATIENCE);
        }
        Ok(())
    }

    /// Whether an item is of a table that nobody knows.
    fn has_strangers(&self, transaction: &Transaction) -> bool {
        transaction.changes.iter().any(|change| match change {
            Change::TableItem { handle, types, .. } => {
                types.is_none() && self.of_table(handle).is_none()
            }
            Change::Resource { .. } | Change::Module { .. } => false,
        })
    }

    /// The layout of a type; none if there is no such type.
    pub(super) fn find_layout(
        &mut self,
        tag: &TypeTag,
    ) -> Result<Option<Arc<Layout>>, BackendError> {
        if let Some(known) = self.layouts.get(tag) {
            return Ok(known.clone());
        }
        let found = match plain_layout(tag) {
            Some(layout) => Some(layout),
            None => self.state.layout(tag)?,
        };
        let found = found.map(Arc::new);
        self.layouts.insert(tag.clone(), found.clone());
        Ok(found)
    }

    /// The layout of a type that the client names.
    pub(super) fn layout(&mut self, tag: &TypeTag) -> Result<Arc<Layout>, ApiError> {
        self.find_layout(tag)?
            .ok_or_else(|| ApiError::InvalidInput(format!("there is no type {tag}")))
    }

    /// A value as JSON, if it is one of the type.
    pub(super) fn show(
        &mut self,
        tag: &TypeTag,
        bcs: &[u8],
    ) -> Result<Option<Value>, BackendError> {
        let Some(layout) = self.find_layout(tag)? else {
            return Ok(None);
        };
        let mut failure = None;
        let mut resolve = |tag: &TypeTag| match self.find_layout(tag) {
            Ok(Some(layout)) => Ok(Layout::clone(&layout)),
            Ok(None) => Err(VmError::new(StatusCode::TypeResolutionFailure)),
            Err(error) => {
                failure = Some(error);
                Err(VmError::new(StatusCode::StorageError))
            }
        };
        let shown = layout
            .decode(bcs, &mut resolve)
            .and_then(|value| values::to_json(&layout, &value, &mut resolve));
        match (shown, failure) {
            (_, Some(error)) => Err(error),
            (Ok(json), None) => Ok(Some(json)),
            (Err(_), None) => Ok(None),
        }
    }

    /// A value of the state as JSON. That it is not of its type is the node's
    /// failure.
    pub(super) fn show_state(&mut self, tag: &TypeTag, bcs: &[u8]) -> Result<Value, ApiError> {
        self.show(tag, bcs)?
            .ok_or_else(|| ApiError::Internal(format!("a value of {tag} in the state is none")))
    }

    /// A resource of the state as JSON.
    pub(super) fn show_resource(&mut self, tag: &StructTag, bcs: &[u8]) -> Result<Value, ApiError> {
        self.show_state(&TypeTag::Struct(Box::new(tag.clone())), bcs)
    }

    /// The BCS of a value that a client gives in JSON.
    pub(super) fn read(&mut self, tag: &TypeTag, json: &Value) -> Result<Vec<u8>, ApiError> {
        let layout = self.layout(tag)?;
        values::from_json(&layout, json)
            .map(|value| value.encode())
            .map_err(|reason| ApiError::InvalidInput(format!("a value of {tag}: {reason}")))
    }

    /// A module, if there is one.
    pub(super) fn module(
        &mut self,
        id: &ModuleId,
    ) -> Result<Option<Arc<CompiledModule>>, BackendError> {
        if let Some(known) = self.modules.get(id) {
            return Ok(known.clone());
        }
        let found = match self.state.module(id)? {
            Some(code) => Some(self.cache.read(id, code).map_err(|error| {
                BackendError::Internal(format!("module {id} of the state is none: {error}"))
            })?),
            None => None,
        };
        self.modules.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// Types of the arguments that a function takes beside signers, with its
    /// type parameters filled in; none if there is no such function or it is
    /// given the wrong number of type arguments.
    pub(super) fn parameters(
        &mut self,
        id: &ModuleId,
        function: &str,
        type_arguments: &[TypeTag],
    ) -> Result<Option<Vec<TypeTag>>, BackendError> {
        let Some(module) = self.module(id)? else {
            return Ok(None);
        };
        let handle = module.function_defs.iter().find_map(|definition| {
            let handle = module.function_handles.get(definition.handle.index())?;
            (module.identifiers.get(handle.name.index())? == function).then_some(handle)
        });
        let Some(handle) = handle.filter(|h| h.type_parameters.len() == type_arguments.len())
        else {
            return Ok(None);
        };
        let tokens = module.signatures.get(handle.parameters.index());
        Ok(tokens.and_then(|tokens| argument_types(&module, tokens, type_arguments)))
    }
}

/// Types of parameters without the signers, which nobody gives as arguments.
pub(super) fn argument_types(
    tables: &Tables,
    parameters: &[SignatureToken],
    type_arguments: &[TypeTag],
) -> Option<Vec<TypeTag>> {
    let given = parameters.iter().filter(|token| !is_signer(token));
    given
        .map(|token| tag_of(tables, token, type_arguments))
        .collect()
}

fn is_signer(token: &SignatureToken) -> bool {
    match token {
        SignatureToken::Signer => true,
        SignatureToken::Reference(inner) => **inner == SignatureToken::Signer,
        _ => false,
    }
}

/// A type of a binary by name. None for references and functions, which are no
/// arguments, and for what the binary does not define.
fn tag_of(tables: &Tables, token: &SignatureToken, arguments: &[TypeTag]) -> Option<TypeTag> {
    let named = |handle: usize, type_arguments| {
        let handle = tables.struct_handles.get(handle)?;
        let module = tables.module_handles.get(handle.module.index())?;
        Some(TypeTag::Struct(Box::new(StructTag {
            module: ModuleId::new(
                *tables.addresses.get(module.address.index())?,
                tables.identifiers.get(module.name.index())?.as_str(),
            ),
            name: tables.identifiers.get(handle.name.index())?.clone(),
            type_arguments,
        })))
    };
    Some(match token {
        SignatureToken::Bool => TypeTag::Bool,
        SignatureToken::U8 => TypeTag::U8,
        SignatureToken::U16 => TypeTag::U16,
        SignatureToken::U32 => TypeTag::U32,
        SignatureToken::U64 => TypeTag::U64,
        SignatureToken::U128 => TypeTag::U128,
        SignatureToken::U256 => TypeTag::U256,
        SignatureToken::I8 => TypeTag::I8,
        SignatureToken::I16 => TypeTag::I16,
        SignatureToken::I32 => TypeTag::I32,
        SignatureToken::I64 => TypeTag::I64,
        SignatureToken::I128 => TypeTag::I128,
        SignatureToken::I256 => TypeTag::I256,
        SignatureToken::Address => TypeTag::Address,
        SignatureToken::Signer => TypeTag::Signer,
        SignatureToken::Vector(inner) => {
            TypeTag::Vector(Box::new(tag_of(tables, inner, arguments)?))
        }
        SignatureToken::Struct(handle) => named(handle.index(), Vec::new())?,
        SignatureToken::StructInstantiation(handle, inner) => {
            let inner: Option<Vec<_>> = inner
                .iter()
                .map(|token| tag_of(tables, token, arguments))
                .collect();
            named(handle.index(), inner?)?
        }
        SignatureToken::TypeParameter(number) => arguments.get(usize::from(*number))?.clone(),
        SignatureToken::Function(_)
        | SignatureToken::Reference(_)
        | SignatureToken::MutableReference(_) => return None,
    })
}
