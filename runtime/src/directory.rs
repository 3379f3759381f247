// SPDX-License-Identifier: Apache-2.0

//! What a node must know of the chain to trade, put together from the pallets.
//!
//! A node asks for its [`standing`] at every block. That costs a few reads per channel, however many products, clauses and partners
//! there are; everything else it asks for only when the standing names a later revision than it has.

use crate::{Agreements, Anchors, Calendars, Channels, Members, Receipts, Runtime, System, Timestamp};
use alloc::{collections::BTreeMap, vec::Vec};
use sealane_primitives::{
	calendar::Timetable,
	directory::{
		AgreementRecord, Authorisation, ChannelStanding, InForce, InterfaceEntry, MemberRecord, Page, ProductEntry,
		Refusal, Revision, Standing,
	},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, MemberId, NodeId, PeerIdBytes, ProductId},
	open::Open,
	runtime_api::{AnchorEntry, NumberedKey, PAGE},
	traits::{ChannelRegistry, RegistrationRegistry},
};

/// How a value travels to a node.
#[cfg(not(feature = "next-version"))]
fn sent<T: codec::Encode>(value: T) -> Open<T> {
	Open::Known(value)
}
#[cfg(feature = "next-version")]
use crate::tomorrow::grown as sent;

/// Where the node with this PeerId stands.
pub fn standing(peer: PeerIdBytes) -> Option<Open<Standing>> {
	let (member, node) = pallet_members::Peers::<Runtime>::get(peer)?;
	let mut members = BTreeMap::new();
	let mut catalogues = BTreeMap::new();
	let channels = Channels::standings_of(member).into_iter();
	let policy = Anchors::policy();
	let standing = Standing {
		node,
		member,
		revision: Members::revision_of(member),
		moment: Timestamp::get(),
		max_age: policy.max_age,
		channels: channels
			.map(|it| sent(channel(it, member, &mut members, &mut catalogues)))
			.collect(),
		ends: Receipts::ends(member),
		drain: policy.drain,
	};
	Some(sent(standing))
}

/// Where a channel of `member` stands. `members` and `catalogues` hold the revisions that were read: an issuer has one catalogue for all
/// its channels, and a seller's partner is the one whose catalogue it is.
fn channel(
	(id, it, authorisation): pallet_channels::Authorised,
	member: MemberId,
	members: &mut BTreeMap<MemberId, Revision>,
	catalogues: &mut BTreeMap<MemberId, Revision>,
) -> ChannelStanding {
	let partner = if it.seller == member { it.issuer } else { it.seller };
	let mut of_member = |id| *members.entry(id).or_insert_with(|| Members::revision_of(id));
	let catalogue = catalogues
		.entry(it.issuer)
		.or_insert_with(|| catalogue_revision(it.issuer, of_member(it.issuer)));
	ChannelStanding {
		id,
		seller: it.seller,
		issuer: it.issuer,
		authorisation: sent(authorisation),
		catalogue: *catalogue,
		partner: of_member(partner),
		agreements: Agreements::revision_of(id),
	}
}

/// The last block in which the catalogue of `issuer` changed, of which `member` is the last one in which the member itself did. An
/// interface whose node is gone is not listed, so what changes the issuer's nodes counts as well.
pub fn catalogue_revision(issuer: MemberId, member: Revision) -> Revision {
	Channels::catalogue_revision(issuer).max(member)
}

/// What is allowed over a channel.
pub fn authorise(channel: ChannelId) -> Open<Result<Authorisation, Refusal>> {
	sent(<Channels as ChannelRegistry>::authorise(channel))
}

/// A member with its nodes.
pub fn member(id: MemberId) -> Option<Open<MemberRecord>> {
	let entry = Members::member_entry(id)?;
	Some(sent(entry.into()))
}

/// The interfaces of an issuer.
pub fn interfaces(issuer: MemberId) -> Vec<Open<InterfaceEntry>> {
	Channels::interfaces_of(issuer).into_iter().map(sent).collect()
}

/// A page of an issuer's products.
pub fn products(issuer: MemberId, after: Option<Vec<u8>>) -> Page<ProductEntry> {
	let (entries, next) = Channels::products_page(issuer, after, PAGE);
	Page {
		entries: entries.into_iter().map(sent).collect(),
		next,
	}
}

/// The agreements in force on a channel.
pub fn agreements_in_force(channel: ChannelId) -> InForce {
	Agreements::in_force_on(channel, System::block_number())
}

/// An agreement by its number.
pub fn agreement(id: AgreementId) -> Option<Open<AgreementRecord>> {
	let (channel, entry) = Agreements::agreement(id)?;
	Some(sent(AgreementRecord::new(channel, entry)))
}

/// The calendars of an issuer, or of one of its products, that hold in this block and next.
pub fn timetable(issuer: MemberId, product: Option<ProductId>) -> Open<Timetable> {
	sent(Calendars::timetable(issuer, product))
}

/// An anchor by node and number.
pub fn anchor(node: NodeId, sequence: AnchorSequence) -> Option<Open<AnchorEntry>> {
	Anchors::anchor_entry(node, sequence).map(sent)
}

/// The keys of a node that held at a block.
pub fn keys_at(node: NodeId, at: BlockNumber) -> Vec<Open<NumberedKey>> {
	let keys = Members::keys_at(node, at).into_iter();
	keys.map(|(number, key)| sent(NumberedKey { number, key })).collect()
}
