//! The ports: bound what requests may cost and add CORS. The API, the faucet and
//! the readiness check have one each.

use super::{
    Backend, Faucet, Readiness,
    answer::EXPOSED,
    context::Context,
    dispatch::Dispatcher,
    error::ApiError,
    faucet,
    module_cache::ModuleCache,
    readiness,
    registry::{Route, route_list},
    table_types::TableTypes,
};
use crate::port::{ListenError, Port, Server};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    routing::{MethodRouter, get, post},
};
use jsonrpsee::server::serve_with_graceful_shutdown;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tower_http::cors::CorsLayer;

/// What the API listens on, and its limits.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Bytes of a request; larger ones get HTTP 413.
    pub max_request_bytes: usize,
    /// How long a request's body may take to arrive.
    pub body_patience: Duration,
    /// Connections at a time; further ones wait to be accepted.
    pub max_connections: usize,
    /// Executions (views, simulations) at a time; further ones wait.
    pub max_executions: usize,
    /// How long an execution may wait for its turn before it is refused.
    pub execution_patience: Duration,
    /// How long `wait_by_hash` waits.
    pub long_poll: Duration,
    /// Transactions, events on a page, if the client does not say.
    pub default_page: u16,
    /// Transactions, events on a page at most, and in a block's answer.
    pub max_page: u16,
    /// Resources or modules on a page at most, and if the client does not say.
    pub max_state_page: u16,
    /// Transactions submitted in one request.
    pub max_batch: usize,
    /// What the ledger info and the OpenAPI document say of the software.
    pub version: String,
    /// Types of tables, shared with the indexer.
    pub tables: TableTypes,
}

impl Default for ApiConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            max_request_bytes: 8 * 1024 * 1024,
            body_patience: Duration::from_secs(30),
            max_connections: 10_000,
            max_executions: cores * 2,
            execution_patience: Duration::from_secs(30),
            long_poll: Duration::from_secs(1),
            default_page: 25,
            max_page: 100,
            max_state_page: 9999,
            max_batch: 100,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            tables: TableTypes::default(),
        }
    }
}

/// Starts the API on the current Tokio runtime.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(config: ApiConfig, backend: Arc<dyn Backend>) -> Result<Server, ListenError> {
    let (listen, connections) = (config.listen, config.max_connections);
    listen_on(listen, connections, api(config, backend)).await
}

/// Starts the faucet: `POST /fund` and `/mint`.
///
/// # Errors
/// When it cannot listen.
pub async fn serve_faucet(
    listen: SocketAddr,
    faucet: Arc<dyn Faucet>,
) -> Result<Server, ListenError> {
    listen_on(listen, 1000, faucet::router(faucet).layer(cors())).await
}

/// Starts the readiness check: `GET /`.
///
/// # Errors
/// When it cannot listen.
pub async fn serve_readiness(
    listen: SocketAddr,
    readiness: Arc<dyn Readiness>,
) -> Result<Server, ListenError> {
    listen_on(listen, 1000, readiness::router(readiness).layer(cors())).await
}

/// Wallets in web pages send credentials, which forbids to allow `*`.
pub(super) fn cors() -> CorsLayer {
    CorsLayer::very_permissive().expose_headers(EXPOSED)
}

/// Everything below `/v1`.
fn api(config: ApiConfig, backend: Arc<dyn Backend>) -> Router {
    let max_body = config.max_request_bytes;
    let dispatcher = Arc::new(Dispatcher::new(Arc::new(Context {
        backend,
        config,
        modules: ModuleCache::default(),
    })));
    let mut router = Router::new();
    for route in route_list() {
        let handler = method(route, dispatcher.clone());
        router = match route.path {
            "/" => router.route("/v1", handler.clone()).route("/v1/", handler),
            path => router.route(&format!("/v1{path}"), handler),
        };
    }
    let unknown = dispatcher.clone();
    router
        .fallback(move || async move { unknown.refuse(&ApiError::NoRoute) })
        .method_not_allowed_fallback(
            move || async move { dispatcher.refuse(&ApiError::WrongMethod) },
        )
        .layer(DefaultBodyLimit::max(max_body))
        .layer(cors())
}

fn method(route: &'static Route, dispatcher: Arc<Dispatcher>) -> MethodRouter {
    let handler = move |request: Request| async move { dispatcher.answer(route, request).await };
    if route.post {
        post(handler)
    } else {
        get(handler)
    }
}

/// Starts answering by a router.
pub(super) async fn listen_on(
    listen: SocketAddr,
    max_connections: usize,
    router: Router,
) -> Result<Server, ListenError> {
    let port = Port::bind(listen, max_connections).await?;
    Ok(port.start(|port, stop| async move {
        let connection =
            |socket| serve_with_graceful_shutdown(socket, router.clone(), stop.clone().shutdown());
        port.serve(stop.clone(), connection).await;
    }))
}
