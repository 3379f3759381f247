// SPDX-License-Identifier: Apache-2.0

//! The chain as the courier sees it: the runtime API at the newest best and the newest final block.

use super::{FullBackend, FullClient};
use futures::StreamExt;
use sc_client_api::{Backend as _, BlockchainEvents, HeaderBackend};
use sc_service::TaskManager;
use sealane_courier::chain::{
	reader::{self, Reader, Source},
	ChainView, DirectoryAt,
};
use sealane_primitives::{
	calendar::Timetable,
	directory::{AgreementRecord, InForce, InterfaceEntry, MemberRecord, Page, ProductEntry, Standing},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, NodeId, PeerIdBytes, ProductId},
	open::Open,
	runtime_api::{AnchorEntry, CourierApi},
};
use sealane_runtime::{opaque::Block, Hash};
use sp_api::{ApiExt, ProvideRuntimeApi};
use std::sync::Arc;
use tokio::sync::watch;

/// The version of [`CourierApi`] that this node needs at least. Methods that came later are asked for one by one.
const API_VERSION: u32 = 2;

/// Follows the chain and answers from it.
pub struct ClientView {
	client: Arc<FullClient>,
	directory: watch::Receiver<Option<Arc<DirectoryAt>>>,
	finalised: watch::Receiver<BlockNumber>,
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
			backend,
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
		Arc::new(ClientView {
			client,
			directory,
			finalised,
		})
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
		match api(&self.client, hash)?
			.anchor(hash, node, sequence)
			.map_err(|e| e.to_string())?
		{
			None => Ok(None),
			Some(Open::Known(entry)) => Ok(Some(entry)),
			Some(Open::Unknown(_)) => Err("the anchor is of a form that this version does not know".into()),
		}
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
		sp_blockchain::lowest_common_ancestor(self.backend.blockchain(), a.into(), b.into())
			.map(|block| block.number)
			.map_err(|e| e.to_string())
	}

	fn runtime_version(&self, at: &Digest) -> Result<u32, String> {
		self.client
			.runtime_version_at(at.into(), sp_core::traits::CallContext::Offchain)
			.map(|version| version.spec_version)
			.map_err(|e| e.to_string())
	}
}
