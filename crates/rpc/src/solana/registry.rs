//! The one list of methods. It is what requests are looked up in, and what the documentation is
//! made from, so that the two cannot differ.

use super::{
    accounts, args::Args, blocks, context::Context, epochs, error::RpcError, fees, net, programs,
    send, simulation, subscriptions, supply, tokens, transactions,
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
    /// On a thread for blocking work; their number is bounded.
    Execute(Function),
    /// Starts at once and waits without a thread.
    Later(Later),
    /// Answered by the WebSocket connection.
    Subscription {
        /// What its messages are called.
        notification: &'static str,
        /// What ends it.
        end: &'static str,
    },
}

/// A method and its words in the documentation.
pub struct Method {
    pub(super) name: &'static str,
    pub(super) handler: Handler,
    summary: &'static str,
    params: &'static [(&'static str, &'static str)],
}

impl Method {
    const fn new(name: &'static str, handler: Handler, summary: &'static str) -> Self {
        Self {
            name,
            handler,
            summary,
            params: &[],
        }
    }

    pub(super) const fn inline(name: &'static str, f: Function, summary: &'static str) -> Self {
        Self::new(name, Handler::Inline(f), summary)
    }

    pub(super) const fn execute(name: &'static str, f: Function, summary: &'static str) -> Self {
        Self::new(name, Handler::Execute(f), summary)
    }

    pub(super) const fn later(name: &'static str, f: Later, summary: &'static str) -> Self {
        Self::new(name, Handler::Later(f), summary)
    }

    pub(super) const fn subscription(
        name: &'static str,
        notification: &'static str,
        end: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(name, Handler::Subscription { notification, end }, summary)
    }

    /// The parameters in order, `name?` for one that may be left out.
    pub(super) const fn takes(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it does, in one sentence.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// Its parameters in order, with what they are. A name that ends in `?` may be left out.
    pub const fn params(&self) -> &'static [(&'static str, &'static str)] {
        self.params
    }
}

/// The files of this folder, by subject.
const LISTS: &[(&str, &[Method])] = &[
    ("Accounts", accounts::METHODS),
    ("Programs", programs::METHODS),
    ("Tokens", tokens::METHODS),
    ("Supply", supply::METHODS),
    ("Blockhashes and fees", fees::METHODS),
    ("Sending", send::METHODS),
    ("Simulation", simulation::METHODS),
    ("Transactions", transactions::METHODS),
    ("Blocks and slots", blocks::METHODS),
    ("Epochs, leaders and stake", epochs::METHODS),
    ("The node", net::METHODS),
    ("Subscriptions", subscriptions::METHODS),
];

/// Every method that the server answers.
pub fn method_list() -> impl Iterator<Item = &'static Method> {
    LISTS.iter().flat_map(|(_, methods)| methods.iter())
}

const INTRODUCTION: &str = "# Solana JSON-RPC methods

HTTP is on port 8899 by default and WebSocket on the next one; each port answers both. This list \
is written by the node's own registry of methods.

Parameters are positional. One marked `?` may be left out or `null`. A *config* is an object, as \
Solana's documentation describes it.

- A slot is a block's number and a blockhash its hash; no slot is skipped. A transaction may name \
the hashes of the last 150 blocks. An epoch has 432000 slots, with one leader.
- A block is durable when it is announced, so `processed`, `confirmed` and `finalized` are the \
newest block, which the Ethereum API calls `latest`, `safe` and `finalized`. No vote is cast.
- Lamports are the same ETH: 10^9 wei each; the remainder of a balance below that is not shown.
- Blocks have Ethereum's and Move's transactions, too. This API lists Solana's only, wherever \
they came from: also those that a carrier brought over the Ethereum API.
- `jsonParsed` knows what Solana's own nodes know.
- Token accounts of mints that show an ERC-20 have the amounts that its contract keeps. \
Subscriptions do not tell when these change elsewhere, and filters see 0.
- What looks through all accounts (`getProgramAccounts`, `getTokenAccountsByOwner` and their \
like) is refused with -32012 where there are too many.
";

/// The methods as a Markdown document.
pub fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    for (subject, methods) in LISTS {
        let _ = writeln!(text, "\n## {subject}");
        for method in *methods {
            let names: Vec<_> = method.params.iter().map(|(name, _)| *name).collect();
            let _ = writeln!(
                text,
                "\n### `{}({})`\n\n{}",
                method.name,
                names.join(", "),
                method.summary
            );
            if !method.params.is_empty() {
                text.push('\n');
            }
            for (name, meaning) in method.params {
                let _ = writeln!(text, "- `{name}`: {meaning}");
            }
            if let Handler::Subscription { notification, end } = method.handler {
                let _ = writeln!(
                    text,
                    "\nIts messages are `{notification}`; `{end}` with its id ends it. WebSocket \
                     only."
                );
            }
        }
    }
    text
}
