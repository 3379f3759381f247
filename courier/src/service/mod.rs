// SPDX-License-Identifier: Apache-2.0

//! The running courier: what its tasks share, and how they start and end.
//!
//! * `submit`: what this node's business system hands in.
//! * `read`: what it asks.
//! * `outbound`: one task per lane that sends.
//! * `inbound`: what partners send.
//! * `check`: partners' packets, entry by entry.
//!
//! Anchors are in [`crate::anchoring`], what the off-chain worker calls in [`crate::host`].

mod check;
mod inbound;
mod outbound;
mod read;
mod submit;
#[cfg(test)]
mod tests;

pub use outbound::Senders;

use crate::{
	api::{Cursor, ReadError},
	chain::{ChainView, DirectoryAt, Snapshot},
	clock::Clock,
	config::Config,
	cutting::{Context, Note, PacketCutter, Submission},
	error::StartError,
	handle::Handle,
	keys::KeyRing,
	library::{Library, LookupError},
	machine::Machine,
	metrics::Metrics,
	random::Random,
	records::LaneTurned,
	recovery::Rebuild,
	store::{Log, Opened, Options, Recovery},
	transport::{InboundRequests, Misbehaviour, Transport},
};
use futures::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	directory::Refusal,
	ids::{BlockNumber, ChannelId, Digest},
};
use sp_core::traits::SpawnNamed;
use std::{
	collections::VecDeque,
	sync::{atomic::AtomicBool, Arc},
};
use substrate_prometheus_endpoint::Registry;
use tokio::sync::{mpsc, oneshot, watch, Semaphore};

const LOG_TARGET: &str = "courier";
/// Room in the log's queue that a note takes, in bytes. What it writes is smaller, except for large anchors.
const NOTE_BYTES: usize = 1024;

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

/// A running courier. Everybody else has a [`Handle`].
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
	pub(crate) anchoring: crate::anchoring::Anchoring,
	snapshot: Arc<RwLock<Option<Arc<Snapshot>>>>,
	receivers: inbound::Receivers,
	/// The disk had no room for the last group.
	full: Arc<AtomicBool>,
	inbound_permits: Arc<Semaphore>,
	tail: watch::Sender<Cursor>,
	stop: watch::Sender<bool>,
	tasks: Mutex<Vec<oneshot::Receiver<()>>>,
	/// Positions that were given out as cursors not long ago: they need no check.
	cursors: Mutex<VecDeque<u64>>,
}

