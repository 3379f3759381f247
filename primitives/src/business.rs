// SPDX-License-Identifier: Apache-2.0

//! Kinds of business, roles of members, risk classes.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What an order asks for. The names are the `kind` of the JSON order.
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
#[serde(rename_all = "snake_case")]
pub enum BusinessKind {
	/// 认购: subscription in the offering period.
	Subscription,
	/// 申购: purchase on an open day.
	Purchase,
	/// 赎回: redemption.
	Redemption,
	/// 份额转换: switch into another product.
	Switch,
	/// 非交易过户: non-trade transfer.
	NonTradeTransfer,
	/// 转托管: custody transfer.
	CustodyTransfer,
	/// 分红方式变更: dividend-method change.
	DividendMethod,
	/// 撤单: cancellation of an earlier order.
	Cancellation,
	/// A customer's registration with an issuer.
	Registration,
}

impl BusinessKind {
	/// All kinds, in the order of their codes.
	pub const ALL: [BusinessKind; 9] = [
		BusinessKind::Subscription,
		BusinessKind::Purchase,
		BusinessKind::Redemption,
		BusinessKind::Switch,
		BusinessKind::NonTradeTransfer,
		BusinessKind::CustodyTransfer,
		BusinessKind::DividendMethod,
		BusinessKind::Cancellation,
		BusinessKind::Registration,
	];

	/// The name used in JSON and in messages.
	pub const fn as_str(self) -> &'static str {
		match self {
			BusinessKind::Subscription => "subscription",
			BusinessKind::Purchase => "purchase",
			BusinessKind::Redemption => "redemption",
			BusinessKind::Switch => "switch",
			BusinessKind::NonTradeTransfer => "non_trade_transfer",
			BusinessKind::CustodyTransfer => "custody_transfer",
			BusinessKind::DividendMethod => "dividend_method",
			BusinessKind::Cancellation => "cancellation",
			BusinessKind::Registration => "registration",
		}
	}

	/// The kind of that JSON name.
	pub fn from_name(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|k| k.as_str() == name)
	}
}

/// A set of [`BusinessKind`]s, one bit per kind.
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
	Deserialize,
)]
pub struct BusinessKinds(pub u16);

impl BusinessKinds {
	/// Every kind there is.
	pub const ALL: BusinessKinds = BusinessKinds((1 << BusinessKind::ALL.len()) - 1);
	/// No kind.
	pub const NONE: BusinessKinds = BusinessKinds(0);

	/// The set of these kinds.
	pub fn of(kinds: &[BusinessKind]) -> Self {
		BusinessKinds(kinds.iter().fold(0, |bits, k| bits | 1 << (*k as u16)))
	}

	/// Whether `kind` is in the set.
	pub const fn contains(self, kind: BusinessKind) -> bool {
		self.0 & (1 << (kind as u16)) != 0
	}

	/// Whether every kind of `other` is in this set.
	pub const fn contains_all(self, other: BusinessKinds) -> bool {
		self.0 & other.0 == other.0
	}

	/// Whether only bits of known kinds are set.
	pub const fn is_valid(self) -> bool {
		self.0 & !Self::ALL.0 == 0
	}

	/// The kinds in the set, in the order of their codes.
	pub fn iter(self) -> impl Iterator<Item = BusinessKind> {
		BusinessKind::ALL.into_iter().filter(move |k| self.contains(*k))
	}
}

/// What a member is in the consortium. One member may hold several.
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
pub enum Role {
	/// Sells products to customers: a bank.
	Seller,
	/// Issues products: a wealth company, a fund manager.
	Issuer,
	/// May verify, never trades.
	Auditor,
	/// Runs infrastructure.
	Operator,
}

/// A set of [`Role`]s, one bit per role.
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
	Deserialize,
)]
pub struct Roles(pub u8);

impl Roles {
	/// All bits that stand for a role.
	pub const MASK: u8 = 0b1111;

	/// The set of these roles.
	pub fn of(roles: &[Role]) -> Self {
		Roles(roles.iter().fold(0, |bits, r| bits | 1 << (*r as u8)))
	}

	/// Whether `role` is in the set.
	pub const fn contains(self, role: Role) -> bool {
		self.0 & (1 << (role as u8)) != 0
	}

	/// At least one role, and only known bits.
	pub const fn is_valid(self) -> bool {
		self.0 != 0 && self.0 & !Self::MASK == 0
	}
}

/// ISO 4217 alphabetic code, e.g. `*b"CNY"`.
pub type Currency = [u8; 3];

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;

	#[test]
	fn every_kind_has_its_name_and_its_bit() {
		for (code, kind) in BusinessKind::ALL.into_iter().enumerate() {
			assert_eq!(kind.encode(), [code as u8]);
			assert_eq!(BusinessKind::from_name(kind.as_str()), Some(kind));
			assert_eq!(serde_json::to_value(kind).expect("serialises"), kind.as_str());
			let only = BusinessKinds::of(&[kind]);
			assert_eq!(only, BusinessKinds(1 << code));
			assert_eq!(only.iter().collect::<Vec<_>>(), [kind]);
			assert!(only.is_valid() && BusinessKinds::ALL.contains(kind) && !BusinessKinds::NONE.contains(kind));
		}
		assert_eq!(BusinessKind::from_name("Purchase"), None);
		assert_eq!(BusinessKind::from_name(""), None);
	}

	#[test]
	fn sets_of_kinds() {
		let trades = BusinessKinds::of(&[BusinessKind::Purchase, BusinessKind::Redemption, BusinessKind::Purchase]);
		assert_eq!(trades.iter().count(), 2);
		assert!(BusinessKinds::ALL.contains_all(trades) && trades.contains_all(BusinessKinds::NONE));
		assert!(!trades.contains_all(BusinessKinds::ALL));
		assert!(BusinessKinds::ALL.is_valid() && !BusinessKinds(1 << BusinessKind::ALL.len()).is_valid());
		assert_eq!(BusinessKinds(u16::MAX).iter().count(), BusinessKind::ALL.len());
	}

	#[test]
	fn sets_of_roles() {
		let roles = [Role::Seller, Role::Issuer, Role::Auditor, Role::Operator];
		assert_eq!(Roles::of(&roles), Roles(Roles::MASK));
		for role in roles {
			assert!(Roles::of(&[role]).contains(role) && Roles::of(&[role]).is_valid());
			assert!(!Roles::default().contains(role));
		}
		assert!(!Roles::of(&[Role::Seller]).contains(Role::Issuer));
		assert!(!Roles::default().is_valid() && !Roles(Roles::MASK + 1).is_valid());
	}
}
