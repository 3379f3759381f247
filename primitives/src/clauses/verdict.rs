// SPDX-License-Identifier: Apache-2.0

//! The result of an evaluation, for programs and for people.

use super::{
	decimal::Decimal,
	facts::Fact,
	time::{Date, Timestamp, UtcOffset},
	types::{
		ClauseCode, Condition, InvestorCategory, InvestorEntity, ProductRisk, RegionCode, RiskClass, SalesChannel,
		MAX_ALTERNATIVES, MAX_CLAUSES,
	},
};
use crate::{
	business::{BusinessKind, Currency},
	directory::ProductStatus,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Serialize, Serializer};

/// What the facts said where a condition failed.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Found {
	/// Nothing: this fact is missing.
	Missing(Fact),
	/// An age in full years.
	Age(u16),
	/// A birth date after the order's date.
	BornOn(Date),
	/// The fact is false.
	False(Fact),
	/// A risk class too low for the product's risk.
	Risk {
		/// The customer's class.
		class: RiskClass,
		/// The product's risk.
		product: ProductRisk,
	},
	/// A risk class.
	RiskClass(RiskClass),
	/// A category.
	InvestorCategory(InvestorCategory),
	/// A person or an institution.
	InvestorEntity(InvestorEntity),
	/// A kind of business.
	Kind(BusinessKind),
	/// An amount, with its currency.
	Amount {
		/// How much.
		amount: Decimal,
		/// In this currency.
		#[serde(with = "super::json::currency")]
		currency: Currency,
	},
	/// Units.
	Units(Decimal),
	/// A region.
	Region(RegionCode),
	/// A currency.
	#[serde(with = "super::json::currency")]
	Currency(Currency),
	/// A risk assessment of that many days ago; negative: of a day to come.
	RiskAssessedDaysAgo(i32),
	/// When the order was placed, at the offset of the condition.
	PlacedAt(Timestamp),
	/// Where the product stands.
	ProductStatus(ProductStatus),
	/// A sales channel.
	SalesChannel(SalesChannel),
}

/// One alternative that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize)]
pub struct Miss {
	/// What was asked.
	pub condition: Condition,
	/// What was found.
	pub found: Found,
}

/// One clause that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize)]
pub struct Failure {
	/// The clause's place in the agreement, from 0.
	pub clause: u32,
	/// The clause's code.
	pub code: ClauseCode,
	/// Its alternatives in their order, none of which was met.
	#[serde(serialize_with = "super::json::set::serialize")]
	pub missed: BoundedVec<Miss, ConstU32<MAX_ALTERNATIVES>>,
}

/// Whether clauses hold for facts, and which do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Verdict {
	/// The clauses that do not hold, in their order. None: the order qualifies.
	pub failures: BoundedVec<Failure, ConstU32<MAX_CLAUSES>>,
}

impl Verdict {
	/// Whether all clauses hold.
	pub fn qualifies(&self) -> bool {
		self.failures.is_empty()
	}
}

impl Serialize for Verdict {
	/// `{"qualifies": false, "failures": […], "text": "…"}`; `text` is what [`fmt::Display`] writes.
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		use serde::ser::SerializeStruct;
		let mut object = serializer.serialize_struct("Verdict", 3)?;
		object.serialize_field("qualifies", &self.qualifies())?;
		object.serialize_field("failures", &self.failures[..])?;
		object.serialize_field("text", &alloc::string::ToString::to_string(self))?;
		object.end()
	}
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if self.qualifies() {
			return f.write_str("qualifies");
		}
		join(f, "; ", self.failures.iter())
	}
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "clause {} ({}) fails: ", self.clause, self.code)?;
		join(f, ", and ", self.missed.iter())
	}
}

impl fmt::Display for Miss {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}, but {}", self.condition, self.found)
	}
}

impl fmt::Display for Found {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Found::Missing(fact) => write!(f, "{fact} is missing"),
			Found::Age(age) => write!(f, "age is {age}"),
			Found::BornOn(date) => write!(f, "birth_date {date} is after the order's date"),
			Found::False(fact) => write!(f, "{fact} is false"),
			Found::Risk { class, product } => {
				write!(
					f,
					"risk_class is {} and product_risk is {}",
					class.as_str(),
					product.as_str()
				)
			}
			Found::RiskClass(class) => write!(f, "risk_class is {}", class.as_str()),
			Found::InvestorCategory(category) => write!(f, "investor_category is {}", category_name(*category)),
			Found::InvestorEntity(entity) => write!(f, "investor_entity is {}", entity_name(*entity)),
			Found::Kind(kind) => write!(f, "kind is {}", kind.as_str()),
			Found::Amount { amount, currency } => write!(f, "amount is {amount} {}", Ccy(currency)),
			Found::Units(units) => write!(f, "units are {units}"),
			Found::Region(region) => write!(f, "region is {region}"),
			Found::Currency(currency) => write!(f, "currency is {}", Ccy(currency)),
			Found::RiskAssessedDaysAgo(days @ 0..) => {
				write!(f, "risk_assessed_on is {days} days before the order's date")
			}
			Found::RiskAssessedDaysAgo(_) => f.write_str("risk_assessed_on is after the order's date"),
			Found::PlacedAt(time) => write!(f, "placed_at is {time}"),
			Found::ProductStatus(status) => write!(f, "product_status is {}", status_name(*status)),
			Found::SalesChannel(channel) => write!(f, "sales_channel is {channel}"),
		}
	}
}