impl Courier {
	/// Open the store, recover, and start the tasks. Blocks while the log is read.
	///
	/// # Errors
	/// When keys or log cannot be used; see [`StartError`].
	pub fn start(parts: Parts) -> Result<Handle, StartError> {
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
		options.disk = disk;
		options.random = random.clone();
		options.writers = writers;
		options.queue_bytes = config.queue_bytes;
		options.cache_bytes = config.cache_bytes;
		options.prepare = config.prepare_segments;
		options.salvage = config.salvage;
		let (opened, recovery) = Opened::open(options, |_| {})?;
		report(&recovery);
		let Rebuild {
			book, numbers, index, ..
		} = Rebuild::from_log(&opened.reader(), !recovery.salvaged.is_empty())?;
		log::info!(
			target: LOG_TARGET,
			"Log of {} bytes, {} entries in {} lanes, read in {} ms",
			recovery.tail, book.entries, book.lanes.len(), recovery.elapsed.as_millis(),
		);
		let (new_lanes, lanes) = mpsc::unbounded_channel();
		let senders = Arc::new(Senders::new(&book, new_lanes));
		let receivers = inbound::Receivers::new(&book);
		let library = Arc::new(Library::new(book, index, numbers, opened.reader(), config.cache_bytes));
		let snapshot = Arc::new(RwLock::new(None));
		let genesis = chain.genesis();
		let full = Arc::new(AtomicBool::new(false));
		let context = Context {
			library: library.clone(),
			keys: keys.clone(),
			snapshot: snapshot.clone(),
			genesis,
			clock: clock.clone(),
			random: random.clone(),
			business_day_offset_minutes: config.business_day_offset_minutes,
			idempotency_ms: config.idempotency_ms,
			full: full.clone(),
		};
		let log = opened.start(PacketCutter::new(context, senders.clone()))?;
		let courier = Arc::new(Courier {
			inbound_permits: Arc::new(Semaphore::new(config.max_inbound)),
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
			anchoring: Default::default(),
			snapshot,
			receivers,
			full,
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
		Ok(Handle::new(courier))
	}

	fn spawn_tasks(
		self: &Arc<Self>,
		directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
		lanes: mpsc::UnboundedReceiver<crate::api::LaneId>,
		inbound: InboundRequests,
	) {
		self.spawn("courier-directory", Box::pin(self.clone().follow_directory(directory)));
		self.spawn("courier-tail", Box::pin(self.clone().follow_tail()));
		self.spawn("courier-lanes", Box::pin(self.clone().run_lanes(lanes)));
		self.spawn("courier-inbound", Box::pin(self.clone().run_inbound(inbound)));
		self.spawn(
			"courier-anchors",
			Box::pin(crate::anchoring::follow_finality(self.clone())),
		);
	}

	/// Run a task that [`Courier::shutdown`] waits for. It must end when [`Courier::stopped`] does.
	pub(crate) fn spawn(&self, name: &'static str, task: BoxFuture<'static, ()>) {
		let (done, receiver) = oneshot::channel();
		{
			let mut tasks = self.tasks.lock();
			tasks.retain_mut(|task| matches!(task.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
			tasks.push(receiver);
		}
		let task = async move {
			task.await;
			// Nobody waits unless the courier shuts down.
			let _ = done.send(());
		};
		self.spawner.spawn(name, Some("courier"), Box::pin(task));
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
				// An error means that the runtime dropped the task.
				let _ = task.await;
			}
		}
		let (log, (done, closed)) = (self.log.clone(), oneshot::channel());
		let close = async move {
			log.close();
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

	/// Take over a directory: index it, close and open lanes.
	fn adopt(&self, newest: &DirectoryAt) {
		let before = self.snapshot();
		let next = match (&newest.directory, &before) {
			(None, _) => None,
			(Some(directory), Some(before)) if *before.directory == *directory => {
				Some(Arc::new(before.moved(newest.block, newest.hash)))
			}
			(Some(directory), before) => Some(Arc::new(Snapshot::new(
				newest.block,
				newest.hash,
				directory.clone(),
				before.as_deref(),
			))),
		};
		*self.snapshot.write() = next.clone();
		if self.config.unchecked_sender {
			return;
		}
		for channel in self.senders.channels() {
			let allowed = match &next {
				Some(next) => next.authorise(channel).map(drop),
				None => Err(Refusal::NodeUnknown),
			};
			match allowed {
				Ok(()) => self.open_channel(channel, newest.block),
				Err(refusal) => self.close_channel(channel, refusal, newest.block),
			}
		}
	}

	/// Hold the lanes of a channel closed from block `at` on.
	pub(crate) fn close_channel(&self, channel: ChannelId, refusal: Refusal, at: BlockNumber) {
		for lane in self.senders.close(channel, refusal, at) {
			log::info!(target: LOG_TARGET, "Lane {lane} is closed from block {at} on: {refusal:?}");
			let turned = LaneTurned {
				at: self.clock.now_ms(),
				lane,
				block: at,
				refusal: Some(refusal),
			};
			self.note(Note::Turned(turned));
		}
	}

	/// Let the lanes of a channel flow.
	pub(crate) fn open_channel(&self, channel: ChannelId, at: BlockNumber) {
		for lane in self.senders.reopen(channel) {
			log::info!(target: LOG_TARGET, "Lane {lane} is open again from block {at} on");
			self.note(Note::Turned(LaneTurned {
				at: self.clock.now_ms(),
				lane,
				block: at,
				refusal: None,
			}));
		}
	}

	/// Note something that need not be waited for; false when the queue to the disk has no room. What is lost then is found out again: a
	/// closed lane at the next block, a settled receipt too.
	pub(crate) fn note(&self, note: Note) -> bool {
		let noted = self.log.try_submit(Submission::Note(Box::new(note), None), NOTE_BYTES);
		if let Err((error, _)) = &noted {
			log::debug!(target: LOG_TARGET, "Not noted: {error}");
		}
		noted.is_ok()
	}

	/// Note something and wait until it is on disk; false when it is not.
	pub(crate) async fn note_durably(&self, note: Note, bytes: usize) -> bool {
		let (reply, noted) = oneshot::channel();
		let submission = Submission::Note(Box::new(note), Some(reply));
		match self.log.submit(submission, NOTE_BYTES + bytes).await {
			Ok(()) => noted.await.is_ok(),
			Err(error) => {
				log::warn!(target: LOG_TARGET, "Not noted: {error}");
				false
			}
		}
	}

	pub(crate) fn misbehaved(&self, peer: &[u8], what: Misbehaviour) {
		self.metrics.misbehaviour.with_label_values(&[what.as_str()]).inc();
		self.transport.report(peer, what);
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
		log::info!(
			target: LOG_TARGET,
			"{} was cut at offset {}: {} bytes behind it were not written to their end, and nobody was told that they were stored",
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
