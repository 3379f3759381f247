// SPDX-License-Identifier: Apache-2.0

//! One child process: started with its output in a file, watched, ended with the test that started it.

use std::{
	fs::File,
	io,
	os::unix::process::CommandExt,
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	time::{Duration, Instant},
};

/// A running process whose output goes to a file. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
	name: String,
	child: Child,
	log: PathBuf,
}

/// Why a process did not do what was expected of it.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
	/// It could not be started.
	#[error("cannot start {program}: {source}")]
	Start {
		/// The program.
		program: String,
		/// Why.
		source: io::Error,
	},
	/// It ended although it should run.
	#[error("{name} ended with {status}; the end of {log}:\n{tail}")]
	Ended {
		/// Its name.
		name: String,
		/// How it ended.
		status: ExitStatus,
		/// Its output.
		log: PathBuf,
		/// The last lines of it.
		tail: String,
	},
	/// It did not get there in time.
	#[error("{name}: {what} did not happen within {seconds} s; the end of {log}:\n{tail}")]
	TooSlow {
		/// Its name.
		name: String,
		/// What was waited for.
		what: String,
		/// For how long.
		seconds: u64,
		/// Its output.
		log: PathBuf,
		/// The last lines of it.
		tail: String,
	},
	/// The system refused something.
	#[error("{name}: {source}")]
	Io {
		/// The process.
		name: String,
		/// Why.
		source: io::Error,
	},
}

impl Process {
	/// Starts `command`; what it prints is appended to `log`.
	pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self, ProcessError> {
		let program = command.get_program().to_string_lossy().into_owned();
		let start = |source| ProcessError::Start {
			program: program.clone(),
			source,
		};
		let out = File::options().create(true).append(true).open(log).map_err(start)?;
		let err = out.try_clone().map_err(start)?;
		// In a process group of its own: Ctrl-C reaches whoever runs the network, who then ends it in order, and `--keep` leaves
		// it running.
		command.process_group(0);
		let child = command
			.stdin(Stdio::null())
			.stdout(out)
			.stderr(err)
			.spawn()
			.map_err(start)?;
		Ok(Process {
			name: name.into(),
			child,
			log: log.into(),
		})
	}

	/// Its process id.
	pub fn id(&self) -> u32 {
		self.child.id()
	}

	/// Where its output is.
	pub fn log(&self) -> &Path {
		&self.log
	}

	/// `kill -9`, and waits until it is gone.
	pub fn kill(&mut self) -> Result<(), ProcessError> {
		let io = |source| ProcessError::Io {
			name: self.name.clone(),
			source,
		};
		self.child.kill().map_err(io)?;
		self.child.wait().map_err(io)?;
		Ok(())
	}

	/// An error if it has ended.
	pub fn ensure_running(&mut self) -> Result<(), ProcessError> {
		match self.child.try_wait() {
			Ok(None) => Ok(()),
			Ok(Some(status)) => Err(ProcessError::Ended {
				name: self.name.clone(),
				status,
				log: self.log.clone(),
				tail: self.tail(),
			}),
			Err(source) => Err(ProcessError::Io {
				name: self.name.clone(),
				source,
			}),
		}
	}

	/// Waits until `ready` gives a value, the process ends, or `limit` is over.
	pub async fn wait_for<T, F: std::future::Future<Output = Option<T>>>(
		&mut self,
		what: &str,
		limit: Duration,
		mut ready: impl FnMut() -> F,
	) -> Result<T, ProcessError> {
		let started = Instant::now();
		loop {
			if let Some(value) = ready().await {
				return Ok(value);
			}
			self.ensure_running()?;
			if started.elapsed() > limit {
				return Err(ProcessError::TooSlow {
					name: self.name.clone(),
					what: what.into(),
					seconds: limit.as_secs(),
					log: self.log.clone(),
					tail: self.tail(),
				});
			}
			tokio::time::sleep(Duration::from_millis(50)).await;
		}
	}

	/// Waits until it ends by itself.
	pub async fn wait(&mut self, limit: Duration) -> Result<ExitStatus, ProcessError> {
		let started = Instant::now();
		loop {
			match self.child.try_wait() {
				Ok(Some(status)) => return Ok(status),
				Ok(None) if started.elapsed() > limit => {
					return Err(ProcessError::TooSlow {
						name: self.name.clone(),
						what: "its end".into(),
						seconds: limit.as_secs(),
						log: self.log.clone(),
						tail: self.tail(),
					})
				}
				Ok(None) => tokio::time::sleep(Duration::from_millis(20)).await,
				Err(source) => {
					return Err(ProcessError::Io {
						name: self.name.clone(),
						source,
					})
				}
			}
		}
	}

	/// Leaves it running when this value goes; gives its process id.
	pub fn detach(self) -> u32 {
		let id = self.child.id();
		std::mem::forget(self);
		id
	}

	/// The last lines of its output.
	pub fn tail(&self) -> String {
		let text = std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
		let text = text.unwrap_or_default();
		let lines: Vec<&str> = text.lines().collect();
		lines[lines.len().saturating_sub(20)..].join("\n")
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		// Already ended, or killed here: either way nothing of it is left, and there is nobody to tell.
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}
