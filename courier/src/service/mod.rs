// SPDX-License-Identifier: Apache-2.0

//! The running courier: what its tasks share, and how they start and end.
//!
//! * `submit`: what this node's business system hands in.
//! * `read`: what it asks.
//! * `registering`: what it asks about registrations, and which it ends.
//! * `outbound`: one task per lane that sends.
//! * `inbound`: what partners send.
//! * `check`: partners' packets, entry by entry.
//! * `stores`: which store speaks for this node, and for a partner's.
//! * `regaining`: after a take-over, this node's own packets from its partners.
//! * `anchoring`: roots over the batches, for the chain.
//! * `branches`: packets that were allowed by a block that the chain abandoned.
//! * `channels`: which lanes the chain opens and closes.
//!
//! Nothing here knows who calls: a [`crate::Handle`] is what the node has, a [`crate::host::Host`] what the off-chain worker has.

pub(crate) mod anchoring;
mod branches;
mod channels;
mod check;
mod inbound;
mod outbound;
mod read;
mod regaining;
mod registering;
mod stores;
mod submit;
#[cfg(test)]
mod tests;

pub(crate) use channels::everything;
pub use outbound::Senders;
pub use registering::MAX_REGISTRATIONS;

use crate::{
	api::{Cursor, LaneId, ReadError},
	attesting::FinalChain,
	budget::{Budgets, Limits},
	chain::{ChainView, DirectoryAt, Snapshot},
	clock::Clock,
	config::Config,
	cutting::{Context, Note, PacketCutter, Submission},
	error::StartError,
	keys::KeyRing,
	lane::receiver::MAX_PARKED_BYTES,
	library::{Library, LookupError},
	machine::Machine,
	metrics::Metrics,
	protocol::StoreClaim,
	random::Random,
	recovery::{Progress, Rebuild},
	refusals::{Counted, Happened},
	registrations::Registrations,
	store::{self, Log, Opened, Options, Recovery},
	transport::{InboundRequests, Misbehaviour, Transport},
};
use futures::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::ids::{BlockNumber, ChannelId, Digest, Moment};
use sp_core::traits::SpawnNamed;
use std::{
	collections::{BTreeMap, VecDeque},
	future::Future,
	ops::RangeInclusive,
	sync::{atomic::AtomicBool, Arc},
	time::Duration,
};
use substrate_prometheus_endpoint::Registry;
use tokio::sync::{mpsc, oneshot, watch, Semaphore, SemaphorePermit};

const LOG_TARGET: &str = "courier";
/// Room in the log's queue that a note takes, in bytes. What it writes is smaller, except for large anchors.
const NOTE_BYTES: usize = 1024;
/// Most notes that are handed to the writer together.
const NOTES_AT_ONCE: usize = 256;
/// How often what the log did is shown.
const LOG_WATCH: Duration = Duration::from_secs(1);
/// What an attestation in a receipt takes, in bytes; the few with excluded records take more.
const ATTESTATION_BYTES: usize = 160;

/// What a courier is made of.
pub struct Parts {
	/// Settings.
	pub config: Config,
	/// PeerId of this node (multihash bytes).
	pub local_peer: Vec<u8>,
	/// The courier keys; `None` reads them from [`Config::key_file`], or makes the file.
	pub keys: Option<KeyRing>,
	/// The chain.
	pub chain: Arc<dyn ChainView>,
	/// To partners.
	pub transport: Arc<dyn Transport>,
	/// From partners.
	pub inbound: InboundRequests,
	/// What the courier runs on.
	pub machine: Machine,
	/// Where metrics are registered.
	pub registry: Option<Registry>,
}

