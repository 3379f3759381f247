// SPDX-License-Identifier: Apache-2.0

//! The chain as the courier sees it: the runtime API at the newest best and the newest final block.

use super::FullClient;
use futures::StreamExt;
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_service::TaskManager;
use sealane_courier::chain::{ChainView, DirectoryAt};
use sealane_primitives::{
	ids::{AnchorSequence, BlockNumber, Digest, NodeId, PeerIdBytes},
	runtime_api::{AnchorEntry, CourierApi},
};
use sealane_runtime::Hash;
use sp_api::ProvideRuntimeApi;
use std::sync::Arc;
use tokio::sync::watch;

const LOG_TARGET: &str = "sealane::chain";

/// Follows the chain and answers from it.
pub struct ClientView {
	client: Arc<FullClient>,
	directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
	finalised: watch::Receiver<BlockNumber>,
}

impl ClientView {
	/// Begins to follow. The directory of the current best block is there when this returns.
	pub fn start(task_manager: &TaskManager, client: Arc<FullClient>, peer: PeerIdBytes) -> Arc<Self> {
		let info = client.info();
		let (directory_tx, directory) =
			watch::channel(read_directory(&client, &peer, info.best_number, info.best_hash));
		let (finalised_tx, finalised) = watch::channel(info.finalized_number);

		let spawner = task_manager.spawn_handle();
		let reader = client.clone();
		let mut imports = client.import_notification_stream();
		spawner.spawn("courier-directory", Some("courier"), async move {
			while let Some(block) = imports.next().await {
				if !block.is_new_best {
					continue;
				}
				if let Some(next) = read_directory(&reader, &peer, block.header.number, block.hash) {
					directory_tx.send_replace(Some(next));
				}
			}
		});
		let mut finality = client.finality_notification_stream();
		spawner.spawn("courier-finality", Some("courier"), async move {
			while let Some(block) = finality.next().await {
				finalised_tx.send_replace(block.header.number);
			}
		});
		Arc::new(ClientView {
			client,
			directory,
			finalised,
		})
	}
}

fn read_directory(client: &FullClient, peer: &PeerIdBytes, block: BlockNumber, hash: Hash) -> Option<Arc<DirectoryAt>> {
	match client.runtime_api().directory(hash, peer.clone()) {
		Ok(directory) => Some(Arc::new(DirectoryAt {
			block,
			hash: hash.into(),
			directory,
		})),
		Err(error) => {
			// The courier keeps the directory of an earlier block, which is what it would have without this block.
			log::warn!(target: LOG_TARGET, "cannot read the directory at block {block}: {error}");
			None
		}
	}
}

impl ChainView for ClientView {
	fn genesis(&self) -> Digest {
		self.client.info().genesis_hash.into()
	}

	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>> {
		self.directory.clone()
	}

	fn finalised(&self) -> watch::Receiver<BlockNumber> {
		self.finalised.clone()
	}

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String> {
		let info = self.client.info();
		let hash = if finalised { info.finalized_hash } else { info.best_hash };
		self.client
			.runtime_api()
			.anchor(hash, node, sequence)
			.map_err(|e| e.to_string())
	}
}
