//! The Move framework that every Lumio chain begins with: its sources, which packages of users are
//! compiled against, and its binaries, which genesis publishes.
//!
//! Both are files under `framework/move`. A test of the compiler makes sure that they belong together;
//! with `REBUILD=1` in its environment it writes the binaries and [`PACKAGES`] anew.
#![no_std]

mod packages;

/// A package of the framework.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// Its name, by which other packages depend on it.
    pub name: &'static str,
    /// Its folder's name.
    pub folder: &'static str,
    /// Its `Move.toml`.
    pub manifest: &'static str,
    /// Its sources: name of the file, text.
    pub sources: &'static [(&'static str, &'static str)],
    /// Its modules: name, binary.
    pub modules: &'static [(&'static str, &'static [u8])],
}

/// All packages, each after those that it depends on.
pub static PACKAGES: &[Package] = packages::PACKAGES;
