//! A Solidity library for a Move module.

mod function;
mod types;
mod write;

use lumio_move_engine::{
    Address, ModuleId,
    format::{CompiledModule, Visibility},
    is_identifier,
    metadata::ModuleMetadata,
};
use std::collections::BTreeMap;

use crate::{
    ModuleSource,
    names::{Names, camel_case, is_reserved_in_solidity, pascal_case},
};
use function::{Function, Reader};
use types::{SolStruct, Structs};

/// A Solidity library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its name.
    pub name: String,
    /// Its text, a whole file. It imports `ICrossVM.sol` and `IMoveVM.sol` beside it.
    pub text: String,
}

/// Why there is no library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// The tables of the binary do not fit together.
    #[error("the module does not say what it is called: its binary is damaged")]
    Nameless,
}

/// Names that a library itself uses. Others that it uses begin with an underscore, which names that
/// come from Move do not.
const OWN: &str =
    "MODULE NAME CROSS_VM MOVE_VM ICrossVM IMoveVM aborted accountOf ok failure data args result";

/// What is written.
struct Content {
    name: String,
    id: ModuleId,
    doc: String,
    /// Abort codes with names and descriptions.
    errors: Vec<(u64, String, String)>,
    structs: Vec<SolStruct>,
    struct_docs: BTreeMap<String, String>,
    functions: Vec<Function>,
    /// Functions that cannot be called, and why.
    refused: Vec<(String, String)>,
}

/// Writes a library for a module, in which each function that Solidity can call has its own. The
/// module is at `at`, or where its binary says. Structs that its functions return may be of other
/// modules, which `find` looks up.
///
/// # Errors
/// That the module's binary is damaged.
pub fn library(
    module: &CompiledModule,
    source: &ModuleSource,
    at: Option<Address>,
    find: &mut dyn FnMut(&ModuleId) -> Option<CompiledModule>,
) -> Result<Library, LibraryError> {
    let own = id_of(module).ok_or(LibraryError::Nameless)?;
    let name = pascal_case(&own.name);
    let metadata = ModuleMetadata::of(module);

    let mut names = Names::new(is_reserved_in_solidity);
    for taken in OWN.split_whitespace().chain([name.as_str()]) {
        names.take(taken);
    }
    let errors = metadata.errors.iter();
    let errors = errors
        .map(|(code, (name, description))| (*code, names.take(name), description.clone()))
        .collect();
    // Functions have their own names; structs and variants give way.
    let callable = module
        .function_defs
        .iter()
        .filter(|definition| definition.visibility == Visibility::Public || definition.is_entry);
    let mut wanted = Vec::new();
    for definition in callable {
        let handle = module.function_handles.get(definition.handle.index());
        let name = handle.and_then(|handle| module.identifiers.get(handle.name.index()));
        let (Some(handle), Some(move_name)) = (handle, name) else {
            return Err(LibraryError::Nameless);
        };
        // Of these, the compiler makes some for structs of other modules.
        if is_identifier(move_name, false) {
            let name = names.take(&camel_case(move_name));
            wanted.push((handle, move_name.clone(), name));
        }
    }
    let structs = Structs::new(module, own.clone(), find, names);
    let mut reader = Reader { module, structs };
    let (mut functions, mut refused) = (Vec::new(), Vec::new());
    for (handle, move_name, name) in wanted {
        let default = crate::FunctionSource::default();
        let source = source.functions.get(&move_name).unwrap_or(&default);
        let is_view = metadata.is_view(&move_name);
        match reader.function(handle, &move_name, name, source, is_view) {
            Ok(function) => functions.push(function),
            Err(why) => refused.push((move_name, why)),
        }
    }
    for function in &mut functions {
        function.name_variants(&mut reader.structs.names);
    }
    // Names of parameters must hide nothing.
    let all = reader.structs.names.clone();
    for function in &mut functions {
        function.name_parameters(&all);
    }
    let content = Content {
        id: ModuleId::new(at.unwrap_or(own.address), own.name.as_str()),
        name: name.clone(),
        doc: source.doc.clone(),
        errors,
        structs: reader.structs.met.into_iter().map(|(_, s)| s).collect(),
        struct_docs: source.structs.clone(),
        functions,
        refused,
    };
    let text = write::write(&content);
    Ok(Library { name, text })
}

/// A module's name, from its tables.
fn id_of(module: &CompiledModule) -> Option<ModuleId> {
    let handle = module.module_handles.get(module.self_handle.index())?;
    let address = module.addresses.get(handle.address.index())?;
    let name = module.identifiers.get(handle.name.index())?;
    Some(ModuleId::new(*address, name.as_str()))
}
