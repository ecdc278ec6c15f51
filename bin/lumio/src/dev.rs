//! `lumio dev`: starts the node, prints the banner, and stops on a signal.

use crate::{
    banner,
    cli::{DevArgs, Verbosity},
    logs,
};
use anyhow::Context;
use lumio_node::{Config, Node};
use tokio::signal::unix::{SignalKind, signal};

/// Requests run contracts, which may call each other deeply.
const STACK: usize = 16 << 20;

pub(crate) fn run(args: &DevArgs, verbosity: &Verbosity) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref(), &args.flags)?;
    logs::init(config.log_format, verbosity);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if config.threads > 0 {
        runtime.worker_threads(config.threads);
    }
    let runtime = runtime
        .enable_all()
        .thread_name("serve")
        .thread_stack_size(STACK)
        .build()
        .context("the threads could not be started")?;
    runtime.block_on(serve(config, verbosity))
}

async fn serve(config: Config, verbosity: &Verbosity) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be handled")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be handled")?;
    let mut node = Node::start(config).await?;
    if !verbosity.quiet {
        crate::put(banner::of(&node).as_bytes());
    }
    let failed = tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        error = node.failed() => Err(error),
    };
    tracing::info!("stopping");
    node.stop().await?;
    failed?;
    Ok(())
}
