//! The port: `POST /v1/graphql`.

use super::{
    super::{
        server::{cors, listen_on},
        table_types::TableTypes,
    },
    backend::IndexBackend,
    graphql::{PageLimit, schema},
    index::Index,
    query::Budget,
};
use crate::port::{ListenError, Server};
use async_graphql::{Request, Response, ServerError, dynamic::Schema};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::post,
};
use futures::executor::block_on;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinHandle};

/// What the indexer listens on, and its limits.
#[derive(Debug, Clone)]
pub struct IndexerConfig {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Bytes of a request; larger ones get HTTP 413.
    pub max_request_bytes: usize,
    /// Connections at a time; further ones wait to be accepted.
    pub max_connections: usize,
    /// Queries at a time; further ones wait.
    pub max_queries: usize,
    /// Rows of an answer to one field, at most and if the client does not say.
    pub max_page: usize,
    /// Rows that a request may look at.
    pub max_scan: usize,
    /// Rows that each table of what happened keeps; the oldest are dropped.
    pub max_history: usize,
    /// Types of tables, shared with the API.
    pub tables: TableTypes,
}

impl Default for IndexerConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            max_request_bytes: 256 * 1024,
            max_connections: 1000,
            max_queries: cores * 2,
            max_page: 1000,
            max_scan: 2_000_000,
            max_history: 250_000,
            tables: TableTypes::default(),
        }
    }
}

/// Why the indexer did not start.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The port is taken, or the address is not this machine's.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The tables' descriptions contradict each other.
    #[error("GraphQL schema: {0}")]
    Schema(String),
}

/// An indexer that follows the chain and answers until [`Indexer::stop`];
/// dropping it stops it too.
pub struct Indexer {
    server: Option<Server>,
    address: SocketAddr,
    index: Arc<Index>,
    following: JoinHandle<()>,
}

impl std::fmt::Debug for Indexer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Indexer").finish_non_exhaustive()
    }
}

impl Indexer {
    /// Where it listens.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests that are under way finish for at most `patience`, and stops
    /// following the chain after the block that is being read.
    pub async fn stop(mut self, patience: Duration) {
        self.index.stop();
        if let Some(server) = self.server.take() {
            server.stop(patience).await;
        }
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.index.stop();
        self.following.abort();
    }
}

struct Answers {
    schema: Schema,
    turns: Semaphore,
    max_scan: usize,
    index: Arc<Index>,
}

/// Starts the indexer on the current Tokio runtime. It answers at once, and is
/// up to date as soon as it has read the chain.
///
/// # Errors
/// When it cannot listen.
pub async fn serve_indexer(
    config: IndexerConfig,
    backend: Arc<dyn IndexBackend>,
) -> Result<Indexer, IndexerError> {
    let index = Arc::new(Index::new(backend, config.max_history, config.tables));
    let schema = schema(&index, PageLimit(config.max_page))
        .map_err(|error| IndexerError::Schema(error.to_string()))?;
    let answers = Arc::new(Answers {
        schema,
        turns: Semaphore::new(config.max_queries.max(1)),
        max_scan: config.max_scan,
        index: index.clone(),
    });
    let router = Router::new()
        .route("/v1/graphql", post(answer))
        .fallback(|| async { lost() })
        .method_not_allowed_fallback(|| async { lost() })
        .with_state(answers)
        .layer(DefaultBodyLimit::max(config.max_request_bytes))
        .layer(cors());
    let server = listen_on(config.listen, config.max_connections, router).await?;
    let following = tokio::spawn(index.clone().follow());
    Ok(Indexer {
        address: server.local_addr(),
        server: Some(server),
        index,
        following,
    })
}

/// What whoever looks for something else is told.
fn lost() -> (StatusCode, &'static str) {
    (
        StatusCode::NOT_FOUND,
        "this is an indexer: POST GraphQL to /v1/graphql\n",
    )
}

async fn answer(State(answers): State<Arc<Answers>>, body: Bytes) -> Json<Response> {
    let refuse = |reason: String| Json(Response::from_errors(vec![ServerError::new(reason, None)]));
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refuse(format!("the body is no GraphQL request: {error}")),
    };
    let Ok(_turn) = answers.turns.acquire().await else {
        return refuse("the server stops".to_owned());
    };
    let request = request.data(Budget::new(answers.max_scan));
    let (schema, index) = (answers.schema.clone(), answers.index.clone());
    // Balances are read from the database.
    let work = move || {
        index.wait();
        block_on(schema.execute(request))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => Json(response),
        Err(error) => {
            tracing::error!(%error, "a GraphQL query failed");
            refuse("internal error".to_owned())
        }
    }
}
