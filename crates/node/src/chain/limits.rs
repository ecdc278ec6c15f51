//! How much of the machine the trie may take.

use lumio_state::trie::TrieLimits;
use std::{num::NonZeroUsize, thread::available_parallelism};

/// The trie has sixteen subtries under its root, and blocks that are worth more than a few
/// threads are rare.
const MAX_THREADS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// The node's limits: the root is the same with any. Half of the processors are left to those who
/// send and ask meanwhile: where all are busy, a block would wait for its second thread to begin.
pub(super) fn trie_limits() -> TrieLimits {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = NonZeroUsize::new(processors / 2).unwrap_or(NonZeroUsize::MIN);
    TrieLimits {
        threads: threads.min(MAX_THREADS),
        ..TrieLimits::default()
    }
}