/// A running courier. Everybody else has a [`Handle`](crate::Handle).
pub struct Courier {
	pub(crate) config: Config,
	pub(crate) genesis: Digest,
	pub(crate) local_peer: Vec<u8>,
	pub(crate) keys: Arc<KeyRing>,
	pub(crate) library: Arc<Library>,
	pub(crate) log: Log<PacketCutter<Arc<Senders>>>,
	pub(crate) senders: Arc<Senders>,
	pub(crate) chain: Arc<dyn ChainView>,
	pub(crate) transport: Arc<dyn Transport>,
	pub(crate) clock: Arc<dyn Clock>,
	pub(crate) random: Arc<dyn Random>,
	pub(crate) spawner: Arc<dyn SpawnNamed>,
	pub(crate) metrics: Metrics,
	pub(crate) anchoring: anchoring::Anchoring,
	pub(crate) final_chain: Arc<FinalChain>,
	pub(crate) asking: Mutex<outbound::Asking>,
	/// The registrations that were found open.
	pub(crate) registrations: Registrations,
	/// Refusals on both sides.
	refusals: Counted,
	snapshot: Arc<RwLock<Option<Arc<Snapshot>>>>,
	receivers: inbound::Receivers,
	/// What partners may take.
	budgets: Arc<Budgets>,
	/// Room in the queue to the disk for this node's business system, in bytes; the rest is for partners and notes.
	own_room: (Semaphore, usize),
	/// Channels that came to an end, and the block at which this node saw it.
	ended: Mutex<BTreeMap<ChannelId, BlockNumber>>,
	/// The disk had no room for the last group.
	full: Arc<AtomicBool>,
	/// Up to which block it is noted that blocks were judged.
	judged: Mutex<BlockNumber>,
	/// This store's claim, and the key that signed it.
	own_claim: Mutex<Option<([u8; 32], StoreClaim)>>,
	/// The take-over is not on disk yet.
	taking_over: AtomicBool,
	tail: watch::Sender<Cursor>,
	stop: watch::Sender<bool>,
	tasks: Mutex<Vec<oneshot::Receiver<()>>>,
	/// Positions that were given out as cursors not long ago: they need no check.
	cursors: Mutex<VecDeque<u64>>,
}

