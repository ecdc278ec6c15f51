//! Opening and creating the database.

use crate::{
    Head, Snapshot, StorageError,
    cache::ValueCache,
    layers::Layers,
    layout::{self, FORMAT_VERSION, META, META_FORMAT, META_IDENTITY},
    read::{stored_edits, stored_layers},
};
use alloy_primitives::B256;
use lumio_state::WriteSet;
use parking_lot::{Mutex, RwLock};
use redb::{Builder, ReadableDatabase, ReadableTable, WriteTransaction, backends::InMemoryBackend};
use std::{
    fmt,
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

const DATA_FILE: &str = "chain.redb";
/// A database is made under this name and renamed once it is whole, so that
/// the data file is never half made.
const NEW_FILE: &str = "chain.redb.new";
const LOCK_FILE: &str = "lock";

/// How much the database keeps, on disk and in memory.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many blocks before the head keep a readable state.
    pub history_blocks: u64,
    /// Bytes of memory for the database file's pages.
    pub page_cache_bytes: usize,
    /// Bytes of memory for recently used state values.
    pub value_cache_bytes: usize,
    /// Bytes of memory for the changes of the last blocks. A block beyond
    /// them takes longer to commit.
    pub recent_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            history_blocks: 1024,
            page_cache_bytes: 512 << 20,
            value_cache_bytes: 128 << 20,
            recent_bytes: 96 << 20,
        }
    }
}

/// Which chain a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The chain id.
    pub chain_id: u64,
    /// The hash of block 0.
    pub genesis_hash: B256,
}

/// The database of one chain.
///
/// Reading goes through [`snapshot`](Self::snapshot). Writes wait for each
/// other and are on disk when they return.
pub struct Database {
    pub(crate) engine: redb::Database,
    pub(crate) options: Options,
    pub(crate) cache: Arc<ValueCache>,
    latest: RwLock<Snapshot>,
    writer: Mutex<Writer>,
    /// Held as long as the folder is in use. `None` for a database in memory.
    _lock: Option<File>,
}

