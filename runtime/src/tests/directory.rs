// SPDX-License-Identifier: Apache-2.0

//! What nodes are told, and that what they keep of it is what they would be told.

use super::setup::*;
use crate::{directory, Agreements, Channels, Members, Receipts, Runtime, RuntimeOrigin, System};
use frame_support::{assert_ok, traits::Get};
use sealane_primitives::{
	business::Role,
	directory::{InForce, InterfaceEntry, MemberEntry, ProductEntry, ProductStatus, Refusal, Standing},
	ids::{BlockNumber, ChannelId, MemberId, Name, NodeId, PeerIdBytes},
	open::Open,
	registration::Ends,
	runtime_api::PAGE,
	traits::RegistrationRegistry,
};
use std::collections::BTreeMap;

/// What a node heard of the chain and would keep, checked against what it would hear now.
#[derive(Default)]
pub struct Heard {
	members: BTreeMap<MemberId, (MemberEntry, BlockNumber)>,
	catalogues: BTreeMap<MemberId, (Catalogue, BlockNumber)>,
	agreements: BTreeMap<ChannelId, (InForce, BlockNumber)>,
}

type Catalogue = (Vec<InterfaceEntry>, Vec<ProductEntry>);

impl Heard {
	/// Looks at everything. What was heard in a block before and is told to be unchanged since must be unchanged.
	///
	/// # Panics
	/// Where a node would go on with what is not so any more.
	pub fn listen(&mut self, when: &str) {
		let now = System::block_number();
		for id in 0..pallet_members::NextMemberId::<Runtime>::get() {
			let entry = Members::member_entry(id).expect("members are kept for ever");
			hear(
				&mut self.members,
				id,
				entry,
				now,
				Members::revision_of(id),
				&format!("{when}: member"),
			);
			let catalogue = (Channels::interfaces_of(id), all_products(id));
			let revision = directory::catalogue_revision(id, Members::revision_of(id));
			hear(
				&mut self.catalogues,
				id,
				catalogue,
				now,
				revision,
				&format!("{when}: catalogue"),
			);
		}
		for id in 0..pallet_channels::NextChannelId::<Runtime>::get() {
			let in_force = directory::agreements_in_force(id);
			let begun = self
				.agreements
				.get(&id)
				.is_some_and(|(heard, _)| heard.next_change.is_some_and(|next| next <= now));
			if begun {
				self.agreements.remove(&id);
			}
			let revision = Agreements::revision_of(id);
			hear(
				&mut self.agreements,
				id,
				in_force,
				now,
				revision,
				&format!("{when}: agreements of channel"),
			);
		}
	}
}

fn hear<T: Clone + PartialEq + core::fmt::Debug>(
	heard: &mut BTreeMap<u32, (T, BlockNumber)>,
	id: u32,
	value: T,
	now: BlockNumber,
	revision: BlockNumber,
	what: &str,
) {
	assert!(revision <= now, "{what} {id}: the last change lies in the future");
	if let Some((before, at)) = heard.get(&id) {
		// A node hears at the end of a block; what changes after this look and in the same block it hears of as well.
		assert!(
			revision >= *at || *before == value,
			"{what} {id} is said to be unchanged since block {revision}; at {at} it was {before:?}, at {now} it is {value:?}"
		);
	}
	heard.insert(id, (value, now));
}

fn all_products(issuer: MemberId) -> Vec<ProductEntry> {
	let (mut products, mut after) = (Vec::new(), None);
	loop {
		let page = directory::products(issuer, after);
		products.extend(page.entries.into_iter().filter_map(Open::known));
		after = page.next;
		if after.is_none() {
			return products;
		}
	}
}

fn standing(peer: PeerIdBytes) -> Standing {
	let standing = directory::standing(peer).expect("registered");
	standing.known().expect("its own form")
}

fn peer_of(node: NodeId) -> PeerIdBytes {
	Members::node_entry(node).expect("registered").peer
}

pub fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("short")
}

/// Registers an interface and `count` products of an issuer.
pub fn offer(issuer: &Institution, prefix: &str, count: usize) {
	assert_ok!(Channels::grant_prefix(
		council(3),
		issuer.member,
		name(&format!("{prefix}."))
	));
	let interface = name(&format!("{prefix}.in"));
	assert_ok!(Channels::register_interface(
		issuer.origin(),
		interface.clone(),
		issuer.node
	));
	for number in 0..count {
		let spec = pallet_channels::ProductSpec {
			product_type: name("fund.bond"),
			risk: 2,
			currency: *b"CNY",
			status: ProductStatus::Open,
			offering: None,
			interface: interface.clone(),
		};
		assert_ok!(Channels::register_product(
			issuer.origin(),
			name(&format!("{prefix}.{number:05}")),
			spec
		));
	}
}

