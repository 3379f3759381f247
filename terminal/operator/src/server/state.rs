// SPDX-License-Identifier: Apache-2.0

//! What all parts of the server share.

use super::{
	feed::Feed,
	link::{failed, not_ready, NodeLink, TIMEOUT},
	rpc::Sockets,
	submissions::Submissions,
	watch::Watched,
};
use crate::{
	chain::{ChainClient, ChannelView, MemberView, Names, NodeView},
	error::Result,
};
use sealane_service::Failure;
use sealane_terminal_core::db::Db;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// See the module.
pub struct Shared {
	/// The connection to a node.
	pub link: NodeLink,
	/// What happened.
	pub feed: Feed,
	/// What was signed elsewhere and handed in.
	pub submissions: Submissions,
	/// Who calls the node's methods.
	pub sockets: Sockets,
	/// The database.
	pub db: Db,
	watched: Mutex<Watched>,
	consortium: tokio::sync::Mutex<Option<Arc<Consortium>>>,
}

/// Who is in the consortium in one block.
pub struct Consortium {
	block: [u8; 32],
	/// Its number.
	pub number: u32,
	/// Members by number.
	pub members: Vec<MemberView>,
	/// Nodes by number.
	pub nodes: Vec<NodeView>,
	/// Channels by number.
	pub channels: Vec<ChannelView>,
	/// Names for numbers.
	pub names: Names,
}

impl Shared {
	/// Of a server that talks to one of these nodes.
	///
	/// # Errors
	/// None is given.
	pub fn new(nodes: Vec<String>, db: Db) -> Result<Self> {
		Ok(Shared {
			link: NodeLink::new(nodes)?,
			feed: Feed::new(),
			submissions: Submissions::default(),
			sockets: Sockets::default(),
			db,
			watched: Mutex::default(),
			consortium: tokio::sync::Mutex::default(),
		})
	}

	/// What is known of the newest blocks.
	pub fn watched(&self) -> MutexGuard<'_, Watched> {
		// It is advanced by one task, block by block: what a panic left is a block behind.
		self.watched.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Who is in the consortium. Read from the node once per block, however many ask; where the node is away, as it was last.
	///
	/// # Errors
	/// The node does not answer, and never did.
	pub async fn consortium(&self) -> std::result::Result<Arc<Consortium>, Failure> {
		let best = self.watched().best().map(|block| block.hash);
		// Whoever reads it may wait for the node; those behind do not wait for all before them.
		let kept = tokio::time::timeout(TIMEOUT, self.consortium.lock()).await;
		let mut kept = kept.map_err(|_| not_ready("others wait for the node as well".into()))?;
		if let Some(kept) = kept.as_ref() {
			if Some(kept.block) == best || self.link.chain().is_err() {
				return Ok(kept.clone());
			}
		}
		let found = Arc::new(self.link.ask(read).await?);
		*kept = Some(found.clone());
		Ok(found)
	}
}

async fn read(chain: ChainClient) -> std::result::Result<Consortium, crate::chain::ChainError> {
	// Before what follows: what is read later is at least as new.
	let head = chain.best_head().await?;
	let (members, nodes, channels) = tokio::try_join!(chain.members(), chain.nodes(), chain.channels())?;
	Ok(Consortium {
		block: head.hash,
		number: head.number,
		names: Names::new(&members, &channels),
		members,
		nodes,
		channels,
	})
}

impl Consortium {
	/// The member that an account manages.
	pub fn member_of(&self, account: &str) -> Option<&MemberView> {
		self.members.iter().find(|member| member.manager == account)
	}
}

/// An error of a terminal that came from the chain.
pub fn refused(error: crate::error::Error) -> Failure {
	match error {
		crate::error::Error::Chain(reason) => failed(crate::chain::ChainError::Mismatch(reason)),
		other => other.into(),
	}
}
