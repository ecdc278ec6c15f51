//! From a request to its method: looks it up, runs it where its kind runs,
//! catches panics, counts. Batches keep their order, except that
//! transactions that follow each other are all submitted before the first is
//! waited for.

use super::{
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Handler, Later, Method, Reply, method_list},
};
use futures::{FutureExt as _, future::Either};
use jsonrpsee::{
    core::{
        middleware::{Batch, BatchEntry, Notification, RpcServiceT},
        server::{BatchResponseBuilder, MethodResponse, ResponsePayload},
    },
    types::{ErrorObjectOwned, Id, Request},
};
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Marks the requests of a WebSocket connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnWebSocket;

struct Entry {
    name: &'static str,
    method: &'static Method,
    calls: metrics::Counter,
    seconds: metrics::Histogram,
}

struct Shared {
    context: Arc<Context>,
    table: HashMap<&'static str, Entry>,
    executions: Arc<Semaphore>,
}

/// Makes a [`Dispatch`] for each connection.
#[derive(Clone)]
pub(super) struct Dispatcher {
    shared: Arc<Shared>,
}

impl Dispatcher {
    pub(super) fn new(context: Arc<Context>) -> Self {
        let dev = context.backend.dev().is_some();
        let mut table = HashMap::new();
        for method in method_list().filter(|method| dev || !method.dev) {
            for name in std::iter::once(method.name).chain(method.aliases.iter().copied()) {
                let calls = metrics::counter!("lumio_rpc_requests_total", "method" => name);
                let seconds = metrics::histogram!("lumio_rpc_request_seconds", "method" => name);
                table.insert(
                    name,
                    Entry {
                        name,
                        method,
                        calls,
                        seconds,
                    },
                );
            }
        }
        let executions = Arc::new(Semaphore::new(context.config.max_executions.max(1)));
        Self {
            shared: Arc::new(Shared {
                context,
                table,
                executions,
            }),
        }
    }
}

impl<S> tower::Layer<S> for Dispatcher {
    type Service = Dispatch<S>;

    fn layer(&self, inner: S) -> Dispatch<S> {
        let in_flight = Arc::new(Semaphore::new(
            self.shared.context.config.max_in_flight.max(1),
        ));
        Dispatch {
            inner,
            shared: self.shared.clone(),
            in_flight,
        }
    }
}

/// Answers the requests of one connection; `inner` keeps its subscriptions.
#[derive(Clone)]
pub(super) struct Dispatch<S> {
    inner: S,
    shared: Arc<Shared>,
    in_flight: Arc<Semaphore>,
}

impl Shared {
    fn max_response(&self) -> usize {
        self.context.config.max_response_bytes as usize
    }

    fn respond(
        &self,
        id: Id<'_>,
        reply: Reply,
        permit: Option<OwnedSemaphorePermit>,
    ) -> MethodResponse {
        let payload = match reply {
            Ok(json) => ResponsePayload::success(json),
            Err(error) => ResponsePayload::<Box<RawValue>>::error(error.into_object()),
        };
        let Some(permit) = permit else {
            return MethodResponse::response(id, payload, self.max_response());
        };
        // The request counts as under way until its answer has been handed on,
        // so that a client that reads nothing cannot pile answers up here.
        let (payload, handed_on) = payload.notify_on_completion();
        tokio::spawn(async move {
            let _closed = handed_on.await;
            drop(permit);
        });
        MethodResponse::response(id, payload, self.max_response())
    }

    async fn run(&self, entry: &Entry, params: Option<&RawValue>) -> Reply {
        let params = params.map(RawValue::get);
        match entry.method.handler {
            Handler::Inline(function) => self.run_inline(entry.name, function, params),
            Handler::Read(function) if !params.is_some_and(|json| json.contains("pending")) => {
                self.run_inline(entry.name, function, params)
            }
            Handler::Read(function) | Handler::Execute(function) => {
                let place = self.executions.clone().acquire_owned();
                let patience = self.context.config.execution_patience;
                let Ok(Ok(permit)) = tokio::time::timeout(patience, place).await else {
                    return Err(busy(patience));
                };
                let context = self.context.clone();
                let params = params.map(str::to_owned);
                let work = tokio::task::spawn_blocking(move || {
                    let _permit = permit;
                    function(&context, &Args::parse(params.as_deref())?)
                });
                work.await.unwrap_or_else(|_| Err(panicked(entry.name)))
            }
            Handler::Later(start) => self.start(entry.name, start, params).await,
            Handler::Subscription => Err(RpcError::Refused("notifications not supported".into())),
        }
    }

    fn run_inline(
        &self,
        name: &str,
        function: super::registry::Function,
        params: Option<&str>,
    ) -> Reply {
        let call = || function(&self.context, &Args::parse(params)?);
        catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(panicked(name)))
    }

    /// Runs the first half of the method now and returns the second half.
    fn start<'a>(
        &self,
        name: &'a str,
        start: Later,
        params: Option<&str>,
    ) -> impl Future<Output = Reply> + Send + use<'a> {
        let context = self.context.clone();
        let call = || Args::parse(params).map(|args| start(context, &args));
        let rest = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(panicked(name)));
        async move {
            AssertUnwindSafe(rest?)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(panicked(name)))
        }
    }

    fn count(&self, entry: &Entry, started: Instant, reply: &Reply) {
        let elapsed = started.elapsed();
        entry.calls.increment(1);
        entry.seconds.record(elapsed.as_secs_f64());
        tracing::debug!(
            method = entry.name,
            ?elapsed,
            error = reply.as_ref().err().map(RpcError::code),
            "answered"
        );
        if let Err(error) = reply {
            let code = error.code().to_string();
            metrics::counter!("lumio_rpc_errors_total", "method" => entry.name, "code" => code)
                .increment(1);
            if error.code() == -32603 {
                tracing::error!(method = entry.name, %error, "request failed");
            }
        }
    }
}

