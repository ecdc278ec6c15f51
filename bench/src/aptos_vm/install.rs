//! Getting the peer: its library from npm, and the program that drives it from a C compiler.

use super::{input::Input, modules};
use crate::server::{cache, checkout, run};
use anyhow::{Context as _, Result, ensure};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What has the library in it.
const PACKAGE: &str = "@initia/builder.js@0.2.12";

/// The peer, ready to run.
#[derive(Debug)]
pub(crate) struct AptosVm {
    library: PathBuf,
    /// Where the program is, and what it reads.
    folder: tempfile::TempDir,
    /// What its genesis publishes.
    pub(super) modules: Vec<Vec<u8>>,
}

impl AptosVm {
    /// Takes the library that is given, or the one in the cache, or puts it there; and compiles the
    /// program that drives it.
    ///
    /// # Errors
    /// When there is no library for this machine, no npm or no C compiler, or when the framework has
    /// changed so that its modules no longer fit.
    pub(crate) fn install(given: Option<&Path>) -> Result<Self> {
        let library = given.map_or_else(download, |file| Ok(file.to_owned()))?;
        ensure!(library.exists(), "there is no {}", library.display());
        let folder = tempfile::tempdir()?;
        run(Command::new("cc")
            .args(["-O2", "-o"])
            .arg(folder.path().join("drive"))
            .arg(checkout().join("bench/peers/aptos-vm/drive.c"))
            .arg("-ldl"))?;
        Ok(Self {
            library,
            folder,
            modules: modules::bundle()?,
        })
    }

    /// Runs the program, and gives its output.
    ///
    /// # Errors
    /// When it fails.
    pub(super) fn drive(&self, input: &Input) -> Result<String> {
        let file = self.folder.path().join("input");
        std::fs::write(&file, input.bytes())?;
        let output = Command::new(self.folder.path().join("drive"))
            .arg(&self.library)
            .arg(&file)
            // The library would collect a backtrace for each error that it catches itself.
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE")
            .output()?;
        ensure!(
            output.status.success(),
            "the Aptos-derived VM failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The library in the cache; npm brings it there.
fn download() -> Result<PathBuf> {
    let arch = std::env::consts::ARCH;
    ensure!(
        cfg!(target_os = "linux") && ["x86_64", "aarch64"].contains(&arch),
        "{PACKAGE} has no library for this machine"
    );
    let name = format!("libmovevm.{arch}.so");
    let folder = cache().join("aptos-vm").join(PACKAGE.replace('/', "-"));
    let library = folder.join(&name);
    if library.exists() {
        return Ok(library);
    }
    std::fs::create_dir_all(&folder)?;
    let scratch = tempfile::tempdir_in(&folder)?;
    run(Command::new("npm")
        .args(["pack", "--silent", "--pack-destination"])
        .arg(scratch.path())
        .arg(PACKAGE))?;
    let packed = std::fs::read_dir(scratch.path())?
        .next()
        .context("npm packed nothing")??;
    // Of the package, which has compilers for all machines, only this.
    let inside = format!("package/library/{name}");
    run(Command::new("tar")
        .arg("-xzf")
        .arg(packed.path())
        .arg("-C")
        .arg(scratch.path())
        .arg(&inside))?;
    std::fs::rename(scratch.path().join(inside), &library)?;
    Ok(library)
}
