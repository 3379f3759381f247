// SPDX-License-Identifier: Apache-2.0

//! What happened in a test, and when: printed while it runs.

use std::time::Instant;

/// One test, from its beginning.
#[derive(Debug)]
pub struct Story {
	began: Instant,
}

impl Story {
	/// Begins now.
	pub fn begin(title: &str) -> Self {
		println!("\n{title}");
		Story { began: Instant::now() }
	}

	/// What has just been shown.
	pub fn tell(&self, text: impl AsRef<str>) {
		println!("{:>7.1}s  {}", self.began.elapsed().as_secs_f64(), text.as_ref());
	}
}
