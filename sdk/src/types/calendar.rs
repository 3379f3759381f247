// SPDX-License-Identifier: Apache-2.0

//! Business calendars, as issuers announced them on chain.

use sealane_primitives::calendar::Calendar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A version of a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarVersion {
	/// The product whose calendar it is; without it, it is that of all products of the issuer that have none of their own.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub product: Option<String>,
	/// Counts the versions of the issuer's calendar, or of the product's, from 1.
	pub version: u32,
	/// The first block in which it holds.
	pub from_block: u32,
	/// The days: see `docs/integrating/calendars.md`.
	#[schema(value_type = Object)]
	pub calendar: Calendar,
}

/// `GET /v1/calendars`: what holds for an issuer, or for one of its products, and what was announced to follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Calendars {
	/// Number of the issuer.
	pub issuer: u32,
	/// What holds; absent where nothing was announced yet.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub in_force: Option<CalendarVersion>,
	/// What was announced to follow.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub next: Option<CalendarVersion>,
}
