//! A node with a folder to work in.

use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// A folder in which commands run.
pub struct Folder {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Folder {
    /// One whose commands talk to nobody unless they say so.
    pub fn alone() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.path().join(path)).unwrap()
    }

    /// Changes a file, which must have the old text.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = String::from_utf8(self.read(path)).unwrap();
        assert!(text.contains(old), "{text}");
        self.write(path, &text.replace(old, new));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lumio();
        command
            .arg("move")
            .args(arguments)
            .current_dir(self.path())
            .envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs `lumio move` with words that have no spaces in them.
    pub fn run(&self, words: &str) -> Ended {
        self.run_with(words, &[])
    }

    /// The same, with further arguments as they are.
    pub fn run_with(&self, words: &str, more: &[&str]) -> Ended {
        let mut arguments: Vec<_> = words.split_whitespace().collect();
        arguments.extend(more);
        ended(self.command(&arguments))
    }

    /// Runs what must succeed; returns what it printed.
    pub fn ok(&self, words: &str) -> String {
        self.ok_with(words, &[])
    }

    pub fn ok_with(&self, words: &str, more: &[&str]) -> String {
        let ended = self.run_with(words, more);
        assert_eq!(ended.code, 0, "{words}: {}{}", ended.out, ended.err);
        ended.out
    }

    /// Runs what must fail; returns the error.
    pub fn fails(&self, words: &str) -> String {
        self.fails_with(words, &[])
    }

    pub fn fails_with(&self, words: &str, more: &[&str]) -> String {
        let ended = self.run_with(words, more);
        assert_eq!(ended.code, 1, "{words}: {ended:?}");
        let mut lines = ended.err.lines();
        assert!(
            lines.any(|line| line.starts_with("error: ")),
            "{words}: {ended:?}"
        );
        ended.err
    }
}

pub fn ended(mut command: Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

fn lumio() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lumio"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LUMIO_") {
            command.env_remove(name);
        }
    }
    command
}

/// A running node, stopped when dropped, and a folder whose commands talk to it.
pub struct Chain {
    child: Child,
    banner: String,
    folder: Folder,
}

impl std::ops::Deref for Chain {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        &self.folder
    }
}

impl Chain {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let ports = [
            "eth",
            "aptos",
            "faucet",
            "indexer",
            "readiness",
            "solana",
            "metrics",
        ];
        let mut child = lumio()
            .args(["dev", "--ephemeral"])
            .args(
                ports
                    .iter()
                    .flat_map(|port| [format!("--{port}-port"), "0".into()]),
            )
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut banner = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !banner.contains("cast block latest") {
            assert!(lines.read_line(&mut banner).unwrap() > 0, "{banner}");
        }
        let mut chain = Self {
            child,
            banner,
            folder: Folder::alone(),
        };
        chain.folder.variables = vec![
            ("LUMIO_MOVE_URL", chain.url("Aptos")),
            ("LUMIO_MOVE_FAUCET_URL", chain.url("Faucet")),
        ];
        chain
    }

    /// One with a funded profile `default`.
    pub fn funded() -> Self {
        let chain = Self::start();
        chain.ok("account create");
        chain.ok("account fund --amount 10ETH");
        chain
    }

    /// One with a funded profile and the package of `lumio move new hello`, published.
    pub fn published() -> Self {
        let chain = Self::funded();
        chain.ok("new hello");
        chain.ok("publish hello --named-addresses hello=default");
        chain
    }

    /// Where a server is, by its name in the banner.
    pub fn url(&self, server: &str) -> String {
        let line = self.banner.lines().find(|line| line.starts_with(server));
        line.unwrap().split_whitespace().nth(1).unwrap().to_owned()
    }

    /// The address of a profile.
    pub fn address(&self, profile: &str) -> String {
        let list: Value = serde_json::from_str(&self.ok("account list --json")).unwrap();
        let profiles = list.as_array().unwrap();
        let profile = profiles.iter().find(|known| known["profile"] == profile);
        profile.unwrap()["address"].as_str().unwrap().to_owned()
    }

    /// The values that a view function returns.
    pub fn view(&self, function: &str, arguments: &[&str]) -> Value {
        let mut more = vec!["--function-id", function];
        if !arguments.is_empty() {
            more.push("--args");
            more.extend(arguments);
        }
        serde_json::from_str(&self.ok_with("view", &more)).unwrap()
    }

    /// Octas of a profile's account.
    pub fn octas(&self, profile: &str) -> u64 {
        let words = format!("account balance {profile} --json");
        let balance: Value = serde_json::from_str(&self.ok(&words)).unwrap();
        balance["balance_octas"].as_str().unwrap().parse().unwrap()
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
