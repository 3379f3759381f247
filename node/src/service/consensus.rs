// SPDX-License-Identifier: Apache-2.0

//! Authoring (Aura) and finality (GRANDPA).

use super::{
	partial::{GrandpaImport, GrandpaLink, JUSTIFICATION_PERIOD},
	FullClient, FullSelectChain, Pool,
};
use sc_consensus_aura::{SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{SharedVoterState, ThreeQuartersOfTheUnfinalizedChain, VotingRule, VotingRulesBuilder};
use sc_network::service::traits::{NetworkService, NotificationService};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sealane_runtime::opaque::Block;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{
	inherents::InherentDataProvider as SlotInherent,
	sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
	SlotDuration,
};
use sp_keystore::KeystorePtr;
use sp_timestamp::InherentDataProvider as TimeInherent;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// What a block says of time: its slot and the clock of its author.
pub fn inherents(slot_duration: SlotDuration) -> (SlotInherent, TimeInherent) {
	let timestamp = TimeInherent::from_system_time();
	let slot = SlotInherent::from_timestamp_and_slot_duration(*timestamp, slot_duration);
	(slot, timestamp)
}

/// Which block a validator votes for: the newest. A record is final two blocks sooner than by the library's rule of staying that far behind, which spares
/// votes where blocks come to many validators late. Where finality has fallen far behind, the votes catch up by three quarters each round.
fn voting_rule<B: HeaderBackend<Block> + 'static>() -> impl VotingRule<Block, B> + Clone {
	VotingRulesBuilder::new()
		.add(ThreeQuartersOfTheUnfinalizedChain)
		.build()
}

/// What authoring and finality share.
pub struct Consensus<'a> {
	/// Spawns the tasks.
	pub task_manager: &'a TaskManager,
	/// The client.
	pub client: Arc<FullClient>,
	/// The pool.
	pub pool: Arc<Pool>,
	/// The keystore.
	pub keystore: KeystorePtr,
	/// Says whether the node is in sync, and fetches justifications.
	pub sync: Arc<SyncingService<Block>>,
	/// Metrics.
	pub registry: Option<Registry>,
	/// Telemetry.
	pub telemetry: Option<TelemetryHandle>,
}

impl Consensus<'_> {
	/// Authors blocks. The task is essential: a validator that cannot author stops.
	pub fn author(
		&self,
		select_chain: FullSelectChain,
		block_import: GrandpaImport,
		force_authoring: bool,
	) -> Result<(), ServiceError> {
		let slot_duration = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*self.client)?;
		let proposer_factory = sc_basic_authorship::ProposerFactory::new(
			self.task_manager.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
			slot_duration,
			client: self.client.clone(),
			select_chain,
			block_import,
			proposer_factory,
			create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot_duration)) },
			force_authoring,
			backoff_authoring_blocks: Option::<()>::None,
			keystore: self.keystore.clone(),
			sync_oracle: self.sync.clone(),
			justification_sync_link: self.sync.clone(),
			block_proposal_slot_portion: SlotProportion::new(0.5),
			max_block_proposal_slot_portion: None,
			telemetry: self.telemetry.clone(),
			compatibility_mode: Default::default(),
		})?;
		self.task_manager
			.spawn_essential_handle()
			.spawn_blocking("aura", Some("block-authoring"), aura);
		Ok(())
	}

	/// Votes on finality, or follows the votes where the node has no keys for it.
	#[allow(clippy::too_many_arguments)]
	pub fn finalise(
		&self,
		link: GrandpaLink,
		network: Arc<dyn NetworkService>,
		notification_service: Box<dyn NotificationService>,
		protocol_name: sc_network::ProtocolName,
		shared_voter_state: SharedVoterState,
		role: sc_network::config::Role,
		name: String,
	) -> Result<(), ServiceError> {
		let config = sc_consensus_grandpa::Config {
			gossip_duration: Duration::from_millis(333),
			justification_generation_period: JUSTIFICATION_PERIOD,
			name: Some(name),
			observer_enabled: false,
			keystore: role.is_authority().then(|| self.keystore.clone()),
			local_role: role,
			telemetry: self.telemetry.clone(),
			protocol_name,
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config,
			link,
			network,
			sync: Arc::new(self.sync.clone()),
			notification_service,
			voting_rule: voting_rule(),
			prometheus_registry: self.registry.clone(),
			shared_voter_state,
			telemetry: self.telemetry.clone(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
		})?;
		self.task_manager
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_client_api::{in_mem::Blockchain, NewBlockState};
	use sealane_runtime::opaque::Header;
	use sp_runtime::traits::Header as _;

	/// What is voted for where `base` is final and there are blocks up to `best`.
	fn voted(base: usize, best: usize) -> u32 {
		let backend = Arc::new(Blockchain::<Block>::new());
		let mut chain: Vec<Header> = Vec::new();
		for number in 0..=best {
			let parent = chain.last().map(Header::hash).unwrap_or_default();
			let header = Header::new(
				number as u32,
				Default::default(),
				Default::default(),
				parent,
				Default::default(),
			);
			backend
				.insert(header.hash(), header.clone(), None, None, NewBlockState::Best, true)
				.expect("it follows on the one before");
			chain.push(header);
		}
		let restricted = voting_rule().restrict_vote(backend, &chain[base], &chain[best], &chain[best]);
		futures::executor::block_on(restricted).map_or(best as u32, |(_, number)| number)
	}

	#[test]
	fn votes_are_for_the_newest_block_and_catch_up_in_steps() {
		assert_eq!(
			[(7, 7), (7, 8), (7, 9)].map(|(base, best)| voted(base, best)),
			[7, 8, 9]
		);
		assert_eq!(voted(0, 100), 75);
	}
}
