// SPDX-License-Identifier: Apache-2.0

//! The node that the server talks to, and what people must look at.

use super::ApiState;
use crate::server::{
	alarms::{self, Alarm, AlarmCode},
	link::LinkState,
};
use axum::{extract::State, Json};
use sealane_primitives::ids::BlockNumber;
use sealane_sdk::types::Problem;
use sealane_service::Failure;
use serde::Serialize;
use utoipa::ToSchema;

/// The node that the server talks to, by what the server saw last.
#[derive(Serialize, ToSchema)]
pub(super) struct NodeStatus {
	#[serde(flatten)]
	link: LinkState,
	/// Nodes that it is connected to.
	#[serde(skip_serializing_if = "Option::is_none")]
	peers: Option<u32>,
	/// Whether it still catches up.
	#[serde(skip_serializing_if = "Option::is_none")]
	syncing: Option<bool>,
	/// Number of its newest block.
	#[serde(skip_serializing_if = "Option::is_none")]
	best_block: Option<BlockNumber>,
	/// Number of its newest final block.
	#[serde(skip_serializing_if = "Option::is_none")]
	final_block: Option<BlockNumber>,
	/// How many blocks finality is behind.
	#[serde(skip_serializing_if = "Option::is_none")]
	lag: Option<u32>,
	/// Genesis hash of the chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	genesis: Option<String>,
}

/// The node
///
/// Whether the node answers that this server talks to, since when, and how it is. Asks nobody.
#[utoipa::path(
	get, path = "/v1/node", tag = "chain", operation_id = "get_node",
	responses(
		(status = 200, description = "The node", body = NodeStatus),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn node(State(state): State<ApiState>) -> Json<NodeStatus> {
	let genesis = state.shared.link.chain().ok();
	let watched = state.shared.watched();
	Json(NodeStatus {
		link: state.shared.link.state(),
		peers: watched.health().map(|health| health.peers),
		syncing: watched.health().map(|health| health.is_syncing),
		best_block: watched.best().map(|best| best.number),
		final_block: watched.final_number(),
		lag: watched.lag(),
		genesis: genesis.map(|chain| format!("0x{}", hex::encode(chain.genesis()))),
	})
}

/// Alarms
///
/// What people must look at, each with the page that says what to do.
#[utoipa::path(
	get, path = "/v1/alarms", tag = "chain", operation_id = "get_alarms",
	responses(
		(status = 200, description = "The alarms", body = Vec<Alarm>),
		(status = "default", description = "The database fails", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn alarms(State(state): State<ApiState>) -> Result<Json<Vec<Alarm>>, Failure> {
	let mut found = alarms::of(&state.shared);
	// Those of the server itself are told in words only.
	let all = state.core.alarms().await?;
	let others = all
		.into_iter()
		.filter(|words| found.iter().all(|alarm| alarm.words != *words));
	let others: Vec<Alarm> = others.map(|words| Alarm::new(AlarmCode::Server, words)).collect();
	found.extend(others);
	Ok(Json(found))
}
