//! Requests to a node over HTTP, one after another.

use anyhow::{Context as _, anyhow, bail};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::{error::Error as _, sync::Arc, time::Duration};
use tokio::runtime::Runtime;

type Bytes = hyper::body::Bytes;

/// Longer answers than any that is asked for.
const ANSWER_MAX: usize = 64 << 20;
/// Longer than a node takes for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client that waits for each answer.
#[derive(Debug)]
pub(crate) struct Http {
    runtime: Runtime,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("no version of TLS can be used")?
            .with_platform_verifier()
            .with_no_client_auth();
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(10)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .context("cannot start the HTTP client")?,
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    pub(crate) fn get(&self, url: &str) -> anyhow::Result<Answer> {
        self.send(hyper::Method::GET, url, "application/json", Vec::new())
    }

    /// Sends a body of a type.
    pub(crate) fn post(&self, url: &str, kind: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
        self.send(hyper::Method::POST, url, kind, body)
    }

    fn send(
        &self,
        method: hyper::Method,
        url: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let request = hyper::Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", kind)
            .header("accept", "application/json")
            .header("user-agent", concat!("lumio/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(Bytes::from(body)))
            .with_context(|| format!("{url} is no URL"))?;
        let work = async {
            let answer = self.client.request(request).await.map_err(|error| {
                let mut cause = error.source();
                let mut reason = error.to_string();
                while let Some(error) = cause {
                    reason = error.to_string();
                    cause = error.source();
                }
                anyhow!("{reason}")
            })?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
            let body = body.map_err(|error| anyhow!("the answer broke off: {error}"))?;
            let body = body.to_bytes().to_vec();
            Ok::<_, anyhow::Error>(Answer { status, body })
        };
        let answer = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, work).await });
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => bail!("no answer from {}: {error}", host_of(url)),
            Err(_) => bail!("no answer from {} in {PATIENCE:?}", host_of(url)),
        }
    }
}

/// The part of a URL that says where.
fn host_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = url.get(start..).unwrap_or_default();
    let end = rest
        .find('/')
        .map_or(url.len(), |at| at.saturating_add(start));
    url.get(..end).unwrap_or(url)
}
