// SPDX-License-Identifier: Apache-2.0

//! # The sales terminal
//!
//! What runs beside the bank's own system and talks to its node.
//!
//! 1. [`watch`] and `intake` read order files window by window, drop what is malformed or repeated, and write the rest down: as
//!    pending what qualifies ([`qualify`], over [`terms`] and [`customers`]), as unqualified what does not.
//! 2. `submit` makes the requests, in order, each with its idempotency key, until the node has them on its disk.
//! 3. `follow` reads the node's events and turns each confirmation into a business record; `finality` finds out which are final.
//! 4. `retry` tries again what waits for something that may come: a channel that is suspended, a customer who is not in the book
//!    yet, a registration. [`manage`] is for people: cancel, hold, release, retry, and decide about what is in quarantine.
//!
//! What belongs together is one transaction: a window's records, its defects and how far the file was read; a page of events
//! and the cursor behind it. Killed at any moment, the terminal goes on where the last transaction ended; requests whose
//! answer is unknown are repeated byte for byte under the same key.
//!
//! Nothing that a partner, a file or a database says ends it: what cannot be read goes to the quarantine or to `failed/`, what is
//! away is waited for. It ends where somebody must mend something: a token that the node does not know, a database of another
//! release, another terminal on the same database.

mod admit;
pub mod api;
mod checker;
pub mod customers;
pub mod db;
pub mod export;
mod finality;
mod follow;
mod intake;
pub mod manage;
pub mod orders;
pub mod positions;
pub mod qualify;
pub mod reconcile;
mod register;
pub mod retention;
mod retry;
mod submit;
pub mod terms;
pub mod watch;
pub mod what_if;

pub use checker::Registering;
pub use follow::{Follower, CURSOR};
pub use register::{register, RegisterConfig, RegisterFigures, Which, Who};

use admit::Gate;
use api::{Api, Counter};
use checker::Checker;
use customers::WatchedBook;
use db::{Figures, SalesDb, ROLE};
use error::{Error, Result};
use intake::Intake;
use orders::{Declared, Encoding};
use output::Output;
use sealane_formats::Partners;
use sealane_sdk::Client;
use sealane_service::ServiceConfig;
use sealane_terminal_core::{
	decimal, error, files,
	outage::await_success,
	output,
	stop::{stopped, Stop},
};
use std::{
	path::PathBuf,
	sync::Arc,
	time::{Duration, Instant},
};
use submit::Submitter;
use tokio::sync::watch as signal;
use watch::WatchConfig;

/// What waits while the database is away, in words.
const WHAT: &str = "the terminal";
/// How often a single file's figures are looked at where nothing happened: an order that was tried again and refused is no event.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

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
	/// A folder, for ever.
	Folder(PathBuf, WatchConfig),
	/// Nowhere: only events are followed and what waits is tried again, for ever.
	None,
}

/// How the sales terminal runs.
#[derive(Clone, Debug)]
pub struct SalesConfig {
	/// Where orders come from.
	pub source: Source,
	/// How the files are written.
	pub encoding: Encoding,
	/// Fields of the bank's own that travel to the issuer.
	pub declared: Declared,
	/// Profiles of the partners whose files of the trade are taken, too.
	pub partners: Arc<Partners>,
	/// Orders are collected for so long before they are checked and sent.
	pub window: Duration,
	/// Most orders of one window.
	pub window_orders: usize,
	/// When customers are registered.
	pub registering: Registering,
	/// How long what failed for a reason that may pass is tried again.
	pub retry_for: Duration,
	/// What to wait for with a single file.
	pub until: Until,
	/// Longest time to wait for it; `None` waits for ever.
	pub timeout: Option<Duration>,
	/// The HTTP API.
	pub service: ServiceConfig,
	/// Days for which records name their customers; `None` keeps them for ever.
	pub keep_days: Option<u32>,
}

impl SalesConfig {
	/// What holds unless told.
	pub fn new(source: Source) -> Self {
		SalesConfig {
			source,
			encoding: Encoding::default(),
			declared: Declared::default(),
			partners: Arc::default(),
			window: Duration::from_millis(200),
			window_orders: 5_000,
			registering: Registering::default(),
			retry_for: Duration::from_secs(3 * 86_400),
			until: Until::Confirmed,
			timeout: None,
			service: ServiceConfig::default(),
			keep_days: None,
		}
	}

	fn retry_for_ms(&self) -> i64 {
		i64::try_from(self.retry_for.as_millis()).unwrap_or(i64::MAX)
	}
}

/// Runs the sales terminal: with a file until its orders are done, else until `stop` changes.
///
/// # Errors
/// Another terminal works on the database; the node refuses us; the file cannot be read; the time is over, or the process was
/// stopped before the file's orders were done.
pub async fn run(
	client: Client,
	db: SalesDb,
	book: impl Fn() -> Result<WatchedBook>,
	config: SalesConfig,
	output: Output,
	stop: Stop,
) -> Result<Figures> {
	let lease = await_success(WHAT, &stop, || db.lease(ROLE)).await?;
	let figures = run_leased(client, db, book, config, output, stop).await;
	lease.release().await;
	figures
}

