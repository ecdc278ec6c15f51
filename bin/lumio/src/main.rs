//! The `lumio` command.

mod banner;
mod cli;
mod db;
mod dev;
mod exit;
mod logs;
mod statetest;

use clap::{CommandFactory, Parser};
use cli::{Cli, Command, DbCommand};
use std::process::ExitCode;

/// Requests and state values are many small allocations on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            exit::code_of(&error)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Dev(args) => dev::run(&args, &cli.verbosity)?,
        Command::Db(DbCommand::Verify(args)) => db::verify(&args)?,
        Command::Db(DbCommand::Info(args)) => db::info(&args)?,
        Command::Completion { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(shell, &mut command, "lumio", &mut std::io::stdout());
        }
        Command::RpcMethods => {
            print!("{}", lumio_node::rpc_methods());
        }
        Command::Statetest { paths } => return statetest::run(paths),
    }
    Ok(ExitCode::SUCCESS)
}
