//! The database: one writer at a time, and the snapshot of the newest commit.

use crate::{Head, Options, Snapshot, StorageError, cache::ValueCache, layers::Layers, layout};
use lumio_state::WriteSet;
use parking_lot::{Mutex, RwLock};
use redb::WriteTransaction;
use std::{fmt, fs::File, sync::Arc};

/// The database of one chain.
///
/// Reading goes through [`snapshot`](Self::snapshot). Writes wait for each
/// other and are on disk when they return.
pub struct Database {
    engine: redb::Database,
    pub(crate) options: Options,
    cache: Arc<ValueCache>,
    latest: RwLock<Snapshot>,
    writer: Mutex<Writer>,
    /// Held as long as the folder is in use. `None` for a database in memory.
    _lock: Option<File>,
}

/// The right to write.
#[derive(Default)]
struct Writer {
    /// Whether a commit reached the disk and could not be read back. Nothing
    /// may then be built on the snapshot of before.
    stale: bool,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("options", &self.options)
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

impl Database {
    /// A database that reads and writes through this engine.
    pub(crate) fn with_engine(
        engine: redb::Database,
        options: Options,
        lock: Option<File>,
    ) -> Result<Self, StorageError> {
        let cache = Arc::new(ValueCache::new(options.value_cache_bytes));
        let snapshot = Snapshot::first(&engine, Arc::clone(&cache))?;
        Ok(Self {
            engine,
            options,
            cache,
            latest: RwLock::new(snapshot),
            writer: Mutex::default(),
            _lock: lock,
        })
    }

    /// The database as of the newest commit.
    pub fn snapshot(&self) -> Snapshot {
        self.latest.read().clone()
    }

    /// The newest block, or `None` before genesis.
    pub fn head(&self) -> Option<Head> {
        self.latest.read().head()
    }

    /// Runs one durable transaction, then publishes the snapshot after it.
    pub(crate) fn write<'a>(
        &self,
        change: impl FnOnce(&WriteTransaction, &Snapshot) -> Result<Change<'a>, StorageError>,
    ) -> Result<(), StorageError> {
        let mut writer = self.writer.lock();
        if writer.stale {
            return Err(StorageError::Engine(
                "an earlier commit could not be read back".into(),
            ));
        }
        let latest = self.snapshot();
        let mut transaction = self.engine.begin_write()?;
        transaction.set_quick_repair(layout::QUICK_REPAIR);
        let change = change(&transaction, &latest)?;
        transaction.commit()?;
        let version = match &change.state {
            StateChange::None => latest.version(),
            StateChange::Writes(_) | StateChange::Unknown => latest.version().saturating_add(1),
        };
        match change.state {
            StateChange::None => {}
            StateChange::Writes(writes) => self.cache.advance(version, writes),
            StateChange::Unknown => self.cache.reset(version),
        }
        let edits = change.edits.unwrap_or_else(|| latest.edits());
        let layers = change.layers.unwrap_or_else(|| latest.0.layers.clone());
        match Snapshot::take(
            &self.engine,
            Arc::clone(&self.cache),
            version,
            edits,
            layers,
        ) {
            Ok(snapshot) => *self.latest.write() = snapshot,
            Err(error) => {
                writer.stale = true;
                return Err(error);
            }
        }
        Ok(())
    }
}

/// What a transaction did, for the caches.
pub(crate) struct Change<'a> {
    pub(crate) state: StateChange<'a>,
    /// The pending edits from now on, where they changed.
    pub(crate) edits: Option<Arc<WriteSet>>,
    /// The changes of the last blocks from now on, where they changed.
    pub(crate) layers: Option<Layers>,
}

/// Which values of the state a transaction changed.
pub(crate) enum StateChange<'a> {
    /// None of them.
    None,
    /// At most these.
    Writes(&'a WriteSet),
    /// Any: all cached ones are forgotten.
    Unknown,
}
