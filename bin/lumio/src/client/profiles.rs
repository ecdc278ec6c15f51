//! `.lumio/move.toml`: accounts by name, with their private keys and the node that they are used
//! with. It is looked for in this folder and those above it; nobody but its owner can read it.

use super::key::PrivateKey;
use anyhow::{Context as _, anyhow, bail};
use lumio_move_engine::Address;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

const FOLDER: &str = ".lumio";
const FILE: &str = "move.toml";
const HEAD: &str = "# Accounts of `lumio move`. Whoever reads the keys owns the accounts.\n\n";

/// The profile that is meant if none is named.
pub(crate) const DEFAULT: &str = "default";

/// An account, and where it is used.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Profile {
    /// The account's address.
    account: String,
    private_key: String,
    /// The node's Aptos API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) faucet_url: Option<String>,
}

impl fmt::Debug for Profile {
    /// Says nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "profile of {}", self.account)
    }
}

impl Profile {
    pub(crate) fn new(account: Address, key: &PrivateKey) -> Self {
        Self {
            account: format!("0x{}", account.to_hex()),
            private_key: key.to_text(),
            url: None,
            faucet_url: None,
        }
    }
}

/// All profiles of a file.
#[derive(Debug)]
pub(crate) struct Profiles {
    path: PathBuf,
    by_name: BTreeMap<String, Profile>,
}

impl Profiles {
    /// Reads the nearest file. Where there is none, there are no profiles, and the first one makes
    /// the file in this folder.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let here = std::env::current_dir().context("this folder cannot be read")?;
        let paths = here
            .ancestors()
            .map(|folder| folder.join(FOLDER).join(FILE));
        let Some(path) = paths.into_iter().find(|path| path.is_file()) else {
            let path = here.join(FOLDER).join(FILE);
            let by_name = BTreeMap::new();
            return Ok(Self { path, by_name });
        };
        #[cfg(unix)]
        warn_of_readers(&path);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // The parser's own message shows the line, and with it a key.
        let by_name = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let end = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(end).filter(|byte| *byte == b'\n').count();
            anyhow!(
                "{}, line {}: {}",
                path.display(),
                line.saturating_add(1),
                error.message()
            )
        })?;
        Ok(Self { path, by_name })
    }

    /// None, for tests of what reads names.
    #[cfg(test)]
    pub(crate) fn empty() -> Self {
        Self {
            path: PathBuf::new(),
            by_name: BTreeMap::new(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.by_name
            .iter()
            .map(|(name, profile)| (name.as_str(), profile))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Profile> {
        self.by_name.get(name)
    }

    /// A profile that must be there.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<&Profile> {
        self.find(name).ok_or_else(|| {
            let flag = match name {
                DEFAULT => String::new(),
                name => format!(" --profile {name}"),
            };
            let known: Vec<_> = self.by_name.keys().map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => format!("there is no {FOLDER}/{FILE} here or above"),
                known => format!("{} has {}", self.path.display(), known.join(", ")),
            };
            anyhow!(
                "there is no profile {name} ({known}): make it with \
                 `lumio move account create{flag}`, or give a key with --private-key-file"
            )
        })
    }

    /// The key of a profile.
    pub(crate) fn key(&self, name: &str) -> anyhow::Result<PrivateKey> {
        PrivateKey::parse(&self.get(name)?.private_key, None)
            .with_context(|| format!("{}: private-key of {name}", self.path.display()))
    }

    /// The address of a profile's account.
    pub(crate) fn account(&self, name: &str) -> anyhow::Result<Address> {
        let account = &self.get(name)?.account;
        account
            .parse()
            .with_context(|| format!("{}: account of {name}", self.path.display()))
    }

    /// An address, or that of the profile of this name.
    pub(crate) fn address(&self, text: &str) -> anyhow::Result<Address> {
        if self.find(text).is_some() {
            return self.account(text);
        }
        text.parse().map_err(|error| {
            let names: Vec<_> = self.by_name.keys().map(String::as_str).collect();
            match names.as_slice() {
                [] => anyhow!("{error}"),
                names => anyhow!("{error}, or a profile: {}", names.join(", ")),
            }
        })
    }

    /// Adds a profile and writes the file.
    pub(crate) fn add(&mut self, name: &str, profile: Profile) -> anyhow::Result<()> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(fits) {
            bail!("{name:?} is no name for a profile: use letters, digits, - and _");
        }
        self.by_name.insert(name.to_owned(), profile);
        let text = toml::to_string(&self.by_name).context("the profiles cannot be written")?;
        write_private(&self.path, &format!("{HEAD}{text}"))
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Says so, once, if others can read a file.
#[cfg(unix)]
fn warn_of_readers(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    static TOLD: std::sync::Once = std::sync::Once::new();
    let others = 0o077;
    if fs::metadata(path).is_ok_and(|about| about.permissions().mode() & others != 0) {
        let path = path.display();
        TOLD.call_once(|| {
            eprintln!("warning: other users may read the keys in {path}: chmod 600 {path}");
        });
    }
}

/// Puts a file in place at once, with its folder, for the owner's eyes only.
fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("the path has no folder")?;
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    Ok(written?)
}