fn panicked(name: &str) -> RpcError {
    tracing::error!(method = name, "a request's handler panicked");
    RpcError::Internal("the method failed unexpectedly; the node's log has details".into())
}

fn busy(patience: Duration) -> RpcError {
    RpcError::LimitExceeded(format!(
        "the node has been busy with other requests for {patience:?}; try again later"
    ))
}

fn unknown(id: Id<'_>, name: &str) -> MethodResponse {
    metrics::counter!("lumio_rpc_errors_total", "method" => "unknown", "code" => "-32601")
        .increment(1);
    let name: String = name.chars().take(100).collect();
    MethodResponse::error(id, RpcError::MethodNotFound(name).into_object())
}

fn too_busy(id: Id<'_>, limit: usize) -> MethodResponse {
    let text = format!(
        "more than {limit} requests under way on this connection; read their answers first"
    );
    MethodResponse::error(id, RpcError::LimitExceeded(text).into_object())
}

fn no_notifications() -> ErrorObjectOwned {
    ErrorObjectOwned::owned(
        -32601,
        "notifications not supported: subscribe over WebSocket",
        None::<()>,
    )
}

impl<S> RpcServiceT for Dispatch<S>
where
    S: RpcServiceT<
            MethodResponse = MethodResponse,
            BatchResponse = MethodResponse,
            NotificationResponse = MethodResponse,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    type MethodResponse = MethodResponse;
    type BatchResponse = MethodResponse;
    type NotificationResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let on_websocket = request.extensions().get::<OnWebSocket>().is_some();
        let shared = self.shared.clone();
        let is_subscription = shared
            .table
            .get(request.method_name())
            .is_some_and(|entry| matches!(entry.method.handler, Handler::Subscription));
        if is_subscription && on_websocket {
            return Either::Left(self.inner.call(request));
        }
        let permit = on_websocket.then(|| self.in_flight.clone().try_acquire_owned());
        Either::Right(async move {
            let Some(entry) = shared.table.get(request.method_name()) else {
                return unknown(request.id, &request.method);
            };
            if is_subscription {
                return MethodResponse::error(request.id, no_notifications());
            }
            let Ok(permit) = permit.transpose() else {
                return too_busy(request.id, shared.context.config.max_in_flight);
            };
            let started = Instant::now();
            let reply = shared.run(entry, request.params.as_deref()).await;
            shared.count(entry, started, &reply);
            shared.respond(request.id, reply, permit)
        })
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.clone();
        async move {
            let shared = &service.shared;
            let mut answers = BatchResponseBuilder::new_with_limit(shared.max_response());
            let mut only_notifications = false;
            let mut entries = batch.into_iter().peekable();
            while let Some(entry) = entries.next() {
                let request = match entry {
                    Ok(BatchEntry::Call(request)) => request,
                    Ok(BatchEntry::Notification(_)) => {
                        only_notifications = true;
                        continue;
                    }
                    Err(error) => {
                        let (error, id) = error.into_parts();
                        if let Err(too_large) = answers.append(MethodResponse::error(id, error)) {
                            return too_large;
                        }
                        continue;
                    }
                };
                let mut submitted = Vec::new();
                let mut next = Some(request);
                while let Some(request) = next.take() {
                    let entry = shared.table.get(request.method_name());
                    let Some((entry, Handler::Later(start))) =
                        entry.map(|entry| (entry, entry.method.handler))
                    else {
                        next = Some(request);
                        break;
                    };
                    let started = Instant::now();
                    let params = request.params.as_deref().map(RawValue::get);
                    submitted.push((
                        entry,
                        started,
                        request.id,
                        shared.start(entry.name, start, params),
                    ));
                    let follows = matches!(entries.peek(), Some(Ok(BatchEntry::Call(_))));
                    if follows && let Some(Ok(BatchEntry::Call(request))) = entries.next() {
                        next = Some(request);
                    }
                }
                for (entry, started, id, rest) in submitted {
                    let reply = rest.await;
                    shared.count(entry, started, &reply);
                    if let Err(too_large) = answers.append(shared.respond(id, reply, None)) {
                        return too_large;
                    }
                }
                if let Some(request) = next
                    && let Err(too_large) = answers.append(service.call(request).await)
                {
                    return too_large;
                }
            }
            if answers.is_empty() && only_notifications {
                MethodResponse::notification()
            } else {
                MethodResponse::from_batch(answers.finish())
            }
        }
    }

    fn notification<'a>(
        &self,
        notification: Notification<'a>,
    ) -> impl Future<Output = MethodResponse> + Send + 'a {
        let extensions = notification.extensions;
        async move { MethodResponse::notification().with_extensions(extensions) }
    }
}