impl Courier {
	/// Open the store, recover, and start the tasks. Blocks while the log is read, and tells `progress` how far it is.
	///
	/// # Errors
	/// When keys or log cannot be used; see [`StartError`].
	pub(crate) fn start(parts: Parts, progress: &Progress) -> Result<Arc<Self>, StartError> {
		let Parts {
			config,
			local_peer,
			keys,
			chain,
			transport,
			inbound,
			machine,
			registry,
		} = parts;
		let Machine {
			clock,
			random,
			disk,
			spawner,
			writers,
		} = machine;
		let keys = match keys {
			Some(keys) => keys,
			None => {
				if let Some(folder) = config.key_file.parent() {
					// An error shows again, with a better text, when the file is opened.
					let _ = std::fs::create_dir_all(folder);
				}
				KeyRing::load_or_generate(&config.key_file)?
			}
		};
		let keys = Arc::new(keys);
		let metrics = Metrics::new(registry.as_ref())?;
		let mut options = Options::new(&config.folder);
		options.disk = disk.clone();
		options.random = random.clone();
		options.writers = writers;
		options.queue_bytes = config.queue_bytes;
		options.cache_bytes = config.cache_bytes;
		options.prepare = config.prepare_segments;
		options.mark_after = config.mark_after_ms.map(Duration::from_millis);
		options.salvage = config.salvage;
		// Segments are made longer than what is in them, so this is the most that there may be.
		let whole = 2 * store::bytes_on_disk(&options);
		progress.set(0, whole);
		let (opened, recovery) = Opened::open(options, |record| progress.set(record.position, whole))?;
		report(&recovery);
		let Rebuild {
			book,
			numbers,
			index,
			copies,
			..
		} = Rebuild::from_log(&opened.reader(), !recovery.salvaged.is_empty(), progress)?;
		log::info!(
			target: LOG_TARGET,
			"Log of {} bytes, {} entries in {} lanes, read in {} ms",
			recovery.tail, book.entries, book.lanes.len(), recovery.elapsed.as_millis(),
		);
		metrics.log_quarantined.set(book.quarantine.records);
		if let Some((position, what)) = &book.quarantine.first {
			log::error!(
				target: LOG_TARGET,
				"{} records of the log cannot be interpreted and have no effect; the first, at position {position}: {what}",
				book.quarantine.records,
			);
		}
		let (new_lanes, lanes) = mpsc::unbounded_channel();
		let ended = channels::ended_channels(&book);
		let senders = Arc::new(Senders::new(&book, new_lanes));
		let receivers = inbound::Receivers::new(&book);
		let library = Arc::new(Library::new(book, index, numbers, opened.reader(), config.cache_bytes));
		library.restore_copies(&copies);
		let snapshot = Arc::new(RwLock::new(None));
		let genesis = chain.genesis();
		let anchoring = anchoring::Anchoring::new(disk, &config.folder);
		let final_chain = Arc::new(FinalChain::new(chain.clone()));
		let full = Arc::new(AtomicBool::new(false));
		let context = Context {
			library: library.clone(),
			keys: keys.clone(),
			snapshot: snapshot.clone(),
			genesis,
			final_chain: final_chain.clone(),
			clock: clock.clone(),
			random: random.clone(),
			business_day_offset_minutes: config.business_day_offset_minutes,
			idempotency_ms: config.idempotency_ms,
			full: full.clone(),
		};
		let log = opened.start(PacketCutter::new(context, senders.clone()))?;
		let config_take_over = config.take_over;
		let courier = Arc::new(Courier {
			budgets: Budgets::new(Limits {
				permits: config.max_inbound,
				// The sixteenth that is left is for notes.
				room: config.queue_bytes / 16 * 7,
				parked: MAX_PARKED_BYTES * 4,
				work_kib: config.max_inbound_kib_per_minute,
				rejected_kib: config.max_rejected_kib_per_minute,
				repeats: config.max_repeats_per_minute,
			}),
			own_room: (Semaphore::new(config.queue_bytes / 2), config.queue_bytes / 2),
			ended: Mutex::new(ended),
			tail: watch::Sender::new(Cursor {
				position: log.tail(),
				entry: 0,
			}),
			config,
			genesis,
			local_peer,
			keys,
			library,
			log,
			senders,
			chain,
			transport,
			clock,
			random,
			spawner,
			metrics,
			anchoring,
			final_chain,
			asking: Mutex::default(),
			registrations: Default::default(),
			refusals: Counted::default(),
			snapshot,
			receivers,
			full,
			judged: Mutex::default(),
			own_claim: Mutex::default(),
			taking_over: AtomicBool::new(config_take_over),
			stop: watch::Sender::new(false),
			tasks: Mutex::default(),
			cursors: Mutex::default(),
		});
		if courier.config.unchecked_sender {
			log::warn!(target: LOG_TARGET, "unchecked_sender is on: this node sends what it is not allowed to send");
		}
		let directory = courier.chain.directory();
		let newest = directory.borrow().clone();
		if let Some(newest) = newest {
			courier.adopt(&newest);
		}
		courier.spawn_tasks(directory, lanes, inbound);
		Ok(courier)
	}

	fn spawn_tasks(
		self: &Arc<Self>,
		directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
		lanes: mpsc::UnboundedReceiver<crate::api::LaneId>,
		inbound: InboundRequests,
	) {
		self.spawn("courier-directory", Box::pin(self.clone().follow_directory(directory)));
		self.spawn("courier-tail", Box::pin(self.clone().follow_tail()));
		self.spawn("courier-log", Box::pin(self.clone().watch_log()));
		self.spawn("courier-lanes", Box::pin(self.clone().run_lanes(lanes)));
		self.spawn("courier-inbound", Box::pin(self.clone().run_inbound(inbound)));
		if self.config.take_over {
			self.spawn("courier-take-over", Box::pin(self.clone().take_over()));
		}
		self.spawn("courier-anchors", Box::pin(anchoring::follow_finality(self.clone())));
	}

