//! A port of any dialect: listens, bounds how many connections are open at a
//! time, serves each, and stops gracefully.

use jsonrpsee::server::{ServerHandle, StopHandle, stop_channel};
use std::{error::Error, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinHandle, JoinSet},
};

/// Why a server does not listen.
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
            tracing::warn!(port = %self.address, "closing connections that did not finish in time");
            abort.abort();
        }
    }
}

/// A port that is bound, and nobody answers yet.
pub(crate) struct Port {
    listener: TcpListener,
    address: SocketAddr,
    connections: Arc<Semaphore>,
}

impl Port {
    /// Binds it. Connections beyond `max_connections` wait to be accepted.
    pub(crate) async fn bind(
        listen: SocketAddr,
        max_connections: usize,
    ) -> Result<Self, ListenError> {
        let refused = |source| ListenError { listen, source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        Ok(Self {
            address: listener.local_addr().map_err(refused)?,
            listener,
            connections: Arc::new(Semaphore::new(max_connections.max(1))),
        })
    }

    /// Where it is.
    pub(crate) const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Runs `work`, which is given the port and what tells it to stop.
    pub(crate) fn start<F>(self, work: impl FnOnce(Self, StopHandle) -> F) -> Server
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, handle) = stop_channel();
        Server {
            address: self.address,
            handle,
            accepting: tokio::spawn(work(self, stop)),
        }
    }

    /// Serves connections until the stop, and then those that are still open.
    pub(crate) async fn serve<F>(self, stop: StopHandle, mut connection: impl FnMut(TcpStream) -> F)
    where
        F: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        let mut open = JoinSet::new();
        let stopped = stop.shutdown();
        tokio::pin!(stopped);
        loop {
            let accepted = tokio::select! {
                () = &mut stopped => break,
                Some(_) = open.join_next() => continue,
                accepted = self.accept() => accepted,
            };
            let Some((socket, permit)) = accepted else {
                continue;
            };
            let serving = connection(socket);
            open.spawn(async move {
                if let Err(error) = serving.await {
                    tracing::debug!(%error, "connection ended");
                }
                drop(permit);
            });
        }
        drop(self.listener);
        while open.join_next().await.is_some() {}
    }

    async fn accept(&self) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        let permit = self.connections.clone().acquire_owned().await.ok()?;
        match self.listener.accept().await {
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
}
