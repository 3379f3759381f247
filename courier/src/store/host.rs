// SPDX-License-Identifier: Apache-2.0

//! Where the writer of a log runs: on a thread of its own, or step by step where a test owns the time.

use std::{io, thread::JoinHandle};

/// What a step of a writer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// Nothing waits to be stored.
	Idle,
	/// A group was stored, or refused; those who wait for it were answered.
	Group,
	/// The log is closed, and nothing is left to do.
	Closed,
}

/// The writer of a log.
pub trait LogWriter: Send {
	/// Whether [`LogWriter::step`] would do something.
	fn has_work(&self) -> bool;
	/// Stores one group of what waits; never waits for more. Once the log is closed and empty, marks its end.
	fn step(&mut self) -> Step;
	/// Takes one step after the other until the log is closed, and waits between them. Blocks.
	fn run(self: Box<Self>);
}

/// Runs writers.
pub trait WriterHost: Send + Sync {
	/// Takes a writer in.
	///
	/// # Errors
	/// When it cannot be run.
	fn host(&self, writer: Box<dyn LogWriter>) -> io::Result<Box<dyn Hosted>>;
}

/// A writer that was taken in.
pub trait Hosted: Send {
	/// Returns when the writer has come to its end: the log was closed before.
	fn join(self: Box<Self>);
}

/// Gives each writer a thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnThread;

impl WriterHost for OwnThread {
	fn host(&self, writer: Box<dyn LogWriter>) -> io::Result<Box<dyn Hosted>> {
		let thread = std::thread::Builder::new()
			.name("sealane-log".into())
			.spawn(move || writer.run())?;
		Ok(Box::new(thread))
	}
}

impl Hosted for JoinHandle<()> {
	fn join(self: Box<Self>) {
		// The last handle of a log may be dropped by the cutter itself; a thread cannot wait for its own end.
		if self.thread().id() != std::thread::current().id() {
			// A panic of the writer was reported when it happened, and froze the log.
			let _ = JoinHandle::join(*self);
		}
	}
}
