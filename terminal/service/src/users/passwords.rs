// SPDX-License-Identifier: Apache-2.0

//! Passwords: hashed by Argon2id, and nobody tries many.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::{rngs::OsRng, RngCore};
use sealane_terminal_core::{Error, Result};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant},
};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// How a stored hash begins.
const PREFIX: &str = "$argon2id$v=19$";
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Shortest password, in characters.
pub const MIN_PASSWORD: usize = 12;
/// Longest password, in bytes.
pub const MAX_PASSWORD: usize = 256;
/// Hashes at the same time: each takes 19 MiB and tens of milliseconds of a core, and whoever can reach the port can ask for one.
const AT_ONCE: usize = 1;
/// Wrong passwords in a row for which nobody waits.
const FREE_TRIES: u32 = 5;
/// Longest wait after one more. A stranger who tries another's name keeps its owner waiting for so long, not longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Names that are remembered with wrong passwords.
const MAX_NAMES: usize = 4_096;

struct Tries {
	wrong: u32,
	until: Instant,
}

/// Hashes and compares passwords. Cloning gives the same.
#[derive(Clone)]
pub struct Passwords {
	workers: Arc<Semaphore>,
	tries: Arc<Mutex<HashMap<String, Tries>>>,
	/// Compared where a user has none, so that the answer takes the same time.
	nobody: Arc<str>,
}

impl std::fmt::Debug for Passwords {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Passwords").finish_non_exhaustive()
	}
}

impl Passwords {
	/// With what takes a moment to make.
	///
	/// # Errors
	/// The hash cannot be computed.
	pub fn new() -> Result<Self> {
		Ok(Passwords {
			workers: Arc::new(Semaphore::new(AT_ONCE)),
			tries: Arc::default(),
			nobody: hash("a password that nobody has")?.into(),
		})
	}

	/// The hash of a new password, as a PHC string.
	///
	/// # Errors
	/// It is too short or too long.
	pub async fn hash(&self, password: String) -> Result<String> {
		// Its value is nobody's business, not even in an error.
		if password.chars().count() < MIN_PASSWORD || password.len() > MAX_PASSWORD {
			let rule = format!("at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD} bytes");
			return Err(Error::invalid("password", "", rule));
		}
		self.blocking(move || hash(&password)).await?
	}

	/// How long `name` must wait before another password is tried.
	pub fn wait(&self, name: &str) -> Option<Duration> {
		let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
		let left = tries.get(name)?.until.checked_duration_since(Instant::now())?;
		Some(left).filter(|left| !left.is_zero())
	}

	/// Whether this is the password of `name`, whose hash is `stored`; none where there is no such user. While `name` must wait it is not
	/// compared, and is none.
	///
	/// # Errors
	/// The comparison ended early.
	pub async fn verify(&self, name: &str, stored: Option<String>, password: String) -> Result<bool> {
		// Counted before it is compared: of those that come together only the free ones are.
		if self.wait(name).is_some() {
			return Ok(false);
		}
		self.note(name, false);
		let is_user = stored.as_ref().is_some_and(|stored| !stored.is_empty());
		let stored = stored
			.filter(|stored| !stored.is_empty())
			.unwrap_or_else(|| self.nobody.to_string());
		let equal = self
			.blocking(move || Stored::read(&stored).is_some_and(|stored| stored.is_of(&password)))
			.await?;
		if equal && is_user {
			self.note(name, true);
		}
		Ok(equal && is_user)
	}

	async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
		let ended = |error: String| Error::node(format!("a password was not compared: {error}"));
		let permit = self.workers.clone().acquire_owned().await;
		let permit = permit.map_err(|error| ended(error.to_string()))?;
		let done = tokio::task::spawn_blocking(move || {
			let _permit = permit;
			work()
		});
		done.await.map_err(|error| ended(error.to_string()))
	}

	fn note(&self, name: &str, right: bool) {
		// Nobody has such a name, and it would fill the memory.
		if name.len() > super::MAX_NAME {
			return;
		}
		let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
		if right {
			tries.remove(name);
			return;
		}
		let now = Instant::now();
		if tries.len() >= MAX_NAMES {
			tries.retain(|_, tries| tries.until > now);
		}
		if tries.len() >= MAX_NAMES && !tries.contains_key(name) {
			return;
		}
		let entry = tries.entry(name.into()).or_insert(Tries { wrong: 0, until: now });
		entry.wrong = entry.wrong.saturating_add(1);
		if let Some(beyond) = entry.wrong.checked_sub(FREE_TRIES) {
			let wait = Duration::from_secs(1 << beyond.min(10));
			entry.until = now + wait.min(LONGEST_WAIT);
		}
	}
}

/// A hash as it is kept: `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`, the last two in hexadecimal digits. The parameters stand
/// with it, so that those of later releases leave old passwords good.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
	memory: u32,
	passes: u32,
	lanes: u32,
	salt: Vec<u8>,
	hash: Vec<u8>,
}

