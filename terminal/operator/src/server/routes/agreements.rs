// SPDX-License-Identifier: Apache-2.0

//! Agreements: what was ratified, what is proposed, how two of them differ.

use super::{
	network::{cursor_in_state, place_in_state},
	ApiState,
};
use crate::chain::{
	agreement_id, clauses_view, parse_agreement_id, AgreementView, ChainClient, ChainError, ClauseView, Compared,
	DifferenceRow, ProposalView, VersionView,
};
use crate::server::link::failed;
use axum::{
	extract::{Path, State},
	Extension, Json,
};
use sealane_http::extract::{Id, Parameters};
use sealane_primitives::ids::ChannelId;
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most clauses of a proposal that are read in a list.
const MAX_PROPOSALS: usize = 256;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AgreementsQuery {
	/// Only those of this channel.
	channel: Option<ChannelId>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most agreements of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some agreements.
#[derive(Serialize, ToSchema)]
pub(super) struct AgreementPage {
	/// In no order that means something.
	agreements: Vec<AgreementView>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Agreements
///
/// By channel and scope, with the version in force.
#[utoipa::path(
	get, path = "/v1/agreements", tag = "agreements", operation_id = "get_agreements",
	params(AgreementsQuery),
	responses(
		(status = 200, description = "A page", body = AgreementPage),
		(status = "default", description = "A parameter breaks its rule, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<AgreementsQuery>,
) -> Result<(Extension<Entries>, Json<AgreementPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let after = place_in_state(query.cursor.as_deref())?;
	let ask = |chain: ChainClient| async move { chain.agreements(query.channel, after.as_deref(), limit).await };
	let (agreements, next) = state.shared.link.ask(ask).await?;
	let page = AgreementPage {
		agreements,
		next: cursor_in_state(next),
	};
	Ok((Extension(Entries(page.agreements.len() as u64)), Json(page)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionsQuery {
	/// Only versions below this number: the last of the page before.
	below: Option<u32>,
	/// Most versions of the page; 20 unless given.
	#[param(minimum = 1, maximum = 100)]
	limit: Option<u32>,
}

/// Versions of an agreement
///
/// With their clauses, newest first.
#[utoipa::path(
	get, path = "/v1/agreements/{id}/versions", tag = "agreements", operation_id = "get_agreement_versions",
	params(("id" = String, Path, description = "The agreement, such as `12:all` or `12:product:P1`"), VersionsQuery),
	responses(
		(status = 200, description = "The versions", body = Vec<VersionView>),
		(status = "default", description = "There is no such agreement, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn versions(
	State(state): State<ApiState>,
	Id(id): Id,
	Parameters(query): Parameters<VersionsQuery>,
) -> Result<(Extension<Entries>, Json<Vec<VersionView>>), Failure> {
	let (channel, scope) = parse_agreement_id(&id).map_err(failed)?;
	let limit = match query.limit.unwrap_or(20) {
		limit @ 1..=100 => limit,
		other => return Err(Failure::parameter("limit", format!("{other}: from 1 to 100"))),
	};
	let ask = |chain: ChainClient| async move { chain.agreement_versions(channel, &scope, query.below, limit).await };
	let versions = state.shared.link.ask(ask).await?;
	Ok((Extension(Entries(versions.len() as u64)), Json(versions)))
}

/// The difference of two versions
///
/// Clause by clause. Each side is a version by its number, 0 for what held before the first, or `p` and the number of an open proposal.
#[utoipa::path(
	get, path = "/v1/agreements/{id}/versions/{a}/difference/{b}", tag = "agreements", operation_id = "get_agreement_difference",
	params(
		("id" = String, Path, description = "The agreement, such as `12:all` or `12:product:P1`"),
		("a" = String, Path, description = "The first of the two: `3`, or `p7`"),
		("b" = String, Path, description = "The second of the two: `4`, or `p7`"),
	),
	responses(
		(status = 200, description = "A row for each clause of both", body = Vec<DifferenceRow>),
		(status = "default", description = "One of them is not there, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn difference(
	State(state): State<ApiState>,
	Path((id, a, b)): Path<(String, String, String)>,
) -> Result<(Extension<Entries>, Json<Vec<DifferenceRow>>), Failure> {
	let (channel, scope) = parse_agreement_id(&id).map_err(failed)?;
	let (before, after): (Compared, Compared) = (a.parse().map_err(failed)?, b.parse().map_err(failed)?);
	let ask = |chain: ChainClient| async move { chain.agreement_difference(channel, &scope, before, after).await };
	let rows = state.shared.link.ask(ask).await?;
	Ok((Extension(Entries(rows.len() as u64)), Json(rows)))
}

/// A proposal for clauses, with them.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenProposal {
	#[serde(flatten)]
	proposal: ProposalView,
	/// The agreement that it would be a version of.
	agreement: String,
	/// The proposer's name.
	proposer_name: String,
	/// Its clauses; absent where this release does not know one of their kinds.
	#[serde(skip_serializing_if = "Option::is_none")]
	clauses: Option<Vec<ClauseView>>,
}

/// Proposals for clauses
///
/// Those that are open: joint ones wait for the council.
#[utoipa::path(
	get, path = "/v1/proposals", tag = "agreements", operation_id = "get_proposals",
	responses(
		(status = 200, description = "By number", body = Vec<OpenProposal>),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn proposals(
	State(state): State<ApiState>,
) -> Result<(Extension<Entries>, Json<Vec<OpenProposal>>), Failure> {
	let consortium = state.shared.consortium().await?;
	let ask = |chain: ChainClient| async move {
		let mut found = Vec::new();
		for proposal in chain.proposals().await?.into_iter().take(MAX_PROPOSALS) {
			match chain.proposed_clauses(proposal.id).await {
				Ok((channel, scope, clauses)) => {
					found.push((proposal, agreement_id(channel, &scope), Some(clauses_view(&clauses))));
				}
				// Decided between the two questions.
				Err(ChainError::NotFound { .. }) => {}
				Err(ChainError::Mismatch(_)) => {
					let id = format!("{}:{}", proposal.channel, proposal.scope.replace(' ', ":"));
					found.push((proposal, id, None));
				}
				Err(other) => return Err(other),
			}
		}
		Ok(found)
	};
	let found = state.shared.link.ask(ask).await?.into_iter();
	let open = found.map(|(proposal, agreement, clauses)| OpenProposal {
		agreement,
		proposer_name: consortium.names.member(proposal.proposer),
		proposal,
		clauses,
	});
	let open: Vec<OpenProposal> = open.collect();
	Ok((Extension(Entries(open.len() as u64)), Json(open)))
}
