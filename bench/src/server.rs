//! Servers under measurement: starting them, and what they cost.

use crate::{http::Connection, signer::CHAIN_ID};
use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::ValueEnum;
use serde_json::json;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Version of the anvil that figures are compared with.
const ANVIL: &str = "@foundry-rs/anvil@1.7.1";
/// Where npm puts the program itself, past its wrapper script.
const ANVIL_BINARY: &str = "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
/// How long a server may take to answer its first request: a genesis of a
/// million accounts takes its time.
const START_TIMEOUT: Duration = Duration::from_secs(300);
/// Clock ticks in a second, in which Linux shows CPU times to programs.
const USER_HZ: f64 = 100.0;

/// A server that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// This repository's node.
    Lumio,
    /// Foundry's development node.
    Anvil,
}

/// When a server seals blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sealing {
    /// As soon as a transaction comes.
    Instant,
    /// Every so many seconds.
    Every(f64),
}

impl Sealing {
    /// As reports name it.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Instant => "instant".to_owned(),
            Self::Every(seconds) => format!("a block every {seconds} s"),
        }
    }
}

/// Where a server keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    /// In memory.
    Ephemeral,
    /// In this folder, durably.
    Folder(PathBuf),
}

/// How to start servers.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Programs {
    /// The node; built with `cargo build --release` when not given
    #[arg(long, value_name = "FILE")]
    pub(crate) lumio: Option<PathBuf>,
    /// anvil; installed from npm into a cache folder when not given
    #[arg(long, value_name = "FILE", env = "ANVIL")]
    pub(crate) anvil: Option<PathBuf>,
    /// Further argument for our node; may be repeated
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) lumio_arg: Vec<String>,
    /// Further argument for anvil; may be repeated
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) anvil_arg: Vec<String>,
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    ports: Ports,
    startup: Duration,
}

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
struct Ports {
    eth: u16,
    aptos: u16,
    /// The next one is that of its WebSocket.
    solana: u16,
}

impl Ports {
    fn free() -> Result<Self> {
        Ok(Self {
            eth: free_port()?,
            aptos: free_port()?,
            solana: two_free_ports()?,
        })
    }
}

const fn local(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

impl Kind {
    /// The name that reports show.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lumio => "lumio",
            Self::Anvil => "anvil",
        }
    }
}

impl Programs {
    /// Finds, and where necessary builds or installs, a program.
    ///
    /// # Errors
    /// When it cannot be built or installed.
    pub(crate) fn find(&self, kind: Kind) -> Result<PathBuf> {
        match (kind, &self.lumio, &self.anvil) {
            (Kind::Lumio, Some(file), _) | (Kind::Anvil, _, Some(file)) => Ok(file.clone()),
            (Kind::Lumio, None, _) => build_lumio(),
            (Kind::Anvil, _, None) => install_anvil(),
        }
    }

    fn command(&self, kind: Kind, ports: Ports, sealing: Sealing, data: &Data) -> Result<Command> {
        let mut command = Command::new(self.find(kind)?);
        let port = ports.eth.to_string();
        let chain = CHAIN_ID.to_string();
        match kind {
            Kind::Lumio => {
                command.args(["--quiet", "dev", "--eth-port", &port, "--chain-id", &chain]);
                command.args(["--aptos-port", &ports.aptos.to_string()]);
                command.args(["--solana-port", &ports.solana.to_string()]);
                for other in [
                    "--faucet-port",
                    "--indexer-port",
                    "--readiness-port",
                    "--metrics-port",
                ] {
                    command.args([other, "0"]);
                }
                match data {
                    Data::Ephemeral => command.arg("--ephemeral"),
                    Data::Folder(folder) => command.arg("--datadir").arg(folder),
                };
                command.args(&self.lumio_arg);
            }
            Kind::Anvil => {
                command.args(["--silent", "--port", &port, "--chain-id", &chain]);
                command.args(&self.anvil_arg);
            }
        }
        if let Sealing::Every(seconds) = sealing {
            command.args(["--block-time", &seconds.to_string()]);
        }
        Ok(command)
    }

    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// When the program is missing, ends early or does not answer.
    pub(crate) async fn start(&self, kind: Kind, sealing: Sealing, data: &Data) -> Result<Server> {
        let ports = Ports::free()?;
        let mut command = self.command(kind, ports, sealing, data)?;
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let began = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let mut server = Server {
            child,
            ports,
            startup: Duration::ZERO,
        };
        server.wait_until_ready(began).await?;
        server.startup = began.elapsed();
        Ok(server)
    }
}

