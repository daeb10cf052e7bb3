//! Hashes per second that this machine could do if it did nothing else: what logins are measured against.

use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use app::auth::Cost;
use argon2::{Algorithm, Argon2, Version};

const TIME: Duration = Duration::from_secs(5);

fn main() {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Cost::default());
    let cores = thread::available_parallelism().map_or(1, NonZero::get);

    let start = Instant::now();
    let hash_until_time_is_up = || {
        let mut hashes = 0_u32;
        while start.elapsed() < TIME {
            let salt = hashes.to_be_bytes().repeat(4);
            let mut hash = [0; Cost::DEFAULT_OUTPUT_LEN];
            argon2
                .hash_password_into(b"correct horse battery staple", &salt, &mut hash)
                .expect("hashing works");
            std::hint::black_box(hash);
            hashes += 1;
        }
        hashes
    };
    let hashes: u32 = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| scope.spawn(hash_until_time_is_up))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .sum()
    });
    println!("{:.1}", f64::from(hashes) / start.elapsed().as_secs_f64());
}
