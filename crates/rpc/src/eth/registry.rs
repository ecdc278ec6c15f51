//! The one list of methods. It is what requests are looked up in, and what
//! the documentation is made from, so that the two cannot differ.

use super::{
    accounts, args::Args, blocks, context::Context, debug, dev, dev_chain, dev_token,
    error::RpcError, fees, filters, logs, net, send, signing, simulation, subscriptions,
    transactions, txpool,
};
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;
use std::{fmt::Write as _, sync::Arc};

/// What a method answers: JSON, or an error.
pub(super) type Reply = Result<Box<RawValue>, RpcError>;

/// A value as an answer.
pub(super) fn reply<T: Serialize + ?Sized>(value: &T) -> Reply {
    serde_json::value::to_raw_value(value).map_err(|error| RpcError::Internal(error.to_string()))
}

/// An answer's function that reads and may execute.
pub(super) type Function = fn(&Context, &Args<'_>) -> Reply;
/// One that looks at its parameters, then waits for something to happen.
pub(super) type Later = fn(Arc<Context>, &Args<'_>) -> BoxFuture<'static, Reply>;

/// How a method runs.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// On the async thread: microseconds.
    Inline(Function),
    /// As [`Handler::Inline`], unless the parameters name the pending block,
    /// which takes executions to build.
    Read(Function),
    /// On a thread for blocking work; their number is bounded.
    Execute(Function),
    /// Starts at once and waits without a thread.
    Later(Later),
    /// Answered by the WebSocket connection.
    Subscription,
}

/// A method, its names and its words in the documentation.
pub struct Method {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) handler: Handler,
    pub(super) summary: &'static str,
    pub(super) params: &'static [(&'static str, &'static str)],
    pub(super) dev: bool,
}

impl Method {
    const fn new(name: &'static str, handler: Handler, summary: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            handler,
            summary,
            params: &[],
            dev: false,
        }
    }

    pub(super) const fn inline(name: &'static str, f: Function, summary: &'static str) -> Self {
        Self::new(name, Handler::Inline(f), summary)
    }

    pub(super) const fn read(name: &'static str, f: Function, summary: &'static str) -> Self {
        Self::new(name, Handler::Read(f), summary)
    }

    pub(super) const fn execute(name: &'static str, f: Function, summary: &'static str) -> Self {
        Self::new(name, Handler::Execute(f), summary)
    }

    pub(super) const fn later(name: &'static str, f: Later, summary: &'static str) -> Self {
        Self::new(name, Handler::Later(f), summary)
    }

    pub(super) const fn subscription(name: &'static str, summary: &'static str) -> Self {
        Self::new(name, Handler::Subscription, summary)
    }

    /// The parameters in order, `name?` for one that may be left out.
    pub(super) const fn takes(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    /// Further names of the same method.
    pub(super) const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Only on a development chain.
    pub(super) const fn dev(mut self) -> Self {
        self.dev = true;
        self
    }

    /// The usual name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Other names that mean the same.
    pub const fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// What it does, in one sentence.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// Its parameters in order, with what they are. A name that ends in `?`
    /// may be left out.
    pub const fn params(&self) -> &'static [(&'static str, &'static str)] {
        self.params
    }

    /// Whether only a development chain has it.
    pub const fn is_dev(&self) -> bool {
        self.dev
    }

    /// The part of the name before the underscore.
    pub fn namespace(&self) -> &'static str {
        self.name
            .split_once('_')
            .map_or("", |(namespace, _)| namespace)
    }
}

/// The lists of the files of this folder.
const LISTS: &[&[Method]] = &[
    net::METHODS,
    blocks::METHODS,
    accounts::METHODS,
    transactions::METHODS,
    send::METHODS,
    signing::METHODS,
    fees::METHODS,
    simulation::METHODS,
    logs::METHODS,
    filters::METHODS,
    subscriptions::METHODS,
    txpool::METHODS,
    debug::METHODS,
    dev::METHODS,
    dev_chain::METHODS,
    dev_token::METHODS,
];

/// Every method that the server answers.
pub fn method_list() -> impl Iterator<Item = &'static Method> {
    LISTS.iter().copied().flatten()
}

/// The methods as a Markdown document.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Ethereum JSON-RPC methods\n\n\
         HTTP and WebSocket share one port (8545 by default). This list is written by the \
         node's own registry of methods.\n\n\
         Parameters are positional. One marked `?` may be left out or `null`. A *block* is a \
         number, a hash, a tag (`latest`, `safe`, `finalized`, `pending`, `earliest`) or an \
         object of EIP-1898.\n",
    );
    let mut namespaces: Vec<_> = Vec::new();
    for method in method_list() {
        if !namespaces.contains(&method.namespace()) {
            namespaces.push(method.namespace());
        }
    }
    for namespace in namespaces {
        let of_namespace = || method_list().filter(|method| method.namespace() == namespace);
        let _ = writeln!(text, "\n## `{namespace}_`");
        if of_namespace().all(Method::is_dev) {
            text.push_str("\nOnly on a development chain.\n");
        }
        for method in of_namespace() {
            let names: Vec<_> = method.params.iter().map(|(name, _)| *name).collect();
            let _ = writeln!(
                text,
                "\n### `{}({})`\n\n{}",
                method.name,
                names.join(", "),
                method.summary
            );
            if method.dev && !of_namespace().all(Method::is_dev) {
                text.push_str("\nOnly on a development chain.\n");
            }
            if !method.params.is_empty() {
                text.push('\n');
            }
            for (name, meaning) in method.params {
                let _ = writeln!(text, "- `{name}`: {meaning}");
            }
            if !method.aliases.is_empty() {
                let aliases: Vec<_> = method
                    .aliases
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                let _ = writeln!(text, "\nAlso: {}.", aliases.join(", "));
            }
        }
    }
    text
}
