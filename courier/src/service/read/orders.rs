// SPDX-License-Identifier: Apache-2.0

//! One order or registration: where it stands, what answered it, what it waits for.

use crate::{
	api::*,
	batches::BatchMark,
	evidence::{self, EvidenceParts},
	order::Confirmation,
	records::PacketView,
	service::{
		submit::{sellers, shown_id},
		Courier,
	},
};
use sealane_primitives::{
	business::BusinessKind,
	ids::{Digest, MemberId},
};
use std::sync::Arc;

/// An entry that was found by its id.
struct Found {
	view: Arc<PacketView>,
	ordinal: u32,
}

impl Courier {
	fn find(&self, id: &str, seller: Option<MemberId>, registration: bool) -> Result<Option<Found>, ReadError> {
		let Some(snapshot) = self.snapshot() else {
			return Ok(None);
		};
		let own = snapshot.directory.member.id;
		let mut candidates = match seller {
			Some(seller) => vec![seller],
			None => sellers(&snapshot),
		};
		// One's own orders first.
		candidates.sort_by_key(|seller| *seller != own);
		let mut found: Option<(MemberId, Found)> = None;
		for seller in candidates {
			let key = self.library.key(seller, registration, id);
			let Some((view, ordinal)) = self.library.find(key, id)? else {
				continue;
			};
			if let Some((first, _)) = &found {
				return Err(ReadError::Ambiguous {
					id: id.chars().take(crate::order::MAX_ID_LEN).collect(),
					sellers: [*first, seller],
				});
			}
			found = Some((seller, Found { view, ordinal }));
			if seller == own {
				break;
			}
		}
		Ok(found.map(|(_, found)| found))
	}

	pub(crate) fn order(
		&self,
		id: &str,
		seller: Option<MemberId>,
		registration: bool,
	) -> Result<Option<OrderState>, ReadError> {
		match self.find(id, seller, registration)? {
			Some(found) => self.state(&found).map(Some),
			None => Ok(None),
		}
	}

	fn state(&self, found: &Found) -> Result<OrderState, ReadError> {
		let Found { view, ordinal } = found;
		let header = &view.packet.header;
		let bytes = view.share(*ordinal).unwrap_or_default();
		let parsed = crate::order::Order::parse_registration(&bytes);
		let id = parsed
			.as_ref()
			.map_or_else(|_| shown_id(&bytes), |order| order.id.to_string());
		let kind = parsed.as_ref().map_or(BusinessKind::Registration, |order| order.kind);
		let delivered_at = {
			let book = self.library.book.read();
			book.lanes.get(&header.lane).and_then(|lane| match lane.outgoing {
				true => lane.delivered_at(header.sequence),
				false => Some(view.trailer.at),
			})
		};
		let mut steps = vec![Step {
			stage: OrderStage::Accepted,
			at: header.created_at,
			block: None,
		}];
		steps.extend(delivered_at.map(|at| Step {
			stage: OrderStage::Delivered,
			at,
			block: Some(view.trailer.authorised_at.number),
		}));
		let answer = self.library.answer(&header.lane, header.sequence, *ordinal)?;
		let (confirmation, batch, anchor) = match &answer {
			Some((answers, at)) => self.answer_state(answers, *at, &mut steps)?,
			None => (None, None, None),
		};
		Ok(OrderState {
			id,
			kind,
			seller: view.trailer.seller,
			channel: header.lane.channel,
			interface: header.interface.clone(),
			lane: header.lane,
			sequence: header.sequence,
			ordinal: *ordinal,
			clause_version: view.version_of(*ordinal),
			stage: steps.last().map_or(OrderStage::Accepted, |step| step.stage),
			bytes,
			steps,
			confirmation,
			batch,
			anchor,
		})
	}

