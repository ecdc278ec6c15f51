//! The one list of routes. It is what requests are routed by, and what the
//! OpenAPI document is made from, so that the two cannot differ.

use super::{
    accounts, answer::Reply, args::Args, blocks, context::Context, events, fees, modules, net,
    send, simulation, tables, transactions, view,
};
use futures::future::BoxFuture;
use std::sync::Arc;

/// A handler that reads or executes.
pub(super) type Function = fn(&Context, &Args) -> Reply;
/// One that waits for something to happen.
pub(super) type Later = fn(Arc<Context>, Args) -> BoxFuture<'static, Reply>;

/// How a request runs.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// On the async thread: at most some hundred microseconds.
    Inline(Function),
    /// On a thread for blocking work.
    Read(Function),
    /// As [`Handler::Read`]; their number is bounded.
    Execute(Function),
    /// Waits without a thread.
    Later(Later),
}

/// A parameter of the query: its name, the JSON type of OpenAPI, its meaning.
pub(super) type Parameter = (&'static str, &'static str, &'static str);

/// What the query may say where a state is read.
pub(super) const AT_VERSION: Parameter = (
    "ledger_version",
    "string",
    "The version whose state is read; the newest if absent",
);

/// A route, and its words in the documentation.
pub struct Route {
    pub(super) post: bool,
    pub(super) path: &'static str,
    pub(super) handler: Handler,
    pub(super) operation: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [Parameter],
    pub(super) bodies: &'static [&'static str],
    pub(super) bcs: bool,
    pub(super) schema: &'static str,
}

impl Route {
    /// A GET route whose answer has a schema of the OpenAPI document.
    pub(super) const fn get(path: &'static str, handler: Handler, operation: &'static str) -> Self {
        Self {
            post: false,
            path,
            handler,
            operation,
            summary: "",
            query: &[],
            bodies: &[],
            bcs: false,
            schema: "",
        }
    }

    pub(super) const fn post(
        path: &'static str,
        handler: Handler,
        operation: &'static str,
    ) -> Self {
        let mut route = Self::get(path, handler, operation);
        route.post = true;
        route.bodies = &["application/json"];
        route
    }

    pub(super) const fn says(mut self, summary: &'static str, schema: &'static str) -> Self {
        self.summary = summary;
        self.schema = schema;
        self
    }

    pub(super) const fn query(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }

    /// The body may also be BCS, of this type.
    pub(super) const fn bodies(mut self, bodies: &'static [&'static str]) -> Self {
        self.bodies = bodies;
        self
    }

    /// The answer may also be BCS.
    pub(super) const fn or_bcs(mut self) -> Self {
        self.bcs = true;
        self
    }

    /// The path below `/v1`, with names of its parts in braces.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// `GET` or `POST`.
    pub const fn method(&self) -> &'static str {
        if self.post { "POST" } else { "GET" }
    }

    /// What it does, in one sentence.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }
}

/// All routes, by file.
pub fn route_list() -> impl Iterator<Item = &'static Route> {
    [
        net::ROUTES,
        accounts::ROUTES,
        modules::ROUTES,
        transactions::ROUTES,
        send::ROUTES,
        simulation::ROUTES,
        view::ROUTES,
        fees::ROUTES,
        blocks::ROUTES,
        tables::ROUTES,
        events::ROUTES,
    ]
    .into_iter()
    .flatten()
}
