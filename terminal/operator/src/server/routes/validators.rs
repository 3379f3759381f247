// SPDX-License-Identifier: Apache-2.0

//! Who makes blocks, who does not, and how far finality is behind.

use super::ApiState;
use crate::{
	chain::{ChainClient, ValidatorView},
	server::watch::{Block, Tally},
};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Parameters;
use sealane_primitives::ids::{BlockNumber, MemberId};
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most blocks of an answer.
const MAX_BLOCKS: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ValidatorsQuery {
	/// How many of the newest blocks to show; 60 unless given.
	#[param(maximum = 1000)]
	blocks: Option<u32>,
}

/// A validator, and what it did in the blocks that the server remembers.
#[derive(Serialize, ToSchema)]
pub(super) struct Validator {
	#[serde(flatten)]
	validator: ValidatorView,
	#[serde(flatten)]
	tally: Tally,
	/// Whether it makes no blocks in its turns.
	silent: bool,
	/// The member that its account manages, where it manages one.
	#[serde(skip_serializing_if = "Option::is_none")]
	member: Option<MemberId>,
	/// That member's name.
	#[serde(skip_serializing_if = "Option::is_none")]
	name: Option<String>,
}

/// The validators and the newest blocks.
#[derive(Serialize, ToSchema)]
pub(super) struct Validators {
	/// Those of the session under way, and those that the set has for the next ones.
	validators: Vec<Validator>,
	/// The fewest that motions may leave.
	floor: u32,
	/// Over how many blocks `made` and `missed` count: as many as the server has seen, at most 1,000.
	over_blocks: u32,
	/// Number of the newest final block.
	#[serde(skip_serializing_if = "Option::is_none")]
	final_block: Option<BlockNumber>,
	/// How many blocks finality is behind.
	#[serde(skip_serializing_if = "Option::is_none")]
	lag: Option<u32>,
	/// Whether finality stands still while blocks come.
	finality_stands: bool,
	/// The newest blocks, newest first.
	blocks: Vec<Block>,
}

/// Validators
///
/// Who makes blocks, whose turns passed without one, how far finality is behind, and the newest blocks. Counted by this server since it
/// started, from the blocks of its node's best chain.
#[utoipa::path(
	get, path = "/v1/validators", tag = "chain", operation_id = "get_validators",
	params(ValidatorsQuery),
	responses(
		(status = 200, description = "The validators", body = Validators),
		(status = "default", description = "A parameter breaks its rule, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<ApiState>,
	Parameters(query): Parameters<ValidatorsQuery>,
) -> Result<(Extension<Entries>, Json<Validators>), Failure> {
	let shown = query.blocks.unwrap_or(60);
	if shown > MAX_BLOCKS {
		return Err(Failure::parameter("blocks", format!("{shown}: at most {MAX_BLOCKS}")));
	}
	let consortium = state.shared.consortium().await?;
	let ask = |chain: ChainClient| async move { Ok((chain.validators().await?, chain.validators_floor().await?)) };
	let (validators, floor) = state.shared.link.ask(ask).await?;
	let watched = state.shared.watched();
	let (tallies, silent) = (watched.tallies(), watched.silent());
	let validators = validators.into_iter().map(|validator| {
		let member = consortium.member_of(&validator.account);
		Validator {
			tally: tallies.get(&validator.account).copied().unwrap_or_default(),
			silent: silent.contains(&validator.account),
			member: member.map(|member| member.id),
			name: member.map(|member| consortium.names.member(member.id)),
			validator,
		}
	});
	let answer = Validators {
		validators: validators.collect(),
		floor,
		over_blocks: watched.blocks().count() as u32,
		final_block: watched.final_number(),
		lag: watched.lag(),
		finality_stands: watched.stands().is_some(),
		blocks: watched.blocks().take(shown as usize).cloned().collect(),
	};
	Ok((Extension(Entries(answer.validators.len() as u64)), Json(answer)))
}
