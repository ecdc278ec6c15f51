//! A compiled package in the form in which it is published: modules in the order in which they
//! link, and the BCS of `0x1::code::PackageMetadata`.

use crate::client::Included;
use anyhow::{Context as _, bail};
use flate2::{Compression, write::GzEncoder};
use lumio_move_compiler::{Compilation, Compiled, SourceModule, package::Package};
use lumio_move_engine::{
    Address, ModuleId,
    bcs::{put_bytes, put_uleb},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
};

const COMPATIBLE: u8 = 1;

/// Whether sources go on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sources {
    Included,
    LeftOut,
}

impl Sources {
    pub(crate) const fn of(included: Included) -> Self {
        match included {
            Included::Sparse => Self::Included,
            Included::None => Self::LeftOut,
        }
    }
}

/// A module of the package.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) id: ModuleId,
    pub(crate) code: Vec<u8>,
    source: String,
}

/// A package that can be published.
#[derive(Debug)]
pub(crate) struct Built {
    package: Package,
    /// Each after those that it uses.
    pub(crate) modules: Vec<Module>,
    /// Modules of other packages.
    dependencies: Vec<SourceModule>,
}

impl Built {
    pub(crate) fn new(package: Package, compilation: &Compilation) -> anyhow::Result<Self> {
        let sources: BTreeMap<&ModuleId, &str> = compilation
            .modules
            .iter()
            .filter_map(|m| Some((&m.id, &*compilation.sources.get(m.file)?.text)))
            .collect();
        let mut waiting = Vec::new();
        for unit in compilation.units.iter().filter(|unit| unit.is_root) {
            let (Some(id), Compiled::Module(module)) = (&unit.id, &unit.compiled) else {
                continue;
            };
            let used = module.module_handles.iter().filter_map(|handle| {
                let address = module.addresses.get(handle.address.index())?;
                let name = module.identifiers.get(handle.name.index())?;
                Some(ModuleId::new(*address, name.as_str()))
            });
            let used: BTreeSet<_> = used.filter(|used| used != id).collect();
            let module = Module {
                id: id.clone(),
                code: unit.bytes.clone(),
                source: sources.get(id).copied().unwrap_or_default().to_owned(),
            };
            waiting.push((module, used));
        }
        let dependencies = compilation.modules.iter().filter(|m| !m.is_root);
        Ok(Self {
            package,
            modules: ordered(waiting)?,
            dependencies: dependencies.cloned().collect(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.package.manifest.name
    }

    /// The name of an address in the package, if it has one.
    pub(crate) fn named(&self, address: Address) -> Option<String> {
        let own = self.package.manifest.addresses.keys();
        let mut own = own.filter(|name| self.package.addresses.get(*name) == Some(&address));
        own.next().cloned()
    }

    /// The BCS of the package's metadata.
    pub(crate) fn metadata(&self, sources: Sources) -> anyhow::Result<Vec<u8>> {
        let path = self.package.folder.join("Move.toml");
        let manifest =
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut out = Vec::new();
        put_bytes(&mut out, self.name().as_bytes());
        out.push(self.policy()?);
        // The number of upgrades, which the chain counts.
        out.extend(0_u64.to_le_bytes());
        put_bytes(&mut out, self.digest(&manifest).as_bytes());
        put_bytes(&mut out, &zipped(&manifest)?);
        put_uleb(&mut out, self.modules.len() as u64);
        for module in &self.modules {
            put_bytes(&mut out, module.id.name.as_bytes());
            let source = match sources {
                Sources::Included => zipped(module.source.as_bytes())?,
                Sources::LeftOut => Vec::new(),
            };
            put_bytes(&mut out, &source);
            // No source map: its form is another one in each compiler. No extension.
            out.extend([0, 0]);
        }
        let packages = self.packages()?;
        put_uleb(&mut out, packages.len() as u64);
        for (name, address) in packages {
            out.extend(address.0);
            put_bytes(&mut out, name.as_bytes());
        }
        // No extension.
        out.push(0);
        Ok(out)
    }

    fn policy(&self) -> anyhow::Result<u8> {
        Ok(match self.package.manifest.upgrade_policy.as_deref() {
            None | Some("compatible") => COMPATIBLE,
            Some("arbitrary") => 0,
            Some("immutable") => 2,
            Some(other) => bail!(
                "Move.toml says upgrade_policy = {other:?}: write \"compatible\" or \"immutable\""
            ),
        })
    }

    /// A hash of the manifest and of the sources, in capital digits.
    fn digest(&self, manifest: &[u8]) -> String {
        let mut all = Sha256::new();
        all.update(Sha256::digest(manifest));
        for input in self.package.inputs.iter().filter(|input| input.is_root) {
            all.update(Sha256::digest(&input.text));
        }
        let mut text = String::new();
        for byte in all.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02X}");
        }
        text
    }

    /// All packages that this one depends on, and where they are.
    fn packages(&self) -> anyhow::Result<Vec<(&str, Address)>> {
        let mut packages: Vec<(&str, Address)> = Vec::new();
        for module in &self.dependencies {
            let (name, address) = (module.package.as_str(), module.id.address);
            match packages.iter().find(|(known, _)| *known == name) {
                None => packages.push((name, address)),
                Some((_, known)) if *known == address => {}
                Some((_, known)) => bail!(
                    "package {name}, on which it depends, has modules at {known} and at \
                     {address}: on the chain a package has one address"
                ),
            }
        }
        Ok(packages)
    }
}

/// Modules, each after those that it uses.
fn ordered(mut waiting: Vec<(Module, BTreeSet<ModuleId>)>) -> anyhow::Result<Vec<Module>> {
    let mut done: Vec<Module> = Vec::new();
    while !waiting.is_empty() {
        let left: BTreeSet<_> = waiting
            .iter()
            .map(|(module, _)| module.id.clone())
            .collect();
        let (ready, later): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(_, used)| used.is_disjoint(&left));
        if ready.is_empty() {
            bail!("its modules depend on each other in a circle");
        }
        done.extend(ready.into_iter().map(|(module, _)| module));
        waiting = later;
    }
    Ok(done)
}

fn zipped(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
