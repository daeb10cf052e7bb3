//! Core. Where hashes are made: off the async threads, so many at a time, no client before all others, and with places
//! that a flood of strangers cannot take from those who have logged in before.
//!
//! On threads of their own, as many as there are cores (rayon): each hash takes 19 MiB, which stays with its
//! thread. On tokio's blocking threads, hundreds at most, a busy day kept half a gigabyte.

use std::num::NonZero;

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

use super::config::{HASH_KEPT, HASH_QUEUE, HASH_SHARE};
use super::shares::Shares;
use super::{AuthError, Client};

/// As many as there are cores run at a time, some wait, and everybody else is told to come back.
pub struct HashQueue {
    threads: ThreadPool,
    places: Shares,
}

impl HashQueue {
    /// # Panics
    /// The system has no threads to give.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|_| "argon2".into())
            // The visitor gets the answer for it below, and the thread lives on.
            .panic_handler(|_| tracing::error!("a hash panicked"))
            .build()
            .expect("threads to hash on");
        let all = cores * (1 + HASH_QUEUE);
        Self {
            threads,
            places: Shares::new(all, all / HASH_SHARE, all / HASH_KEPT),
        }
    }

    /// The place moves along with the work: a visitor who hangs up frees no core that is still busy.
    ///
    /// # Errors
    /// [`AuthError::Busy`]: no place is left, or none for this client.
    pub async fn run<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let place = self.places.take(client).ok_or(AuthError::Busy)?;
        let (send, receive) = oneshot::channel();
        self.threads.spawn_fifo(move || {
            if send.is_closed() {
                return; // The visitor hung up while waiting.
            }
            let result = work();
            drop(place);
            let _ = send.send(result);
        });
        receive.await.map_err(|_| AuthError::Unexpected)
    }
}
