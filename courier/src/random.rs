// SPDX-License-Identifier: Apache-2.0

//! Randomness, behind a trait so that tests own it.

use rand::{rngs::OsRng, RngCore};

/// Gives bytes that nobody can foresee. Keys, seeds of salts, secrets of the store and the spread of waits come from here.
pub trait Random: Send + Sync + 'static {
	/// Fills `out`.
	fn fill(&self, out: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
	fn fill(&self, out: &mut [u8]) {
		OsRng.fill_bytes(out);
	}
}

/// So many random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
	let mut out = [0; N];
	random.fill(&mut out);
	out
}
