// SPDX-License-Identifier: Apache-2.0

//! What stands still, who can stop what and who can undo it; the runtime and what waits to replace it.

use super::ApiState;
use crate::chain::{ChainClient, RuntimeState, Share, StandsStill};
use axum::{extract::State, Json};
use sealane_primitives::ids::{BlockNumber, ChannelId, MemberId};
use sealane_sdk::types::Problem;
use sealane_service::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// A power for emergencies.
#[derive(Serialize, ToSchema)]
pub(super) struct Power {
	/// The `call` of the proposal.
	call: &'static str,
	/// What it does.
	words: &'static str,
	/// The share of the council that it takes.
	share: Share,
	/// How many votes that is now.
	votes: u32,
	/// The `call` that undoes it; absent where nothing does.
	#[serde(skip_serializing_if = "Option::is_none")]
	undone_by: Option<&'static str>,
	/// How many votes that takes now.
	#[serde(skip_serializing_if = "Option::is_none")]
	undo_votes: Option<u32>,
}

/// What a power is: call, pallet and call on chain, words, what undoes it.
type PowerRow = (
	&'static str,
	(&'static str, &'static str),
	&'static str,
	Option<&'static str>,
);

const POWERS: [PowerRow; 9] = [
	(
		"enter_safe_mode",
		("SafeMode", "force_enter"),
		"Stops the chain's business for a day: consensus, governance, evidence and what takes away go on. Orders over open channels still \
		 travel: suspend channels to stop them. A third may do it once; within seven days after it ended, more than one half.",
		Some("leave_safe_mode"),
	),
	("extend_safe_mode", ("SafeMode", "force_extend"), "Prolongs safe mode by a day.", Some("leave_safe_mode")),
	("leave_safe_mode", ("SafeMode", "force_exit"), "Ends safe mode at once.", Some("enter_safe_mode")),
	(
		"suspend_channel",
		("Channels", "suspend"),
		"Holds one channel closed: no new order travels over it. A third may do it once within seven days.",
		Some("resume_channel"),
	),
	("resume_channel", ("Channels", "resume"), "Opens a suspended channel again.", Some("suspend_channel")),
	(
		"suspend_member",
		("Members", "suspend"),
		"Holds all channels of one institution closed, and takes its right to transact but to end things of its own. A third may do it \
		 once within seven days.",
		Some("reinstate_member"),
	),
	(
		"reinstate_member",
		("Members", "reinstate"),
		"Ends a member's suspension; the seven days in which a third may not suspend it begin.",
		Some("suspend_member"),
	),
	("pause_call", ("TxPause", "pause"), "Pauses one call for everybody.", Some("unpause_call")),
	("unpause_call", ("TxPause", "unpause"), "Lets a paused call go on.", Some("pause_call")),
];

/// A member that is suspended.
#[derive(Serialize, ToSchema)]
pub(super) struct SuspendedMember {
	/// Its number.
	member: MemberId,
	/// Its name.
	name: String,
	/// First block of its suspension.
	#[serde(skip_serializing_if = "Option::is_none")]
	since: Option<BlockNumber>,
}

/// A channel that is suspended.
#[derive(Serialize, ToSchema)]
pub(super) struct SuspendedChannel {
	/// Its number.
	channel: ChannelId,
	/// The seller's name.
	seller: String,
	/// The issuer's name.
	issuer: String,
	/// First block of its suspension.
	#[serde(skip_serializing_if = "Option::is_none")]
	since: Option<BlockNumber>,
	/// Why.
	#[serde(skip_serializing_if = "Option::is_none")]
	reason: Option<String>,
}

/// What stands still, and the powers over it.
#[derive(Serialize, ToSchema)]
pub(super) struct Emergency {
	/// The block.
	block: BlockNumber,
	#[serde(flatten)]
	still: StandsStill,
	/// Until that block a third of the council does not enter safe mode anew.
	#[serde(skip_serializing_if = "Option::is_none")]
	third_rests_until: Option<BlockNumber>,
	/// Suspended members.
	members: Vec<SuspendedMember>,
	/// Suspended channels.
	channels: Vec<SuspendedChannel>,
	/// Seats of the council.
	seats: u32,
	/// What can be done, by whom, and who undoes it.
	powers: Vec<Power>,
}

