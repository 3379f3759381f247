// SPDX-License-Identifier: Apache-2.0

//! The members with which a network begins.

use crate::{legal_id::LegalId, types::*, Config, ConnectionsRestricted, Pallet};
use alloc::{string::String, vec::Vec};
use sealane_primitives::{business::Roles, ids::*};
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// A member of the first block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisMember<AccountId> {
	/// Its name.
	pub name: String,
	/// Its LEI (20 characters) or unified social credit code (18 characters).
	pub legal_id: String,
	/// How to reach it.
	pub contact: String,
	/// What it is.
	pub roles: Roles,
	/// The account that acts for it.
	pub manager: AccountId,
	/// Its nodes.
	pub nodes: Vec<GenesisNode<AccountId>>,
}

/// A node of the first block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisNode<AccountId> {
	/// Its PeerId, multihash bytes in hex.
	#[serde(with = "sp_core::bytes")]
	pub peer: Vec<u8>,
	/// Where to dial it, multiaddresses in text.
	pub addresses: Vec<String>,
	/// Ed25519 public key of its courier.
	pub signing: H256,
	/// X25519 public key of its courier.
	pub sealing: H256,
	/// The account with which its off-chain workers sign.
	pub delegate: AccountId,
}

/// Admits all members and registers their nodes by the rules of the calls.
///
/// # Panics
/// Where a member or node breaks one of them: a network must not begin with it.
pub(crate) fn build<T: Config>(members: &[GenesisMember<T::AccountId>], restricted: bool) {
	for member in members {
		let name = &member.name;
		let legal_id = LegalId::parse(&member.legal_id)
			.unwrap_or_else(|fault| panic!("legal_id of {name} is {:?}: {fault:?}", member.legal_id));
		let profile = Profile {
			name: bounded(name, "name", name),
			legal_id,
			contact: bounded(name, "contact", &member.contact),
		};
		let id = Pallet::<T>::do_admit(profile, member.roles, member.manager.clone())
			.unwrap_or_else(|error| panic!("member {name} cannot be admitted: {error:?}"));
		for node in &member.nodes {
			build_node::<T>(id, name, node);
		}
	}
	ConnectionsRestricted::<T>::put(restricted);
}

fn build_node<T: Config>(member: MemberId, name: &str, node: &GenesisNode<T::AccountId>) {
	let peer = PeerIdBytes::try_from(node.peer.clone()).unwrap_or_else(|peer| {
		panic!(
			"peer of a node of {name} has {} bytes, most are {MAX_PEER_ID_LEN}",
			peer.len()
		)
	});
	let addresses: Vec<Address> = node
		.addresses
		.iter()
		.map(|address| bounded(name, "address", address))
		.collect();
	let addresses = Addresses::try_from(addresses)
		.unwrap_or_else(|all| panic!("a node of {name} has {} addresses, most are {MAX_ADDRESSES}", all.len()));
	let keys = (node.signing.0, node.sealing.0);
	Pallet::<T>::do_register_node(member, peer, addresses, keys, node.delegate.clone())
		.unwrap_or_else(|error| panic!("a node of {name} cannot be registered: {error:?}"));
}

/// A text as bounded bytes.
fn bounded<B: TryFrom<Vec<u8>>>(name: &str, field: &str, text: &str) -> B {
	B::try_from(text.as_bytes().to_vec())
		.unwrap_or_else(|_| panic!("{field} of {name} has {} bytes, more than fit: {text:?}", text.len()))
}
