//! `Move.toml`.

use std::{collections::BTreeMap, path::PathBuf};

use lumio_move_engine::Address;
use serde::Deserialize;

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is no TOML, or has unknown parts.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// An address that is none.
    #[error("address {name} = \"{value}\" is no address: write \"0x…\", or \"_\" to leave it open")]
    Address {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// What a package says about itself.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `arbitrary`, `compatible` or `immutable`.
    pub upgrade_policy: Option<String>,
    /// Named addresses; without value if that must come from elsewhere.
    pub addresses: BTreeMap<String, Option<Address>>,
    /// Named addresses of development builds.
    pub dev_addresses: BTreeMap<String, Option<Address>>,
    /// Other packages.
    pub dependencies: BTreeMap<String, Dependency>,
    /// Other packages of development builds.
    pub dev_dependencies: BTreeMap<String, Dependency>,
}

/// A package that another one needs.
#[derive(Clone, Debug, Default)]
pub struct Dependency {
    /// Its folder, relative to the manifest; none if it is somewhere on the network.
    pub local: Option<PathBuf>,
    /// Values for its named addresses.
    pub addresses: BTreeMap<String, Address>,
}

#[derive(Deserialize)]
struct File {
    package: Head,
    #[serde(default)]
    addresses: BTreeMap<String, String>,
    #[serde(default, rename = "dev-addresses")]
    dev_addresses: BTreeMap<String, String>,
    #[serde(default)]
    dependencies: BTreeMap<String, Entry>,
    #[serde(default, rename = "dev-dependencies")]
    dev_dependencies: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Head {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    upgrade_policy: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    local: Option<PathBuf>,
    #[serde(default, alias = "addr_subst")]
    addresses: BTreeMap<String, String>,
}

fn address(name: &str, value: &str) -> Result<Option<Address>, ManifestError> {
    if value == "_" {
        return Ok(None);
    }
    let bad = || ManifestError::Address {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    // Both `0xcafe` and `cafe` are written.
    let text = match value.strip_prefix("0x") {
        Some(_) => value.to_owned(),
        None => format!("0x{value}"),
    };
    text.parse().map(Some).map_err(|_| bad())
}

fn addresses(
    values: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Option<Address>>, ManifestError> {
    values
        .into_iter()
        .map(|(name, value)| {
            let address = address(&name, &value)?;
            Ok((name, address))
        })
        .collect()
}

fn dependencies(
    entries: BTreeMap<String, Entry>,
) -> Result<BTreeMap<String, Dependency>, ManifestError> {
    let mut made = BTreeMap::new();
    for (name, entry) in entries {
        let mut values = BTreeMap::new();
        for (name, value) in addresses(entry.addresses)? {
            if let Some(value) = value {
                values.insert(name, value);
            }
        }
        let dependency = Dependency {
            local: entry.local,
            addresses: values,
        };
        made.insert(name, dependency);
    }
    Ok(made)
}

impl Manifest {
    /// Reads a manifest.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let file: File = toml::from_str(text)?;
        Ok(Self {
            name: file.package.name,
            version: file.package.version,
            upgrade_policy: file.package.upgrade_policy,
            addresses: addresses(file.addresses)?,
            dev_addresses: addresses(file.dev_addresses)?,
            dependencies: dependencies(file.dependencies)?,
            dev_dependencies: dependencies(file.dev_dependencies)?,
        })
    }
}
