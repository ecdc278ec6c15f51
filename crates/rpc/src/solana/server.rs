//! The two ports, of which each answers HTTP and WebSocket: bounds what requests may cost, adds
//! CORS and `/health`, and waits for WebSocket sessions to end.

use super::{
    Backend,
    context::Context,
    dispatch::{Dispatcher, OnWebSocket},
    subscriptions,
};
use crate::port::{ListenError, Port, Server};
use jsonrpsee::{
    Methods,
    core::middleware::RpcServiceBuilder,
    server::{
        BatchRequestConfig, HttpBody, HttpRequest, HttpResponse, PingConfig,
        RandomIntegerIdProvider, ServerConfig, serve_with_graceful_shutdown,
    },
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tower::{Service as _, service_fn};
use tower_http::cors::CorsLayer;

/// Ports that are tried for two free neighbours.
const ATTEMPTS: usize = 64;

/// What the server listens on, and its limits.
#[derive(Debug, Clone)]
pub struct SolanaConfig {
    /// Address and port of HTTP; WebSocket is on the next one. Port 0 takes two free ones.
    pub listen: SocketAddr,
    /// Bytes of a request; larger ones get HTTP 413.
    pub max_request_bytes: u32,
    /// Bytes of an answer; a larger one becomes an error.
    pub max_response_bytes: u32,
    /// Requests in a batch.
    pub max_batch: u32,
    /// Connections of each port at a time; further ones wait to be accepted.
    pub max_connections: u32,
    /// Requests under way on one WebSocket connection.
    pub max_in_flight: usize,
    /// Subscriptions of one WebSocket connection.
    pub max_subscriptions: u32,
    /// How long a subscriber whose connection is full may take to read.
    pub subscriber_patience: Duration,
    /// Executions at a time; further ones wait.
    pub max_executions: usize,
    /// How long an execution may wait for its turn before it is refused.
    pub execution_patience: Duration,
}

impl Default for SolanaConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8899)),
            max_request_bytes: 15 * 1024 * 1024,
            max_response_bytes: 150 * 1024 * 1024,
            max_batch: 1000,
            max_connections: 10_000,
            max_in_flight: 8192,
            max_subscriptions: 1024,
            subscriber_patience: Duration::from_secs(10),
            max_executions: cores.saturating_mul(2),
            execution_patience: Duration::from_secs(30),
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A port is taken, or the address is not this machine's.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Two methods have one name.
    #[error("method registered twice: {0}")]
    Registry(String),
}

/// The two ports, until they are stopped.
#[derive(Debug)]
pub struct SolanaServer {
    http: Server,
    websocket: Server,
}

impl SolanaServer {
    /// Where HTTP is.
    pub const fn http_addr(&self) -> SocketAddr {
        self.http.local_addr()
    }

    /// Where WebSocket is.
    pub const fn websocket_addr(&self) -> SocketAddr {
        self.websocket.local_addr()
    }

    /// Takes no more connections, lets requests that are under way finish for at most `patience`,
    /// then closes what is left.
    pub async fn stop(self, patience: Duration) {
        tokio::join!(self.http.stop(patience), self.websocket.stop(patience));
    }
}

/// Starts the server on the current Tokio runtime. Install a `metrics` recorder first, if there
/// shall be one.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(
    mut config: SolanaConfig,
    backend: Arc<dyn Backend>,
) -> Result<SolanaServer, ServeError> {
    let (http, websocket) = bind(&config).await?;
    config.listen = http.local_addr();
    let context = Arc::new(Context::new(backend, config));
    let methods = subscriptions::module(context.clone())
        .map_err(|error| ServeError::Registry(error.to_string()))?;
    let methods = Methods::from(methods);
    Ok(SolanaServer {
        http: listen(http, context.clone(), methods.clone()),
        websocket: listen(websocket, context, methods),
    })
}

/// Binds a port and the next one.
async fn bind(config: &SolanaConfig) -> Result<(Port, Port), ListenError> {
    let connections = config.max_connections as usize;
    let next = |of: SocketAddr| SocketAddr::new(of.ip(), of.port().saturating_add(1));
    for _ in 1..ATTEMPTS {
        let http = Port::bind(config.listen, connections).await?;
        let neighbour = Port::bind(next(http.local_addr()), connections).await;
        match neighbour {
            // Any two will do: try elsewhere.
            Err(_) if config.listen.port() == 0 => {}
            neighbour => return Ok((http, neighbour?)),
        }
    }
    let http = Port::bind(config.listen, connections).await?;
    let neighbour = Port::bind(next(http.local_addr()), connections).await?;
    Ok((http, neighbour))
}

/// Answers one port.
fn listen(port: Port, context: Arc<Context>, methods: Methods) -> Server {
    let config = &context.config;
    let settings = ServerConfig::builder()
        .max_request_body_size(config.max_request_bytes)
        .max_response_body_size(config.max_response_bytes)
        .max_connections(config.max_connections)
        .max_subscriptions_per_connection(config.max_subscriptions)
        .set_batch_request_config(BatchRequestConfig::Limit(config.max_batch))
        .set_id_provider(RandomIntegerIdProvider)
        .enable_ws_ping(PingConfig::new())
        .build();
    let dispatcher = Dispatcher::new(context);
    let service = jsonrpsee::server::Server::builder()
        .set_config(settings)
        .set_rpc_middleware(RpcServiceBuilder::new().layer(dispatcher))
        .set_http_middleware(tower::ServiceBuilder::new().layer(CorsLayer::permissive()))
        .to_service_builder();
    port.start(|port, stop| async move {
        // Closes when the last WebSocket session has ended.
        let (session, mut sessions) = tokio::sync::mpsc::channel::<()>(1);
        let connection = |socket| {
            let rpc = service.clone().build(methods.clone(), stop.clone());
            let session = session.clone();
            let answer = service_fn(move |mut request: HttpRequest<_>| {
                let mut rpc = rpc.clone();
                let is_health = is_health(&request);
                if request.headers().contains_key("upgrade") {
                    request.extensions_mut().insert(OnWebSocket);
                    tokio::spawn(count_session(rpc.on_session_closed(), session.clone()));
                }
                async move {
                    match is_health {
                        true => Ok(HttpResponse::new(HttpBody::from("ok"))),
                        false => rpc.call(request).await,
                    }
                }
            });
            serve_with_graceful_shutdown(socket, answer, stop.clone().shutdown())
        };
        port.serve(stop.clone(), connection).await;
        drop(session);
        let _none = sessions.recv().await;
    })
}

/// Holds the session's token until it has ended.
async fn count_session(ended: impl Future<Output = ()>, token: tokio::sync::mpsc::Sender<()>) {
    let open = metrics::gauge!("lumio_solana_websocket_sessions");
    open.increment(1.0);
    ended.await;
    open.decrement(1.0);
    drop(token);
}

fn is_health<B>(request: &HttpRequest<B>) -> bool {
    request.method().as_str() == "GET" && request.uri().path() == "/health"
}
