// SPDX-License-Identifier: Apache-2.0

//! What the facts say where a condition is not met, and how values stand in messages.

use super::{
	decimal::Decimal,
	facts::Fact,
	time::{Date, Timestamp, UtcOffset},
	types::{InvestorCategory, InvestorEntity, ProductRisk, RegionCode, RiskClass, SalesChannel},
};
use crate::{
	business::{BusinessKind, Currency},
	directory::ProductStatus,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::Serialize;

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
		#[serde(with = "super::values::currency")]
		currency: Currency,
	},
	/// Units.
	Units(Decimal),
	/// A region.
	Region(RegionCode),
	/// A currency.
	#[serde(with = "super::values::currency")]
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

pub(super) fn join<T: fmt::Display>(
	f: &mut fmt::Formatter<'_>,
	separator: &str,
	items: impl Iterator<Item = T>,
) -> fmt::Result {
	for (i, item) in items.enumerate() {
		if i > 0 {
			f.write_str(separator)?;
		}
		fmt::Display::fmt(&item, f)?;
	}
	Ok(())
}

pub(super) const fn category_name(category: InvestorCategory) -> &'static str {
	match category {
		InvestorCategory::Ordinary => "ordinary",
		InvestorCategory::Professional => "professional",
	}
}

pub(super) const fn entity_name(entity: InvestorEntity) -> &'static str {
	match entity {
		InvestorEntity::Individual => "individual",
		InvestorEntity::Institution => "institution",
	}
}

pub(super) const fn status_name(status: ProductStatus) -> &'static str {
	match status {
		ProductStatus::Offering => "offering",
		ProductStatus::Open => "open",
		ProductStatus::Suspended => "suspended",
		ProductStatus::Closed => "closed",
	}
}

/// A currency for people: its letters, else its bytes in hex.
pub(super) struct Ccy<'a>(pub(super) &'a Currency);

impl fmt::Display for Ccy<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match core::str::from_utf8(self.0) {
			Ok(letters) if self.0.iter().all(u8::is_ascii_graphic) => f.write_str(letters),
			_ => write!(f, "0x{:02x}{:02x}{:02x}", self.0[0], self.0[1], self.0[2]),
		}
	}
}

/// An offset behind the letters UTC.
pub(super) struct Sign<'a>(pub(super) &'a UtcOffset);

impl fmt::Display for Sign<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match *self.0 {
			UtcOffset::UTC => Ok(()),
			offset => fmt::Display::fmt(&offset, f),
		}
	}
}
