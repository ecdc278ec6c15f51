//! The port: bounds what requests may cost, adds CORS and `/health`, and waits
//! for WebSocket sessions to end.

use super::{
    Backend,
    context::Context,
    dispatch::{Dispatcher, OnWebSocket},
    filters, subscriptions,
};
use crate::port::{ListenError, Port, Server};
use jsonrpsee::{
    core::middleware::RpcServiceBuilder,
    server::{
        BatchRequestConfig, HttpBody, HttpRequest, HttpResponse, PingConfig, ServerConfig,
        serve_with_graceful_shutdown,
    },
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tower::{Service as _, service_fn};
use tower_http::cors::CorsLayer;

/// What the server listens on, and its limits.
#[derive(Debug, Clone)]
pub struct EthConfig {
    /// Address and port of both HTTP and WebSocket; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Bytes of a request; larger ones get HTTP 413.
    pub max_request_bytes: u32,
    /// Bytes of an answer; a larger one becomes an error.
    pub max_response_bytes: u32,
    /// Requests in a batch.
    pub max_batch: u32,
    /// Connections at a time; further ones wait to be accepted.
    pub max_connections: u32,
    /// Requests under way on one WebSocket connection.
    pub max_in_flight: usize,
    /// Subscriptions of one WebSocket connection.
    pub max_subscriptions: u32,
    /// How long a subscriber whose connection is full may take to read.
    pub subscriber_patience: Duration,
    /// Executions (`eth_call`, traces, …) at a time; further ones wait.
    pub max_executions: usize,
    /// How long an execution may wait for its turn before it is refused.
    pub execution_patience: Duration,
    /// Filters of `eth_newFilter` and its like, all clients together.
    pub max_filters: usize,
    /// A filter that nobody asks for so long is removed.
    pub filter_idle: Duration,
    /// Blocks that one log query may span.
    pub max_log_blocks: u64,
    /// Logs that one query may return.
    pub max_logs: usize,
    /// Suggested priority fee in wei while no block has paid one.
    pub default_tip: u64,
}

impl Default for EthConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8545)),
            max_request_bytes: 15 * 1024 * 1024,
            max_response_bytes: 150 * 1024 * 1024,
            max_batch: 1000,
            max_connections: 10_000,
            max_in_flight: 8192,
            max_subscriptions: 1024,
            subscriber_patience: Duration::from_secs(10),
            max_executions: cores * 2,
            execution_patience: Duration::from_secs(30),
            max_filters: 1000,
            filter_idle: Duration::from_secs(300),
            max_log_blocks: 100_000,
            max_logs: 20_000,
            default_tip: 1_000_000,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or the address is not this machine's.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Two methods have one name.
    #[error("method registered twice: {0}")]
    Registry(String),
}

/// Starts the server on the current Tokio runtime. Install a `metrics`
/// recorder first, if there shall be one.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(config: EthConfig, backend: Arc<dyn Backend>) -> Result<Server, ServeError> {
    let port = Port::bind(config.listen, config.max_connections as usize).await?;
    let settings = ServerConfig::builder()
        .max_request_body_size(config.max_request_bytes)
        .max_response_body_size(config.max_response_bytes)
        .max_connections(config.max_connections)
        .max_subscriptions_per_connection(config.max_subscriptions)
        .set_batch_request_config(BatchRequestConfig::Limit(config.max_batch))
        .set_id_provider(subscriptions::HexIds)
        .enable_ws_ping(PingConfig::new())
        .build();
    let context = Arc::new(Context::new(backend, config));
    let methods = subscriptions::module(context.clone())
        .map_err(|error| ServeError::Registry(error.to_string()))?;
    let dispatcher = Dispatcher::new(context.clone());
    let service = jsonrpsee::server::Server::builder()
        .set_config(settings)
        .set_rpc_middleware(RpcServiceBuilder::new().layer(dispatcher))
        .set_http_middleware(tower::ServiceBuilder::new().layer(CorsLayer::permissive()))
        .to_service_builder();

    Ok(port.start(|port, stop| async move {
        let expiry = tokio::spawn(filters::expire(Arc::downgrade(&context)));
        // Closes when the last WebSocket session has ended.
        let (session, mut sessions) = tokio::sync::mpsc::channel::<()>(1);
        let connection = |socket| {
            let rpc = service.clone().build(methods.clone(), stop.clone());
            let context = context.clone();
            let session = session.clone();
            let answer = service_fn(move |mut request: HttpRequest<_>| {
                let mut rpc = rpc.clone();
                let health = is_health(&request).then(|| context.clone());
                if request.headers().contains_key("upgrade") {
                    request.extensions_mut().insert(OnWebSocket);
                    tokio::spawn(count_session(rpc.on_session_closed(), session.clone()));
                }
                async move {
                    match health {
                        Some(context) => Ok(report_health(&context)),
                        None => rpc.call(request).await,
                    }
                }
            });
            serve_with_graceful_shutdown(socket, answer, stop.clone().shutdown())
        };
        port.serve(stop.clone(), connection).await;
        expiry.abort();
        drop(session);
        let _none = sessions.recv().await;
    }))
}

/// Holds the session's token until it has ended.
async fn count_session(ended: impl Future<Output = ()>, token: tokio::sync::mpsc::Sender<()>) {
    let open = metrics::gauge!("lumio_rpc_websocket_sessions");
    open.increment(1.0);
    ended.await;
    open.decrement(1.0);
    drop(token);
}

fn is_health<B>(request: &HttpRequest<B>) -> bool {
    request.method().as_str() == "GET" && request.uri().path() == "/health"
}

fn report_health(context: &Context) -> HttpResponse {
    let number = context.backend.head_number();
    let mut response = HttpResponse::new(HttpBody::from(format!(
        "{{\"healthy\":true,\"blockNumber\":\"{number:#x}\"}}"
    )));
    if let Ok(json) = "application/json".parse() {
        response.headers_mut().insert("content-type", json);
    }
    response
}
