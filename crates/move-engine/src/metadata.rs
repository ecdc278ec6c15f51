//! What a module says about itself besides its code, as compilers for Aptos write it: names of
//! abort codes, attributes of structs and functions.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    VmResult,
    bcs::{Reader, put_bytes, put_uleb},
    format::{CompiledModule, Metadata},
};

/// Under what compilers write it.
const KEY: &[u8] = b"aptos::metadata_v1";

/// Attributes by the number that they have in BCS. A view had another one in older modules.
const OLD_VIEW: u8 = 0;
const VIEW: u8 = 1;
const RESOURCE_GROUP: u8 = 2;
const RESOURCE_GROUP_MEMBER: u8 = 3;
const EVENT: u8 = 4;
const RANDOMNESS: u8 = 5;

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

/// Attributes by the name of what has them.
pub type Attributes = BTreeMap<String, Vec<Attribute>>;

/// The metadata of a module; empty if it has none, or none that can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleMetadata {
    /// Abort codes: name and description.
    pub errors: BTreeMap<u64, (String, String)>,
    /// Attributes of structs.
    pub structs: Attributes,
    /// Attributes of functions.
    pub functions: Attributes,
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

    /// As a module keeps it: no entry if there is nothing to say.
    pub fn write(&self) -> Option<Metadata> {
        if self.errors.is_empty() && self.structs.is_empty() && self.functions.is_empty() {
            return None;
        }
        // Maps in BCS are in the order of their keys' bytes.
        let mut errors: Vec<_> = self.errors.iter().collect();
        errors.sort_by_key(|(code, _)| code.to_le_bytes());
        let mut value = Vec::new();
        put_uleb(&mut value, errors.len() as u64);
        for (code, (name, description)) in errors {
            value.extend(code.to_le_bytes());
            put_bytes(&mut value, name.as_bytes());
            put_bytes(&mut value, description.as_bytes());
        }
        put_attributes(&mut value, &self.structs);
        put_attributes(&mut value, &self.functions);
        Some(Metadata {
            key: KEY.to_vec(),
            value,
        })
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

fn attributes(reader: &mut Reader<'_>) -> VmResult<Attributes> {
    let mut all = Attributes::new();
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
                OLD_VIEW | VIEW => Attribute::View,
                RESOURCE_GROUP => Attribute::ResourceGroup(first.unwrap_or_default()),
                RESOURCE_GROUP_MEMBER => Attribute::ResourceGroupMember(first.unwrap_or_default()),
                EVENT => Attribute::Event,
                RANDOMNESS => Attribute::Randomness(first.and_then(|text| text.parse().ok())),
                other => Attribute::Unknown(other),
            });
        }
        all.insert(name, list);
    }
    Ok(all)
}

fn put_attributes(out: &mut Vec<u8>, attributes: &Attributes) {
    put_uleb(out, attributes.len() as u64);
    let mut attributes: Vec<_> = attributes.iter().collect();
    attributes.sort_by_key(|(name, _)| (name.len(), name.as_str()));
    for (name, list) in attributes {
        put_bytes(out, name.as_bytes());
        put_uleb(out, list.len() as u64);
        for attribute in list {
            let (kind, argument) = match attribute {
                Attribute::View => (VIEW, None),
                Attribute::ResourceGroup(scope) => (RESOURCE_GROUP, Some(scope.clone())),
                Attribute::ResourceGroupMember(group) => {
                    (RESOURCE_GROUP_MEMBER, Some(group.clone()))
                }
                Attribute::Event => (EVENT, None),
                Attribute::Randomness(gas) => (RANDOMNESS, gas.map(|gas| gas.to_string())),
                Attribute::Unknown(kind) => (*kind, None),
            };
            out.push(kind);
            put_uleb(out, u64::from(argument.is_some()));
            if let Some(argument) = argument {
                put_bytes(out, argument.as_bytes());
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_is_written_is_read() {
        let error = |name: &str| (String::from(name), String::from("why"));
        let metadata = ModuleMetadata {
            errors: [(1, error("ONE")), (256, error("MANY")), (2, error("TWO"))].into(),
            structs: [
                (
                    "Group".into(),
                    vec![Attribute::ResourceGroup("global".into())],
                ),
                (
                    "Member".into(),
                    vec![
                        Attribute::ResourceGroupMember("0x1::a::Group".into()),
                        Attribute::Event,
                    ],
                ),
            ]
            .into(),
            functions: [
                ("look".into(), vec![Attribute::View]),
                ("a".into(), vec![Attribute::Randomness(Some(70))]),
                ("b".into(), vec![Attribute::Randomness(None)]),
            ]
            .into(),
        };
        let mut module = CompiledModule::default();
        assert_eq!(ModuleMetadata::read(&module).unwrap(), None);
        module.tables.metadata = vec![metadata.write().unwrap()];
        assert_eq!(ModuleMetadata::read(&module).unwrap(), Some(metadata));
        // 256 is before 1: its first byte is 0.
        assert_eq!(
            module.tables.metadata[0].value[..9],
            [3, 0, 1, 0, 0, 0, 0, 0, 0]
        );
        assert_eq!(ModuleMetadata::default().write(), None);
    }

    #[test]
    fn what_is_malformed_says_nothing() {
        let mut module = CompiledModule::default();
        for value in [vec![], vec![1], vec![0, 0, 0, 0]] {
            module.tables.metadata = vec![Metadata {
                key: KEY.to_vec(),
                value,
            }];
            assert!(ModuleMetadata::read(&module).is_err());
            assert_eq!(ModuleMetadata::of(&module), ModuleMetadata::default());
        }
    }
}
