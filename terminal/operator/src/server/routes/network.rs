// SPDX-License-Identifier: Apache-2.0

//! Who is in the consortium: members, their nodes, the channels between them, products.

use super::ApiState;
use crate::{
	chain::{terms_in_words, ChannelView, MemberView, NodeView, ProductView},
	server::state::Consortium,
};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Parameters;
use sealane_primitives::ids::{BlockNumber, MemberId};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::{IntoParams, ToSchema};

/// The consortium in one block.
#[derive(Serialize, ToSchema)]
pub(super) struct Network {
	/// The block.
	block: BlockNumber,
	/// Members by number.
	members: Vec<MemberView>,
	/// Nodes by number.
	nodes: Vec<NetworkNode>,
	/// Channels by number, those that ended included.
	channels: Vec<NetworkChannel>,
	/// Why it is not known which nodes are connected; absent where it is.
	#[serde(skip_serializing_if = "Option::is_none")]
	connections_unknown: Option<String>,
}

/// A node, and whether it is connected.
#[derive(Serialize, ToSchema)]
pub(super) struct NetworkNode {
	#[serde(flatten)]
	node: NodeView,
	/// Whether the node that this server talks to is connected to it; absent where that is not known.
	#[serde(skip_serializing_if = "Option::is_none")]
	connected: Option<bool>,
	/// Whether it is the node that this server talks to.
	own: bool,
}

/// A channel, with its parties and what it may carry in words.
#[derive(Serialize, ToSchema)]
pub(super) struct NetworkChannel {
	#[serde(flatten)]
	channel: ChannelView,
	/// The seller's name.
	seller_name: String,
	/// The issuer's name.
	issuer_name: String,
	/// What it may carry, in a sentence; absent where nothing was granted.
	#[serde(skip_serializing_if = "Option::is_none")]
	words: Option<String>,
}

impl NetworkChannel {
	fn new(channel: &ChannelView, consortium: &Consortium) -> Self {
		let (seller_name, issuer_name) = (
			consortium.names.member(channel.seller),
			consortium.names.member(channel.issuer),
		);
		let words = channel.terms.as_ref().map(|terms| {
			format!(
				"{seller_name} may sell {issuer_name}'s products: {}",
				terms_in_words(terms)
			)
		});
		NetworkChannel {
			channel: channel.clone(),
			seller_name,
			issuer_name,
			words,
		}
	}
}

/// The network
///
/// Members, nodes and channels as they are on chain, and which nodes are connected as the node sees it that this server talks to. Where that
/// node is away, as it was last.
#[utoipa::path(
	get, path = "/v1/network", tag = "network", operation_id = "get_network",
	responses(
		(status = 200, description = "The consortium", body = Network),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(State(state): State<ApiState>) -> Result<(Extension<Entries>, Json<Network>), Failure> {
	let consortium = state.shared.consortium().await?;
	let own = state
		.shared
		.link
		.ask(|chain| async move { chain.node_peer_id().await })
		.await
		.ok();
	let peers = state.shared.link.ask(|chain| async move { chain.peers().await }).await;
	let connections_unknown = peers.as_ref().err().map(|failure| failure.problem().detail.to_string());
	let peers: Option<HashSet<String>> = peers
		.ok()
		.map(|peers| peers.into_iter().map(|peer| peer.peer_id).collect());
	let node = |node: &NodeView| {
		let is_own = own.as_ref() == Some(&node.peer_id);
		NetworkNode {
			node: node.clone(),
			connected: peers.as_ref().map(|peers| is_own || peers.contains(&node.peer_id)),
			own: is_own,
		}
	};
	let network = Network {
		block: consortium.number,
		members: consortium.members.clone(),
		nodes: consortium.nodes.iter().map(node).collect(),
		channels: consortium
			.channels
			.iter()
			.map(|channel| NetworkChannel::new(channel, &consortium))
			.collect(),
		connections_unknown,
	};
	let shown = network.members.len() + network.nodes.len() + network.channels.len();
	Ok((Extension(Entries(shown as u64)), Json(network)))
}

/// Who has to act next on an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NextActor {
	/// The issuer countersigns or refuses.
	Issuer,
	/// The council grants or lets it be.
	Council,
}

/// A channel that was applied for and is not granted.
#[derive(Serialize, ToSchema)]
pub(super) struct ChannelApplication {
	#[serde(flatten)]
	channel: NetworkChannel,
	/// Who has to act next.
	next: NextActor,
}

/// Applications
///
/// Channels that were applied for and are neither granted nor ended.
#[utoipa::path(
	get, path = "/v1/applications", tag = "network", operation_id = "get_applications",
	responses(
		(status = 200, description = "By channel", body = Vec<ChannelApplication>),
		(status = "default", description = "The node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn applications(
	State(state): State<ApiState>,
) -> Result<(Extension<Entries>, Json<Vec<ChannelApplication>>), Failure> {
	let consortium = state.shared.consortium().await?;
	let next = |channel: &ChannelView| match channel.state.as_str() {
		"Applied" => Some(NextActor::Issuer),
		"Countersigned" => Some(NextActor::Council),
		_ => None,
	};
	let open = consortium.channels.iter().filter_map(|channel| {
		Some(ChannelApplication {
			next: next(channel)?,
			channel: NetworkChannel::new(channel, &consortium),
		})
	});
	let open: Vec<ChannelApplication> = open.collect();
	Ok((Extension(Entries(open.len() as u64)), Json(open)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProductsQuery {
	/// Only those of this issuer, by its number, that are not closed.
	issuer: Option<MemberId>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most products of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some products.
#[derive(Serialize, ToSchema)]
pub(super) struct ProductPage {
	/// In no order that means something.
	products: Vec<ProductView>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// The place of a cursor in the state of the chain.
pub(super) fn place_in_state(cursor: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
	let key: Option<String> = cursor.map(paging::place).transpose()?;
	let key = key.map(|key| hex::decode(key).ok().filter(|key| key.len() <= 256));
	key.map(|key| {
		key.ok_or_else(|| {
			Problem::new(ProblemCode::InvalidCursor, "not a cursor of this list")
				.with_field("cursor")
				.into()
		})
	})
	.transpose()
}

/// The cursor of a place in the state of the chain.
pub(super) fn cursor_in_state(key: Option<Vec<u8>>) -> Option<String> {
	key.map(|key| paging::cursor(&hex::encode(key)))
}

/// Products
///
/// What issuers registered.
#[utoipa::path(
	get, path = "/v1/products", tag = "network", operation_id = "get_products",
	params(ProductsQuery),
	responses(
		(status = 200, description = "A page", body = ProductPage),
		(status = "default", description = "A parameter breaks its rule, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn products(
	State(state): State<ApiState>,
	Parameters(query): Parameters<ProductsQuery>,
) -> Result<(Extension<Entries>, Json<ProductPage>), Failure> {
	let limit = paging::limit(query.limit)?;
	let after = place_in_state(query.cursor.as_deref())?;
	let ask =
		|chain: crate::chain::ChainClient| async move { chain.products(query.issuer, after.as_deref(), limit).await };
	let (products, next) = state.shared.link.ask(ask).await?;
	let page = ProductPage {
		products,
		next: cursor_in_state(next),
	};
	Ok((Extension(Entries(page.products.len() as u64)), Json(page)))
}
