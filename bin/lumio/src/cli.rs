//! The command line: subcommands and what they take.

use crate::{bindings::BindingsCommand, client::ClientCommand, flags::Flags};
use clap::{ArgAction, Args, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failure
  2  wrong usage: a flag, an environment variable or the configuration file
  3  the data folder is in use, of another version, of another chain, or damaged
  4  a port is taken";

/// One chain that runs several virtual machines.
#[derive(Debug, Parser)]
#[command(name = "lumio", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// How much is logged.
#[derive(Debug, Args)]
pub(crate) struct Verbosity {
    /// Log more: -v for each block, -vv for each request
    #[arg(short, long, action = ArgAction::Count, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Log errors only, and print no banner
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a development chain
    #[command(after_help = EXIT_CODES)]
    Dev(Box<DevArgs>),
    /// Look into a data folder
    #[command(subcommand)]
    Db(DbCommand),
    /// Print a script that completes commands in a shell
    Completion {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the methods of Ethereum's JSON-RPC that the node serves, as Markdown
    RpcMethods,
    /// Print the methods of Solana's JSON-RPC that the node serves, as Markdown
    SolanaMethods,
    /// Print the routes of the REST API that the node serves, as Markdown
    RestRoutes,
    /// Compile, test and publish Move packages; call them; turn binaries into text and back
    #[command(subcommand)]
    Move(MoveCommand),
    /// Write a Solidity library for a Move module, or a Move module for a Solidity contract
    #[command(subcommand)]
    Bindings(BindingsCommand),
    /// Run Ethereum state tests; ends with a line `N passed, N failed`
    Statetest {
        /// JSON files, or folders with all JSON files below them
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Recompute the state root from scratch and check the supply of wei
    #[command(after_help = EXIT_CODES)]
    Verify(DbArgs),
    /// Run the blocks again and check that they come to the same
    #[command(after_help = EXIT_CODES)]
    Replay(ReplayArgs),
    /// Print head, chain id and sizes
    #[command(after_help = EXIT_CODES)]
    Info(DbArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum MoveCommand {
    /// Make a new package
    New {
        /// Its name, and its folder's
        name: String,
    },
    /// Compile a package; binaries go to its folder `build`
    Build(PackageArgs),
    /// Compile a package with its tests and run them
    Test {
        #[command(flatten)]
        package: PackageArgs,
        /// Run only tests whose name has this in it
        #[arg(
            short,
            long,
            default_value = "",
            hide_default_value = true,
            value_name = "TEXT"
        )]
        filter: String,
        /// Gas that a test may take
        #[arg(long, default_value_t = 1_000_000_000, value_name = "AMOUNT")]
        gas: u64,
    },
    /// Print a module or script as text that assembles to the same
    Disassemble {
        /// The binary, or its hex digits
        file: PathBuf,
    },
    /// Make a module or script of a text; it is not verified
    Assemble {
        /// The text
        file: PathBuf,
        /// Where to write the binary [default: the text's name, ending in .mv]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    #[command(flatten)]
    Client(Box<ClientCommand>),
}

/// Which package, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct PackageArgs {
    /// The folder with Move.toml [default: this one]
    #[arg(value_name = "FOLDER", conflicts_with = "package_dir")]
    pub(crate) folder: Option<PathBuf>,
    /// The same
    #[arg(short, long, alias = "package-path", value_name = "FOLDER")]
    pub(crate) package_dir: Option<PathBuf>,
    /// Count dev-addresses and dev-dependencies, too
    #[arg(long)]
    pub(crate) dev: bool,
    /// Values of named addresses; a profile can stand for its account
    #[arg(long, value_delimiter = ',', value_name = "NAME=ADDRESS")]
    pub(crate) named_addresses: Vec<String>,
    /// The version of the binaries, 5 to 10 [default: 8, or what a module needs]
    #[arg(long, value_parser = clap::value_parser!(u32).range(5..=10), value_name = "N")]
    pub(crate) bytecode_version: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct DbArgs {
    /// The folder that holds the chain
    #[arg(long, env = "LUMIO_DATADIR", value_name = "FOLDER")]
    pub(crate) datadir: Option<PathBuf>,
}

/// `lumio db replay`
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) folder: DbArgs,
    /// The first block [default: the oldest whose parent's state is kept]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) from: Option<u64>,
    /// Threads that run the transactions of a block; 0 for one a core
    #[arg(long, default_value_t = 0, value_name = "THREADS")]
    pub(crate) execution_threads: usize,
    /// Run each block in order as well, and compare
    #[arg(long)]
    pub(crate) verify_parallel: bool,
}

/// `lumio dev`: the file, and what goes over it.
#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// Read settings from a TOML file; its keys are the names of the flags
    #[arg(long, env = "LUMIO_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}
