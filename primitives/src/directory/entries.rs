// SPDX-License-Identifier: Apache-2.0

//! Members, nodes, interfaces, products and agreements, as partners must know them.

use crate::{
	business::{Currency, Roles},
	clauses::Clauses,
	ids::*,
	keys::CourierKeys,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

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