/// Emergency
///
/// Safe mode, paused calls, suspensions; what each power does, how many votes it takes now, and what undoes it.
#[utoipa::path(
	get, path = "/v1/emergency", tag = "chain", operation_id = "get_emergency",
	responses(
		(status = 200, description = "What stands still", body = Emergency),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>) -> Result<Json<Emergency>, Failure> {
	let consortium = state.shared.consortium().await?;
	let ask = |chain: ChainClient| async move {
		let seats = chain.council().await?.len() as u32;
		Ok((
			chain.best_block().await?,
			chain.stands_still().await?,
			chain.rest_of_a_third().await?,
			seats,
		))
	};
	let (block, still, rest, seats) = state.shared.link.ask(ask).await?;
	let rests = still
		.safe_mode_ended
		.zip(rest)
		.map(|(ended, rest)| ended.saturating_add(rest));
	let members = consortium.members.iter().filter(|member| member.status == "Suspended");
	let channels = consortium
		.channels
		.iter()
		.filter(|channel| channel.state == "Suspended");
	Ok(Json(Emergency {
		block,
		third_rests_until: rests.filter(|until| *until > block),
		members: members
			.map(|member| SuspendedMember {
				member: member.id,
				name: consortium.names.member(member.id),
				since: member.since,
			})
			.collect(),
		channels: channels
			.map(|channel| SuspendedChannel {
				channel: channel.id,
				seller: consortium.names.member(channel.seller),
				issuer: consortium.names.member(channel.issuer),
				since: channel.suspended_since,
				reason: channel.reason.clone(),
			})
			.collect(),
		powers: powers(seats),
		seats,
		still,
	}))
}

fn powers(seats: u32) -> Vec<Power> {
	let share = |name: &str| {
		let power = POWERS.iter().find(|(call, ..)| *call == name)?;
		crate::chain::share_of(power.1 .0, power.1 .1)
	};
	let power = |(call, _, words, undone_by): &(&'static str, (&str, &str), &'static str, Option<&'static str>)| {
		let own = share(call)?;
		Some(Power {
			call,
			words,
			share: own,
			votes: own.votes(seats),
			undone_by: *undone_by,
			undo_votes: undone_by.and_then(share).map(|share| share.votes(seats)),
		})
	};
	POWERS.iter().filter_map(power).collect()
}

/// The runtime, the node, and what waits to replace the runtime.
#[derive(Serialize, ToSchema)]
pub(super) struct Upgrade {
	#[serde(flatten)]
	runtime: RuntimeState,
	/// Version of the program of the node that this server talks to.
	node_version: String,
	/// The block.
	block: BlockNumber,
}

/// Upgrade
///
/// The runtime's version and hashes, what may replace it, and what is to run with root in later blocks. A new runtime is put to the vote
/// with `sealane council upgrade`.
#[utoipa::path(
	get, path = "/v1/upgrade", tag = "chain", operation_id = "get_upgrade",
	responses(
		(status = 200, description = "The runtime", body = Upgrade),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn upgrade(State(state): State<ApiState>) -> Result<Json<Upgrade>, Failure> {
	let ask = |chain: ChainClient| async move {
		Ok(Upgrade {
			block: chain.best_block().await?,
			node_version: chain.node_version().await?,
			runtime: chain.runtime_state().await?,
		})
	};
	Ok(Json(state.shared.link.ask(ask).await?))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_power_has_its_votes_and_what_undoes_it_is_one_too() {
		let powers = powers(5);
		assert_eq!(powers.len(), POWERS.len(), "each has its share");
		for power in &powers {
			let undone_by = power.undone_by.unwrap();
			let undo = powers.iter().find(|other| other.call == undone_by).unwrap();
			assert_eq!(power.undo_votes, Some(undo.votes), "{}", power.call);
		}
		let enter = &powers[0];
		assert_eq!(
			(enter.share, enter.votes, enter.undo_votes),
			(Share::OneThird, 2, Some(4))
		);
	}
}
