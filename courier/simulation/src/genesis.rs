// SPDX-License-Identifier: Apache-2.0

//! Who there is at the beginning: members, nodes, keys, channels, products.

use crate::{
	chain::interface,
	hostile::{HOSTILE, ISSUES, SELLS},
};
use sealane_courier::{
	keys::KeyPair,
	testing::{granted, name, peer, ChainState, ChannelSpec},
};
use sealane_primitives::{
	business::{Role, Roles},
	directory::{InterfaceEntry, MemberEntry, NodeEntry, ProductEntry, ProductStatus},
	ids::{ChannelId, MemberId, Moment, NodeId},
	keys::CourierKey,
};

/// Courier keys that each node has in stock.
pub const KEYS: usize = 4;

/// A pair of seeds of its own for each node and number.
pub fn pair(node: NodeId, number: usize) -> KeyPair {
	let seed = |what: u8| {
		let mut seed = [what; 32];
		seed[0] = node as u8;
		seed[1] = number as u8;
		seed
	};
	KeyPair::from_seeds(&seed(11), &seed(22))
}

/// The public keys of a pair: signing and sealing.
pub fn public(pair: &KeyPair) -> ([u8; 32], [u8; 32]) {
	(pair.signing_public(), pair.sealing.public())
}

/// The state of the first block.
pub fn state() -> ChainState {
	let entry = |node: NodeId| {
		let (signing, sealing) = public(&pair(node, 0));
		let key = CourierKey {
			signing,
			sealing,
			valid_from: 0,
			valid_until: None,
		};
		NodeEntry {
			id: node,
			peer: peer(node).try_into().expect("38 bytes fit a PeerId"),
			addresses: Default::default(),
			keys: vec![key].try_into().expect("one key fits"),
		}
	};
	let member = |id: MemberId, roles: &[Role], nodes: &[NodeId]| MemberEntry {
		id,
		name: format!("Member {id}").into_bytes(),
		roles: Roles::of(roles),
		active: true,
		nodes: nodes.iter().map(|node| entry(*node)).collect(),
	};
	let channel = |id: ChannelId, seller, issuer: MemberId| ChannelSpec {
		id,
		seller,
		issuer,
		authorisation: Ok(granted(id)),
		interfaces: vec![InterfaceEntry {
			id: interface(issuer),
			node: issuer,
		}],
		products: vec![ProductEntry {
			id: name(&format!("P{issuer}")),
			product_type: name("fund"),
			risk: 2,
			currency: *b"CNY",
			status: ProductStatus::Open,
			interface: interface(issuer),
		}],
		agreements: Vec::new(),
		unread: Vec::new(),
	};
	ChainState {
		block: 1,
		members: vec![
			member(1, &[Role::Seller], &[1]),
			member(2, &[Role::Issuer], &[2, 5]),
			member(3, &[Role::Seller], &[3]),
			member(HOSTILE, &[Role::Seller, Role::Issuer], &[HOSTILE]),
		],
		channels: vec![
			channel(1, 1, 2),
			channel(2, 3, 2),
			channel(SELLS, HOSTILE, 2),
			channel(ISSUES, 1, HOSTILE),
		],
		anchors: Default::default(),
		ranges: Default::default(),
		stolen: Default::default(),
		// Authorisations do not age here: blocks come or stall by the plan.
		receipts: Default::default(),
		ended: Default::default(),
		timetables: Default::default(),
		holds_until: Moment::MAX,
		drain: 302_400,
		unreadable: None,
		branch: None,
	}
}
