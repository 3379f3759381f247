// SPDX-License-Identifier: Apache-2.0

//! Calls about registration receipts and calendars.

use super::{members::text, Arg, Call, ChainClient, ChainError};
use codec::{Decode, Encode};
use sealane_primitives::{
	calendar::{Announced, Calendar, Timetable},
	ids::*,
	open::Open,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Most receipts of one call.
pub const MAX_RECEIPTS: usize = 1_024;

/// Why a receipt is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RevocationReason {
	/// It should not have been issued.
	IssuedInError,
	/// The customer is registered twice.
	Duplicate,
	/// The registration was obtained by deceit.
	Fraud,
	/// A court or a supervisor ordered it.
	Order,
	/// Anything else; the parties know.
	Other,
}

/// A commitment from its hexadecimal digits.
///
/// # Errors
/// They are none of 32 bytes.
pub fn commitment(digits: &str) -> Result<Digest, ChainError> {
	let mut commitment = [0; 32];
	hex::decode_to_slice(digits.trim_start_matches("0x"), &mut commitment).map_err(|e| ChainError::Invalid {
		field: "commitment",
		value: digits.into(),
		rule: format!("64 hexadecimal digits: {e}"),
	})?;
	Ok(commitment)
}

/// Ends registrations in good order: for the issuer's manager, or its node's delegate.
///
/// # Errors
/// They are none or too many, or the runtime does not fit.
pub async fn close_receipts(chain: &ChainClient, commitments: &[Digest]) -> Result<Call, ChainError> {
	if commitments.is_empty() || commitments.len() > MAX_RECEIPTS {
		return Err(ChainError::Invalid {
			field: "commitments",
			value: commitments.len().to_string(),
			rule: format!("1 to {MAX_RECEIPTS} at once"),
		});
	}
	let args = [Arg::new("commitments", &commitments)];
	chain.call("Receipts", "close_batch", &args).await
}

/// Declares a receipt wrong: for the issuer's manager.
///
/// # Errors
/// The runtime does not fit.
pub async fn revoke_receipt(
	chain: &ChainClient,
	commitment: &Digest,
	reason: RevocationReason,
) -> Result<Call, ChainError> {
	let args = [Arg::new("commitment", commitment), Arg::new("reason", &reason)];
	chain.call("Receipts", "revoke", &args).await
}

/// Declares a receipt of any issuer wrong: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn force_revoke_receipt(
	chain: &ChainClient,
	issuer: MemberId,
	commitment: &Digest,
	reason: RevocationReason,
) -> Result<Call, ChainError> {
	let args = [
		Arg::new("issuer", &issuer),
		Arg::new("commitment", commitment),
		Arg::new("reason", &reason),
	];
	chain.call("Receipts", "force_revoke", &args).await
}

/// The id of a product, where one is named.
fn product_id(product: Option<&str>) -> Result<Option<Vec<u8>>, ChainError> {
	product
		.map(|product| text("product", product, MAX_NAME_LEN))
		.transpose()
}

/// Announces a calendar of the signer's member.
///
/// # Errors
/// The product is no id, or the runtime does not fit.
pub async fn announce_calendar(
	chain: &ChainClient,
	product: Option<&str>,
	calendar: &Calendar,
	from: BlockNumber,
) -> Result<Call, ChainError> {
	let args = [
		Arg::new("product", &product_id(product)?),
		Arg::new("calendar", calendar),
		Arg::new("from", &from),
	];
	chain.call("Calendars", "announce", &args).await
}

/// Takes back a calendar that does not hold yet.
///
/// # Errors
/// The product is no id, or the runtime does not fit.
pub async fn withdraw_calendar(chain: &ChainClient, product: Option<&str>) -> Result<Call, ChainError> {
	let args = [Arg::new("product", &product_id(product)?)];
	chain.call("Calendars", "withdraw", &args).await
}

/// The calendars of an issuer, or of one of its products.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Calendar)]
pub struct CalendarView {
	/// The issuer.
	pub issuer: MemberId,
	/// The product; absent for those that have no calendar of their own.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub product: Option<String>,
	/// What holds.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub in_force: Option<CalendarVersion>,
	/// What was announced to follow.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub next: Option<CalendarVersion>,
}

/// A version of a calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarVersion {
	/// Counts the versions, from 1.
	pub version: u32,
	/// First block in which it holds.
	pub from_block: BlockNumber,
	/// The calendar, as it stands in files of calendars.
	#[schema(value_type = Object)]
	pub calendar: Calendar,
}

impl From<Announced> for CalendarVersion {
	fn from(announced: Announced) -> Self {
		CalendarVersion {
			version: announced.version,
			from_block: announced.from,
			calendar: announced.calendar,
		}
	}
}

impl ChainClient {
	/// Some calendars, behind a place that an earlier answer gave; and where to go on.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn calendars(
		&self,
		after: Option<&[u8]>,
		limit: u32,
	) -> Result<(Vec<CalendarView>, Option<Vec<u8>>), ChainError> {
		let keys = self.keys_behind("Calendars", "Versions", &[], after, limit).await?;
		let mut calendars = Vec::with_capacity(keys.len());
		for key in &keys {
			// Behind the prefixes and the hash (Blake2_128Concat).
			let scope = key.get(48..).unwrap_or_default();
			let (issuer, product) = <(MemberId, Option<ProductId>)>::decode(&mut &scope[..])
				.map_err(|_| super::read::unexpected("Calendars.Versions"))?;
			let product = product.map(|product| String::from_utf8_lossy(&product).into_owned());
			let timetable = self.timetable(issuer, product.as_deref()).await?;
			let of_scope = |it: &Announced| it.product.is_some() == product.is_some();
			calendars.push(CalendarView {
				issuer,
				in_force: timetable.in_force.filter(of_scope).map(Into::into),
				next: timetable.next.filter(of_scope).map(Into::into),
				product,
			});
		}
		let count = keys.len();
		Ok((calendars, keys.last().cloned().filter(|_| count >= limit as usize)))
	}

	/// Whether registrations with an issuer are open, in the newest final block.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn are_registered(&self, issuer: MemberId, commitments: &[Digest]) -> Result<Vec<bool>, ChainError> {
		self.runtime_api("CourierApi_are_registered", &(issuer, commitments).encode())
			.await
	}

	/// The calendars of an issuer, or of one of its products, that hold now and next.
	///
	/// # Errors
	/// The product is no id, the node does not answer, or its runtime says what this release does not know.
	pub async fn timetable(&self, issuer: MemberId, product: Option<&str>) -> Result<Timetable, ChainError> {
		let argument = (issuer, product_id(product)?).encode();
		let timetable: Open<Timetable> = self.runtime_api("CourierApi_timetable", &argument).await?;
		let unknown = || ChainError::Mismatch("calendars are of a form that this release does not know".into());
		timetable.known().ok_or_else(unknown)
	}
}