/// The right to write.
#[derive(Debug, Default)]
pub(crate) struct Writer {
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
    /// Opens the database in a folder, and makes both where they are missing.
    ///
    /// # Errors
    /// When the folder is in use, has another format, is damaged, or cannot
    /// be read or written.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StorageError> {
        let file_error = |action, path: &Path| {
            let path = path.to_owned();
            move |source| StorageError::File {
                action,
                path,
                source,
            }
        };
        fs::create_dir_all(folder).map_err(file_error("create the folder", folder))?;
        let lock = lock(folder)?;
        let path = folder.join(DATA_FILE);
        if !path
            .try_exists()
            .map_err(file_error("look for the file", &path))?
        {
            let unfinished = folder.join(NEW_FILE);
            match fs::remove_file(&unfinished) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(file_error("remove the file", &unfinished)(error));
                }
                _ => {}
            }
            let engine = Builder::new()
                .create(&unfinished)
                .map_err(|error| engine_error(error, folder))?;
            initialize(&engine)?;
            drop(engine);
            fs::rename(&unfinished, &path).map_err(file_error("create the file", &path))?;
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(file_error("write the folder", folder))?;
        }
        // The engine checks much of a damaged file, but not all, with
        // assertions.
        let opened = catch_unwind(AssertUnwindSafe(|| -> Result<Self, StorageError> {
            let engine = Builder::new()
                .set_cache_size(options.page_cache_bytes)
                .set_repair_callback(|session| {
                    tracing::info!(
                        progress = session.progress(),
                        "checking the database after an unclean stop"
                    );
                })
                .open(&path)
                .map_err(|error| engine_error(error, folder))?;
            check_format(&engine, folder)?;
            Self::with_engine(engine, options, Some(lock))
        }));
        opened.unwrap_or_else(|_| Err(StorageError::corrupt("the file's structure is damaged")))
    }

    /// A database in memory, gone when it is dropped.
    ///
    /// # Errors
    /// When memory is too short.
    pub fn ephemeral(options: Options) -> Result<Self, StorageError> {
        let engine = Builder::new()
            .set_cache_size(options.page_cache_bytes)
            .create_with_backend(InMemoryBackend::new())?;
        initialize(&engine)?;
        Self::with_engine(engine, options, None)
    }

    fn with_engine(
        engine: redb::Database,
        options: Options,
        lock: Option<File>,
    ) -> Result<Self, StorageError> {
        let cache = Arc::new(ValueCache::new(options.value_cache_bytes));
        let stored = engine.begin_read()?;
        let edits = Arc::new(stored_edits(&stored)?);
        let layers = stored_layers(&stored)?;
        drop(stored);
        let snapshot = Snapshot::take(&engine, Arc::clone(&cache), 0, edits, layers)?;
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

    /// Refuses a database of another chain. One without a chain passes.
    ///
    /// # Errors
    /// [`StorageError::OtherChain`], or when the database cannot be read.
    pub fn require_chain(&self, chain_id: u64) -> Result<(), StorageError> {
        match self.snapshot().identity()? {
            Some(identity) if identity.chain_id != chain_id => Err(StorageError::OtherChain {
                found: identity.chain_id,
                expected: chain_id,
            }),
            _ => Ok(()),
        }
    }

    /// Runs one durable transaction and publishes what it wrote. `writes` are
    /// the state values that it changes, or `None` to forget all cached ones.
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
    None,
    Writes(&'a WriteSet),
    Unknown,
}

fn lock(folder: &Path) -> Result<File, StorageError> {
    let path = folder.join(LOCK_FILE);
    let failed = |source| StorageError::File {
        action: "lock",
        path: path.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StorageError::Locked {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Creates all tables, so that reading never meets a missing one.
fn initialize(engine: &redb::Database) -> Result<(), StorageError> {
    let mut transaction = engine.begin_write()?;
    transaction.set_quick_repair(layout::QUICK_REPAIR);
    transaction.open_table(layout::CURRENT)?;
    transaction.open_table(layout::JOURNAL)?;
    transaction.open_table(layout::DIFFS)?;
    transaction.open_table(layout::HEADERS)?;
    transaction.open_table(layout::BODIES)?;
    transaction.open_table(layout::RECEIPTS)?;
    transaction.open_table(layout::EDITS)?;
    transaction
        .open_table(META)?
        .insert(META_FORMAT, FORMAT_VERSION.to_le_bytes().as_slice())?;
    transaction.commit()?;
    Ok(())
}

fn check_format(engine: &redb::Database, folder: &Path) -> Result<(), StorageError> {
    let format = |found: String| StorageError::Format {
        folder: folder.to_owned(),
        found,
        expected: FORMAT_VERSION.to_string(),
    };
    let meta = match engine.begin_read()?.open_table(META) {
        Err(redb::TableError::TableDoesNotExist(_)) => return Err(format("unknown".into())),
        table => table?,
    };
    let found = meta.get(META_FORMAT)?;
    let found = found.as_ref().map_or(&[][..], |found| found.value());
    match <[u8; 4]>::try_from(found).map(u32::from_le_bytes) {
        Ok(FORMAT_VERSION) => Ok(()),
        Ok(other) => Err(format(other.to_string())),
        Err(_) => Err(format("unknown".into())),
    }
}

fn engine_error(error: redb::DatabaseError, folder: &Path) -> StorageError {
    match error {
        redb::DatabaseError::DatabaseAlreadyOpen => StorageError::Locked {
            folder: folder.to_owned(),
        },
        redb::DatabaseError::UpgradeRequired(found) => StorageError::Format {
            folder: folder.to_owned(),
            found: format!("{FORMAT_VERSION} on engine file format {found}"),
            expected: format!("{FORMAT_VERSION} on a newer engine file format"),
        },
        other => other.into(),
    }
}

impl Identity {
    pub(crate) fn encode(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..8].copy_from_slice(&self.chain_id.to_le_bytes());
        bytes[8..].copy_from_slice(self.genesis_hash.as_slice());
        bytes
    }

    pub(crate) fn read(
        meta: &impl ReadableTable<&'static str, &'static [u8]>,
    ) -> Result<Option<Self>, StorageError> {
        let Some(found) = meta.get(META_IDENTITY)? else {
            return Ok(None);
        };
        let malformed = || StorageError::corrupt("the chain's identity is malformed");
        let (id, hash) = found
            .value()
            .split_first_chunk::<8>()
            .ok_or_else(malformed)?;
        Ok(Some(Self {
            chain_id: u64::from_le_bytes(*id),
            genesis_hash: B256::try_from(hash).map_err(|_| malformed())?,
        }))
    }
}
