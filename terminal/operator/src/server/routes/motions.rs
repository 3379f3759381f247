// SPDX-License-Identifier: Apache-2.0

//! What the council is asked to decide.

use super::ApiState;
use crate::{
	chain::{effects, share_of_effects, Closing, Effect, MotionView, Share},
	server::state::Consortium,
};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Id;
use sealane_primitives::ids::{BlockNumber, MemberId};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, Failure};
use serde::Serialize;
use utoipa::ToSchema;

/// A seat of the council.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Seat {
	/// Its account, SS58.
	account: String,
	/// The member that the account manages, where it manages one.
	#[serde(skip_serializing_if = "Option::is_none")]
	member: Option<MemberId>,
	/// That member's name.
	#[serde(skip_serializing_if = "Option::is_none")]
	name: Option<String>,
}

/// A motion, for those who vote on it.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenMotion {
	/// Its number.
	index: u32,
	/// Hash of its call: a vote names it.
	hash: String,
	/// Pallet and call.
	call: String,
	/// The call with every argument, and every call that it carries: what is voted on.
	words: String,
	/// What each call does, in a sentence where there is one.
	effects: Vec<Effect>,
	/// Calls whose hashes stand in it, from the preimages on chain.
	behind: Vec<crate::chain::Behind>,
	/// Votes that it needs.
	threshold: u32,
	/// Votes that its power takes; absent where it is none of the council's. Closed with fewer, its call fails.
	#[serde(skip_serializing_if = "Option::is_none")]
	needed: Option<u32>,
	/// The share that is.
	#[serde(skip_serializing_if = "Option::is_none")]
	share: Option<Share>,
	/// Who is for it.
	ayes: Vec<Seat>,
	/// Who is against it.
	nays: Vec<Seat>,
	/// Who has not voted: that is no vote.
	silent: Vec<Seat>,
	/// Block in which voting ends.
	end: BlockNumber,
	/// Blocks until then.
	ends_in: BlockNumber,
	/// What closing it would do now.
	closing: Closing,
	/// The same in a sentence.
	closing_words: String,
}

/// The open motions.
#[derive(Serialize, ToSchema)]
pub(super) struct Motions {
	/// The block.
	block: BlockNumber,
	/// Seats of the council.
	seats: Vec<Seat>,
	/// By number.
	motions: Vec<OpenMotion>,
}

/// Motions
///
/// The open motions, decoded from the bytes that are voted on, with the effect of each call, the votes and what closing would do.
#[utoipa::path(
	get, path = "/v1/motions", tag = "council", operation_id = "get_motions",
	responses(
		(status = 200, description = "The open motions", body = Motions),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(State(state): State<ApiState>) -> Result<(Extension<Entries>, Json<Motions>), Failure> {
	let motions = read(&state).await?;
	Ok((Extension(Entries(motions.motions.len() as u64)), Json(motions)))
}

/// A motion
///
/// By the hash of its call.
#[utoipa::path(
	get, path = "/v1/motions/{hash}", tag = "council", operation_id = "get_motion",
	params(("hash" = String, Path, description = "The hash of its call, 0x and 64 hexadecimal digits")),
	responses(
		(status = 200, description = "The motion", body = OpenMotion),
		(status = "default", description = "No open motion has this hash, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>, Id(hash): Id) -> Result<Json<OpenMotion>, Failure> {
	let motions = read(&state).await?.motions;
	let found = motions
		.into_iter()
		.find(|motion| motion.hash.eq_ignore_ascii_case(&hash));
	let missing = || Failure::new(ProblemCode::NotFound, "no open motion has this hash: it may be closed");
	found.map(Json).ok_or_else(missing)
}

async fn read(state: &ApiState) -> Result<Motions, Failure> {
	let consortium = state.shared.consortium().await?;
	let ask = |chain: crate::chain::ChainClient| async move {
		let seats = chain.council().await?;
		let motions = chain.motions().await?;
		Ok((chain.best_block().await?, seats, motions, chain.metadata().await?))
	};
	let (block, seats, motions, metadata) = state.shared.link.ask(ask).await?;
	let seats: Vec<String> = seats.iter().map(crate::chain::account_text).collect();
	let motions = motions
		.into_iter()
		.map(|(motion, view)| {
			// One of another runtime has its words, and no sentence.
			let found = effects(&metadata, &motion.call.bytes, &consortium.names).unwrap_or_default();
			open_motion(view, found, &seats, block, &consortium)
		})
		.collect();
	Ok(Motions {
		block,
		seats: seats.iter().map(|account| seat(account, &consortium)).collect(),
		motions,
	})
}

fn seat(account: &str, consortium: &Consortium) -> Seat {
	let member = consortium.member_of(account);
	Seat {
		account: account.into(),
		member: member.map(|member| member.id),
		name: member.map(|member| consortium.names.member(member.id)),
	}
}

fn open_motion(
	view: MotionView,
	effects: Vec<Effect>,
	seats: &[String],
	block: BlockNumber,
	consortium: &Consortium,
) -> OpenMotion {
	let count = seats.len() as u32;
	let tally = view.tally();
	let closing = tally.closing(count, block);
	let share = share_of_effects(&effects);
	let needed = share.map(|share| share.votes(count));
	let voted = |account: &&String| view.ayes.contains(*account) || view.nays.contains(*account);
	let named = |accounts: &[String]| accounts.iter().map(|account| seat(account, consortium)).collect();
	let silent: Vec<String> = seats.iter().filter(|account| !voted(account)).cloned().collect();
	let closing_words = match closing {
		Closing::Runs if needed.is_some_and(|needed| tally.ayes < needed) => format!(
			"closing it runs its call with {} votes, and the call fails: its power takes {}",
			tally.ayes,
			needed.unwrap_or_default()
		),
		Closing::Runs => format!(
			"closing it runs its call, with {} of {} votes",
			tally.ayes, tally.threshold
		),
		Closing::Rejects => "closing it ends it without effect".into(),
		Closing::TooEarly => format!(
			"it cannot be closed yet: {} of {} votes, and its time ends with block {}",
			tally.ayes, tally.threshold, tally.end
		),
	};
	OpenMotion {
		index: view.index,
		call: view.call,
		words: view.words,
		effects,
		behind: view.behind,
		threshold: view.threshold,
		needed,
		share,
		ayes: named(&view.ayes),
		nays: named(&view.nays),
		silent: named(&silent),
		end: view.end,
		ends_in: view.end.saturating_sub(block),
		closing,
		closing_words,
		hash: view.hash,
	}
}
