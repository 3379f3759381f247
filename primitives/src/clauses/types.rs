// SPDX-License-Identifier: Apache-2.0

//! What clauses are made of.

use super::{
	decimal::Decimal,
	text::Text,
	time::{Date, TimeOfDay, UtcOffset},
};
use crate::{
	business::{BusinessKinds, Currency},
	directory::ProductStatus,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Most clauses of one agreement.
pub const MAX_CLAUSES: u32 = 32;
/// Most alternatives of one clause.
pub const MAX_ALTERNATIVES: u32 = 8;
/// Most codes in one set of regions, currencies or sales channels.
pub const MAX_SET: u32 = 16;
/// Longest code of a clause, in bytes.
pub const MAX_CODE_LEN: usize = 32;

/// Names a clause in reports, e.g. `adult`.
pub type ClauseCode = Text<MAX_CODE_LEN>;
/// A region by the code that the two parties use, e.g. `CN-11` (ISO 3166-2) or `110000` (GB/T 2260).
pub type RegionCode = Text<8>;
/// Through what the customer ordered, e.g. `counter`, `online`, `mobile`.
pub type SalesChannel = Text<12>;

/// Regions.
pub type Regions = BoundedVec<RegionCode, ConstU32<MAX_SET>>;
/// Currencies.
pub type Currencies = BoundedVec<Currency, ConstU32<MAX_SET>>;
/// Sales channels.
pub type SalesChannels = BoundedVec<SalesChannel, ConstU32<MAX_SET>>;
/// States of a product.
pub type ProductStatuses = BoundedVec<ProductStatus, ConstU32<4>>;

/// An investor's class, low to high.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum RiskClass {
	/// The lowest sub-class of C1: R1 only, whatever was confirmed.
	#[serde(rename = "C1_lowest")]
	C1Lowest,
	/// Conservative.
	C1,
	/// Steady.
	C2,
	/// Balanced.
	C3,
	/// Growth.
	C4,
	/// Aggressive.
	C5,
}

impl RiskClass {
	/// All classes, low to high.
	pub const ALL: [RiskClass; 6] = [
		RiskClass::C1Lowest,
		RiskClass::C1,
		RiskClass::C2,
		RiskClass::C3,
		RiskClass::C4,
		RiskClass::C5,
	];

	/// The riskiest product that this class covers.
	pub const fn covers_up_to(self) -> ProductRisk {
		match self {
			RiskClass::C1Lowest | RiskClass::C1 => ProductRisk::R1,
			RiskClass::C2 => ProductRisk::R2,
			RiskClass::C3 => ProductRisk::R3,
			RiskClass::C4 => ProductRisk::R4,
			RiskClass::C5 => ProductRisk::R5,
		}
	}

	/// The name used in JSON and in messages.
	pub const fn as_str(self) -> &'static str {
		match self {
			RiskClass::C1Lowest => "C1_lowest",
			RiskClass::C1 => "C1",
			RiskClass::C2 => "C2",
			RiskClass::C3 => "C3",
			RiskClass::C4 => "C4",
			RiskClass::C5 => "C5",
		}
	}
}

/// A product's risk, low to high.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ProductRisk {
	/// Low.
	R1,
	/// Low to middle.
	R2,
	/// Middle.
	R3,
	/// Middle to high.
	R4,
	/// High.
	R5,
}

impl ProductRisk {
	/// All, low to high.
	pub const ALL: [ProductRisk; 5] = [
		ProductRisk::R1,
		ProductRisk::R2,
		ProductRisk::R3,
		ProductRisk::R4,
		ProductRisk::R5,
	];

	/// The risk of that level, 1 to 5, as the chain keeps it with a product.
	pub const fn from_level(level: u8) -> Option<Self> {
		match level {
			1..=5 => Some(Self::ALL[level as usize - 1]),
			_ => None,
		}
	}

	/// Its level, 1 to 5.
	pub const fn level(self) -> u8 {
		self as u8 + 1
	}

	/// The name used in JSON and in messages.
	pub const fn as_str(self) -> &'static str {
		match self {
			ProductRisk::R1 => "R1",
			ProductRisk::R2 => "R2",
			ProductRisk::R3 => "R3",
			ProductRisk::R4 => "R4",
			ProductRisk::R5 => "R5",
		}
	}
}

