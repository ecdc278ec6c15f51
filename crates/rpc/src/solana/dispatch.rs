//! From a request to its method: looks it up, runs it where its kind runs, catches panics, counts.
//! Batches keep their order.

use super::{
    args::Args,
    context::Context,
    error::RpcError,
    registry::{Handler, Method, Reply, method_list},
};
use futures::{FutureExt as _, future::Either};
use jsonrpsee::{
    core::{
        middleware::{Batch, BatchEntry, Notification, RpcServiceT},
        server::{BatchResponseBuilder, MethodResponse, ResponsePayload},
    },
    types::{Id, Request},
};
use serde_json::value::RawValue;
use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Marks the requests of a WebSocket connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnWebSocket;

struct Entry {
    method: &'static Method,
    calls: metrics::Counter,
    seconds: metrics::Histogram,
}

struct Shared {
    context: Arc<Context>,
    table: HashMap<&'static str, Entry>,
    /// What ends a subscription is answered where the subscription is.
    ends: HashSet<&'static str>,
}

/// Makes a [`Dispatch`] for each connection.
#[derive(Clone)]
pub(super) struct Dispatcher {
    shared: Arc<Shared>,
}

impl Dispatcher {
    pub(super) fn new(context: Arc<Context>) -> Self {
        let mut table = HashMap::new();
        let mut ends = HashSet::new();
        for method in method_list() {
            let name = method.name;
            let calls = metrics::counter!("lumio_solana_requests_total", "method" => name);
            let seconds = metrics::histogram!("lumio_solana_request_seconds", "method" => name);
            let entry = Entry {
                method,
                calls,
                seconds,
            };
            table.insert(name, entry);
            if let Handler::Subscription { end, .. } = method.handler {
                ends.insert(end);
            }
        }
        Self {
            shared: Arc::new(Shared {
                context,
                table,
                ends,
            }),
        }
    }
}

impl<S> tower::Layer<S> for Dispatcher {
    type Service = Dispatch<S>;

    fn layer(&self, inner: S) -> Dispatch<S> {
        let in_flight = self.shared.context.config.max_in_flight.max(1);
        Dispatch {
            inner,
            shared: self.shared.clone(),
            in_flight: Arc::new(Semaphore::new(in_flight)),
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

    fn is_subscription(&self, name: &str) -> bool {
        let entry = self.table.get(name);
        entry.is_some_and(|entry| matches!(entry.method.handler, Handler::Subscription { .. }))
            || self.ends.contains(name)
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
        // The request counts as under way until its answer has been handed on, so that a client
        // that reads nothing cannot pile answers up here.
        let (payload, handed_on) = payload.notify_on_completion();
        tokio::spawn(async move {
            let _closed = handed_on.await;
            drop(permit);
        });
        MethodResponse::response(id, payload, self.max_response())
    }

    async fn run(&self, entry: &Entry, params: Option<&RawValue>) -> Reply {
        let params = params.map(RawValue::get);
        let name = entry.method.name;
        match entry.method.handler {
            Handler::Inline(function) => {
                let call = || function(&self.context, &Args::parse(params)?);
                catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(panicked(name)))
            }
            Handler::Execute(function) => {
                let params = params.map(str::to_owned);
                let context = self.context.clone();
                let work =
                    move |context: &Context| function(context, &Args::parse(params.as_deref())?);
                context.execute(work).await
            }
            Handler::Later(start) => {
                let context = self.context.clone();
                let call = || Args::parse(params).map(|args| start(context, &args));
                let rest = catch_unwind(AssertUnwindSafe(call));
                let rest = rest.unwrap_or_else(|_| Err(panicked(name)))?;
                let rest = AssertUnwindSafe(rest).catch_unwind().await;
                rest.unwrap_or_else(|_| Err(panicked(name)))
            }
            Handler::Subscription { .. } => Err(RpcError::NeedsWebSocket),
        }
    }

    async fn answer(
        &self,
        request: Request<'_>,
        permit: Option<OwnedSemaphorePermit>,
    ) -> MethodResponse {
        let name = request.method_name();
        let Some(entry) = self.table.get(name) else {
            let error = match self.ends.contains(name) {
                true => RpcError::NeedsWebSocket,
                false => RpcError::MethodNotFound,
            };
            metrics::counter!("lumio_solana_errors_total", "method" => "unknown", "code" => "-32601")
                .increment(1);
            return MethodResponse::error(request.id, error.into_object());
        };
        let started = Instant::now();
        let reply = self.run(entry, request.params.as_deref()).await;
        self.count(entry, started, &reply);
        self.respond(request.id, reply, permit)
    }

    fn count(&self, entry: &Entry, started: Instant, reply: &Reply) {
        let elapsed = started.elapsed();
        let method = entry.method.name;
        entry.calls.increment(1);
        entry.seconds.record(elapsed.as_secs_f64());
        let code = reply.as_ref().err().map(RpcError::code);
        tracing::debug!(method, ?elapsed, error = code, "answered");
        if let Err(error) = reply {
            let code = error.code().to_string();
            metrics::counter!("lumio_solana_errors_total", "method" => method, "code" => code)
                .increment(1);
            if let RpcError::Internal(reason) = error {
                tracing::error!(method, reason, "request failed");
            }
        }
    }
}

fn panicked(name: &str) -> RpcError {
    tracing::error!(method = name, "a request's handler panicked");
    RpcError::Internal("the method failed unexpectedly; the node's log has details".into())
}

fn too_busy(id: Id<'_>, limit: usize) -> MethodResponse {
    let text = format!(
        "more than {limit} requests under way on this connection; read their answers first"
    );
    MethodResponse::error(id, RpcError::Unhealthy(text).into_object())
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
        if on_websocket && self.shared.is_subscription(request.method_name()) {
            return Either::Left(self.inner.call(request));
        }
        let shared = self.shared.clone();
        let permit = on_websocket.then(|| self.in_flight.clone().try_acquire_owned());
        Either::Right(async move {
            match permit.transpose() {
                Ok(permit) => shared.answer(request, permit).await,
                Err(_) => too_busy(request.id, shared.context.config.max_in_flight),
            }
        })
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        let service = self.clone();
        async move {
            let limit = service.shared.max_response();
            let mut answers = BatchResponseBuilder::new_with_limit(limit);
            let mut has_notifications = false;
            for entry in batch {
                let answer = match entry {
                    Ok(BatchEntry::Call(request)) => service.call(request).await,
                    Ok(BatchEntry::Notification(_)) => {
                        has_notifications = true;
                        continue;
                    }
                    Err(error) => {
                        let (error, id) = error.into_parts();
                        MethodResponse::error(id, error)
                    }
                };
                if let Err(too_large) = answers.append(answer) {
                    return too_large;
                }
            }
            if answers.is_empty() && has_notifications {
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
