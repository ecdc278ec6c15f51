//! The index: tables that follow the chain.
//!
//! ```text
//! new version ──► same block at the tip? ──no──► take it back, look again
//!                        │ yes
//!                        ▼
//!                 read the next block ──► fold it into the tables ──► …
//! ```
//!
//! **Invariant:** the tables always are as after some whole block.

use super::{
    super::{backend::Result, module_cache::ModuleCache, table_types::TableTypes},
    backend::IndexBackend,
    fold::fold_block,
    read::read_block,
    store::Store,
};
use parking_lot::RwLock;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long the index waits for news before it looks by itself, and after a
/// failure before it tries again.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a question waits for the index to be where the chain is.
const QUESTION_PATIENCE: Duration = Duration::from_millis(500);

/// The tables, and where they come from.
pub(super) struct Index {
    pub(super) backend: Arc<dyn IndexBackend>,
    pub(super) store: RwLock<Store>,
    updated_usecs: RwLock<u64>,
    stopping: AtomicBool,
    modules: ModuleCache,
    tables: TableTypes,
}

impl Index {
    pub(super) fn new(
        backend: Arc<dyn IndexBackend>,
        max_history: usize,
        tables: TableTypes,
    ) -> Self {
        // Whoever shows tables waits for this one.
        tables.followed(0);
        Self {
            backend,
            store: RwLock::new(Store::new(max_history)),
            updated_usecs: RwLock::new(0),
            stopping: AtomicBool::new(false),
            modules: ModuleCache::default(),
            tables,
        }
    }

    /// Makes whoever follows the chain return soon.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.tables.pace().ask();
    }

    /// Waits for a while until the tables are as the chain is now, so that who
    /// sent a transaction finds it.
    pub(super) fn wait(&self) {
        let version = self.backend.info().version;
        self.tables.wait_for(version, QUESTION_PATIENCE);
    }

    /// When the tables last changed, in microseconds since 1970.
    pub(super) fn updated_usecs(&self) -> u64 {
        *self.updated_usecs.read()
    }

    /// Brings the tables to the chain's head. Blocks for as long as that takes.
    pub(super) fn catch_up(&self) -> Result<()> {
        while !self.stopping.load(Ordering::Relaxed) {
            let began = Instant::now();
            let tip = self.store.read().tip();
            if let Some(tip) = tip {
                let there = self.backend.block(tip.height)?;
                let same = there.is_some_and(|there| {
                    (there.hash, there.last_version) == (tip.hash, tip.version)
                });
                if !same {
                    self.store.write().roll_back();
                    continue;
                }
            }
            let next = match tip {
                Some(tip) => tip.height.saturating_add(1),
                None => self.backend.info().oldest_block_height,
            };
            let Some(block) = self.backend.block(next)? else {
                return Ok(());
            };
            let Some(read) = read_block(&*self.backend, &self.modules, &self.tables, &block)?
            else {
                continue;
            };
            // If the block is of another branch, the next turn takes it back.
            fold_block(&mut self.store.write(), &read);
            self.tables.followed(read.tip.version);
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.map_or(0, |now| u64::try_from(now.as_micros()).unwrap_or(u64::MAX));
            *self.updated_usecs.write() = now;
            self.tables.pace().rest(began.elapsed());
        }
        Ok(())
    }

    /// Follows the chain until it is stopped.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut news = self.backend.subscribe();
        while !self.stopping.load(Ordering::Relaxed) {
            news.borrow_and_update();
            let index = self.clone();
            match tokio::task::spawn_blocking(move || index.catch_up()).await {
                Ok(Ok(())) => {
                    let changed = tokio::time::timeout(PATIENCE, news.changed()).await;
                    if matches!(changed, Ok(Err(_))) {
                        return;
                    }
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the Aptos index cannot follow the chain");
                    tokio::time::sleep(PATIENCE).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the Aptos index stopped");
                    return;
                }
            }
        }
    }
}
