//! What a module says about itself besides its code, as compilers for Aptos write it: names of
//! abort codes, attributes of structs and functions.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use lumio_move_engine::{VmResult, bcs::Reader, format::CompiledModule};

/// Under what compilers write it.
const KEY: &[u8] = b"aptos::metadata_v1";

/// An attribute that means something to the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// A function that only reads.
    View,
    /// A struct that names a resource group, and who may be in it: `global`, `address`, `module_`.
    ResourceGroup(String),
    /// A struct that is kept in a resource group.
    ResourceGroupMember(String),
    /// A struct that is an event.
    Event,
    /// An entry function that draws random numbers, perhaps with a bound of gas.
    Randomness(Option<u64>),
    /// Something newer.
    Unknown(u8),
}

/// The metadata of a module; empty if it has none, or none that can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleMetadata {
    /// Abort codes: name and description.
    pub errors: BTreeMap<u64, (String, String)>,
    /// Attributes of structs.
    pub structs: BTreeMap<String, Vec<Attribute>>,
    /// Attributes of functions.
    pub functions: BTreeMap<String, Vec<Attribute>>,
}

impl ModuleMetadata {
    /// What a module says.
    pub fn of(module: &CompiledModule) -> Self {
        Self::read(module).ok().flatten().unwrap_or_default()
    }

    /// What a module says; nothing if it says nothing.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn read(module: &CompiledModule) -> VmResult<Option<Self>> {
        let Some(found) = module.metadata.iter().find(|entry| entry.key == KEY) else {
            return Ok(None);
        };
        let mut reader = Reader::new(&found.value);
        let mut metadata = Self::default();
        for _ in 0..reader.uleb()? {
            let code = reader.u64()?;
            let name = reader.string()?;
            metadata.errors.insert(code, (name, reader.string()?));
        }
        metadata.structs = attributes(&mut reader)?;
        metadata.functions = attributes(&mut reader)?;
        reader.end()?;
        Ok(Some(metadata))
    }

    /// Whether a function is a view.
    pub fn is_view(&self, function: &str) -> bool {
        let attributes = self.functions.get(function);
        attributes.is_some_and(|list| list.contains(&Attribute::View))
    }

    /// Whether a struct is an event.
    pub fn is_event(&self, structure: &str) -> bool {
        let attributes = self.structs.get(structure);
        attributes.is_some_and(|list| list.contains(&Attribute::Event))
    }
}

fn attributes(reader: &mut Reader<'_>) -> VmResult<BTreeMap<String, Vec<Attribute>>> {
    let mut all = BTreeMap::new();
    for _ in 0..reader.uleb()? {
        let name = reader.string()?;
        let mut list = Vec::new();
        for _ in 0..reader.uleb()? {
            let kind = reader.u8()?;
            let mut arguments = Vec::new();
            for _ in 0..reader.uleb()? {
                arguments.push(reader.string()?);
            }
            let first = arguments.into_iter().next();
            list.push(match kind {
                0 | 1 => Attribute::View,
                2 => Attribute::ResourceGroup(first.unwrap_or_default()),
                3 => Attribute::ResourceGroupMember(first.unwrap_or_default()),
                4 => Attribute::Event,
                5 => Attribute::Randomness(first.and_then(|text| text.parse().ok())),
                other => Attribute::Unknown(other),
            });
        }
        all.insert(name, list);
    }
    Ok(all)
}
