//! The ports: accept connections, bound what they may cost, add CORS, and stop
//! gracefully. The API, the faucet and the readiness check have one each.

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
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    routing::{MethodRouter, get, post},
};
use jsonrpsee::server::{ServerHandle, serve_with_graceful_shutdown, stop_channel};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};
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
        }
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {listen}: {source}; choose another port or stop what uses it")]
pub struct ListenError {
    /// What was asked for.
    pub listen: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

/// A server that runs until [`Server::stop`]; dropping it stops it too.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, lets requests that are under way finish for
    /// at most `patience`, then closes what is left.
    pub async fn stop(self, patience: Duration) {
        let _already_stopped = self.handle.stop();
        let abort = self.accepting.abort_handle();
        if tokio::time::timeout(patience, self.accepting)
            .await
            .is_err()
        {
            tracing::warn!("closing Aptos API connections that did not finish in time");
            abort.abort();
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

pub(super) async fn listen_on(
    listen: SocketAddr,
    max_connections: usize,
    router: Router,
) -> Result<Server, ListenError> {
    let bind = |source| ListenError { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let (stop, handle) = stop_channel();
    let connections = Arc::new(Semaphore::new(max_connections.max(1)));
    let accepting = tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        let stopped = stop.clone().shutdown();
        tokio::pin!(stopped);
        loop {
            let accepted = tokio::select! {
                () = &mut stopped => break,
                Some(_) = open.join_next() => continue,
                accepted = accept(&listener, &connections) => accepted,
            };
            let Some((socket, permit)) = accepted else {
                continue;
            };
            let service = router.clone();
            let stopped = stop.clone().shutdown();
            open.spawn(async move {
                if let Err(error) = serve_with_graceful_shutdown(socket, service, stopped).await {
                    tracing::debug!(%error, "connection ended");
                }
                drop(permit);
            });
        }
        drop(listener);
        while open.join_next().await.is_some() {}
    });
    Ok(Server {
        address,
        handle,
        accepting,
    })
}

type Accepted = (tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, connections: &Arc<Semaphore>) -> Option<Accepted> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((socket, _)) => {
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "cannot set TCP_NODELAY");
            }
            Some((socket, permit))
        }
        Err(error) => {
            // Out of file descriptors: trying again at once would only spin.
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}
