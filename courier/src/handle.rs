// SPDX-License-Identifier: Apache-2.0

//! The courier as the rest of the node sees it.

use crate::{
	api::*,
	error::StartError,
	host::Host,
	recovery::Progress,
	service::{Courier, Parts},
};
use bytes::Bytes;
use sealane_primitives::{
	calendar::Timetable,
	directory::Directory,
	evidence::range::Range as AnchorRange,
	ids::{AnchorSequence, BlockNumber, Digest, MemberId, ProductId},
};
use std::{ops::Range, sync::Arc};
use tokio::sync::watch;

/// A cloneable handle to the courier of this node.
///
/// Submissions are durable before they return: what a [`SubmitReport`] calls accepted survives the loss of power. They
/// wait when the queue to the disk is full for a moment, and are refused with [`SubmitError::Busy`] when it stays full.
/// Reads answer from memory and from the log; they may touch the disk (one read of one packet), so call those that
/// say so from a thread that may block.
#[derive(Clone)]
pub struct Handle {
	courier: Arc<Courier>,
}

impl Handle {
	/// Start a courier: open the store, recover, and start the tasks. Blocks while the log is read.
	///
	/// # Errors
	/// When keys or log cannot be used; see [`StartError`].
	pub fn start(parts: Parts) -> Result<Self, StartError> {
		Self::start_watched(parts, &Progress::default())
	}

	/// The same, and tells `progress` how far it is.
	///
	/// # Errors
	/// As [`Handle::start`].
	pub fn start_watched(parts: Parts, progress: &Progress) -> Result<Self, StartError> {
		let courier = Courier::start(parts, progress)?;
		Ok(Handle { courier })
	}

	/// The courier itself.
	#[cfg(any(test, feature = "test-support"))]
	pub(crate) fn courier(&self) -> &Courier {
		&self.courier
	}

	/// Accept orders. Each of `lines` is the range of one JSON object in `body`; the bytes in the range are what is stored,
	/// hashed and sent, untouched.
	///
	/// Refused lines do not stop the others. With an idempotency key a repeat of the same body gives the same report.
	pub async fn submit_orders(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		self.courier.submit_orders(body, lines, idempotency, false).await
	}

	/// Accept applications to register customers; the same mechanism as orders, kind `registration`.
	pub async fn submit_registrations(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		self.courier.submit_orders(body, lines, idempotency, true).await
	}

	/// Accept the issuer's confirmations (issuer's node). Each line names its order in `order` and, where several sellers
	/// may use the same id, the seller in `seller` (number of the member) or the channel in `channel`.
	///
	/// An order is confirmed once: the same bytes again count as repeated, other bytes are refused with
	/// `already_confirmed`.
	pub async fn submit_confirmations(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		self.courier.submit_confirmations(body, lines, idempotency, false).await
	}

	/// Accept the issuer's results of registrations (issuer's node). A result names its registration in `order` and may
	/// carry `commitment` (64 hex digits), which then goes on chain as a receipt.
	pub async fn submit_registration_results(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		self.courier.submit_confirmations(body, lines, idempotency, true).await
	}

	/// Ask for the cancellation of an order: makes and submits an order of kind `cancellation` with the id
	/// `<id>~cancel`, and returns that id. Asking again returns the same id.
	///
	/// Whether the order is cancelled is the issuer's decision; it comes as the confirmation of the cancellation.
	pub async fn cancel(&self, id: &str) -> Result<String, CancelError> {
		self.courier.cancel(id).await
	}

	/// An order by its id. On a seller's node `seller` may be left out; on an issuer's node it tells orders of
	/// several sellers apart, and without it the first seller with such an order is taken. May read the disk.
	pub fn order(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		self.courier.order(id, seller, false)
	}

	/// A registration by its id; see [`Handle::order`]. May read the disk.
	pub fn registration(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		self.courier.order(id, seller, true)
	}

	/// Whether registrations with an issuer are open in the newest block that this node knows. Reads the chain's state.
	pub fn registrations_open(
		&self,
		issuer: MemberId,
		commitments: Vec<Digest>,
	) -> Result<RegistrationsOpen, ReadError> {
		self.courier.registrations_open(issuer, commitments)
	}

	/// End registrations with this node's member, by their commitments (issuer's node). They are closed on chain as soon as a block takes
	/// it; asking again is harmless.
	pub async fn close_registrations(&self, commitments: Vec<Digest>) -> Result<Vec<ClosingState>, SubmitError> {
		self.courier.close_registrations(commitments).await
	}

	/// The calendars of an issuer, or of one of its products where that has its own, that hold now and next. Reads the chain's state.
	pub fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, ReadError> {
		self.courier.timetable(issuer, product)
	}

	/// Where an order is, and why it waits. May read the disk.
	pub fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError> {
		self.courier.trace(id, seller)
	}

	/// Events from `cursor` on: at most `limit`, at least one if there is one. May read the disk.
	pub fn events(&self, cursor: Cursor, limit: usize) -> Result<EventPage, ReadError> {
		self.courier.events(cursor, limit)
	}

	/// What the issuer's business system has to decide, from `cursor` on: entries of about `max_bytes` in total, at least
	/// one if there is one. Entries rejected by the node itself are left out. May read the disk.
	pub fn inbox(&self, cursor: Cursor, max_bytes: usize) -> Result<InboxPage, ReadError> {
		self.courier.inbox(cursor, max_bytes)
	}

	/// The end of the durable log. Changes when something was written, at most once per commit; wait on it to follow
	/// [`Handle::events`] and [`Handle::inbox`].
	pub fn tail(&self) -> watch::Receiver<Cursor> {
		self.courier.tail()
	}

	/// The channels of this node's member at the newest block.
	pub fn channels(&self) -> Vec<ChannelView> {
		self.courier.channels()
	}

	/// The lanes of this node.
	pub fn lanes(&self) -> Vec<LaneStatus> {
		self.courier.lanes()
	}

	/// The clauses in force for a product or a product type, one answer per channel that has it. Empty where no channel
	/// of this node knows the product or the type.
	pub fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView> {
		self.courier.clauses(query)
	}

	/// What this node holds to prove the trade record of an order; `None` for an unknown order. May read the disk.
	pub fn evidence(
		&self,
		id: &str,
		seller: Option<MemberId>,
	) -> Result<Option<crate::evidence::EvidenceParts>, ReadError> {
		self.courier.evidence(id, seller)
	}

	/// The hashes that lead from an anchor of this node to the root of `range`, a state of its range; `None` where this node does not know
	/// what stands beside. May read the disk.
	pub fn anchor_path(&self, sequence: AnchorSequence, range: &AnchorRange) -> Option<Vec<Digest>> {
		crate::service::anchoring::path(&self.courier, sequence, range)
	}

	/// The node as a whole.
	pub fn status(&self) -> Status {
		self.courier.status()
	}

	/// The newest directory and the block it is of; `None` for a node that is not registered.
	pub fn directory(&self) -> Option<(BlockNumber, Arc<Directory>)> {
		self.courier.directory()
	}

	/// The courier for one run of the runtime's off-chain worker.
	pub fn host(&self) -> Host {
		Host::new(self.courier.clone())
	}

	/// Store what is queued, end all tasks of the courier and close the log. What comes later is refused.
	pub async fn shutdown(&self) {
		self.courier.shutdown().await
	}

	/// Send what waits on a lane now instead of after its back-off. Does nothing for a closed lane.
	pub fn retry_lane(&self, lane: LaneId) -> bool {
		self.courier.retry_lane(lane)
	}
}
