// SPDX-License-Identifier: Apache-2.0

//! What a node must know of the chain to trade. The runtime composes it, the courier keeps the newest.

use crate::{
	business::{BusinessKinds, Currency, Roles},
	clauses::Clauses,
	ids::*,
	keys::CourierKeys,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Why an exchange over a channel is not allowed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
	/// The PeerId or the number belongs to no registered node.
	NodeUnknown,
	/// A party is no member (any more).
	MemberUnknown,
	/// A party is suspended as a member.
	MemberSuspended,
	/// There is no such channel.
	ChannelUnknown,
	/// The two nodes are not the two parties of the channel.
	NotAParty,
	/// Applied for, not granted (yet).
	NotGranted,
	/// Suspended by the council.
	Suspended,
	/// Revoked by the council, or left by a party.
	Revoked,
	/// The grant's time is over.
	Expired,
	/// The grant does not cover this kind of business.
	KindNotGranted,
	/// The interface is not of this issuer, not active, or served by another node.
	InterfaceUnknown,
	/// More orders than the grant's rate limit allows.
	RateExceeded,
}

/// What a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Authorisation {
	/// The channel.
	pub channel: ChannelId,
	/// The kinds of business that may travel.
	pub kinds: BusinessKinds,
	/// First block in which the grant no longer holds.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute; `None` is no limit.
	pub orders_per_minute: Option<u32>,
}

/// A node as its partners must know it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NodeEntry {
	/// Its number on the chain.
	pub id: NodeId,
	/// Its PeerId.
	pub peer: PeerIdBytes,
	/// Where to dial it.
	pub addresses: Addresses,
	/// Its courier keys, those of the past and the future included as long as the chain keeps them.
	pub keys: CourierKeys,
}

/// An institution.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MemberEntry {
	/// Its number on the chain.
	pub id: MemberId,
	/// Its name, UTF-8.
	pub name: Vec<u8>,
	/// What it is.
	pub roles: Roles,
	/// Admitted and not suspended.
	pub active: bool,
	/// Its nodes.
	pub nodes: Vec<NodeEntry>,
}

/// An entry point of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InterfaceEntry {
	/// Its identifier.
	pub id: InterfaceId,
	/// The node that serves it.
	pub node: NodeId,
}

/// Where a product stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
	/// In its offering period: 认购.
	Offering,
	/// Open for purchase and redemption.
	Open,
	/// Closed for the time being.
	Suspended,
	/// Over.
	Closed,
}

/// A product as partners must know it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProductEntry {
	/// Its identifier.
	pub id: ProductId,
	/// Its type.
	pub product_type: ProductType,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// Its currency.
	pub currency: Currency,
	/// Where it stands.
	pub status: ProductStatus,
	/// The interface that takes its orders.
	pub interface: InterfaceId,
}

/// What an agreement covers. A product's own clauses precede those of its type, those precede `All`.
#[derive(
	Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Scope {
	/// Everything over the channel.
	All,
	/// The products of one type.
	ProductType(ProductType),
	/// One product.
	Product(ProductId),
}

/// Clauses in force.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AgreementEntry {
	/// The number that orders are stamped with.
	pub id: AgreementId,
	/// What it covers.
	pub scope: Scope,
	/// Counts the versions of this channel and scope, from 1.
	pub version: u32,
	/// First block in which it holds.
	pub from: BlockNumber,
	/// The clauses.
	pub clauses: Clauses,
}

/// A channel of this node's member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChannelEntry {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// What is allowed at this block, by the same function that the off-chain worker calls.
	pub authorisation: Result<Authorisation, Refusal>,
	/// The other party.
	pub partner: MemberEntry,
	/// The issuer's interfaces.
	pub interfaces: Vec<InterfaceEntry>,
	/// The issuer's products.
	pub products: Vec<ProductEntry>,
	/// The clauses in force between the two, one entry per scope.
	pub agreements: Vec<AgreementEntry>,
}

