// SPDX-License-Identifier: Apache-2.0

//! The chain as the courier sees it: the runtime API at the newest best and the newest final block.

use super::{
	own_anchors::{Look, OwnAnchors},
	FullBackend, FullClient,
};
use codec::{Decode, DecodeAll};
use futures::StreamExt;
use parking_lot::Mutex;
use sc_client_api::{Backend as _, BlockchainEvents, HeaderBackend, StorageKey, StorageProvider};
use sc_service::TaskManager;
use sealane_courier::chain::{
	reader::{self, Reader, Source},
	ChainView, DirectoryAt, Reading,
};
use sealane_primitives::{
	calendar::Timetable,
	directory::{AgreementRecord, InForce, InterfaceEntry, MemberRecord, Page, ProductEntry, Standing},
	evidence::range::Range,
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, NodeId, PeerIdBytes, ProductId},
	keys::Compromise,
	open::Open,
	runtime_api::{AnchorEntry, CourierApi},
};
use sealane_runtime::{opaque::Block, Hash};
use sealane_verifier::chain::keys;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderMetadata;
use std::sync::Arc;
use tokio::sync::watch;

/// The version of [`CourierApi`] that this node needs at least. Methods that came later are asked for one by one.
const API_VERSION: u32 = 2;

/// Follows the chain and answers from it.
pub struct ClientView {
	client: Arc<FullClient>,
	directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
	finalised: watch::Receiver<BlockNumber>,
	own_anchors: Arc<Mutex<OwnAnchors>>,
}

impl ClientView {
	/// Begins to follow. The directory of the current best block is there when this returns.
	pub fn start(
		task_manager: &TaskManager,
		client: Arc<FullClient>,
		backend: Arc<FullBackend>,
		peer: PeerIdBytes,
	) -> Arc<Self> {
		let imports = client.import_notification_stream();
		let mut finality = client.finality_notification_stream();
		let info = client.info();
		let mut reader = Reader::new(RuntimeSource {
			client: client.clone(),
			backend: backend.clone(),
			peer,
		});
		let first = reader.read(info.best_number, info.best_hash.into());
		let (told, directory) = watch::channel(Some(Arc::new(first)));
		let (finalised_tx, finalised) = watch::channel(info.finalized_number);

		let newest = {
			let client = client.clone();
			move || {
				let info = client.info();
				(info.best_number, info.best_hash.into())
			}
		};
		let news = imports
			.filter(|block| futures::future::ready(block.is_new_best))
			.map(|_| ());
		// A first reading of a large directory takes longer than an async task may.
		let run = |read: Box<dyn FnOnce() -> (Reader<RuntimeSource>, DirectoryAt) + Send>| async {
			let done = tokio::task::spawn_blocking(read).await;
			done.inspect_err(|error| log::error!("The directory is read no more: {error}"))
				.ok()
		};
		let follow = reader::follow(reader, news, newest, run, told);
		let spawner = task_manager.spawn_handle();
		spawner.spawn("courier-directory", Some("courier"), follow);
		spawner.spawn("courier-finality", Some("courier"), async move {
			while let Some(block) = finality.next().await {
				finalised_tx.send_replace(block.header.number);
			}
		});
		let own_anchors = Arc::new(Mutex::new(OwnAnchors::default()));
		let watched = watch_anchors(directory.clone(), own_anchors.clone(), client.clone(), backend);
		spawner.spawn("courier-own-anchors", Some("courier"), watched);
		Arc::new(ClientView {
			client,
			directory,
			finalised,
			own_anchors,
		})
	}

	/// Whether this is the final block with its number.
	fn is_final(&self, number: BlockNumber, hash: &Digest) -> bool {
		let is_final = number <= self.client.info().finalized_number;
		let of_chain = || self.client.hash(number).ok().flatten();
		is_final && of_chain().is_some_and(|of_chain| of_chain.0 == *hash)
	}
}