	#[allow(clippy::type_complexity)]
	fn answer_state(
		&self,
		answers: &PacketView,
		at: u32,
		steps: &mut Vec<Step>,
	) -> Result<(Option<ConfirmationState>, Option<BatchState>, Option<AnchorState>), ReadError> {
		let header = &answers.packet.header;
		let bytes = answers.share(at).unwrap_or_default();
		let parsed = Confirmation::parse(&bytes);
		let outcome = parsed.as_ref().map_or(Outcome::Rejected, |c| c.outcome);
		let technical = parsed.as_ref().is_ok_and(|c| c.is_technical());
		steps.push(Step {
			stage: outcome.stage(),
			at: answers.trailer.at,
			block: None,
		});
		let (mark, excludes, signed_at, anchor, anchor_times) = {
			let book = self.library.book.read();
			let lane = book.lanes.get(&header.lane);
			let slot = book.slot(&header.lane, header.sequence);
			let (mark, excludes) = slot.map_or((BatchMark::None, false), |slot| (slot.batch, slot.excludes));
			let signed_at = match lane {
				Some(lane) if lane.outgoing => lane.delivered_at(header.sequence),
				_ => Some(answers.trailer.at),
			};
			let sequence = match mark {
				BatchMark::Anchored(sequence) | BatchMark::AnchoredAlone(sequence) => Some(sequence),
				_ => None,
			};
			let anchor = sequence.and_then(|sequence| book.anchor_state(sequence));
			let times = sequence
				.and_then(|s| book.batches.anchors.get(&s))
				.map(|a| (a.cut_at, a.final_at));
			(mark, excludes, signed_at, anchor, times)
		};
		let excluded = excludes && self.is_excluded(answers, at)?;
		let signed_by_both = !excluded && matches!(mark, BatchMark::Signed | BatchMark::Anchored(_));
		if let Some(at) = signed_at.filter(|_| signed_by_both) {
			steps.push(Step {
				stage: OrderStage::Hashed,
				at,
				block: None,
			});
		}
		if let (true, Some(anchor), Some((cut_at, final_at))) = (signed_by_both, &anchor, anchor_times) {
			if anchor.block.is_some() {
				steps.push(Step {
					stage: OrderStage::Anchored,
					at: cut_at,
					block: anchor.block,
				});
			}
			steps.extend(final_at.map(|at| Step {
				stage: OrderStage::Finalised,
				at,
				block: anchor.block,
			}));
		}
		let confirmation = ConfirmationState {
			bytes,
			outcome,
			lane: header.lane,
			sequence: header.sequence,
			ordinal: at,
			technical,
		};
		let batch = header.core.as_ref().map(|core| BatchState {
			root: core.root,
			count: core.count,
			index: at,
			signed_by_both,
			disputed: excluded || mark == BatchMark::Disputed,
		});
		Ok((Some(confirmation), batch, anchor))
	}

	/// Whether the seller does not agree to a record of a batch of which it excludes some.
	fn is_excluded(&self, answers: &PacketView, at: u32) -> Result<bool, ReadError> {
		let [_, sellers] = evidence::attestations(&self.library, answers)?;
		Ok(sellers.is_some_and(|sellers| sellers.excluded.contains(at)))
	}

	pub(crate) fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError> {
		let found = match self.find(id, seller, false)? {
			Some(found) => Some(found),
			None => self.find(id, seller, true)?,
		};
		let Some(found) = found else { return Ok(None) };
		let order = self.state(&found)?;
		let waiting = self.why(&order);
		let refusals = self.refusals_since(&order);
		let allowed_by = found.view.trailer.authorised_at;
		Ok(Some(Trace {
			waiting,
			refusals,
			allowed_by,
			instead: self.instead_of(&order, allowed_by),
			order,
		}))
	}

	/// Hash of the block that the chain has instead of the one that allowed an order's packet.
	fn instead_of(&self, order: &OrderState, allowed_by: BlockRef) -> Option<Digest> {
		let book = self.library.book.read();
		book.lanes.get(&order.lane)?.instead_of(order.sequence, allowed_by)
	}

	/// The refusals of packets of an order's lane since it was placed.
	fn refusals_since(&self, order: &OrderState) -> Vec<RefusalState> {
		let placed = order.steps.first().map_or(0, |step| step.at);
		let book = self.library.book.read();
		let lane = book.lanes.get(&order.lane);
		let all = lane.into_iter().flat_map(|lane| &lane.refusals);
		all.filter(|it| it.at >= placed).cloned().collect()
	}

	/// What the next step of an order waits for.
	fn why(&self, order: &OrderState) -> Option<Waiting> {
		match order.stage {
			OrderStage::Accepted => {
				let sender = self.senders.get(&order.lane)?;
				let ahead = order.sequence.saturating_sub(sender.state.lock().acked());
				match self.waiting(&sender) {
					Some(Waiting::InFlight { .. } | Waiting::Queued { .. }) if ahead > 0 => {
						Some(Waiting::Queued { packets_ahead: ahead })
					}
					waiting => waiting,
				}
			}
			OrderStage::Delivered => {
				let since = order.steps.last().map_or(0, |step| step.at);
				Some(Waiting::IssuerDecision { since })
			}
			OrderStage::Confirmed | OrderStage::Partial | OrderStage::Rejected => {
				let lane = order.confirmation.as_ref().map(|c| c.lane)?;
				let outgoing = self.senders.get(&lane).and_then(|sender| self.waiting(&sender));
				outgoing.or(Some(Waiting::Countersignature))
			}
			OrderStage::Hashed if order.anchor.is_some() => Some(Waiting::Finality),
			OrderStage::Hashed => Some(Waiting::NextAnchor),
			OrderStage::Anchored => Some(Waiting::Finality),
			OrderStage::Finalised => None,
		}
	}

	pub(crate) fn evidence(&self, id: &str, seller: Option<MemberId>) -> Result<Option<EvidenceParts>, ReadError> {
		let Some(snapshot) = self.snapshot() else {
			return Ok(None);
		};
		let found = match self.find(id, seller, false)? {
			Some(found) => Some(found),
			None => self.find(id, seller, true)?,
		};
		let Some(Found { view, ordinal }) = found else {
			return Ok(None);
		};
		Ok(evidence::collect(
			&self.library,
			snapshot.directory.node,
			&view,
			ordinal,
		)?)
	}
}
