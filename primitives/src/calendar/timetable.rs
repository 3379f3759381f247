// SPDX-License-Identifier: Apache-2.0

//! Calendars as issuers announced them on chain.

use super::Calendar;
use crate::ids::{BlockNumber, MemberId, ProductId};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A version of a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Announced {
	/// The product whose calendar it is; `None` for that of all products of the issuer that have none of their own.
	pub product: Option<ProductId>,
	/// Counts the versions of the issuer's, or of the product's, from 1.
	pub version: u32,
	/// The first block in which it holds.
	pub from: BlockNumber,
	/// The calendar.
	pub calendar: Calendar,
}

/// What holds for a product, or for an issuer, in one block and after it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Timetable {
	/// The issuer.
	pub issuer: MemberId,
	/// What holds in this block; `None` where nothing was announced yet.
	pub in_force: Option<Announced>,
	/// What was announced to follow.
	pub next: Option<Announced>,
}

impl Timetable {
	/// What holds in a later block, as far as it was announced.
	pub fn at(&self, block: BlockNumber) -> Option<&Announced> {
		let next = self.next.as_ref().filter(|next| next.from <= block);
		next.or(self.in_force.as_ref())
	}
}