/// Looks at this node's anchors in every block whose directory is read.
async fn watch_anchors(
	mut directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
	own_anchors: Arc<Mutex<OwnAnchors>>,
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
) {
	loop {
		let newest = directory.borrow_and_update().clone();
		if let Some((block, hash, node)) = newest.as_deref().and_then(own_node) {
			let chain = AnchorsOf {
				client: client.clone(),
				backend: backend.clone(),
				node,
			};
			let own_anchors = own_anchors.clone();
			let look = move || own_anchors.lock().look(&chain, node, block, hash);
			match tokio::task::spawn_blocking(look).await {
				Ok(Ok(())) => {}
				Ok(Err(error)) => {
					log::debug!("Anchors of this node at block {block} cannot be looked up: {error}")
				}
				// The node stops.
				Err(_) => return,
			}
		}
		if directory.changed().await.is_err() {
			return;
		}
	}
}

/// Block, hash and number of this node where it is registered.
fn own_node(at: &DirectoryAt) -> Option<(BlockNumber, Digest, NodeId)> {
	match &at.reading {
		Reading::Directory { directory, .. } => Some((at.block, at.hash, directory.node)),
		Reading::Unregistered | Reading::Unreadable(_) => None,
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

	fn final_hash(&self, number: BlockNumber) -> Result<Option<Digest>, String> {
		if number > self.client.info().finalized_number {
			return Ok(None);
		}
		let hash = self.client.hash(number).map_err(|e| e.to_string())?;
		Ok(hash.map(Into::into))
	}

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String> {
		let info = self.client.info();
		let hash = if finalised { info.finalized_hash } else { info.best_hash };
		if let Some(entry) = anchor_at(&self.client, hash, node, sequence)? {
			return Ok(Some(entry));
		}
		if !finalised {
			return Ok(None);
		}
		let own_anchors = self.own_anchors.lock();
		Ok(own_anchors.final_one(node, sequence, |number, hash| self.is_final(number, hash)))
	}

	fn final_range(&self, node: NodeId) -> Result<Range, String> {
		let at = self.client.info().finalized_hash;
		let range = api(&self.client, at)?
			.anchor_range(at, node)
			.map_err(|e| e.to_string())?;
		range
			.known()
			.ok_or_else(|| "the range of anchors is of a form that this version does not know".into())
	}

	/// From the maps that evidence proves: their layout never changes, so that the runtime is not asked for what it may be too old to answer.
	fn compromise(&self, signing: &[u8; 32]) -> Result<Option<Compromise>, String> {
		let at = self.client.info().best_hash;
		let owner = stored::<(NodeId, u32)>(&self.client, at, keys::owner(signing))?;
		let Some((node, number)) = owner else { return Ok(None) };
		stored(&self.client, at, keys::compromise(node, number))
	}

	fn are_registered(&self, at: &Digest, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		let at = at.into();
		api(&self.client, at)?
			.are_registered(at, issuer, commitments)
			.map_err(|e| e.to_string())
	}

	fn are_finally_registered(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		let at = self.client.info().finalized_hash;
		self.are_registered(&at.into(), issuer, commitments)
	}

	fn ended_registrations(&self, at: &Digest, issuer: MemberId, from: u32) -> Result<Option<Vec<Digest>>, String> {
		let at = at.into();
		api(&self.client, at)?
			.ended_registrations(at, issuer, from)
			.map_err(|e| e.to_string())
	}

	fn receipt_outcomes(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<Option<bool>>, String> {
		let at = self.client.info().finalized_hash;
		api(&self.client, at)?
			.receipt_outcomes(at, issuer, commitments)
			.map_err(|e| e.to_string())
	}

	fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, String> {
		let at = self.client.info().best_hash;
		let timetable = api(&self.client, at)?
			.timetable(at, issuer, product)
			.map_err(|e| e.to_string())?;
		timetable
			.known()
			.ok_or_else(|| "the calendars are of a form that this version does not know".into())
	}
}

/// The runtime API at a block, if the runtime has what this node asks.
fn api(
	client: &FullClient,
	at: Hash,
) -> Result<sp_api::ApiRef<'_, <FullClient as ProvideRuntimeApi<Block>>::Api>, String> {
	let api = client.runtime_api();
	let version = api
		.api_version::<dyn CourierApi<Block>>(at)
		.map_err(|e| e.to_string())?;
	match version {
		Some(version) if version >= API_VERSION => Ok(api),
		Some(version) => Err(format!(
			"the runtime answers couriers in version {version}, this node asks in version {API_VERSION}"
		)),
		None => Err("the runtime does not answer couriers".into()),
	}
}

/// What stands under a key of the state.
fn stored<T: Decode>(client: &FullClient, at: Hash, key: Vec<u8>) -> Result<Option<T>, String> {
	let value = StorageProvider::<Block, FullBackend>::storage(client, at, &StorageKey(key));
	let value = value.map_err(|e| e.to_string())?;
	let value = value.map(|bytes| T::decode_all(&mut &bytes.0[..]));
	value
		.transpose()
		.map_err(|e| format!("the state has a value of another form: {e}"))
}

fn anchor_at(
	client: &FullClient,
	at: Hash,
	node: NodeId,
	sequence: AnchorSequence,
) -> Result<Option<AnchorEntry>, String> {
	match api(client, at)?.anchor(at, node, sequence).map_err(|e| e.to_string())? {
		None => Ok(None),
		Some(Open::Known(entry)) => Ok(Some(entry)),
		Some(Open::Unknown(_)) => Err("the anchor is of a form that this version does not know".into()),
	}
}

fn common_ancestor(backend: &FullBackend, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
	sp_blockchain::lowest_common_ancestor(backend.blockchain(), a.into(), b.into())
		.map(|block| block.number)
		.map_err(|e| e.to_string())
}

/// The anchors of one node.
struct AnchorsOf {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	node: NodeId,
}

impl Look for AnchorsOf {
	fn next(&self, at: &Digest) -> Result<AnchorSequence, String> {
		let at = at.into();
		api(&self.client, at)?
			.next_anchor(at, self.node)
			.map_err(|e| e.to_string())
	}

	fn anchor(&self, at: &Digest, sequence: AnchorSequence) -> Result<Option<AnchorEntry>, String> {
		anchor_at(&self.client, at.into(), self.node, sequence)
	}

	fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
		common_ancestor(&self.backend, a, b)
	}

	fn on_the_way_to(&self, at: &Digest, every: BlockNumber) -> Result<Vec<(BlockNumber, Digest)>, String> {
		let last = self.client.info().finalized_number;
		let (mut way, mut hash) = (Vec::new(), Hash::from(*at));
		loop {
			let header = self
				.backend
				.blockchain()
				.header_metadata(hash)
				.map_err(|e| e.to_string())?;
			if header.number <= last {
				break;
			}
			if header.number.is_multiple_of(every) {
				way.push((header.number, hash.into()));
			}
			hash = header.parent;
		}
		way.reverse();
		Ok(way)
	}
}

