//! Packages: a folder with `Move.toml`, sources, and other packages that they need.

mod manifest;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use lumio_move_engine::Address;

pub use manifest::{Dependency, Manifest, ManifestError};

use crate::Input;

/// A package that could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// There is no package.
    #[error("{} has no Move.toml: name a package's folder, or make one with `lumio move new`", .0.display())]
    Missing(PathBuf),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// `Move.toml` says something wrong.
    #[error("{}: {error}", path.display())]
    Manifest {
        /// Which.
        path: PathBuf,
        /// What.
        error: ManifestError,
    },
    /// A dependency that is neither local nor shipped.
    #[error("{}: dependency {name} is neither local nor shipped: put a copy beside the package and write `{name} = {{ local = \"…\" }}`", path.display())]
    Remote {
        /// Whose.
        path: PathBuf,
        /// Which.
        name: String,
    },
    /// Packages need each other.
    #[error("{}: packages depend on each other in a circle", .0.display())]
    Circle(PathBuf),
    /// A named address without value, or with two.
    #[error("named address {name}: {what}")]
    Address {
        /// Which.
        name: String,
        /// What is wrong.
        what: String,
    },
}

/// A package that comes with the compiler, and that others depend on by its name, wherever they say
/// that it is.
#[derive(Clone, Copy, Debug)]
pub struct ShippedPackage {
    /// Its name.
    pub name: &'static str,
    /// Its folder, beside those of the other shipped packages.
    pub folder: &'static str,
    /// Its `Move.toml`.
    pub manifest: &'static str,
    /// Its sources: name of the file, text.
    pub sources: &'static [(&'static str, &'static str)],
}

/// How to look at a package.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Packages that come with the compiler.
    pub shipped: Vec<ShippedPackage>,
    /// Whether `[dev-addresses]`, `[dev-dependencies]` and the folder `tests` count.
    pub dev: bool,
    /// Values of named addresses from outside.
    pub addresses: BTreeMap<String, Address>,
}

/// A package with all that it needs.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its folder.
    pub folder: PathBuf,
    /// All files, those of dependencies first.
    pub inputs: Vec<Input>,
    /// All named addresses.
    pub addresses: BTreeMap<String, Address>,
}

impl Package {
    /// Reads a package and its dependencies.
    pub fn load(folder: &Path, options: &LoadOptions) -> Result<Self, PackageError> {
        let mut loader = Loader {
            options,
            inputs: Vec::new(),
            addresses: options.addresses.clone(),
            wanted: BTreeMap::new(),
            done: BTreeSet::new(),
            active: Vec::new(),
        };
        let manifest = loader.package(folder, true)?;
        for (name, path) in &loader.wanted {
            if !loader.addresses.contains_key(name) {
                return Err(PackageError::Address {
                    name: name.clone(),
                    what: format!(
                        "{} leaves it open (`_`): give it a value there, in a package that depends on it, or with --named-addresses {name}=0x…{}",
                        path.display(),
                        match manifest.dev_addresses.contains_key(name) {
                            true => "; --dev takes the one of [dev-addresses]",
                            false => "",
                        }
                    ),
                });
            }
        }
        Ok(Self {
            manifest,
            folder: folder.to_path_buf(),
            inputs: loader.inputs,
            addresses: loader.addresses,
        })
    }
}

struct Loader<'a> {
    options: &'a LoadOptions,
    inputs: Vec<Input>,
    addresses: BTreeMap<String, Address>,
    /// Names that are left open, and by whom.
    wanted: BTreeMap<String, PathBuf>,
    done: BTreeSet<PathBuf>,
    active: Vec<PathBuf>,
}