impl ChannelEntry {
	/// The agreement that holds for a product: its own, else its type's, else that for all.
	pub fn agreement_for(&self, product: &ProductEntry) -> Option<&AgreementEntry> {
		let find = |covers: &dyn Fn(&Scope) -> bool| self.agreements.iter().find(|agreement| covers(&agreement.scope));
		find(&|scope| matches!(scope, Scope::Product(id) if *id == product.id))
			.or_else(|| find(&|scope| matches!(scope, Scope::ProductType(of) if *of == product.product_type)))
			.or_else(|| find(&|scope| *scope == Scope::All))
	}
}

/// How a node's roots get on chain; set by governance.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AnchorMode {
	/// One root over everything since the last anchor.
	Root,
	/// Every batch root by itself, many packed in one call.
	Packed,
}

/// When and how off-chain workers anchor; runtime policy.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct AnchorPolicy {
	/// Blocks between two anchors of one node.
	pub interval: BlockNumber,
	/// One root, or packed hashes.
	pub mode: AnchorMode,
	/// Most hashes in one packed call.
	pub max_packed: u32,
}

/// All that one node must know to trade, at one block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Directory {
	/// This node's number.
	pub node: NodeId,
	/// This node's institution, its nodes included.
	pub member: MemberEntry,
	/// Its channels in every state that is not over, and those that ended, so that late packets get a reason.
	pub channels: Vec<ChannelEntry>,
	/// The runtime's policy for anchors.
	pub anchors: AnchorPolicy,
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn name(text: &str) -> Name {
		text.as_bytes().to_vec().try_into().expect("within the bound")
	}

	fn product(id: &str, product_type: &str) -> ProductEntry {
		ProductEntry {
			id: name(id),
			product_type: name(product_type),
			risk: 2,
			currency: *b"CNY",
			status: ProductStatus::Open,
			interface: name("issuer.one"),
		}
	}

	fn channel(scopes: &[(AgreementId, Scope)]) -> ChannelEntry {
		let agreement = |(id, scope): &(AgreementId, Scope)| AgreementEntry {
			id: *id,
			scope: scope.clone(),
			version: 1,
			from: 1,
			clauses: Clauses::new(),
		};
		ChannelEntry {
			id: 1,
			seller: 1,
			issuer: 2,
			authorisation: Err(Refusal::NotGranted),
			partner: MemberEntry {
				id: 2,
				name: b"issuer".to_vec(),
				roles: Roles::default(),
				active: true,
				nodes: vec![],
			},
			interfaces: vec![],
			products: vec![],
			agreements: scopes.iter().map(agreement).collect(),
		}
	}

	#[test]
	fn a_product_precedes_its_type_and_that_precedes_all() {
		// In whatever order the agreements come.
		let all = (1, Scope::All);
		let of_type = (2, Scope::ProductType(name("fund.bond")));
		let own = (3, Scope::Product(name("STEADY-30")));
		for scopes in [
			[all.clone(), of_type.clone(), own.clone()],
			[own.clone(), of_type.clone(), all.clone()],
			[of_type.clone(), own.clone(), all.clone()],
		] {
			let channel = channel(&scopes);
			let found = |product| channel.agreement_for(&product).map(|agreement| agreement.id);
			assert_eq!(found(product("STEADY-30", "fund.bond")), Some(3));
			assert_eq!(found(product("STEADY-90", "fund.bond")), Some(2));
			assert_eq!(found(product("BOLD-30", "fund.equity")), Some(1));
			// A product's name is no type and the other way round.
			assert_eq!(found(product("fund.bond", "STEADY-30")), Some(1));
		}
	}

	#[test]
	fn none_where_nothing_was_agreed() {
		let other = channel(&[
			(3, Scope::Product(name("STEADY-30"))),
			(2, Scope::ProductType(name("fund.bond"))),
		]);
		assert!(other.agreement_for(&product("BOLD-30", "fund.equity")).is_none());
		assert!(channel(&[]).agreement_for(&product("STEADY-30", "fund.bond")).is_none());
	}
}
