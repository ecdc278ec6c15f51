//! Opening and creating the database.

use crate::{
    Database, StorageError,
    layout::{self, FORMAT_VERSION, META, META_FORMAT},
};
use redb::{Builder, ReadableDatabase, backends::InMemoryBackend};
use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
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
    transaction.open_table(layout::CHANGES)?;
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
