// SPDX-License-Identifier: Apache-2.0

//! What an operator must look at before a business system complains: lanes that stand, grants that end soon.

use sealane_courier::api::{ChannelView, LaneStatus, Waiting};
use sealane_primitives::ids::{BlockNumber, Moment};

/// Milliseconds after which a lane that does not go on is told: a partner's node that is started anew is back long before.
const PATIENCE_MS: Moment = 15 * 60_000;
/// Blocks before the end of a grant from which on it is told: a week at two seconds each, as a renewal takes both parties and the council.
const NOTICE: BlockNumber = 302_400;
/// Most alarms of one kind; of the others only how many they are.
const MOST: usize = 16;

/// Lanes on which packets wait for long although the chain allows them. Where it does not, that is told as an event, and no operator can help.
pub(crate) fn of_lanes(lanes: &[LaneStatus], now: Moment) -> Vec<String> {
	let standing = lanes.iter().filter_map(|lane| {
		let since = lane
			.waiting_since
			.filter(|since| now.saturating_sub(*since) > PATIENCE_MS)?;
		let why = match lane.waiting.as_ref()? {
			Waiting::PartnerUnreachable { error, .. } => format!("the partner's node cannot be reached: {error}"),
			Waiting::PartnerRefused { code, .. } => format!("the partner's node refuses them: {code}"),
			Waiting::PartnerBusy { .. } => "the partner's node is busy".into(),
			Waiting::NoPartnerKey => "the partner's node has no courier key that is valid now".into(),
			Waiting::InFlight { .. } => "the partner's node does not answer".into(),
			_ => return None,
		};
		let packets = lane.packets.saturating_sub(lane.delivered);
		Some(format!(
			"lane {}: {packets} packets wait since {since} (Unix milliseconds): {why}",
			lane.lane
		))
	});
	bounded(standing.collect(), "lanes stand")
}

/// Grants that end within a week.
pub(crate) fn of_channels(channels: &[ChannelView], block: BlockNumber) -> Vec<String> {
	let ending = channels.iter().filter_map(|channel| {
		let until = channel.authorisation.as_ref().ok()?.valid_until?;
		let left = until.saturating_sub(block);
		(left <= NOTICE).then(|| {
			format!(
				"channel {} with {}: its grant ends at block {until}, in {left} blocks: renew it in time",
				channel.id, channel.partner_name
			)
		})
	});
	bounded(ending.collect(), "grants end soon")
}

fn bounded(mut alarms: Vec<String>, others: &str) -> Vec<String> {
	let more = alarms.len().saturating_sub(MOST);
	if more > 0 {
		alarms.truncate(MOST);
		alarms.push(format!("{more} more {others}"));
	}
	alarms
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_courier::api::LaneId;
	use sealane_primitives::{
		business::BusinessKinds,
		directory::{Authorisation, Refusal},
	};

	const NOW: Moment = 100 * 60_000;

	fn lane(to: u32, waiting: Option<(Moment, Waiting)>) -> LaneStatus {
		let (waiting_since, waiting) = waiting.unzip();
		LaneStatus {
			lane: LaneId {
				channel: 3,
				from: 2,
				to,
			},
			outgoing: true,
			packets: 12,
			delivered: 5,
			in_flight: 0,
			waiting_since,
			waiting,
			last_receipt_at: None,
		}
	}

	#[test]
	fn a_lane_that_stands_is_told_with_its_reason_once_it_stands_for_long() {
		let away = || Waiting::PartnerUnreachable {
			since: 1,
			error: "refused".into(),
			retry_at: 2,
		};
		let closed = Waiting::ChannelClosed {
			refusal: Refusal::Suspended,
			at: 7,
		};
		let lanes = [
			lane(7, Some((NOW - PATIENCE_MS - 1, away()))),
			lane(8, Some((NOW - PATIENCE_MS, away()))),
			lane(9, Some((1, closed))),
			lane(10, None),
			lane(11, Some((1, Waiting::NoPartnerKey))),
		];
		let told = of_lanes(&lanes, NOW);
		assert_eq!(told.len(), 2, "{told:?}");
		assert!(
			told[0].contains("7 packets wait") && told[0].ends_with("cannot be reached: refused"),
			"{told:?}"
		);
		assert!(told[1].contains("no courier key"), "{told:?}");
		let many = vec![lane(7, Some((1, away()))); MOST + 5];
		assert_eq!(of_lanes(&many, NOW)[MOST..], ["5 more lanes stand".to_string()]);
	}

	#[test]
	fn a_grant_that_ends_within_a_week_is_told() {
		let channel = |authorisation| ChannelView {
			id: 3,
			seller: 1,
			issuer: 2,
			partner: 2,
			partner_name: "Northwind".into(),
			authorisation,
			interfaces: Vec::new(),
			products: Vec::new(),
			agreements: Vec::new(),
		};
		let until = |valid_until| {
			Ok(Authorisation {
				channel: 3,
				kinds: BusinessKinds::ALL,
				valid_until,
				orders_per_minute: None,
			})
		};
		let channels = [
			channel(until(Some(1_000 + NOTICE))),
			channel(until(Some(1_001 + NOTICE))),
			channel(until(None)),
			channel(Err(Refusal::Expired)),
		];
		let told = of_channels(&channels, 1_000);
		assert_eq!(told.len(), 1, "{told:?}");
		assert!(
			told[0].contains("Northwind") && told[0].contains("in 302400 blocks"),
			"{told:?}"
		);
	}
}
