// SPDX-License-Identifier: Apache-2.0

use super::{decode, Client, NDJSON};
use crate::{types::*, Error};
use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use std::time::Duration;

const JSON: &str = "application/json";

impl Client {
	/// Submits orders. What the report calls accepted is on the node's disk and will be delivered.
	///
	/// `idempotency_key` names this request: sent again with the same orders it has no further effect and gives the same
	/// report, sent with others it fails with [`ProblemCode::IdempotencyConflict`]. A good key is the name of the
	/// file or window that the orders come from. Entries that break a rule stand in the report and stop nothing.
	pub async fn submit_orders(&self, orders: &[Order], idempotency_key: &str) -> Result<SubmitReport, Error> {
		self.submit_orders_ndjson(ndjson(orders)?, idempotency_key).await
	}

	/// Submits orders that are NDJSON already, one per line: the cheapest way, and the only one that keeps each
	/// order's bytes. See [`Client::submit_orders`].
	pub async fn submit_orders_ndjson(
		&self,
		lines: impl Into<Bytes>,
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit(&["v1", "orders"], lines.into(), idempotency_key).await
	}

	/// Submits the issuer's confirmations. See [`Client::submit_orders`] for the key.
	pub async fn submit_confirmations(
		&self,
		confirmations: &[Confirmation],
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit_confirmations_ndjson(ndjson(confirmations)?, idempotency_key)
			.await
	}

	/// Submits confirmations that are NDJSON already, one per line.
	pub async fn submit_confirmations_ndjson(
		&self,
		lines: impl Into<Bytes>,
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit(&["v1", "confirmations"], lines.into(), idempotency_key)
			.await
	}

	/// Submits applications to register customers. See [`Client::submit_orders`] for the key.
	pub async fn submit_registrations(
		&self,
		registrations: &[Registration],
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit_registrations_ndjson(ndjson(registrations)?, idempotency_key)
			.await
	}

	/// Submits registrations that are NDJSON already, one per line: what was stored is repeated byte for byte.
	pub async fn submit_registrations_ndjson(
		&self,
		lines: impl Into<Bytes>,
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit(&["v1", "registrations"], lines.into(), idempotency_key)
			.await
	}

	/// Submits the issuer's results of registrations. See [`Client::submit_orders`] for the key.
	pub async fn submit_registration_results(
		&self,
		results: &[RegistrationResult],
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit_registration_results_ndjson(ndjson(results)?, idempotency_key)
			.await
	}

	/// Submits results of registrations that are NDJSON already, one per line.
	pub async fn submit_registration_results_ndjson(
		&self,
		lines: impl Into<Bytes>,
		idempotency_key: &str,
	) -> Result<SubmitReport, Error> {
		self.submit(&["v1", "registrations", "results"], lines.into(), idempotency_key)
			.await
	}

	/// A request of which every entry was refused is a report, too: the caller reads the reasons in one place.
	async fn submit(&self, path: &[&str], lines: Bytes, key: &str) -> Result<SubmitReport, Error> {
		let call = self.post(path, lines, NDJSON, Some(key))?;
		match self.fetch("report", call).await {
			Err(Error::Problem(mut problem)) if problem.code == ProblemCode::AllRefused => problem
				.report
				.take()
				.map(|report| *report)
				.ok_or(Error::Problem(problem)),
			other => other,
		}
	}

	/// An order with all that the node knows of it; `None` where it has no order of this id.
	///
	/// On an issuer's node `seller` tells orders of several sellers apart.
	pub async fn order(&self, id: &str, seller: Option<u32>) -> Result<Option<OrderStatus>, Error> {
		let call = self.with_seller(&["v1", "orders", id], seller)?;
		absent(self.fetch("order", call).await, ProblemCode::OrderUnknown)
	}

	/// Where an order is and why it waits; `None` where the node has no order of this id.
	pub async fn trace(&self, id: &str, seller: Option<u32>) -> Result<Option<Trace>, Error> {
		let call = self.with_seller(&["v1", "orders", id, "trace"], seller)?;
		absent(self.fetch("trace", call).await, ProblemCode::OrderUnknown)
	}

