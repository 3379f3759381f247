// SPDX-License-Identifier: Apache-2.0

//! What suspension, resumption and revocation of a channel do to the orders on it.

use crate::common::{confirming, order_at, purchase, LIMIT};
use codec::{Decode, Encode};
use sealane_localnet::{
	consortium::{Consortium, Institution},
	wait::{until, Look},
	Error, Result,
};
use sealane_primitives::{
	directory::{Authorisation, Refusal},
	open::Open,
};
use sealane_sdk::types::{Direction, OrderStage, WaitReason};

pub fn pair(network: &Consortium, seller: usize, issuer: usize) -> Result<(&Institution, &Institution)> {
	let missing = || Error::Unexpected("the catalogue has changed".into());
	Ok((
		network.sellers().nth(seller).ok_or_else(missing)?,
		network.issuers().nth(issuer).ok_or_else(missing)?,
	))
}

/// Whether the seller's node knows that the channel is open, or closed with this reason.
async fn channel_becomes(seller: &Institution, channel: u32, refusal: Option<&str>) -> Result<()> {
	until(&format!("channel {channel} is {refusal:?}"), LIMIT, || async {
		let channels = seller.client()?.channels().await?;
		let now = channels
			.iter()
			.find(|c| c.id == channel)
			.map(|c| (c.authorised, c.refusal.clone()));
		Ok(match &now {
			Some((authorised, reason)) if *authorised == refusal.is_none() && reason.as_deref() == refusal => {
				Look::Found(())
			}
			other => Look::NotYet(format!("{other:?}")),
		})
	})
	.await
}

pub async fn suspended_channel_carries_nothing_until_it_is_resumed(network: &Consortium) -> Result<()> {
	let (seller, issuer) = pair(network, 0, 0)?;
	let channel = network.channel_between(seller, issuer).await?;
	let client = seller.client()?;
	confirming(issuer, async {
		client.submit_orders(&[purchase("before", issuer)], "before").await?;
		order_at(&client, "before", OrderStage::Finalised).await?;
		Ok(())
	})
	.await?;

	network.suspend(channel, "for a test").await?;
	channel_becomes(seller, channel, Some("suspended")).await?;
	let refused = client.submit_orders(&[purchase("during", issuer)], "during").await?;
	assert_eq!((refused.accepted, refused.refused), (0, 1), "{refused:?}");
	// Another channel of the same seller goes on.
	let (_, other) = pair(network, 0, 1)?;
	let report = client
		.submit_orders(&[purchase("elsewhere", other)], "elsewhere")
		.await?;
	assert_eq!(report.accepted, 1, "{report:?}");
	order_at(&client, "elsewhere", OrderStage::Delivered).await?;

	network.resume(channel).await?;
	channel_becomes(seller, channel, None).await?;
	confirming(issuer, async {
		let report = client.submit_orders(&[purchase("after", issuer)], "after").await?;
		assert_eq!(report.accepted, 1, "{report:?}");
		order_at(&client, "after", OrderStage::Finalised).await?;
		Ok(())
	})
	.await
}

pub async fn nothing_is_accepted_from_the_block_of_revocation_on(network: &Consortium) -> Result<()> {
	let (seller, issuer) = pair(network, 1, 0)?;
	let channel = network.channel_between(seller, issuer).await?;
	let client = seller.client()?;
	// Orders flow, one request after the other, while the council revokes.
	let send = async {
		let mut accepted = Vec::new();
		loop {
			let id = format!("flow-{}", accepted.len());
			let report = client.submit_orders(&[purchase(&id, issuer)], &id).await?;
			if report.refused == 1 {
				return Ok::<_, Error>(accepted);
			}
			accepted.push(id);
		}
	};
	let revoke = async {
		network.revoke(channel, "for a test").await?;
		channel_becomes(seller, channel, Some("revoked")).await
	};
	let (accepted, ()) = tokio::time::timeout(LIMIT, async { tokio::try_join!(send, revoke) })
		.await
		.map_err(|_| Error::Unexpected("orders were taken after the revocation".into()))??;
	assert!(accepted.len() > 1, "some orders were taken before");

	let revoked_in = revocation_block(network, channel).await?;
	let at_issuer = issuer.client()?;
	let mut stored = 0;
	for id in &accepted {
		let Some(status) = at_issuer.order(id, Some(seller.member)).await? else {
			continue;
		};
		stored += 1;
		let delivered = status.steps.iter().find(|s| s.stage == OrderStage::Delivered);
		let block = delivered
			.and_then(|s| s.block)
			.ok_or_else(|| Error::Unexpected(format!("{id}: no block: {status:?}")))?;
		assert!(
			block < revoked_in,
			"order {id} was accepted as authorised at block {block}, revoked in {revoked_in}"
		);
	}
	assert!(stored > 0, "the issuer's node has the orders from before");
	// What was caught in the seller's node says why it waits.
	for id in accepted.iter().skip(stored) {
		let trace = client
			.trace(id, None)
			.await?
			.ok_or_else(|| Error::Unexpected(format!("{id} is unknown")))?;
		let reason = trace.waiting.map(|w| w.reason);
		assert!(
			matches!(
				reason,
				Some(WaitReason::ChannelClosed | WaitReason::PartnerRefused | WaitReason::Queued)
			),
			"{id}: {reason:?}"
		);
	}
	let lanes = at_issuer.lanes().await?;
	let incoming = lanes
		.iter()
		.find(|l| l.channel == channel && l.direction == Direction::Incoming);
	assert!(incoming.is_some_and(|l| l.packets > 0), "{lanes:?}");
	Ok(())
}

/// The block in which the channel turned to revoked: the first whose state says so.
async fn revocation_block(network: &Consortium, channel: u32) -> Result<u32> {
	let node = &network.institutions[0].node;
	let revoked_at = |block: u32| async move {
		let hash: String = node.rpc("chain_getBlockHash", serde_json::json!([block])).await?;
		let data = format!("0x{}", hex::encode(channel.encode()));
		let params = serde_json::json!(["CourierApi_authorise", data, hash]);
		let answer: String = node.rpc("state_call", params).await?;
		let bytes = hex::decode(answer.trim_start_matches("0x")).map_err(|e| Error::Unexpected(e.to_string()))?;
		let answer: Open<Result<Authorisation, Refusal>> =
			Decode::decode(&mut &bytes[..]).map_err(|e| Error::Unexpected(e.to_string()))?;
		Ok::<_, Error>(answer == Open::Known(Err(Refusal::Revoked)))
	};
	let mut high = until("the revocation is final", LIMIT, || async {
		let (block, _) = network.chain().final_block().await?;
		Ok(if revoked_at(block).await? {
			Look::Found(block)
		} else {
			Look::NotYet(format!("block {block} is final"))
		})
	})
	.await?;
	let mut low = 0;
	while low + 1 < high {
		let middle = low + (high - low) / 2;
		if revoked_at(middle).await? {
			high = middle;
		} else {
			low = middle;
		}
	}
	Ok(high)
}