/// The runtime as the reader of directories asks it.
struct RuntimeSource {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	peer: PeerIdBytes,
}

impl Source for RuntimeSource {
	fn standing(&self, at: &Digest) -> Result<Option<Open<Standing>>, String> {
		let at = at.into();
		api(&self.client, at)?
			.standing(at, self.peer.clone())
			.map_err(|e| e.to_string())
	}

	fn member(&self, at: &Digest, member: MemberId) -> Result<Option<Open<MemberRecord>>, String> {
		let at = at.into();
		api(&self.client, at)?.member(at, member).map_err(|e| e.to_string())
	}

	fn interfaces(&self, at: &Digest, issuer: MemberId) -> Result<Vec<Open<InterfaceEntry>>, String> {
		let at = at.into();
		api(&self.client, at)?.interfaces(at, issuer).map_err(|e| e.to_string())
	}

	fn products(&self, at: &Digest, issuer: MemberId, after: Option<Vec<u8>>) -> Result<Page<ProductEntry>, String> {
		let at = at.into();
		api(&self.client, at)?
			.products(at, issuer, after)
			.map_err(|e| e.to_string())
	}

	fn agreements_in_force(&self, at: &Digest, channel: ChannelId) -> Result<InForce, String> {
		let at = at.into();
		api(&self.client, at)?
			.agreements_in_force(at, channel)
			.map_err(|e| e.to_string())
	}

	fn agreement(&self, at: &Digest, id: AgreementId) -> Result<Option<Open<AgreementRecord>>, String> {
		let at = at.into();
		api(&self.client, at)?.agreement(at, id).map_err(|e| e.to_string())
	}

	fn common_ancestor(&self, a: &Digest, b: &Digest) -> Result<BlockNumber, String> {
		common_ancestor(&self.backend, a, b)
	}

	fn runtime_version(&self, at: &Digest) -> Result<u32, String> {
		self.client
			.runtime_version_at(at.into(), sp_core::traits::CallContext::Offchain)
			.map(|version| version.spec_version)
			.map_err(|e| e.to_string())
	}
}
