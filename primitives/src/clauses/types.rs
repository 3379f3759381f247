// SPDX-License-Identifier: Apache-2.0

//! What conditions are made of.

use super::text::Text;
use crate::{business::Currency, directory::ProductStatus};
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
