// SPDX-License-Identifier: Apache-2.0

//! Watches the validators: what `sealane_watch` makes of the blocks that this node imports goes to the log, to metrics and to the
//! alarms of the HTTP API.

use super::{FullBackend, FullClient};
use codec::DecodeAll;
use futures::StreamExt;
use parking_lot::Mutex;
use sc_client_api::{BlockImportNotification, BlockchainEvents, HeaderBackend, StorageKey, StorageProvider};
use sc_service::{error::Error as ServiceError, TaskManager};
use sealane_gateway::Alarms;
use sealane_runtime::{opaque::Block, AccountId, Hash};
use sealane_watch::{Author, Change, Imported, Watch};
use sp_api::ProvideRuntimeApi;
use sp_consensus::BlockOrigin;
use sp_consensus_aura::{
	sr25519::{AuthorityId as AuraId, AuthoritySignature as AuraSignature},
	AuraApi,
};
use sp_core::{crypto::Ss58Codec, ByteArray};
use sp_io::hashing::twox_128;
use sp_runtime::traits::Header as _;
use std::sync::Arc;
use substrate_prometheus_endpoint::{register, Counter, Gauge, PrometheusError, Registry, U64};

/// Log target, by which operators find these lines.
const TARGET: &str = "validators";

/// What Prometheus is told.
struct Metrics {
	silent: Gauge<U64>,
	doubled: Counter<U64>,
	finality_stands: Gauge<U64>,
}

impl Metrics {
	fn new(registry: &Registry) -> Result<Self, PrometheusError> {
		Ok(Metrics {
			silent: register(
				Gauge::new(
					"sealane_validators_silent",
					"Validators that made no block in their turns for five minutes or more",
				)?,
				registry,
			)?,
			doubled: register(
				Counter::new(
					"sealane_validators_doubled_total",
					"Slots in which one validator made two blocks, since the start",
				)?,
				registry,
			)?,
			finality_stands: register(
				Gauge::new(
					"sealane_finality_stands",
					"1: blocks come, and none became final for a minute",
				)?,
				registry,
			)?,
		})
	}
}

/// Begins to watch. What is given tells the alarms that are on.
///
/// # Errors
/// The metrics cannot be registered.
pub fn start(
	task_manager: &TaskManager,
	client: Arc<FullClient>,
	registry: Option<&Registry>,
) -> Result<Alarms, ServiceError> {
	let metrics = registry
		.map(Metrics::new)
		.transpose()
		.map_err(|error| ServiceError::Other(format!("metrics of the validators' watch: {error}")))?;
	let mut imports = client.every_import_notification_stream().fuse();
	let mut finality = client.finality_notification_stream().fuse();
	let watch = Arc::new(Mutex::new(Watch::new()));
	watch.lock().finalised(client.info().finalized_number);

	let (told, watched) = (watch.clone(), client.clone());
	task_manager.spawn_handle().spawn("validators-watch", None, async move {
		loop {
			let changes = futures::select! {
				block = imports.next() => match block.and_then(|block| imported(&client, &block)) {
					Some(block) => watch.lock().imported(&block),
					None => continue,
				},
				block = finality.next() => match block {
					Some(block) => watch.lock().finalised(*block.header.number()).into_iter().collect(),
					None => return,
				},
				complete => return,
			};
			tell(&client, &changes);
			if let Some(metrics) = &metrics {
				let watch = watch.lock();
				metrics.silent.set(watch.silent().count() as u64);
				metrics.finality_stands.set(watch.stands().is_some().into());
				let doubled = changes.iter().filter(|change| matches!(change, Change::Doubled(_)));
				metrics.doubled.inc_by(doubled.count() as u64);
			}
		}
	});
	Ok(Arc::new(move || told.lock().alarms(|author| name(&watched, author))))
}

/// What the watch is told of a block; `None` while the node catches up, when blocks say nothing of now.
fn imported(client: &FullClient, block: &BlockImportNotification<Block>) -> Option<Imported> {
	if block.origin == BlockOrigin::NetworkInitialSync {
		return None;
	}
	let slot = sc_consensus_aura::find_pre_digest::<Block, AuraSignature>(&block.header).ok()?;
	let authors: Vec<AuraId> = client.runtime_api().authorities(*block.header.parent_hash()).ok()?;
	Some(Imported {
		slot: *slot,
		number: *block.header.number(),
		hash: block.hash.into(),
		authors: authors
			.iter()
			.filter_map(|author| author.as_slice().try_into().ok())
			.collect(),
		is_best: block.is_new_best,
	})
}

fn tell(client: &FullClient, changes: &[Change]) {
	for change in changes {
		let words = change.words(|author| name(client, author));
		match change {
			Change::Silent(_) | Change::FinalityStands(_) => log::warn!(target: TARGET, "{words}"),
			Change::Doubled(_) => log::error!(target: TARGET, "{words}"),
			Change::Back(_) | Change::FinalityMoves(_) => log::info!(target: TARGET, "{words}"),
		}
	}
}

/// A validator by its account, which `sealane member list` shows beside the institution; by its key where it is none any more.
fn name(client: &FullClient, author: &Author) -> String {
	let best = client.info().best_hash;
	account(client, best, author).map_or_else(
		|| format!("with the key 0x{}", hex::encode(author)),
		|account| account.to_ss58check(),
	)
}

fn account(client: &FullClient, at: Hash, author: &Author) -> Option<AccountId> {
	let authors: Vec<AuraId> = client.runtime_api().authorities(at).ok()?;
	let turn = authors.iter().position(|known| known.as_slice() == author)?;
	// The session's validators have their turns in the order of this list.
	let key = [twox_128(b"Session"), twox_128(b"Validators")].concat();
	let value = StorageProvider::<Block, FullBackend>::storage(client, at, &StorageKey(key)).ok()??;
	let validators = Vec::<AccountId>::decode_all(&mut &value.0[..]).ok()?;
	validators.get(turn).cloned()
}