impl Stored {
	/// The hash of a password with a fresh salt.
	fn new(password: &str) -> Option<Self> {
		let mut salt = vec![0; SALT_BYTES];
		OsRng.fill_bytes(&mut salt);
		let (memory, passes, lanes) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
		let mut stored = Stored {
			memory,
			passes,
			lanes,
			salt,
			hash: Vec::new(),
		};
		stored.hash = stored.compute(password, HASH_BYTES)?;
		Some(stored)
	}

	fn read(text: &str) -> Option<Self> {
		let (costs, rest) = text.strip_prefix(PREFIX)?.split_once('$')?;
		let (salt, hash) = rest.split_once('$')?;
		let mut costs = costs.split(',').map(|cost| cost.split_once('='));
		let mut cost = |name| match costs.next()?? {
			(found, value) if found == name => value.parse::<u32>().ok(),
			_ => None,
		};
		Some(Stored {
			memory: cost("m")?,
			passes: cost("t")?,
			lanes: cost("p")?,
			salt: hex::decode(salt).ok()?,
			hash: hex::decode(hash).ok()?,
		})
	}

	fn compute(&self, password: &str, len: usize) -> Option<Vec<u8>> {
		let params = Params::new(self.memory, self.passes, self.lanes, Some(len)).ok()?;
		let (mut hash, mut memory) = (vec![0; len], vec![Block::default(); params.block_count()]);
		Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
			.hash_password_into_with_memory(password.as_bytes(), &self.salt, &mut hash, &mut memory)
			.ok()?;
		Some(hash)
	}

	fn is_of(&self, password: &str) -> bool {
		let computed = self.compute(password, self.hash.len());
		computed.is_some_and(|computed| bool::from(computed.ct_eq(&self.hash)))
	}
}

impl std::fmt::Display for Stored {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let (salt, hash) = (hex::encode(&self.salt), hex::encode(&self.hash));
		let Stored {
			memory, passes, lanes, ..
		} = self;
		write!(f, "{PREFIX}m={memory},t={passes},p={lanes}${salt}${hash}")
	}
}

fn hash(password: &str) -> Result<String> {
	let stored = Stored::new(password);
	Ok(stored
		.ok_or_else(|| Error::node("a password was not hashed"))?
		.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn passwords_are_hashed_and_many_wrong_ones_cost_time() {
		let passwords = Passwords::new().unwrap();
		let stored = passwords.hash("correct horse battery".into()).await.unwrap();
		assert!(stored.starts_with("$argon2id$") && !stored.contains("horse"));
		let verify = |password: &str| passwords.verify("li", Some(stored.clone()), password.into());
		assert!(verify("correct horse battery").await.unwrap());
		let began = Instant::now();
		for _ in 0..FREE_TRIES {
			assert_eq!(passwords.wait("li"), None);
			assert!(!verify("another password").await.unwrap());
		}
		// Set by hand from here on: a comparison may take longer than the wait.
		let set = |until| passwords.tries.lock().unwrap().get_mut("li").unwrap().until = until;
		let until = passwords.tries.lock().unwrap()["li"].until;
		assert!(until > began && until <= Instant::now() + LONGEST_WAIT);
		set(Instant::now() + Duration::from_secs(3_600));
		assert!(passwords.wait("li").is_some());
		assert_eq!(passwords.wait("wang"), None, "others do not wait");
		assert!(
			!verify("correct horse battery").await.unwrap(),
			"nor is it compared meanwhile"
		);
		set(Instant::now());
		assert!(verify("correct horse battery").await.unwrap());
		assert_eq!(passwords.wait("li"), None);
	}

	#[test]
	fn a_hash_is_read_as_it_was_written() {
		let stored = Stored::new("correct horse battery").unwrap();
		let read = Stored::read(&stored.to_string()).unwrap();
		assert_eq!(read, stored);
		assert!(read.is_of("correct horse battery") && !read.is_of("correct horse"));
		for bad in [
			"",
			"$argon2id$",
			"$argon2i$v=19$m=8,t=1,p=1$00$00",
			"$argon2id$v=19$m=8,t=1$00$00",
		] {
			assert_eq!(Stored::read(bad), None, "{bad}");
		}
	}

	#[tokio::test]
	async fn who_is_not_there_has_no_password() {
		let passwords = Passwords::new().unwrap();
		for stored in [None, Some(String::new())] {
			assert!(!passwords
				.verify("x", stored, "a password that nobody has".into())
				.await
				.unwrap());
		}
		for bad in ["short", &"x".repeat(MAX_PASSWORD + 1)] {
			let error = passwords.hash(bad.into()).await.unwrap_err().to_string();
			assert!(error.contains("12 characters") && !error.contains(bad), "{error}");
		}
	}
}
