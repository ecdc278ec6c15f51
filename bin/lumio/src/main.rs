//! The `lumio` command.

mod banner;
mod bindings;
mod cli;
mod client;
mod db;
mod dev;
mod exit;
mod flags;
mod logs;
mod move_packages;
mod move_tools;
mod package_metadata;
mod statetest;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command, DbCommand};
use std::{io::Write, process::ExitCode};

/// Transactions run on several threads, and what one allocates another one frees.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", causes(&error));
            exit::code_of(&error)
        }
    }
}

/// Writes to standard output. Whoever reads it may have gone, which is no failure of ours.
fn put(text: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text).and_then(|()| stdout.flush());
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Dev(args) => dev::run(&args, &cli.verbosity)?,
        Command::Db(DbCommand::Verify(args)) => db::verify(&args)?,
        Command::Db(DbCommand::Replay(args)) => db::replay(&args)?,
        Command::Db(DbCommand::Info(args)) => db::info(&args)?,
        Command::Completion { shell } => {
            let mut command = Cli::command();
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "lumio", &mut script);
            put(&script);
        }
        Command::RpcMethods => {
            put(lumio_node::rpc_methods().as_bytes());
        }
        Command::SolanaMethods => put(lumio_node::solana_methods().as_bytes()),
        Command::RestRoutes => put(lumio_node::rest_routes().as_bytes()),
        Command::Move(command) => put(move_tools::run(&command)?.as_bytes()),
        Command::Bindings(command) => put(bindings::run(&command)?.as_bytes()),
        Command::Statetest { paths } => return statetest::run(paths),
    }
    Ok(ExitCode::SUCCESS)
}

/// The error with its causes, but for those that its message already names.
fn causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}