impl Server {
    async fn wait_until_ready(&mut self, began: Instant) -> Result<()> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended before it answered: {status}");
            }
            if let Ok(mut connection) = Connection::open(self.address()).await
                && connection.call("eth_chainId", json!([])).await.is_ok()
            {
                return Ok(());
            }
            ensure!(
                began.elapsed() < START_TIMEOUT,
                "the server does not answer on {}",
                self.address()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        local(self.ports.eth)
    }

    /// Where our node's Aptos API listens.
    pub(crate) const fn rest(&self) -> SocketAddr {
        local(self.ports.aptos)
    }

    /// Where our node's Solana API listens.
    pub(crate) const fn solana(&self) -> SocketAddr {
        local(self.ports.solana)
    }

    /// From starting it to its first answer.
    pub(crate) const fn startup(&self) -> Duration {
        self.startup
    }

    /// CPU time that it used so far, user and system, of all threads.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu_of(&self.child.id().to_string())
    }

    /// Resident memory in MiB.
    ///
    /// # Errors
    /// When the process is gone.
    pub(crate) fn rss_mib(&self) -> Result<f64> {
        rss_mib_of(&self.child.id().to_string())
    }

    /// Ends it without any warning, and waits until it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already: then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of this process so far.
///
/// # Errors
/// When `/proc` is missing.
pub(crate) fn own_cpu() -> Result<Duration> {
    cpu_of("self")
}

/// Resident memory of this process in MiB.
///
/// # Errors
/// When `/proc` is missing.
pub(crate) fn own_rss_mib() -> Result<f64> {
    rss_mib_of("self")
}

fn cpu_of(process: &str) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program's name in parentheses, which may hold
    // spaces: times are the 14th and 15th field, the 12th and 13th after it.
    let (_, fields) = stat.rsplit_once(") ").context("malformed /proc/PID/stat")?;
    let ticks = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().context("malformed /proc/PID/stat"))
        .sum::<Result<f64>>()?;
    Ok(Duration::from_secs_f64(ticks / USER_HZ))
}

fn rss_mib_of(process: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .and_then(|kib| kib.trim().parse::<f64>().ok())
        .map(|kib| kib / 1024.0)
        .context("no VmRSS in /proc/PID/status")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn two_free_ports() -> Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = first.local_addr()?.port();
        let next = port.checked_add(1).context("no port after the last")?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, next)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no two free ports beside each other")
}

/// The checkout's folder.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn build_lumio() -> Result<PathBuf> {
    run(Command::new("cargo").current_dir(checkout()).args([
        "build",
        "--quiet",
        "--release",
        "--bin",
        "lumio",
    ]))?;
    let here = std::env::current_exe()?;
    let folder = here.parent().context("the bench program has no folder")?;
    let beside = folder.join("lumio");
    if beside.exists() {
        Ok(beside)
    } else {
        Ok(checkout().join("target/release/lumio"))
    }
}

/// Where peers are kept that come from npm.
pub(crate) fn cache() -> PathBuf {
    match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(cache), _) => PathBuf::from(cache),
        (None, Some(home)) => PathBuf::from(home).join(".cache"),
        (None, None) => std::env::temp_dir(),
    }
    .join("lumio-bench")
}

fn install_anvil() -> Result<PathBuf> {
    let cache = cache();
    let binary = cache.join(ANVIL_BINARY);
    if !binary.exists() {
        std::fs::create_dir_all(&cache)?;
        run(Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&cache)
            .arg(ANVIL))?;
    }
    ensure!(
        binary.exists(),
        "npm did not install {}: give the program with --anvil FILE",
        binary.display()
    );
    Ok(binary)
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be run, or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if status.success() {
        Ok(())
    } else {
        Err(anyhow!("{command:?} failed: {status}"))
    }
}
