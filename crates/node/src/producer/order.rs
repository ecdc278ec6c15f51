//! How other threads reach the producer, and its loop.

use crate::producer::{Empty, Producer, Waiting};
use lumio_rpc::eth::BackendError;
use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// A block that so many transactions share shows that more are on their way.
const CROWD: RangeInclusive<usize> = 2..=64;
/// After such a block, company is waited for: a block has a price of its own, above all the
/// disk's. A lone client never waits.
const GATHER: Duration = Duration::from_millis(1);

/// How long a round waits after one that failed, unless a new transaction comes.
const RETRY: Duration = Duration::from_millis(500);

type Order = Box<dyn FnOnce(&mut Producer) + Send>;

enum Message {
    /// The pool has something new.
    Wake,
    Do(Order),
    Stop,
}

/// The producer's thread has ended.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("block production has stopped")]
pub(crate) struct ProducerGone;

impl From<ProducerGone> for BackendError {
    fn from(error: ProducerGone) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Speaks to the producer's thread.
#[derive(Debug, Clone)]
pub(crate) struct ProducerHandle {
    inbox: Sender<Message>,
    /// Whether a [`Message::Wake`] is on its way.
    woken: Arc<AtomicBool>,
    stopping: Arc<AtomicBool>,
}

impl ProducerHandle {
    /// Starts the thread. The receiver ends when the thread does.
    pub(crate) fn start(
        producer: Producer,
    ) -> std::io::Result<(Self, JoinHandle<()>, oneshot::Receiver<()>)> {
        let (inbox, messages) = channel();
        let woken = Arc::new(AtomicBool::new(false));
        let (ended, end) = oneshot::channel();
        let handle = Self {
            inbox,
            woken: Arc::clone(&woken),
            stopping: Arc::clone(&producer.stopping),
        };
        let waiting = Arc::clone(&producer.waiting);
        let thread = std::thread::Builder::new()
            .name("producer".into())
            .stack_size(64 << 20)
            .spawn(move || {
                // Dropped when the thread ends, by a panic too.
                let _ended = Ended(waiting, ended);
                run(producer, &messages, &woken);
            })?;
        Ok((handle, thread, end))
    }

    /// Says that the pool has something new.
    pub(crate) fn wake(&self) -> Result<(), ProducerGone> {
        if self.woken.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.inbox.send(Message::Wake).map_err(|_| ProducerGone)
    }

    /// Has the producer do something between two blocks, and waits for what it returns.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Producer) -> T + Send + 'static,
    ) -> Result<T, ProducerGone> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let order: Order = Box::new(move |producer| {
            let _ = sender.send(order(producer));
        });
        self.inbox
            .send(Message::Do(order))
            .map_err(|_| ProducerGone)?;
        receiver.recv().map_err(|_| ProducerGone)
    }

    /// Has the producer give up what takes more than a block.
    pub(crate) fn interrupt(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Ends the thread after the block that it is working on.
    pub(crate) fn stop(&self) {
        self.interrupt();
        let _ = self.inbox.send(Message::Stop);
    }
}

/// The end of the thread: nobody may wait for it any longer.
struct Ended(Arc<Waiting>, #[allow(dead_code)] oneshot::Sender<()>);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

fn run(mut producer: Producer, messages: &Receiver<Message>, woken: &AtomicBool) {
    let mut last = Instant::now();
    // A journal of an earlier run may have brought something back.
    let mut more = true;
    let mut crowded = false;
    let mut failed = false;
    loop {
        if more && producer.seals_at_once() {
            let message = if failed {
                messages.recv_timeout(RETRY)
            } else {
                messages.try_recv().map_err(|error| match error {
                    TryRecvError::Empty => RecvTimeoutError::Timeout,
                    TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
                })
            };
            match message {
                Ok(Message::Wake) => woken.store(false, Ordering::Release),
                Ok(Message::Do(order)) => {
                    obey(&mut producer, order);
                    continue;
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if crowded {
                std::thread::sleep(GATHER);
            }
            let made = round(&mut producer, Empty::Skip);
            failed = made.is_err();
            let transactions = made.unwrap_or(None);
            crowded = CROWD.contains(&transactions.unwrap_or(0));
            more = (failed || transactions.is_some()) && producer.has_work();
            continue;
        }
        let message = match producer.interval() {
            Some(interval) => {
                let due = last.checked_add(interval).unwrap_or(last);
                let wait = due.saturating_duration_since(Instant::now());
                match messages.recv_timeout(wait) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        // Late by more than a block: go on from now, without a burst.
                        let now = Instant::now();
                        let late = now.saturating_duration_since(due) > interval;
                        last = if late { now } else { due };
                        let _ = round(&mut producer, Empty::Seal);
                        continue;
                    }
                }
            }
            None => match messages.recv() {
                Ok(message) => message,
                Err(_) => return,
            },
        };
        match message {
            Message::Wake => {
                woken.store(false, Ordering::Release);
                more = true;
                if !producer.seals_at_once() {
                    // Who sent this expects a block at once, as it was until now.
                    producer.release();
                }
            }
            Message::Do(order) => {
                let before = producer.interval();
                obey(&mut producer, order);
                if producer.interval() != before {
                    last = Instant::now();
                }
            }
            Message::Stop => return,
        }
    }
}

/// Does what was asked for. If blocks are then no longer sealed at once, those who expected one
/// wait no longer.
fn obey(producer: &mut Producer, order: Order) {
    let sealed_at_once = producer.seals_at_once();
    order(producer);
    if sealed_at_once && !producer.seals_at_once() {
        producer.release();
    }
}

/// Makes a block, if there is anything to make one of. Returns how many transactions it has.
///
/// A failure is reported to those who wait and in the log; the next round tries again.
fn round(producer: &mut Producer, empty: Empty) -> Result<Option<usize>, Failed> {
    match producer.round(empty) {
        Ok(sealed) => Ok(sealed.map(|(block, _)| block.transactions.len())),
        Err(error) => {
            metrics::counter!("lumio_block_failures_total").increment(1);
            tracing::error!(%error, "no block could be made");
            Err(Failed)
        }
    }
}

/// A round made no block; the log says why.
struct Failed;
