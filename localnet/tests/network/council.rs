// SPDX-License-Identifier: Apache-2.0

//! What the council decides, on one network: a start costs tens of seconds.

use crate::{channels, common::open_network, connections, upgrade};
use sealane_localnet::consortium::Plan;

#[tokio::test(flavor = "multi_thread")]
async fn the_council_rules_over_channels_connections_and_the_runtime() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = open_network(folder.path(), Plan::FiveAndAnOutsider).await.unwrap();
	let channels = async {
		channels::suspended_channel_carries_nothing_until_it_is_resumed(&network).await?;
		channels::nothing_is_accepted_from_the_block_of_revocation_on(&network).await
	};
	let connections = async {
		connections::an_unknown_peer_cannot_stay_connected(&network, folder.path()).await?;
		connections::a_suspended_members_node_stays_connected(&network).await?;
		network.reinstate_member(connections::outsider(&network)?).await
	};
	futures::future::try_join(channels, connections).await.unwrap();

	// Nothing may be signed while the runtime changes, since a signature covers its version. The second seller's channels are as
	// they were granted.
	let (seller, issuer) = channels::pair(&network, 1, 1).unwrap();
	upgrade::an_upgrade_loses_no_order(&network, seller, issuer)
		.await
		.unwrap();
	connections::a_removed_node_is_dropped_within_two_blocks(&network)
		.await
		.unwrap();
	network.ensure_running().unwrap();
}
