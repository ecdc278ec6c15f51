//! From a request to its handler: reads it, runs it where its kind runs,
//! catches panics, counts, and adds what every answer carries.

use super::{
    answer::{Answer, Reply, add_ledger_headers},
    args::Args,
    context::Context,
    error::ApiError,
    registry::{Handler, Route},
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, FromRequestParts as _, Query, RawPathParams, Request},
    http::{Response, StatusCode},
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tokio::sync::Semaphore;

/// Shared by all connections.
pub(super) struct Dispatcher {
    pub(super) context: Arc<Context>,
    executions: Arc<Semaphore>,
}

impl Dispatcher {
    pub(super) fn new(context: Arc<Context>) -> Self {
        let executions = Arc::new(Semaphore::new(context.config.max_executions.max(1)));
        Self {
            context,
            executions,
        }
    }

    /// Answers a request whose route is known.
    pub(super) async fn answer(&self, route: &Route, request: Request) -> Response<Body> {
        let started = Instant::now();
        let reply = AssertUnwindSafe(self.run(route, request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(panicked(route)));
        metrics::counter!("lumio_aptos_requests_total", "route" => route.path).increment(1);
        metrics::histogram!("lumio_aptos_request_seconds", "route" => route.path)
            .record(started.elapsed().as_secs_f64());
        let answer = reply.unwrap_or_else(|error| {
            let (status, code) = error.kind();
            metrics::counter!("lumio_aptos_errors_total", "route" => route.path, "code" => code)
                .increment(1);
            if status == StatusCode::INTERNAL_SERVER_ERROR {
                tracing::error!(route = route.path, %error, "request failed");
            }
            error.answer()
        });
        self.finish(answer)
    }

    /// Answers a request that has no route.
    pub(super) fn refuse(&self, error: &ApiError) -> Response<Body> {
        self.finish(error.answer())
    }

    fn finish(&self, answer: Answer) -> Response<Body> {
        let mut response = answer.into_response();
        add_ledger_headers(&mut response, &self.context.info());
        response
    }

    async fn run(&self, route: &Route, request: Request) -> Reply {
        let args = self.read(request).await?;
        let context = self.context.clone();
        let function = match route.handler {
            Handler::Inline(function) => return function(&context, &args),
            Handler::Later(function) => return function(context, args).await,
            Handler::Read(function) => {
                return off_thread(route, move || function(&context, &args)).await;
            }
            Handler::Execute(function) => function,
        };
        let place = self.executions.clone().acquire_owned();
        let patience = context.config.execution_patience;
        let Ok(Ok(permit)) = tokio::time::timeout(patience, place).await else {
            return Err(ApiError::Busy(patience));
        };
        off_thread(route, move || {
            let _permit = permit;
            function(&context, &args)
        })
        .await
    }

    async fn read(&self, request: Request) -> Result<Args, ApiError> {
        let (mut parts, body) = request.into_parts();
        let path = match RawPathParams::from_request_parts(&mut parts, &()).await {
            Ok(found) => found
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            Err(error) => return Err(ApiError::Payload(error.to_string())),
        };
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::Payload(error.to_string()))?
            .0;
        let headers = parts.headers.clone();
        let limit = self.context.config.max_request_bytes;
        let reading = Bytes::from_request(Request::from_parts(parts, body), &());
        let body = match tokio::time::timeout(self.context.config.body_patience, reading).await {
            Ok(Ok(body)) => body,
            Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(ApiError::TooLarge(limit));
            }
            Ok(Err(error)) => return Err(ApiError::NoBody(error.body_text())),
            Err(_) => return Err(ApiError::NoBody("it took too long".into())),
        };
        Ok(Args {
            path,
            query,
            headers,
            body,
        })
    }
}

async fn off_thread(route: &Route, work: impl FnOnce() -> Reply + Send + 'static) -> Reply {
    let work = tokio::task::spawn_blocking(work);
    work.await.unwrap_or_else(|_| Err(panicked(route)))
}

fn panicked(route: &Route) -> ApiError {
    tracing::error!(route = route.path, "a request's handler panicked");
    ApiError::Internal("the request failed unexpectedly; the node's log has details".into())
}
