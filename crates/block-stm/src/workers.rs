//! Threads that work on a block together.

/// A number of threads that all do the same work at once.
pub trait Workers: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Does the work on each of them, and returns when all are done.
    fn on_each(&self, work: &(dyn Fn() + Sync));
}

/// A pool, whose threads keep their stacks and caches from block to block, and whoever asks: that
/// one is awake already, and part of what it will free it has allocated itself.
impl Workers for rayon::ThreadPool {
    fn count(&self) -> usize {
        self.current_num_threads().saturating_add(1)
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        self.in_place_scope(|scope| {
            scope.spawn_broadcast(|_, _| work());
            work();
        });
    }
}

/// Threads that live for one block.
#[derive(Clone, Copy, Debug)]
pub struct Scoped(
    /// How many.
    pub usize,
);

impl Workers for Scoped {
    fn count(&self) -> usize {
        self.0
    }

    fn on_each(&self, work: &(dyn Fn() + Sync)) {
        std::thread::scope(|scope| {
            for _ in 1..self.0 {
                scope.spawn(work);
            }
            work();
        });
    }
}
