//! Metrics, health and readiness on a port of their own.

use crate::backend::NodeBackend;
use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// Bounds of the histograms, in seconds.
const SECONDS: [f64; 14] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0,
];

/// Why metrics are not served.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The port is taken, or the address is not this machine's.
    #[error(
        "--metrics-port: cannot listen on {listen}: {source}; choose another port, 0 for none, or stop what uses it"
    )]
    Bind {
        /// What was asked for.
        listen: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The recorder refused its settings.
    #[error("metrics cannot be recorded: {0}")]
    Recorder(String),
}

/// Starts recording. A second node in the same process records into the first one's.
pub(crate) fn install() -> Result<PrometheusHandle, TelemetryError> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let refused = |error: &dyn std::fmt::Display| TelemetryError::Recorder(error.to_string());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .map_err(|error| refused(&error))?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    if metrics::set_global_recorder(recorder).is_ok() {
        describe();
    }
    Ok(handle)
}

fn describe() {
    describe_gauge!("lumio_head_block", "Height of the newest block");
    describe_gauge!("lumio_head_timestamp_seconds", "Its timestamp");
    describe_gauge!("lumio_base_fee_wei", "Its base fee");
    describe_counter!("lumio_blocks_total", "Blocks sealed");
    describe_counter!("lumio_transactions_total", "Transactions in them");
    describe_counter!("lumio_gas_total", "Gas that they used");
    describe_counter!(
        "lumio_transactions_dropped_total",
        "Transactions that could not be in a block after all"
    );
    describe_counter!(
        "lumio_block_failures_total",
        "Blocks that could not be made"
    );
    describe_histogram!("lumio_execute_seconds", "Running a block's transactions");
    describe_histogram!("lumio_commit_seconds", "State root and durable commit");
    describe_histogram!("lumio_block_seconds", "A block from begin to commit");
    describe_gauge!("lumio_pool_pending", "Executable transactions in the pool");
    describe_gauge!("lumio_pool_queued", "Transactions behind a gap of nonces");
    describe_gauge!("lumio_pool_bytes", "Encoded bytes of the pool");
    describe_gauge!("lumio_resident_bytes", "Memory of this process");
}

/// The server of metrics, health and readiness.
#[derive(Debug)]
pub(crate) struct Telemetry {
    address: SocketAddr,
    ready: Arc<AtomicBool>,
    stop: Arc<Notify>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    recorder: PrometheusHandle,
    backend: Arc<NodeBackend>,
    ready: Arc<AtomicBool>,
}

impl Telemetry {
    pub(crate) async fn start(
        listen: SocketAddr,
        recorder: PrometheusHandle,
        backend: Arc<NodeBackend>,
    ) -> Result<Self, TelemetryError> {
        let bind = |source| TelemetryError::Bind { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let ready = Arc::new(AtomicBool::new(true));
        let router = Router::new()
            .route("/metrics", get(render))
            .route("/health", get(health))
            .route("/ready", get(readiness))
            .with_state(Shared {
                recorder,
                backend,
                ready: Arc::clone(&ready),
            });
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let serving = tokio::spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(async move { stopped.notified().await })
                .await;
            if let Err(error) = served {
                tracing::warn!(%error, "metrics are no longer served");
            }
        });
        Ok(Self {
            address,
            ready,
            stop,
            serving,
        })
    }

    pub(crate) const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The node is about to stop.
    pub(crate) fn not_ready(&self) {
        self.ready.store(false, Ordering::Release);
    }

    pub(crate) async fn stop(self) {
        self.stop.notify_one();
        let abort = self.serving.abort_handle();
        let grace = std::time::Duration::from_secs(1);
        if tokio::time::timeout(grace, self.serving).await.is_err() {
            abort.abort();
        }
    }
}

async fn render(State(shared): State<Shared>) -> impl IntoResponse {
    #[allow(clippy::cast_precision_loss, clippy::as_conversions)]
    let gauge = |value: usize| value as f64;
    let (pending, queued, bytes) = shared.backend.pool.size();
    metrics::gauge!("lumio_pool_pending").set(gauge(pending));
    metrics::gauge!("lumio_pool_queued").set(gauge(queued));
    metrics::gauge!("lumio_pool_bytes").set(gauge(bytes));
    if let Some(resident) = resident_bytes() {
        metrics::gauge!("lumio_resident_bytes").set(gauge(resident));
    }
    shared.recorder.run_upkeep();
    (
        [("content-type", "text/plain; version=0.0.4")],
        shared.recorder.render(),
    )
}

/// The process serves.
async fn health(State(shared): State<Shared>) -> impl IntoResponse {
    let head = shared.backend.chain.snapshot().head();
    let number = head.map_or(0, |head| head.number);
    axum::Json(serde_json::json!({ "healthy": true, "blockNumber": number }))
}

/// The chain is open and takes transactions.
async fn readiness(State(shared): State<Shared>) -> impl IntoResponse {
    if shared.ready.load(Ordering::Acquire) {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    }
}

/// Resident memory, where the system tells it.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    kilobytes.checked_mul(1024)
}
