//! `lumio db …`: looks into a data folder without serving it.

use crate::cli::{DbArgs, ReplayArgs};
use lumio_node::{Config, inspect};
use std::path::PathBuf;

pub(crate) fn verify(args: &DbArgs) -> anyhow::Result<()> {
    let report = inspect::verify(&folder(args))?;
    crate::put(format!("{report}\n").as_bytes());
    Ok(())
}

pub(crate) fn replay(args: &ReplayArgs) -> anyhow::Result<()> {
    let report = inspect::replay(
        &folder(&args.folder),
        args.from,
        args.execution_threads,
        args.verify_parallel,
    )?;
    crate::put(format!("{report}\n").as_bytes());
    Ok(())
}

pub(crate) fn info(args: &DbArgs) -> anyhow::Result<()> {
    let report = inspect::info(&folder(args))?;
    crate::put(format!("{report}\n").as_bytes());
    Ok(())
}

fn folder(args: &DbArgs) -> PathBuf {
    args.datadir
        .clone()
        .unwrap_or_else(|| Config::default().datadir)
}
