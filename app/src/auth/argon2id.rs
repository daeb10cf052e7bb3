//! Core. One hash of one password, as a PHC string, in memory that its thread uses again.
//!
//! The crate's own `hash_password` asks the allocator for 19 MiB each time, and allocators keep several times what one
//! thread gives back: under many log ins that was a quarter of a gigabyte.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use super::config::{HASH_MEMORY_MAX, HASH_PASSES_MAX};

thread_local! {
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// `password` under a new salt.
///
/// # Errors
/// It is longer than argon2 takes.
///
/// # Panics
/// The system has no random numbers.
pub(super) fn hash(password: &SecretString, cost: &Params) -> Result<PasswordHash> {
    let mut hash = nobody_s(cost)?;
    hash.hash = Some(made_of(&hash, password)?);
    Ok(hash)
}

/// A hash of no password, under a new salt: to hold one against it costs what it always costs.
///
/// # Errors
/// The cost is none.
///
/// # Panics
/// The system has no random numbers.
pub(super) fn nobody_s(cost: &Params) -> Result<PasswordHash> {
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(cost)?,
        salt: Some(Salt::generate()),
        hash: None,
    })
}

/// Whether `hash` was made of `password`, compared in constant time (`Output`).
pub(super) fn is_of(hash: &PasswordHash, password: &SecretString) -> bool {
    made_of(hash, password).is_ok_and(|made| Some(made) == hash.hash)
}

/// The one way to argon2: two would differ by what the compiler makes of each, and tell a known address by its time.
#[inline(never)]
fn made_of(hash: &PasswordHash, password: &SecretString) -> Result<Output> {
    let argon2 = maker(hash).ok_or(Error::Algorithm)?;
    let salt = hash.salt.ok_or(Error::SaltInvalid)?;
    derive(&argon2, password, &salt)
}

/// Whether a server can bear to make this hash once more: a planted one could take all memory.
pub(super) fn is_bearable(hash: &PasswordHash) -> bool {
    maker(hash).is_some_and(|argon2| {
        let cost = argon2.params();
        cost.m_cost() <= HASH_MEMORY_MAX && cost.t_cost() <= HASH_PASSES_MAX
    })
}

fn maker(hash: &PasswordHash) -> Option<Argon2<'static>> {
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
            // The old goes first: both at once would be twice as much.
            *memory = Vec::new();
            *memory = vec![Block::default(); cost.block_count()];
        }
        argon2.hash_password_into_with_memory(password, salt, out, memory)
    })?;
    Ok(Output::new(out)?)
}
