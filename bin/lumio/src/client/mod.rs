//! `lumio move account`, `publish`, `run`, `run-script` and `view`: the commands that talk to a
//! node's Aptos API.

mod account;
mod advice;
mod answer;
mod args;
mod argument;
#[cfg(test)]
mod argument_tests;
mod call;
mod failure;
mod http;
mod key;
mod money;
mod node;
mod profiles;
mod publish;
mod script;
mod sender;
mod shape;
mod transaction;
mod value;

pub(crate) use args::{ClientCommand, Included};
pub(crate) use argument::hex;
pub(crate) use node::{Node, URL};
pub(crate) use profiles::Profiles;

/// Does what the subcommand says; returns what to print.
pub(crate) fn run(command: &ClientCommand) -> anyhow::Result<String> {
    match command {
        ClientCommand::Account(command) => account::run(command),
        ClientCommand::Publish(args) => publish::publish(args),
        ClientCommand::Run(args) => call::run(args),
        ClientCommand::RunScript(args) => call::run_script(args),
        ClientCommand::View(args) => call::view(args),
    }
}