/// How much protection the rules give an investor.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum InvestorCategory {
	/// 普通投资者.
	Ordinary,
	/// 专业投资者.
	Professional,
}

/// What an investor is.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum InvestorEntity {
	/// A person.
	Individual,
	/// An institution.
	Institution,
}

/// One condition over the facts of an order and its customer. It is met only by facts that are known: where a fact that it
/// asks for is missing, it fails.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
	/// Full years on the order's date, at least. See [`Date::age_on`].
	AgeAtLeast(u8),
	/// Full years on the order's date, at most.
	AgeAtMost(u8),
	/// The customer's identity was verified.
	IdentityVerified,
	/// The customer is registered with this issuer.
	Registered,
	/// The customer's risk class covers the product's risk: Cn may buy R1 to Rn, the lowest sub-class of C1 R1 only.
	RiskCovers {
		/// Whether a customer who confirmed it in writing may exceed his class. Never the lowest sub-class.
		exceed_with_confirmation: bool,
	},
	/// The customer's risk class, at least.
	RiskClassAtLeast(RiskClass),
	/// The customer is an investor of this category.
	InvestorCategory(InvestorCategory),
	/// The customer is of this kind.
	InvestorEntity(InvestorEntity),
	/// The order's kind of business is one of these.
	#[serde(with = "super::json::kinds")]
	KindIn(BusinessKinds),
	/// The order's amount is in this currency and at least this much.
	AmountAtLeast {
		/// The least amount.
		amount: Decimal,
		/// In this currency.
		#[serde(with = "super::json::currency")]
		currency: Currency,
	},
	/// The order's amount is in this currency and at most this much.
	AmountAtMost {
		/// The largest amount.
		amount: Decimal,
		/// In this currency.
		#[serde(with = "super::json::currency")]
		currency: Currency,
	},
	/// The order's units, at least.
	UnitsAtLeast(Decimal),
	/// The order's units, at most.
	UnitsAtMost(Decimal),
	/// The customer's region is one of these or part of one: `CN` covers `CN` and `CN-11`.
	#[serde(with = "super::json::set")]
	RegionIn(Regions),
	/// The customer's region is none of these, nor part of one, nor so wide that it holds one.
	#[serde(with = "super::json::set")]
	RegionNotIn(Regions),
	/// The order's currency is one of these.
	#[serde(with = "super::json::currencies")]
	CurrencyIn(Currencies),
	/// The customer's risk assessment was made at most this many days before the order's date, and not after it.
	RiskAssessedWithinDays(u16),
	/// The order was placed before this time of day. Limits the time of day only: an order placed at 9:00 of a holiday is before 15:00.
	PlacedBefore {
		/// The cut-off: an order placed at this very time is too late.
		time: TimeOfDay,
		/// Where that time is local.
		utc_offset: UtcOffset,
	},
	/// The order was placed within these days, both included: an offering window.
	PlacedWithin {
		/// The first day; without it the window has no beginning.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		from: Option<Date>,
		/// The last day; without it the window has no end.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		until: Option<Date>,
		/// Where those days are local.
		utc_offset: UtcOffset,
	},
	/// The product stands in one of these.
	#[serde(with = "super::json::set")]
	ProductStatusIn(ProductStatuses),
	/// The customer ordered through one of these.
	#[serde(with = "super::json::set")]
	SalesChannelIn(SalesChannels),
}

/// Conditions of which one suffices.
pub type Alternatives = BoundedVec<Condition, ConstU32<MAX_ALTERNATIVES>>;

/// One clause: it holds when any of its alternatives does. To limit a clause to some kinds of business, add the other kinds as an
/// alternative ([`Condition::KindIn`]).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Clause {
	/// Names the clause in reports; unique within its agreement.
	pub code: ClauseCode,
	/// The alternatives.
	#[serde(with = "super::json::alternatives")]
	pub any_of: Alternatives,
}

/// Clauses that must all hold. None: everything qualifies.
pub type Clauses = BoundedVec<Clause, ConstU32<MAX_CLAUSES>>;
