// SPDX-License-Identifier: Apache-2.0

//! What the gateway asks of the courier.
//!
//! A trait, so that the gateway's own tests can make the courier busy, full or closed at will.

use bytes::Bytes;
use futures::future::BoxFuture;
use sealane_courier::{
	api::{
		CancelError, ChannelView, ClauseQuery, ClausesView, ClosingState, Cursor, EventPage, IdempotencyKey, InboxPage,
		LaneId, LaneStatus, OrderState, ReadError, RegistrationsOpen, Status, SubmitError, SubmitReport, Trace,
	},
	evidence::EvidenceParts,
	recovery::Progress,
	Handle,
};
use sealane_primitives::{
	calendar::Timetable,
	evidence::range::Range as AnchorRange,
	ids::{AnchorSequence, Digest, MemberId, ProductId},
};
use std::{ops::Range, sync::Arc};
use tokio::sync::watch;

/// Where the node's courier is.
pub enum Phase {
	/// It reads its log.
	Recovering(Arc<Progress>),
	/// It runs.
	Running(Arc<dyn Backend>),
	/// It could not start, and why. The rest of the node runs.
	Failed(String),
}

/// The courier of the node, which may come later than the API.
pub struct Courier(watch::Receiver<Phase>);

impl Courier {
	/// One that reads its log. Whoever starts it tells through the sender what comes of it.
	pub fn recovering(progress: Arc<Progress>) -> (watch::Sender<Phase>, Self) {
		let (phase, courier) = watch::channel(Phase::Recovering(progress));
		(phase, Courier(courier))
	}

	/// The courier that runs.
	///
	/// # Errors
	/// A text for people, where there is none yet.
	pub fn running(&self) -> Result<Arc<dyn Backend>, String> {
		const MIB: u64 = 1 << 20;
		match &*self.0.borrow() {
			Phase::Running(backend) => Ok(backend.clone()),
			Phase::Recovering(progress) => {
				let (done, whole) = progress.bytes();
				Err(format!(
					"recovering: the courier has read {} of at most {} MiB of its log; the chain runs",
					done / MIB,
					whole.div_ceil(MIB)
				))
			}
			Phase::Failed(why) => Err(format!("the courier could not start; the chain runs: {why}")),
		}
	}
}

impl<B: Backend> From<B> for Courier {
	fn from(backend: B) -> Self {
		Courier(watch::channel(Phase::Running(Arc::new(backend))).1)
	}
}

/// What a POST carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
	/// Orders of a seller.
	Orders,
	/// Confirmations of an issuer.
	Confirmations,
	/// Registrations of a seller's customers.
	Registrations,
	/// Results of registrations, of an issuer.
	RegistrationResults,
}

/// The courier of the node. See [`Handle`] for what each method promises.
pub trait Backend: Send + Sync + 'static {
	/// Accepts entries: each of `lines` is the range of one JSON value in `body`.
	fn submit(
		&self,
		what: Submission,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> BoxFuture<'_, Result<SubmitReport, SubmitError>>;
	/// Asks for the cancellation of an order.
	fn cancel<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<String, CancelError>>;
	/// An order. May block.
	fn order(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError>;
	/// A registration. May block.
	fn registration(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError>;
	/// Whether registrations with an issuer are open. May block.
	fn registrations_open(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<RegistrationsOpen, ReadError>;
	/// Ends registrations with this node's member.
	fn close_registrations(&self, commitments: Vec<Digest>) -> BoxFuture<'_, Result<Vec<ClosingState>, SubmitError>>;
	/// The calendars that hold now and next. May block.
	fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, ReadError>;
	/// Where an order is. May block.
	fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError>;
	/// What proves an order's trade record. May block.
	fn evidence(&self, id: &str, seller: Option<MemberId>) -> Result<Option<EvidenceParts>, ReadError>;
	/// The hashes that lead from an anchor of this node into its range; `None` where they are not known. May block.
	fn anchor_path(&self, sequence: AnchorSequence, range: &AnchorRange) -> Option<Vec<Digest>>;
	/// Events. May block.
	fn events(&self, cursor: Cursor, limit: usize) -> Result<EventPage, ReadError>;
	/// The inbox. May block.
	fn inbox(&self, cursor: Cursor, max_bytes: usize) -> Result<InboxPage, ReadError>;
	/// The end of the log.
	fn tail(&self) -> watch::Receiver<Cursor>;
	/// The channels.
	fn channels(&self) -> Vec<ChannelView>;
	/// The lanes.
	fn lanes(&self) -> Vec<LaneStatus>;
	/// The clauses in force.
	fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView>;
	/// The node as a whole.
	fn status(&self) -> Status;
	/// Sends what waits on a lane now.
	fn retry_lane(&self, lane: LaneId) -> bool;
}

impl Backend for Handle {
	fn submit(
		&self,
		what: Submission,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> BoxFuture<'_, Result<SubmitReport, SubmitError>> {
		match what {
			Submission::Orders => Box::pin(self.submit_orders(body, lines, idempotency)),
			Submission::Confirmations => Box::pin(self.submit_confirmations(body, lines, idempotency)),
			Submission::Registrations => Box::pin(self.submit_registrations(body, lines, idempotency)),
			Submission::RegistrationResults => Box::pin(self.submit_registration_results(body, lines, idempotency)),
		}
	}

	fn cancel<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<String, CancelError>> {
		Box::pin(Handle::cancel(self, id))
	}

	fn order(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		Handle::order(self, id, seller)
	}

	fn registration(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		Handle::registration(self, id, seller)
	}

	fn registrations_open(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<RegistrationsOpen, ReadError> {
		Handle::registrations_open(self, issuer, commitments)
	}

	fn close_registrations(&self, commitments: Vec<Digest>) -> BoxFuture<'_, Result<Vec<ClosingState>, SubmitError>> {
		Box::pin(Handle::close_registrations(self, commitments))
	}

	fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, ReadError> {
		Handle::timetable(self, issuer, product)
	}

	fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError> {
		Handle::trace(self, id, seller)
	}

	fn evidence(&self, id: &str, seller: Option<MemberId>) -> Result<Option<EvidenceParts>, ReadError> {
		Handle::evidence(self, id, seller)
	}

	fn anchor_path(&self, sequence: AnchorSequence, range: &AnchorRange) -> Option<Vec<Digest>> {
		Handle::anchor_path(self, sequence, range)
	}

	fn events(&self, cursor: Cursor, limit: usize) -> Result<EventPage, ReadError> {
		Handle::events(self, cursor, limit)
	}

	fn inbox(&self, cursor: Cursor, max_bytes: usize) -> Result<InboxPage, ReadError> {
		Handle::inbox(self, cursor, max_bytes)
	}

	fn tail(&self) -> watch::Receiver<Cursor> {
		Handle::tail(self)
	}

	fn channels(&self) -> Vec<ChannelView> {
		Handle::channels(self)
	}

	fn lanes(&self) -> Vec<LaneStatus> {
		Handle::lanes(self)
	}

	fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView> {
		Handle::clauses(self, query)
	}

	fn status(&self) -> Status {
		Handle::status(self)
	}

	fn retry_lane(&self, lane: LaneId) -> bool {
		Handle::retry_lane(self, lane)
	}
}
