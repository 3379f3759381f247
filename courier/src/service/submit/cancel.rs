// SPDX-License-Identifier: Apache-2.0

//! Cancellations: an order of its own that names the one to call off.

use crate::service::Courier;
use crate::{
	api::*,
	chain::Snapshot,
	order::{Confirmation, Order},
};
use sealane_primitives::{
	business::BusinessKind,
	clauses::{Timestamp, UtcOffset},
	ids::AgreementId,
};
use std::sync::Arc;

/// What follows the id of an order in the id of its cancellation.
const CANCEL_SUFFIX: &str = "~cancel";

impl Courier {
	pub(crate) async fn cancel(self: &Arc<Self>, id: &str) -> Result<String, CancelError> {
		let of = id.to_owned();
		let asked = move |courier: Arc<Self>| async move { courier.to_cancel(&of) };
		let asked = self.apart("courier-cancel", asked).await;
		let (cancel_id, line) = asked.ok_or(SubmitError::Closed)??;
		let Some(line) = line else {
			return Ok(cancel_id);
		};
		let range = 0..line.len() as u32;
		let report = self.submit_orders(line.into(), vec![range], None, false).await?;
		match report.refused.into_iter().next() {
			// Somebody else asked at the same moment.
			Some((_, problem)) if problem.code == "order_id_reused" => Ok(cancel_id),
			Some((_, problem)) => Err(CancelError::Refused(problem)),
			None => Ok(cancel_id),
		}
	}

	/// The id of an order's cancellation, and its bytes where there is none yet. Reads the disk.
	fn to_cancel(&self, id: &str) -> Result<(String, Option<Vec<u8>>), CancelError> {
		let snapshot = self.trading()?;
		let seller = snapshot.directory.member.id;
		let not_found = || CancelError::NotFound(id.chars().take(128).collect());
		let find = |id: &str| {
			self.library
				.find(self.library.key(seller, false, id), id)
				.map_err(ReadError::from)
		};
		let (view, ordinal) = find(id)?.ok_or_else(not_found)?;
		let bytes = view.share(ordinal).ok_or_else(not_found)?;
		let order = Order::parse(&bytes).map_err(CancelError::Refused)?;
		if order.kind == BusinessKind::Cancellation {
			return Err(CancelError::NotCancellable {
				id: id.into(),
				kind: order.kind.as_str(),
			});
		}
		let header = &view.packet.header;
		let answer = self
			.library
			.answer(&header.lane, header.sequence, ordinal)
			.map_err(ReadError::from)?;
		if let Some((answers, at)) = answer {
			let parsed = answers.entry(at).and_then(|bytes| Confirmation::parse(bytes).ok());
			let state = parsed.map_or(OrderStage::Confirmed, |c| c.outcome.stage());
			return Err(CancelError::AlreadyConfirmed { id: id.into(), state });
		}
		let cancel_id = cancel_id(id);
		if find(&cancel_id)?.is_some() {
			return Ok((cancel_id, None));
		}
		let line = self.cancellation(&snapshot, &order, &bytes, &cancel_id);
		Ok((cancel_id, Some(line)))
	}

	/// The bytes of the order that asks for a cancellation.
	fn cancellation(&self, snapshot: &Snapshot, order: &Order<'_>, bytes: &[u8], cancel_id: &str) -> Vec<u8> {
		#[derive(serde::Serialize)]
		struct Line<'a> {
			id: &'a str,
			kind: &'static str,
			product: &'a str,
			cancels: &'a str,
			#[serde(skip_serializing_if = "Option::is_none")]
			customer: Option<&'a str>,
			placed_at: String,
			#[serde(skip_serializing_if = "Option::is_none")]
			clause_version: Option<AgreementId>,
			#[serde(skip_serializing_if = "Option::is_none")]
			facts: Option<&'a serde_json::value::RawValue>,
		}
		#[derive(serde::Deserialize)]
		struct WithFacts<'a> {
			// The clauses ask the same of whoever cancels.
			#[serde(borrow, default)]
			facts: Option<&'a serde_json::value::RawValue>,
		}
		let product = order.product.as_deref().unwrap_or_default();
		let now = Timestamp::new(self.clock.now_ms(), UtcOffset::UTC);
		let line = Line {
			id: cancel_id,
			kind: BusinessKind::Cancellation.as_str(),
			product,
			cancels: &order.id,
			customer: order.customer.as_deref(),
			placed_at: now.map(|now| now.to_string()).unwrap_or_default(),
			// One that this node cannot read is refused where the order is looked at.
			clause_version: snapshot
				.route(product)
				.and_then(|r| r.agreement.ok())
				.filter(|a| *a != 0),
			facts: serde_json::from_slice::<WithFacts<'_>>(bytes)
				.ok()
				.and_then(|w| w.facts),
		};
		// Strings and numbers always serialise into memory.
		serde_json::to_vec(&line).unwrap_or_default()
	}
}

/// The id of an order's cancellation.
fn cancel_id(id: &str) -> String {
	if id.len() + CANCEL_SUFFIX.len() <= crate::order::MAX_ID_LEN {
		return format!("{id}{CANCEL_SUFFIX}");
	}
	use sha2::Digest as _;
	format!("{}{CANCEL_SUFFIX}", hex::encode(&sha2::Sha256::digest(id)[..16]))
}