#[test]
fn a_node_is_told_its_channels_with_what_is_allowed() {
	local().execute_with(|| {
		let (bank, fund) = (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer]));
		let channel = open_channel(&bank, &fund);
		let told = standing(peer_of(bank.node));
		assert_eq!((told.node, told.member), (bank.node, bank.member));
		assert_eq!(told.max_age, 600_000, "ten minutes until governance says otherwise");
		assert_eq!(told.drain, 7 * crate::DAYS, "a week until governance says otherwise");
		let entry = told.channels[0].clone().known().expect("its own form");
		assert_eq!(
			(entry.id, entry.seller, entry.issuer),
			(channel, bank.member, fund.member)
		);
		let allowed = |entry: &sealane_primitives::directory::ChannelStanding| entry.authorisation.clone().known();
		assert_eq!(allowed(&entry), directory::authorise(channel).known());
		assert!(allowed(&entry).expect("its own form").is_ok());

		assert_ok!(Members::suspend(council(2), fund.member));
		let told = standing(peer_of(bank.node));
		let entry = told.channels[0].clone().known().expect("its own form");
		assert_eq!(allowed(&entry), Some(Err(Refusal::MemberSuspended)));
		assert!(directory::standing(name("nobody").to_vec().try_into().expect("short")).is_none());
	});
}

#[test]
fn pages_have_every_product_once_and_the_closed_ones_last() {
	local().execute_with(|| {
		let fund = join("fund", &[Role::Issuer]);
		for count in [0, 1, PAGE as usize, PAGE as usize + 1, 3 * PAGE as usize] {
			let issuer = join(&format!("issuer {count}"), &[Role::Issuer]);
			offer(&issuer, &format!("x{count}"), count);
			let mut ids: Vec<_> = all_products(issuer.member).into_iter().map(|p| p.id).collect();
			ids.sort();
			let expected: Vec<_> = (0..count).map(|n| name(&format!("x{count}.{n:05}"))).collect();
			assert_eq!(ids, expected);
		}
		offer(&fund, "f", 3);
		assert_ok!(Channels::set_product_status(
			fund.origin(),
			name("f.00001"),
			ProductStatus::Closed
		));
		let products = all_products(fund.member);
		assert_eq!(products.len(), 3);
		assert_eq!(products[2].id, name("f.00001"));
		assert_eq!(all_products(9_999), []);
	});
}

#[test]
fn the_keys_of_a_node_that_is_gone_are_told_for_every_block_in_which_they_held() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let origin = || RuntimeOrigin::signed(account(&bank.manager));
		let overlap = <Runtime as pallet_members::Config>::MinKeyOverlap::get();
		let first = Members::keys_at(bank.node, 1)[0].1.clone();
		// More rotations than the ring of a node holds keys.
		for rotation in 1..=6u32 {
			let at = rotation * 100;
			System::set_block_number(at);
			let pair = courier_key(&format!("bank/courier/{rotation}"));
			assert_ok!(Members::announce_keys(
				origin(),
				bank.node,
				pair,
				pair,
				at + 10,
				overlap
			));
		}
		System::set_block_number(800);
		assert_ok!(Members::remove_node(origin(), bank.node));
		System::set_block_number(900);
		let told = directory::keys_at(bank.node, 1);
		let told: Vec<_> = told.into_iter().filter_map(Open::known).collect();
		assert_eq!(told.len(), 1);
		assert_eq!((told[0].number, told[0].key.signing), (0, first.signing));
		assert_eq!(Members::key_owner(first.signing), Some((bank.node, 0)));
		let numbers = |at| {
			let keys = directory::keys_at(bank.node, at).into_iter();
			keys.filter_map(Open::known).map(|key| key.number).collect::<Vec<_>>()
		};
		assert_eq!(numbers(320), [2, 3], "both of a rotation");
		assert_eq!(numbers(790), [6]);
		assert_eq!(numbers(810), Vec::<u32>::new(), "a node that is gone has none");
	});
}

#[test]
fn what_is_the_same_in_two_blocks_keeps_its_revision() {
	local().execute_with(|| {
		let (bank, fund) = (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer]));
		offer(&fund, "f", 2);
		open_channel(&bank, &fund);
		System::set_block_number(50);
		let before = standing(peer_of(bank.node));
		System::set_block_number(60);
		assert_eq!(standing(peer_of(bank.node)).channels, before.channels);
		assert_ok!(Channels::set_product_status(
			fund.origin(),
			name("f.00000"),
			ProductStatus::Suspended
		));
		let entry = standing(peer_of(bank.node)).channels[0]
			.clone()
			.known()
			.expect("its own form");
		assert_eq!((entry.catalogue, entry.agreements), (60, 0));
		assert!(entry.partner < 50, "the issuer itself is as it was");
	});
}

/// What an issuer's node keeps of registrations is brought up to date by what each block tells.
#[test]
fn a_node_hears_of_the_registrations_that_ended() {
	genesis_state().execute_with(|| {
		let issuer = join("issuer", &[Role::Issuer]);
		let peer = peer_of(issuer.node);
		let delegate = || RuntimeOrigin::signed(account(&issuer.delegate));
		let commitments = [[1; 32], [2; 32], [3; 32]];
		for commitment in commitments {
			assert_ok!(Receipts::issue(delegate(), commitment, true));
		}
		let before = standing(peer.clone()).ends;
		assert_eq!(before, Ends::default());
		assert_ok!(Receipts::close(delegate(), commitments[1]));
		assert_ok!(Receipts::force_revoke(
			council(3),
			issuer.member,
			commitments[0],
			pallet_receipts::RevocationReason::Order
		));
		let after = standing(peer).ends;
		let ended = Receipts::ended(issuer.member, before.count).expect("the last are kept");
		assert_eq!(ended, [commitments[1], commitments[0]]);
		assert_eq!(ended.iter().fold(before, |ends, it| ends.and(it)), after);
		let open = commitments.map(|it| Receipts::is_registered(issuer.member, &it));
		assert_eq!(open, [false, false, true]);
	});
}
