// SPDX-License-Identifier: Apache-2.0

//! What conditions are checked against.

use super::{
	decimal::Decimal,
	time::{Date, Timestamp},
	types::{InvestorCategory, InvestorEntity, ProductRisk, RegionCode, RiskClass, SalesChannel},
};
use crate::{
	business::{BusinessKind, Currency},
	directory::ProductStatus,
	registration::Stated,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::Serialize;

/// What the seller states about the customer and how he ordered: the `facts` object of an order. Each may be missing.
///
/// Reading one from JSON allocates nothing, passes over fields it does not know, and refuses a field that comes twice.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
)]
pub struct CustomerFacts {
	/// When the customer was born.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub birth_date: Option<Date>,
	/// Whether the customer's identity was verified.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub identity_verified: Option<bool>,
	/// Whether the customer is registered with this issuer. Nodes go by what the chain says of [`CustomerFacts::registration`], and
	/// not by the seller's word.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub registered: Option<bool>,
	/// Under which commitment the customer is registered with this issuer.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub registration: Option<Stated>,
	/// The customer's risk class.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub risk_class: Option<RiskClass>,
	/// When that class was assessed.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub risk_assessed_on: Option<Date>,
	/// Whether the customer confirmed in writing, after a special warning, that this product exceeds his class.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub exceed_confirmed: Option<bool>,
	/// Ordinary or professional.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub investor_category: Option<InvestorCategory>,
	/// A person or an institution.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub investor_entity: Option<InvestorEntity>,
	/// Where the customer lives or sits.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub region: Option<RegionCode>,
	/// Through what the customer ordered.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub sales_channel: Option<SalesChannel>,
}

/// What the order itself says, and what the chain says of its product. Each may be missing.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
)]
pub struct OrderFacts {
	/// The kind of business.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub kind: Option<BusinessKind>,
	/// The amount ordered.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub amount: Option<Decimal>,
	/// The units ordered.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub units: Option<Decimal>,
	/// The order's currency.
	#[serde(
		skip_serializing_if = "Option::is_none",
		serialize_with = "super::values::optional_currency"
	)]
	pub currency: Option<Currency>,
	/// When the customer placed the order. Its local date is the order's date.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub placed_at: Option<Timestamp>,
	/// The product's risk, from the chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub product_risk: Option<ProductRisk>,
	/// Where the product stands, from the chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub product_status: Option<ProductStatus>,
}

/// Everything that conditions can ask for. In JSON: `{"customer": {…}, "order": {…}}`.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	serde::Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Facts {
	/// Of the customer.
	#[serde(default)]
	pub customer: CustomerFacts,
	/// Of the order.
	#[serde(default)]
	pub order: OrderFacts,
}

/// The name of one fact.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
	/// [`CustomerFacts::birth_date`]
	BirthDate,
	/// [`CustomerFacts::identity_verified`]
	IdentityVerified,
	/// [`CustomerFacts::registered`]
	Registered,
	/// [`CustomerFacts::risk_class`]
	RiskClass,
	/// [`CustomerFacts::risk_assessed_on`]
	RiskAssessedOn,
	/// [`CustomerFacts::exceed_confirmed`]
	ExceedConfirmed,
	/// [`CustomerFacts::investor_category`]
	InvestorCategory,
	/// [`CustomerFacts::investor_entity`]
	InvestorEntity,
	/// [`CustomerFacts::region`]
	Region,
	/// [`CustomerFacts::sales_channel`]
	SalesChannel,
	/// [`OrderFacts::kind`]
	Kind,
	/// [`OrderFacts::amount`]
	Amount,
	/// [`OrderFacts::units`]
	Units,
	/// [`OrderFacts::currency`]
	Currency,
	/// [`OrderFacts::placed_at`]
	PlacedAt,
	/// [`OrderFacts::product_risk`]
	ProductRisk,
	/// [`OrderFacts::product_status`]
	ProductStatus,
}

impl Fact {
	/// The name used in JSON and in messages.
	pub const fn as_str(self) -> &'static str {
		match self {
			Fact::BirthDate => "birth_date",
			Fact::IdentityVerified => "identity_verified",
			Fact::Registered => "registered",
			Fact::RiskClass => "risk_class",
			Fact::RiskAssessedOn => "risk_assessed_on",
			Fact::ExceedConfirmed => "exceed_confirmed",
			Fact::InvestorCategory => "investor_category",
			Fact::InvestorEntity => "investor_entity",
			Fact::Region => "region",
			Fact::SalesChannel => "sales_channel",
			Fact::Kind => "kind",
			Fact::Amount => "amount",
			Fact::Units => "units",
			Fact::Currency => "currency",
			Fact::PlacedAt => "placed_at",
			Fact::ProductRisk => "product_risk",
			Fact::ProductStatus => "product_status",
		}
	}
}

impl fmt::Display for Fact {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.as_str())
	}
}
