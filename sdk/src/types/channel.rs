// SPDX-License-Identifier: Apache-2.0

use super::{BusinessKind, Extra, MemberRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which party of a channel this node belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
	/// It sells.
	Seller,
	/// It issues.
	Issuer,
}

/// The right of one seller and one issuer to exchange payloads, as the newest block has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Channel {
	/// Its number on the chain.
	pub id: u32,
	/// Number of the seller.
	pub seller: u32,
	/// Number of the issuer.
	pub issuer: u32,
	/// Which of the two this node belongs to.
	pub side: Side,
	/// The other party.
	pub partner: MemberRef,
	/// Whether payloads may travel now.
	pub authorised: bool,
	/// Why not, as a stable word: `not_granted`, `suspended`, `revoked`, `expired`, …
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub refusal: Option<String>,
	/// The kinds of business that the grant covers.
	pub kinds: Vec<BusinessKind>,
	/// First block in which the grant no longer holds.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub valid_until_block: Option<u32>,
	/// Most orders in a minute.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub orders_per_minute: Option<u32>,
	/// The issuer's interfaces.
	pub interfaces: Vec<Interface>,
	/// The issuer's products.
	pub products: Vec<Product>,
	/// The agreements in force, one per scope.
	pub agreements: Vec<AgreementRef>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// An issuer's entry point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Interface {
	/// Its identifier.
	pub id: String,
	/// Number of the node that serves it.
	pub node: u32,
}

/// A product of an issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
	/// Its identifier.
	pub id: String,
	/// Its type.
	pub product_type: String,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// ISO 4217 code.
	pub currency: String,
	/// `offering`, `open`, `suspended` or `closed`.
	pub status: String,
	/// The interface that takes its orders.
	pub interface: String,
	/// Number of the agreement that holds for it; 0 where none was agreed.
	#[serde(default)]
	pub agreement: u32,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// What an agreement covers. One for a product precedes one for its type, that precedes one for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
	/// Everything over the channel.
	All,
	/// The products of one type.
	ProductType(String),
	/// One product.
	Product(String),
}

/// An agreement without its clauses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreementRef {
	/// The number that orders are stamped with, `clause_version`.
	pub id: u32,
	/// What it covers.
	pub scope: Scope,
	/// Counts the versions of this channel and scope, from 1.
	pub version: u32,
}

/// The answer of `GET /v1/channels`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Channels {
	/// All channels of this node's member, by number.
	pub channels: Vec<Channel>,
}

/// The clauses that hold over one channel for what was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClausesInForce {
	/// The channel whose parties agreed.
	pub channel: u32,
	/// Number of the seller.
	pub seller: u32,
	/// Number of the issuer.
	pub issuer: u32,
	/// The block for which this is the answer.
	pub at_block: u32,
	/// The agreement that holds; absent where nothing is agreed (`clause_version` 0).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub agreement: Option<Agreement>,
}

/// One version of what two members agreed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Agreement {
	/// The number that orders are stamped with, `clause_version`.
	pub id: u32,
	/// What it covers.
	pub scope: Scope,
	/// Counts the versions of this channel and scope, from 1.
	pub version: u32,
	/// First block in which it holds.
	pub from_block: u32,
	/// The clauses; all must hold.
	pub clauses: Vec<Clause>,
	/// The clauses as the chain has them (SCALE), in hexadecimal digits: what an engine evaluates.
	pub encoded: String,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// One clause: it holds when one of its alternatives does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
	/// Its code, named in reports of orders that fail it.
	pub code: String,
	/// The alternatives, each one condition.
	#[schema(value_type = Vec<serde_json::Value>)]
	pub any_of: Vec<serde_json::Value>,
}

/// The answer of `GET /v1/clauses`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clauses {
	/// One answer per channel that has the product or the type; empty where none has.
	pub clauses: Vec<ClausesInForce>,
}