	/// Run a task that [`Courier::shutdown`] waits for. It must end when [`Courier::stopped`] does.
	pub(crate) fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
		let enlisted = self.enlist();
		let task = async move {
			task.await;
			drop(enlisted);
		};
		self.spawner.spawn(name, Some("courier"), Box::pin(task));
	}

	/// For a task that [`Courier::shutdown`] waits for: until this is dropped, by the task's end or with the task.
	fn enlist(&self) -> oneshot::Sender<()> {
		let (enlisted, receiver) = oneshot::channel();
		let mut tasks = self.tasks.lock();
		tasks.retain_mut(|task| matches!(task.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
		tasks.push(receiver);
		enlisted
	}

	/// Do work that reads the disk, asks the chain or computes for milliseconds where it takes no turn of the tasks that keep the node's
	/// connections; `None` where it came to no end, because the node ends meanwhile, or because it failed. Whoever asks goes on then as if there had been
	/// no time for it. What asks has a bound of its own: a partner's permits, one envelope of a lane, one anchor.
	pub(crate) async fn apart<T, F>(
		self: &Arc<Self>,
		name: &'static str,
		work: impl FnOnce(Arc<Self>) -> F,
	) -> Option<T>
	where
		T: Send + 'static,
		F: Future<Output = T> + Send + 'static,
	{
		let (done, result) = oneshot::channel();
		// Who asked may go while it is done; the folder is not free before it is over.
		let (work, enlisted) = (work(self.clone()), self.enlist());
		let task = async move {
			let _ = done.send(work.await);
			drop(enlisted);
		};
		self.spawner.spawn_blocking(name, Some("courier"), Box::pin(task));
		result.await.ok()
	}

	/// Ends when the courier shuts down.
	pub(crate) async fn stopped(&self) {
		let mut stop = self.stop.subscribe();
		// The sender lives as long as the courier.
		let _ = stop.wait_for(|stop| *stop).await;
	}

	pub(crate) fn is_stopped(&self) -> bool {
		*self.stop.borrow()
	}

	/// End all tasks and close the log.
	pub(crate) async fn shutdown(&self) {
		self.stop.send_replace(true);
		self.senders.notify_all();
		loop {
			// The last tasks may have started others.
			let tasks = std::mem::take(&mut *self.tasks.lock());
			if tasks.is_empty() {
				break;
			}
			for task in tasks {
				// Nothing is ever sent: it ends with the task.
				let _ = task.await;
			}
		}
		let (log, (done, closed)) = (self.log.clone(), oneshot::channel());
		let close = async move {
			log.close();
			// The folder is free for the next one when the end is told.
			drop(log);
			// Nobody waits where the courier's end is not waited for.
			let _ = done.send(());
		};
		self.spawner
			.spawn_blocking("courier-close", Some("courier"), Box::pin(close));
		if closed.await.is_err() {
			log::warn!(target: LOG_TARGET, "The log was not closed in order: the node's tasks ended first");
		}
	}

	/// The newest directory, indexed.
	pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
		self.snapshot.read().clone()
	}

	async fn follow_directory(self: Arc<Self>, mut directory: watch::Receiver<Option<Arc<DirectoryAt>>>) {
		loop {
			let newest = directory.borrow_and_update().clone();
			if let Some(newest) = newest {
				self.adopt(&newest);
			}
			tokio::select! {
				biased;
				_ = self.stopped() => return,
				changed = directory.changed() => if changed.is_err() { return },
			}
		}
	}

	/// Room in the queue to the disk for this node's business system; one larger than all of it waits for all of it.
	pub(crate) async fn own_room(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
		let (room, capacity) = &self.own_room;
		let permits = u32::try_from(bytes.min(*capacity)).unwrap_or(u32::MAX);
		// It is never closed.
		room.acquire_many(permits).await.ok()
	}

	/// Count a refusal, and note it where it is the first for a while. What finds no room in the queue is in the metrics.
	pub(crate) fn note_refusal(&self, it: Happened) {
		if let Some(refusals) = self.refusals.happened(it, self.clock.now_ms()) {
			self.note(Note::Refusals(refusals));
		}
	}

	/// Note something that need not be waited for; false when the queue to the disk has no room. Who notes tries again then.
	pub(crate) fn note(&self, note: Note) -> bool {
		let bytes = match &note {
			Note::Delivered(it) => NOTE_BYTES + it.receipt.what.attestations.len() * ATTESTATION_BYTES,
			_ => NOTE_BYTES,
		};
		let noted = self.log.try_submit(Submission::Note(Box::new(note), None), bytes);
		if let Err((error, _)) = &noted {
			log::debug!(target: LOG_TARGET, "Not noted: {error}");
		}
		noted.is_ok()
	}

	/// Note something and wait until it is on disk; false when it is not.
	pub(crate) async fn note_durably(&self, note: Note, bytes: usize) -> bool {
		self.note_all_durably(vec![note], bytes).await
	}

	/// The same for several, up to [`NOTES_AT_ONCE`] of them in one commit; `bytes` is for each.
	pub(crate) async fn note_all_durably(&self, notes: Vec<Note>, bytes: usize) -> bool {
		let mut all_noted = true;
		let mut notes = notes.into_iter().peekable();
		while notes.peek().is_some() {
			let (submissions, noted): (Vec<_>, Vec<_>) = notes
				.by_ref()
				.take(NOTES_AT_ONCE)
				.map(|note| {
					let (reply, noted) = oneshot::channel();
					(Submission::Note(Box::new(note), Some(reply)), noted)
				})
				.unzip();
			let bytes = submissions.len() * (NOTE_BYTES + bytes);
			match self.log.submit_all(submissions, bytes).await {
				Ok(()) => all_noted &= futures::future::join_all(noted).await.iter().all(Result::is_ok),
				Err(error) => {
					log::warn!(target: LOG_TARGET, "Not noted: {error}");
					all_noted = false;
				}
			}
		}
		all_noted
	}

	/// Raises an alarm when what the partner stamped lies outside of `range`, by more than what two clocks may differ.
	pub(crate) fn compare_clocks(&self, lane: LaneId, what: &str, stamped: Moment, range: RangeInclusive<Moment>) {
		let (early, late) = (
			range.start().saturating_sub(stamped),
			stamped.saturating_sub(*range.end()),
		);
		if early.max(late) > self.config.clock_tolerance_ms {
			self.metrics.clock_alarms.inc();
			let direction = if early > late { "past" } else { "future" };
			log::warn!(
				target: LOG_TARGET,
				"Lane {lane}: {what} is of {} ms in the {direction}: a clock is wrong here or there",
				early.max(late),
			);
		}
	}

	pub(crate) fn misbehaved(&self, peer: &[u8], what: Misbehaviour) {
		self.metrics.misbehaviour.with_label_values(&[what.as_str()]).inc();
		self.transport.report(peer, what);
	}

	/// Show what the log does, and say it when it does no more.
	async fn watch_log(self: Arc<Self>) {
		let mut said = false;
		loop {
			let frozen = self.log.frozen();
			self.metrics.log(&self.log.stats(), frozen.is_some());
			if let Some(reason) = frozen.filter(|_| !said) {
				said = true;
				log::error!(target: LOG_TARGET, "Nothing is taken any more until the node is started again: {reason}");
			}
			tokio::select! {
				biased;
				_ = self.stopped() => return,
				_ = self.clock.sleep(LOG_WATCH) => (),
			}
		}
	}

	async fn follow_tail(self: Arc<Self>) {
		let mut positions = self.log.watch();
		loop {
			let position = *positions.borrow_and_update();
			self.tail.send_replace(Cursor { position, entry: 0 });
			tokio::select! {
				biased;
				_ = self.stopped() => return,
				changed = positions.changed() => if changed.is_err() { return },
			}
		}
	}

	pub(crate) fn tail(&self) -> watch::Receiver<Cursor> {
		self.tail.subscribe()
	}
}

/// Tells the operator what opening the log cost.
fn report(recovery: &Recovery) {
	if let Some(cut) = &recovery.cut {
		log::warn!(
			target: LOG_TARGET,
			"{} was cut at offset {}: {} bytes behind it are what the machine was writing when it stopped. Nobody was told that they were stored",
			cut.file.display(), cut.offset, cut.bytes,
		);
	}
	for lost in &recovery.salvaged {
		log::warn!(
			target: LOG_TARGET,
			"The log does without the {} bytes from position {} on: they were damaged and given up in a salvage",
			lost.end - lost.start, lost.start,
		);
	}
}

impl From<LookupError> for ReadError {
	fn from(error: LookupError) -> Self {
		ReadError::Store(error.to_string())
	}
}