	/// What proves an order's trade record. The bytes inside are the node's own: store them as they are.
	///
	/// Fails with [`ProblemCode::EvidenceNotReady`] before the order's batch is signed by both sides.
	pub async fn evidence(&self, id: &str, seller: Option<u32>) -> Result<EvidencePack, Error> {
		let call = self.with_seller(&["v1", "orders", id, "evidence"], seller)?;
		self.fetch("evidence", call).await
	}

	/// Asks the issuer to cancel an order and returns the id of the order that asks; its confirmation brings the
	/// decision. Asking again returns the same id.
	pub async fn cancel(&self, id: &str) -> Result<String, Error> {
		let mut call = self.get(&["v1", "orders", id])?;
		call.method = Method::DELETE;
		Ok(self
			.fetch::<CancellationReport>("cancellation", call)
			.await?
			.cancellation)
	}

	/// A registration with all that the node knows of it; `None` where it has none of this id.
	pub async fn registration(&self, id: &str, seller: Option<u32>) -> Result<Option<OrderStatus>, Error> {
		let call = self.with_seller(&["v1", "registrations", id], seller)?;
		absent(self.fetch("registration", call).await, ProblemCode::RegistrationUnknown)
	}

	/// Whether registrations with an issuer are open in the newest block that the node knows; 1,000 commitments at most.
	pub async fn registrations_open(
		&self,
		issuer: u32,
		commitments: &[[u8; 32]],
	) -> Result<RegistrationsAnswer, Error> {
		let question = RegistrationsQuestion {
			issuer,
			commitments: commitments.iter().map(|commitment| digits(commitment)).collect(),
		};
		let body = serde_json::to_vec(&question).map_err(Error::Encode)?;
		let call = self.post(&["v1", "registrations", "open"], body.into(), JSON, None)?;
		self.fetch("registrations", call).await
	}

	/// Ends registrations with the issuer whose node this is; 1,000 commitments at most. They are closed on chain as soon as a block
	/// takes it; asking again is harmless. Needs the scope `issue`.
	pub async fn close_registrations(&self, commitments: &[[u8; 32]]) -> Result<RegistrationsEndReport, Error> {
		let end = RegistrationsEnd {
			commitments: commitments.iter().map(|commitment| digits(commitment)).collect(),
		};
		let body = serde_json::to_vec(&end).map_err(Error::Encode)?;
		let call = self.post(&["v1", "registrations", "close"], body.into(), JSON, None)?;
		self.fetch("report", call).await
	}

	/// The calendars of an issuer, or of one of its products where that has its own, that hold now and next.
	pub async fn calendars(&self, issuer: u32, product: Option<&str>) -> Result<Calendars, Error> {
		let mut call = self.get(&["v1", "calendars"])?;
		call.url.query_pairs_mut().append_pair("issuer", &issuer.to_string());
		if let Some(product) = product {
			call.url.query_pairs_mut().append_pair("product", product);
		}
		self.fetch("calendars", call).await
	}

	/// One page of events from `cursor` on, at most `limit`. Where there is none yet, the node waits up to `wait`
	/// for one (it may cut the wait short) before it answers with an empty page.
	pub async fn events_page(&self, cursor: &Cursor, limit: u32, wait: Duration) -> Result<EventPage, Error> {
		let mut call = self.get(&["v1", "events"])?;
		call.url
			.query_pairs_mut()
			.append_pair("cursor", cursor.as_str())
			.append_pair("limit", &limit.to_string())
			.append_pair("wait_ms", &wait.as_millis().to_string());
		call.wait = wait;
		self.fetch("events", call).await
	}

	/// One page of the issuer's inbox from `cursor` on, at most `limit` entries (the node bounds the bytes, too). Where
	/// there is none yet, the node waits up to `wait` for one before it answers with an empty page.
	pub async fn inbox(&self, cursor: &Cursor, limit: u32, wait: Duration) -> Result<InboxPage, Error> {
		let mut call = self.get(&["v1", "inbox"])?;
		call.url
			.query_pairs_mut()
			.append_pair("cursor", cursor.as_str())
			.append_pair("limit", &limit.to_string())
			.append_pair("wait_ms", &wait.as_millis().to_string());
		call.wait = wait;
		self.fetch("inbox", call).await
	}

