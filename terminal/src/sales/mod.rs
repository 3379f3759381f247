// SPDX-License-Identifier: Apache-2.0

//! The sales terminal: what runs beside the bank's own system and talks to its node.
//!
//! 1. `intake` reads order files window by window, drops what is malformed, repeated or not qualified, writes the rest
//!    down as pending and hands each window on as one request.
//! 2. `submit` makes the requests, in order, each with its idempotency key, until the node has them on its disk.
//! 3. `follow` reads the node's events and turns each confirmation into a business record.
//!
//! What belongs together is one transaction: a window's records, its defects and how far the file was read; a page of events
//! and the cursor behind it. Killed at any moment, the terminal goes on where the last transaction ended; requests whose
//! answer is unknown are repeated byte for byte under the same key.

mod follow;
mod intake;
mod register;
mod submit;
mod watch;

pub use follow::Follower;
pub use register::{register, RegisterConfig, RegisterFigures};
pub use submit::reason_of;

use crate::{
	customers::CustomerBook,
	db::{Db, Figures},
	error::{Error, Result},
	output::Output,
};
use intake::Intake;
use sealane_sdk::Client;
use std::{
	path::PathBuf,
	time::{Duration, Instant},
};
use submit::Submitter;
use tokio::sync::watch as signal;

/// What to wait for before a single file counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Until {
	/// Every order is on the node's disk
	Submitted,
	/// Every order has its confirmation
	Confirmed,
	/// Every trade record is final on chain
	Finalised,
}

/// Where orders come from.
#[derive(Clone, Debug)]
pub enum Source {
	/// One file, then end.
	File(PathBuf),
	/// A folder, for ever: files are renamed into it when they are complete.
	Folder(PathBuf),
	/// Nowhere: only events are followed, for ever.
	None,
}

/// How the sales terminal runs.
#[derive(Clone, Debug)]
pub struct SalesConfig {
	/// Where orders come from.
	pub source: Source,
	/// Orders are collected for so long before they are checked and sent.
	pub window: Duration,
	/// Most orders of one window.
	pub window_orders: usize,
	/// What to wait for with a single file.
	pub until: Until,
	/// Longest time to wait for it; `None` waits for ever.
	pub timeout: Option<Duration>,
}

/// Runs the sales terminal: with a file until its orders are done, else until `stop` changes.
///
/// # Errors
/// The database fails, the node refuses us or is gone for longer than the client is patient, the file cannot be read, or the
/// time is over.
pub async fn run(
	client: Client,
	db: Db,
	customers: CustomerBook,
	config: SalesConfig,
	output: Output,
	stop: signal::Receiver<bool>,
) -> Result<Figures> {
	let (progress_tx, progress) = signal::channel(0u64);
	let follower = Follower::new(client.clone(), db.clone()).await?;
	let follow = follower.run(progress_tx, stop.clone());
	let work = async {
		let submitter = Submitter::start(client.clone(), db.clone()).await?;
		let intake = Intake::new(client, db.clone(), customers, submitter, &config, output);
		match &config.source {
			Source::File(path) => one_file(intake, path, &db, &config, progress, stop, output).await,
			Source::Folder(folder) => {
				watch::run(intake, folder, config.window, stop, output).await?;
				db.figures(None).await
			}
			Source::None => {
				stopped(stop).await;
				db.figures(None).await
			}
		}
	};
	tokio::pin!(follow, work);
	tokio::select! {
		figures = &mut work => figures,
		ended = &mut follow => {
			ended?;
			// Asked to stop: the intake sees the same signal and ends with what is on disk.
			work.await
		},
	}
}

async fn one_file(
	mut intake: Intake,
	path: &std::path::Path,
	db: &Db,
	config: &SalesConfig,
	mut progress: signal::Receiver<u64>,
	stop: signal::Receiver<bool>,
	output: Output,
) -> Result<Figures> {
	let began = Instant::now();
	let source = intake.file(path, &stop).await?;
	intake.finish().await?;
	let total = db.figures(Some(&source)).await?.submitted;
	let bar = output.progress("confirmed", total);
	loop {
		progress.mark_unchanged();
		let figures = db.figures(Some(&source)).await?;
		bar.set_position(figures.records);
		let open = match config.until {
			Until::Submitted => 0,
			Until::Confirmed => figures.submitted - figures.records,
			Until::Finalised => figures.submitted - figures.finalised,
		};
		if open == 0 || *stop.borrow() {
			bar.finish_and_clear();
			return Ok(figures);
		}
		let left = match config.timeout {
			Some(limit) => limit.saturating_sub(began.elapsed()),
			None => Duration::from_secs(3_600),
		};
		match tokio::time::timeout(left, progress.changed()).await {
			Ok(Ok(())) => {}
			// The follower ended; it says why.
			Ok(Err(_)) => return Ok(figures),
			Err(_) if config.timeout.is_none() => {}
			Err(_) => {
				return Err(Error::TimedOut {
					what: format!("{open} of {} orders", figures.submitted),
					seconds: config.timeout.unwrap_or_default().as_secs(),
				})
			}
		}
	}
}

/// Resolves when the signal says so, or its sender is gone.
pub(crate) async fn stopped(mut stop: signal::Receiver<bool>) {
	let _ = stop.wait_for(|stop| *stop).await;
}
