//! Core. One argon2id hash, as a PHC string, in memory that its thread reuses.
//!
//! The crate's own `hash_password` allocates 19 MiB for each hash, and allocators retain several times that: a quarter of a
//! gigabyte under many concurrent logins.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use crate::auth::config::{HASH_MEMORY_MAX, HASH_PASSES_MAX};

thread_local! {
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Hashes `password` with a new salt.
///
/// # Errors
/// It is longer than argon2 takes.
///
/// # Panics
/// The system has no random numbers.
pub(super) fn hash(password: &SecretString, cost: &Params) -> Result<PasswordHash> {
    let mut hash = dummy_hash(cost)?;
    hash.hash = Some(compute(&hash, password)?);
    Ok(hash)
}

/// A dummy hash: no password matches it, and verifying one takes as long as for a real hash (no user enumeration by timing).
///
/// # Errors
/// The cost is invalid.
///
/// # Panics
/// The system has no random numbers.
pub(super) fn dummy_hash(cost: &Params) -> Result<PasswordHash> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(cost)?,
        salt: Some(Salt::generate()),
        hash: None,
    })
}

/// Whether `hash` is of `password`, compared in constant time (`Output`).
pub(super) fn verify(hash: &PasswordHash, password: &SecretString) -> bool {
    compute(hash, password).is_ok_and(|computed| Some(computed) == hash.hash)
}

/// The only call of argon2. Two would be compiled differently, and their times would tell a known address from an unknown one.
#[inline(never)]
fn compute(hash: &PasswordHash, password: &SecretString) -> Result<Output> {
    let argon2 = argon2_for(hash).ok_or(Error::Algorithm)?;
    let salt = hash.salt.ok_or(Error::SaltInvalid)?;
    derive(&argon2, password, &salt)
}

/// Whether the memory and passes of a stored hash are within the limits: a planted one could exhaust the server.
pub(super) fn within_limits(hash: &PasswordHash) -> bool {
    argon2_for(hash).is_some_and(|argon2| {
        let cost = argon2.params();
        cost.m_cost() <= HASH_MEMORY_MAX && cost.t_cost() <= HASH_PASSES_MAX
    })
}

fn argon2_for(hash: &PasswordHash) -> Option<Argon2<'static>> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map(Version::try_from).transpose().ok()?;
    let cost = Params::try_from(hash).ok()?;
    Some(Argon2::new(algorithm, version.unwrap_or_default(), cost))
}

fn derive(argon2: &Argon2, password: &SecretString, salt: &[u8]) -> Result<Output> {
    let password = password.expose_secret().as_bytes();
    let cost = argon2.params();
    let length = cost.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..length).ok_or(Error::OutputSize)?;
    MEMORY.with_borrow_mut(|memory| {
        if memory.len() != cost.block_count() {
            // Frees the old memory first, because both together would need twice as much.
            *memory = Vec::new();
            *memory = vec![Block::default(); cost.block_count()];
        }
        argon2.hash_password_into_with_memory(password, salt, out, memory)
    })?;
    Ok(Output::new(out)?)
}