	/// The clauses in force for a product, one answer per channel that has it.
	pub async fn clauses_for_product(&self, product: &str) -> Result<Vec<ClausesInForce>, Error> {
		self.clauses("product", product).await
	}

	/// The clauses in force for a product type, one answer per channel that has it.
	pub async fn clauses_for_product_type(&self, product_type: &str) -> Result<Vec<ClausesInForce>, Error> {
		self.clauses("product_type", product_type).await
	}

	async fn clauses(&self, parameter: &str, value: &str) -> Result<Vec<ClausesInForce>, Error> {
		let mut call = self.get(&["v1", "clauses"])?;
		call.url.query_pairs_mut().append_pair(parameter, value);
		Ok(self.fetch::<Clauses>("clauses", call).await?.clauses)
	}

	/// The channels of the node's member, as the newest block has them.
	pub async fn channels(&self) -> Result<Vec<Channel>, Error> {
		Ok(self
			.fetch::<Channels>("channels", self.get(&["v1", "channels"])?)
			.await?
			.channels)
	}

	/// The lanes of the node, and why each waits.
	pub async fn lanes(&self) -> Result<Vec<Lane>, Error> {
		Ok(self.fetch::<Lanes>("lanes", self.get(&["v1", "lanes"])?).await?.lanes)
	}

	/// Sends what waits in a lane now instead of after its back-off. Needs the scope `operate`. Returns whether
	/// something waited.
	pub async fn retry_lane(&self, lane: LaneRef) -> Result<bool, Error> {
		let (channel, from, to) = (lane.channel.to_string(), lane.from.to_string(), lane.to.to_string());
		let call = self.post(
			&["v1", "lanes", &channel, &from, &to, "retry"],
			Bytes::new(),
			JSON,
			None,
		)?;
		Ok(self.fetch::<RetryReport>("lane", call).await?.retried)
	}

	/// How the node is.
	pub async fn status(&self) -> Result<Status, Error> {
		self.fetch("status", self.get(&["v1", "status"])?).await
	}

	/// Whether the node can take orders now.
	pub async fn is_ready(&self) -> Result<bool, Error> {
		let call = self.get(&["readyz"])?;
		match self.attempt(&call).await {
			Ok(_) => Ok(true),
			Err(Error::Problem(problem)) if problem.status == 503 => Ok(false),
			Err(error) => Err(error),
		}
	}

	/// The description of the API, generated from the node's code (OpenAPI 3.1).
	pub async fn openapi(&self) -> Result<serde_json::Value, Error> {
		self.fetch("OpenAPI document", self.get(&["openapi.json"])?).await
	}

	fn with_seller(&self, path: &[&str], seller: Option<u32>) -> Result<super::Call, Error> {
		let mut call = self.get(path)?;
		if let Some(seller) = seller {
			call.url.query_pairs_mut().append_pair("seller", &seller.to_string());
		}
		Ok(call)
	}
}

/// Bytes as hexadecimal digits.
fn digits(bytes: &[u8]) -> String {
	use std::fmt::Write;
	let mut text = String::with_capacity(bytes.len() * 2);
	for byte in bytes {
		// Writing to a string cannot fail.
		let _ = write!(text, "{byte:02x}");
	}
	text
}

/// `None` for the one problem that says that there is no such thing.
fn absent<T>(result: Result<T, Error>, code: ProblemCode) -> Result<Option<T>, Error> {
	match result {
		Ok(found) => Ok(Some(found)),
		Err(error) if error.code() == Some(code) => Ok(None),
		Err(error) => Err(error),
	}
}

/// The entries as NDJSON. `serde_json` writes no line feed inside a value.
fn ndjson<T: Serialize>(entries: &[T]) -> Result<Bytes, Error> {
	let mut lines = Vec::with_capacity(entries.len() * 256);
	for entry in entries {
		serde_json::to_writer(&mut lines, entry).map_err(Error::Encode)?;
		lines.push(b'\n');
	}
	Ok(lines.into())
}

/// Reads one event of the stream.
pub(super) fn read_event(data: &str) -> Result<Event, Error> {
	decode("event", data.as_bytes())
}