impl fmt::Display for Condition {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Condition::AgeAtLeast(years) => write!(f, "age must be at least {years}"),
			Condition::AgeAtMost(years) => write!(f, "age must be at most {years}"),
			Condition::IdentityVerified => f.write_str("the identity must be verified"),
			Condition::Registered => f.write_str("the customer must be registered with the issuer"),
			Condition::RiskCovers {
				exceed_with_confirmation: false,
			} => f.write_str("risk_class must cover product_risk"),
			Condition::RiskCovers {
				exceed_with_confirmation: true,
			} => f.write_str("risk_class must cover product_risk or exceed_confirmed be true"),
			Condition::RiskClassAtLeast(class) => write!(f, "risk_class must be at least {}", class.as_str()),
			Condition::InvestorCategory(category) => {
				write!(f, "investor_category must be {}", category_name(*category))
			}
			Condition::InvestorEntity(entity) => write!(f, "investor_entity must be {}", entity_name(*entity)),
			Condition::KindIn(kinds) => {
				f.write_str("kind must be one of ")?;
				join(f, ", ", kinds.iter().map(|kind| kind.as_str()))
			}
			Condition::AmountAtLeast { amount, currency } => {
				write!(f, "amount must be at least {amount} {}", Ccy(currency))
			}
			Condition::AmountAtMost { amount, currency } => {
				write!(f, "amount must be at most {amount} {}", Ccy(currency))
			}
			Condition::UnitsAtLeast(units) => write!(f, "units must be at least {units}"),
			Condition::UnitsAtMost(units) => write!(f, "units must be at most {units}"),
			Condition::RegionIn(regions) => {
				f.write_str("region must be in ")?;
				join(f, ", ", regions.iter())
			}
			Condition::RegionNotIn(regions) => {
				f.write_str("region must be outside ")?;
				join(f, ", ", regions.iter())
			}
			Condition::CurrencyIn(currencies) => {
				f.write_str("currency must be one of ")?;
				join(f, ", ", currencies.iter().map(Ccy))
			}
			Condition::RiskAssessedWithinDays(days) => {
				write!(f, "the risk assessment must be at most {days} days old")
			}
			Condition::PlacedBefore { time, utc_offset } => {
				write!(f, "the order must be placed before {time} (UTC{})", Sign(utc_offset))
			}
			Condition::PlacedWithin {
				from,
				until,
				utc_offset,
			} => {
				f.write_str("the order must be placed")?;
				if let Some(from) = from {
					write!(f, " from {from}")?;
				}
				if let Some(until) = until {
					write!(f, " until {until}")?;
				}
				write!(f, " (UTC{})", Sign(utc_offset))
			}
			Condition::ProductStatusIn(statuses) => {
				f.write_str("product_status must be one of ")?;
				join(f, ", ", statuses.iter().map(|status| status_name(*status)))
			}
			Condition::SalesChannelIn(channels) => {
				f.write_str("sales_channel must be one of ")?;
				join(f, ", ", channels.iter())
			}
		}
	}
}

fn join<T: fmt::Display>(f: &mut fmt::Formatter<'_>, separator: &str, items: impl Iterator<Item = T>) -> fmt::Result {
	for (i, item) in items.enumerate() {
		if i > 0 {
			f.write_str(separator)?;
		}
		fmt::Display::fmt(&item, f)?;
	}
	Ok(())
}

const fn category_name(category: InvestorCategory) -> &'static str {
	match category {
		InvestorCategory::Ordinary => "ordinary",
		InvestorCategory::Professional => "professional",
	}
}

const fn entity_name(entity: InvestorEntity) -> &'static str {
	match entity {
		InvestorEntity::Individual => "individual",
		InvestorEntity::Institution => "institution",
	}
}

const fn status_name(status: ProductStatus) -> &'static str {
	match status {
		ProductStatus::Offering => "offering",
		ProductStatus::Open => "open",
		ProductStatus::Suspended => "suspended",
		ProductStatus::Closed => "closed",
	}
}

/// A currency for people: its letters, else its bytes in hex.
struct Ccy<'a>(&'a Currency);

impl fmt::Display for Ccy<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match core::str::from_utf8(self.0) {
			Ok(letters) if self.0.iter().all(u8::is_ascii_graphic) => f.write_str(letters),
			_ => write!(f, "0x{:02x}{:02x}{:02x}", self.0[0], self.0[1], self.0[2]),
		}
	}
}

/// An offset behind the letters UTC.
struct Sign<'a>(&'a UtcOffset);

impl fmt::Display for Sign<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match *self.0 {
			UtcOffset::UTC => Ok(()),
			offset => fmt::Display::fmt(&offset, f),
		}
	}
}
