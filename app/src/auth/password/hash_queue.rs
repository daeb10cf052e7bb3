//! Core. The queue for hashes: bounded, fair between clients, and with a reserve that a flood of unknown clients cannot take
//! from known ones.
//!
//! It has its own threads, one per core (rayon): a hash needs 19 MiB, which its thread reuses. On tokio's blocking threads,
//! of which there may be hundreds, half a gigabyte stayed allocated under load.

use std::num::NonZero;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

use super::fair_semaphore::{Client, FairSemaphore};
use crate::auth::config::{HASH_QUEUE, HASH_RESERVED, HASH_SHARE};
use crate::auth::error::AuthError;

/// One hash per core runs at a time, a bounded number waits, and every further request is refused.
pub struct HashQueue {
    threads: ThreadPool,
    permits: FairSemaphore,
}

impl HashQueue {
    /// # Panics
    /// The system cannot start threads.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|_| "argon2".into())
            // The request is answered with an error below, and the thread survives.
            .panic_handler(|_| tracing::error!("computing a hash panicked"))
            .build()
            .expect("threads to hash on");
        let all = cores * (1 + HASH_QUEUE);
        Self {
            threads,
            permits: FairSemaphore::new(all, all / HASH_SHARE, all / HASH_RESERVED),
        }
    }

    /// Runs `work` on a thread of the queue. The permit moves along with the work: an aborted request does not free a core
    /// that is still busy.
    ///
    /// # Errors
    /// [`AuthError::Busy`]: no permit is left, or none for this client.
    pub async fn run<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let permit = self.permits.try_acquire(client).ok_or(AuthError::Busy)?;
        let (send, receive) = oneshot::channel();
        self.threads.spawn_fifo(move || {
            if send.is_closed() {
                return; // The request was aborted while waiting.
            }
            let result = work();
            drop(permit);
            let _ = send.send(result);
        });
        receive.await.map_err(|_| AuthError::Unexpected)
    }
}