impl Loader<'_> {
    fn package(&mut self, folder: &Path, is_root: bool) -> Result<Manifest, PackageError> {
        let path = folder.join("Move.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(PackageError::Missing(folder.to_path_buf()));
            }
            Err(error) => return Err(PackageError::Unreadable { path, error }),
        };
        let manifest = self.manifest(&path, &text)?;
        let dev = self.options.dev && is_root;
        self.addresses(&manifest, dev, &path)?;
        self.active.push(folder.to_path_buf());
        let mut dependencies = manifest.dependencies.clone();
        if dev {
            dependencies.extend(manifest.dev_dependencies.clone());
        }
        for (name, dependency) in dependencies {
            self.dependency(folder, &name, dependency)?;
        }
        self.active.pop();
        let mut folders = vec![folder.join("sources"), folder.join("scripts")];
        if dev {
            folders.push(folder.join("tests"));
        }
        for folder in folders {
            self.files(&folder, &manifest.name, is_root)?;
        }
        Ok(manifest)
    }

    fn manifest(&self, path: &Path, text: &str) -> Result<Manifest, PackageError> {
        Manifest::parse(text).map_err(|error| PackageError::Manifest {
            path: path.to_path_buf(),
            error,
        })
    }

    /// Takes over the named addresses of a package.
    fn addresses(
        &mut self,
        manifest: &Manifest,
        dev: bool,
        path: &Path,
    ) -> Result<(), PackageError> {
        let mut addresses = manifest.addresses.clone();
        if dev {
            for (name, value) in &manifest.dev_addresses {
                let entry = addresses.entry(name.clone()).or_insert(None);
                *entry = entry.or(*value);
            }
        }
        for (name, value) in addresses {
            match (value, self.addresses.get(&name)) {
                (Some(value), Some(known)) if value != *known => {
                    if !self.options.addresses.contains_key(&name) {
                        let what =
                            format!("{} says {value}, another package {known}", path.display());
                        return Err(PackageError::Address { what, name });
                    }
                }
                (Some(value), _) => {
                    self.addresses.insert(name, value);
                }
                (None, _) => {
                    self.wanted.insert(name, path.to_path_buf());
                }
            }
        }
        Ok(())
    }

    /// Loads a package that one in a folder needs: from a folder if it names one that exists, or
    /// else the shipped one of its name.
    fn dependency(
        &mut self,
        folder: &Path,
        name: &str,
        dependency: Dependency,
    ) -> Result<(), PackageError> {
        for (name, value) in dependency.addresses {
            self.addresses.entry(name).or_insert(value);
        }
        let path = folder.join("Move.toml");
        let local = dependency.local.map(|local| folder.join(local));
        let found = local.as_ref().and_then(|local| local.canonicalize().ok());
        let Some(inner) = found else {
            if self.shipped(name)? {
                return Ok(());
            }
            return Err(match local {
                Some(local) => PackageError::Missing(local),
                None => PackageError::Remote {
                    path,
                    name: name.to_owned(),
                },
            });
        };
        if self.active.contains(&inner) {
            return Err(PackageError::Circle(path));
        }
        if self.done.insert(inner.clone()) {
            self.package(&inner, false)?;
        }
        Ok(())
    }

    /// Loads the shipped package of a name, if there is one.
    fn shipped(&mut self, name: &str) -> Result<bool, PackageError> {
        let named = |p: &&ShippedPackage| p.name == name;
        let Some(package) = self.options.shipped.iter().find(named).copied() else {
            return Ok(false);
        };
        let folder = Path::new("<shipped>").join(package.folder);
        if !self.done.insert(folder.clone()) {
            return Ok(true);
        }
        let path = folder.join("Move.toml");
        let manifest = self.manifest(&path, package.manifest)?;
        self.addresses(&manifest, false, &path)?;
        for name in manifest.dependencies.keys() {
            self.shipped(name)?;
        }
        for (file, text) in package.sources {
            self.inputs.push(Input {
                path: folder.join("sources").join(file),
                text: (*text).to_owned(),
                is_root: false,
                package: package.name.to_owned(),
            });
        }
        Ok(true)
    }

    /// Adds all files of a folder and the folders in it, in the order of their paths.
    fn files(&mut self, folder: &Path, package: &str, is_root: bool) -> Result<(), PackageError> {
        let mut folders = vec![folder.to_path_buf()];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            let unreadable = |error| PackageError::Unreadable {
                path: folder.clone(),
                error,
            };
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(error)),
            };
            for entry in entries {
                let path = entry.map_err(unreadable)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "move") {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(|error| PackageError::Unreadable {
                path: path.clone(),
                error,
            })?;
            self.inputs.push(Input {
                path,
                text,
                is_root,
                package: package.to_owned(),
            });
        }
        Ok(())
    }
}