async fn run_leased(
	client: Client,
	db: SalesDb,
	book: impl Fn() -> Result<WatchedBook>,
	config: SalesConfig,
	output: Output,
	stop: Stop,
) -> Result<Figures> {
	let checker = || -> Result<Checker> {
		Ok(Checker::new(
			client.clone(),
			db.clone(),
			book()?,
			config.registering,
			config.retry_for_ms(),
		))
	};
	let (progress_tx, progress) = signal::channel(0u64);
	let follower = await_success(WHAT, &stop, || Follower::new(client.clone(), db.clone())).await?;
	let follow = follower.run(progress_tx, stop.clone());
	let again = retry::run(checker()?, db.clone(), stop.clone());
	let submitter = Submitter::start(client.clone(), db.clone(), config.retry_for_ms());
	let gate = Gate::default();
	let counter = Counter::new(db.clone(), checker()?, gate.clone(), submitter.waker());
	let api = Api::new(
		&config.service,
		client.clone(),
		&db,
		counter,
		config.declared.clone(),
		stop.clone(),
	)
	.await?;
	if let Some(api) = &api {
		await_success(WHAT, &stop, || api.announce(output)).await?;
	}
	let intake = Intake::new(db.clone(), checker()?, submitter, gate, &config, output);
	let stopping = stop.clone();
	let purge = retention::run(db.clone(), config.keep_days, stop.clone());
	let work = async {
		match &config.source {
			Source::File(path) => one_file(intake, path, &db, &config, progress, stop, output).await,
			Source::Folder(folder, watch) => {
				tracing::info!("watches {}", folder.display());
				watch::run(intake, folder, watch, config.partners.clone(), stop).await?;
				db.figures(None).await
			}
			Source::None => {
				tracing::info!("reads no orders: neither a file nor a folder is given");
				stopped(stop).await;
				intake.finish().await?;
				db.figures(None).await
			}
		}
	};
	let serve = async {
		if let Some(api) = api {
			api.serve().await;
		}
		Ok(())
	};
	let aside = async { futures::future::try_join4(follow, again, purge, serve).await.map(drop) };
	tokio::pin!(aside, work);
	tokio::select! {
		figures = &mut work => {
			// Asked to stop: the API answers what is under way.
			if *stopping.borrow() {
				aside.await?;
			}
			figures
		},
		ended = &mut aside => {
			ended?;
			// Asked to stop: the intake sees the same signal and ends with what is on disk.
			work.await
		},
	}
}

async fn one_file(
	mut intake: Intake,
	path: &std::path::Path,
	db: &SalesDb,
	config: &SalesConfig,
	mut progress: signal::Receiver<u64>,
	stop: Stop,
	output: Output,
) -> Result<Figures> {
	let began = Instant::now();
	let taken = intake.file(path, &stop).await?;
	let source = taken.import.source;
	let is_over = |config: &SalesConfig| config.timeout.is_some_and(|limit| began.elapsed() >= limit);
	let total = await_success(WHAT, &stop, || db.figures(Some(&source)))
		.await?
		.submitted;
	let bar = output.progress("confirmed", total);
	// Orders that wait may become submitted while we wait; requests are made by the same task until the end.
	intake.flush().await?;
	loop {
		progress.mark_unchanged();
		let looked = await_success(WHAT, &stop, || db.figures(Some(&source)));
		let figures = match config.timeout {
			// A database that is away takes no more of the time than there is; one that answers has a moment to do so.
			Some(limit) => {
				let left = limit.saturating_sub(began.elapsed()).max(Duration::from_secs(1));
				tokio::time::timeout(left, looked).await.map_err(|_| Error::TimedOut {
					what: "the file's orders".into(),
					seconds: limit.as_secs(),
				})?
			}
			None => looked.await,
		}?;
		bar.set_position(figures.records);
		let open = match config.until {
			Until::Submitted => 0,
			Until::Confirmed => figures.submitted.saturating_sub(figures.records),
			Until::Finalised => figures.submitted.saturating_sub(figures.finalised),
		};
		if open == 0 {
			bar.finish_and_clear();
			intake.finish().await?;
			return Ok(figures);
		}
		let what = format!("{open} of {} orders", figures.submitted);
		if *stop.borrow() {
			intake.finish().await?;
			return Err(Error::Stopped(format!(
				"{what} have no confirmation yet; the next start goes on"
			)));
		}
		if is_over(config) {
			return Err(Error::TimedOut {
				what,
				seconds: config.timeout.unwrap_or_default().as_secs(),
			});
		}
		let left = match config.timeout {
			Some(limit) => limit.saturating_sub(began.elapsed()).min(LOOK_AGAIN),
			None => LOOK_AGAIN,
		};
		tokio::select! {
			// The follower ended at the stop signal: seen above.
			changed = progress.changed() => if changed.is_err() { stopped(stop.clone()).await },
			() = tokio::time::sleep(left) => {},
			() = stopped(stop.clone()) => {},
		}
	}
}
