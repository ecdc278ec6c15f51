//! Work on more than one thread. Without `std` there is one.

use core::num::NonZeroUsize;

/// Does the work on each job, on at most as many threads as given, this one among them.
///
/// Jobs are begun in their order, so that long ones should come first.
pub(super) fn spread<J: Send>(jobs: &mut [J], threads: NonZeroUsize, work: impl Fn(&mut J) + Sync) {
    #[cfg(feature = "std")]
    if threads.get().min(jobs.len()) > 1 {
        return on_threads(jobs, threads.get(), &work);
    }
    #[cfg(not(feature = "std"))]
    let _ = threads;
    jobs.iter_mut().for_each(work);
}

#[cfg(feature = "std")]
fn on_threads<J: Send>(jobs: &mut [J], threads: usize, work: &(impl Fn(&mut J) + Sync)) {
    use std::sync::{Mutex, PoisonError};
    let others = threads.min(jobs.len()) - 1;
    let queue = Mutex::new(jobs.iter_mut());
    let run = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(job) = next else { return };
            work(job);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..others {
            scope.spawn(run);
        }
        run();
    });
}
