// SPDX-License-Identifier: Apache-2.0

//! Confirmations and results of registrations, as the issuer's business system, or its node, gives them.

use super::{
	bounded, is_id,
	json::{self, Fields, Value},
	problem, MAX_ID_LEN, MAX_TEXT_LEN, RESERVED_REASONS,
};
use crate::api::{Outcome, Problem};
use sealane_primitives::{
	clauses::Date,
	ids::{ChannelId, Digest, MemberId},
};
use serde::de::{self, MapAccess};
use std::borrow::Cow;

/// Why an order was not executed in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
	/// Stable code.
	pub code: Cow<'a, str>,
	/// For people.
	pub text: Option<Cow<'a, str>>,
}

#[derive(Default)]
struct RawReason<'a>([Option<Value<'a>>; 2]);

impl<'de> Fields<'de> for RawReason<'de> {
	const NAMES: &'static [&'static str] = &["code", "text"];

	fn take<A: MapAccess<'de>>(&mut self, number: usize, map: &mut A) -> Result<(), A::Error> {
		self.0[number] = Some(map.next_value()?);
		Ok(())
	}
}

impl<'de> de::Deserialize<'de> for Reason<'de> {
	fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let mut raw = RawReason::default();
		json::nested(deserializer, &mut raw)?;
		let [code, text] = raw.0;
		let wrong = |problem: Problem| de::Error::custom(format_args!("`{}` {}", problem.field, problem.rule));
		let code = json::text("code", code).and_then(|code| json::required("code", code));
		Ok(Reason {
			code: code.map_err(wrong)?,
			text: json::text("text", text).map_err(wrong)?,
		})
	}
}

/// A confirmation or a result; borrows from the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation<'a> {
	/// The id of the order or registration.
	pub order: Cow<'a, str>,
	/// The seller, where the issuer names it.
	pub seller: Option<MemberId>,
	/// The channel, where the issuer names it.
	pub channel: Option<ChannelId>,
	/// How it ends.
	pub outcome: Outcome,
	/// Why, where it was not executed in full.
	pub reason: Option<Reason<'a>>,
	/// Results of registrations: the salted commitment that goes on chain.
	pub commitment: Option<Digest>,
}

impl Confirmation<'_> {
	/// Made by the issuer's node itself.
	pub fn is_technical(&self) -> bool {
		self.reason
			.as_ref()
			.is_some_and(|reason| RESERVED_REASONS.iter().any(|p| reason.code.starts_with(p)))
	}
}

#[derive(Default)]
struct Raw<'a> {
	values: [Option<Value<'a>>; 10],
	reason: Option<Reason<'a>>,
}

const ORDER: usize = 0;
const SELLER: usize = 1;
const CHANNEL: usize = 2;
const OUTCOME: usize = 3;
const UNITS: usize = 4;
const NAV: usize = 5;
const AMOUNT: usize = 6;
const FEE: usize = 7;
const TRADE_DATE: usize = 8;
const COMMITMENT: usize = 9;
const REASON: usize = 10;

impl<'de> Fields<'de> for Raw<'de> {
	const NAMES: &'static [&'static str] = &[
		"order",
		"seller",
		"channel",
		"outcome",
		"units",
		"nav",
		"amount",
		"fee",
		"trade_date",
		"commitment",
		"reason",
	];

	fn take<A: MapAccess<'de>>(&mut self, number: usize, map: &mut A) -> Result<(), A::Error> {
		if number == REASON {
			self.reason = map.next_value()?;
		} else {
			self.values[number] = Some(map.next_value()?);
		}
		Ok(())
	}
}

impl<'a> Confirmation<'a> {
	/// The confirmation in `line`, checked as far as the line alone allows.
	pub fn parse(line: &'a [u8]) -> Result<Self, Problem> {
		let mut raw = Raw::default();
		json::read(line, &mut raw)?;
		let values = &mut raw.values;
		let order = json::id(
			"order",
			json::required("order", json::text("order", values[ORDER].take())?)?,
		)?;
		let outcome = json::required("outcome", json::text("outcome", values[OUTCOME].take())?)?;
		let outcome = match outcome.as_ref() {
			"accepted" => Outcome::Accepted,
			"rejected" => Outcome::Rejected,
			"partial" => Outcome::Partial,
			other => {
				return Err(problem(
					"outcome_unknown",
					"outcome",
					other,
					"must be accepted, rejected or partial",
				));
			}
		};
		if outcome == Outcome::Rejected && raw.reason.is_none() {
			return Err(problem(
				"field_missing",
				"reason",
				"",
				"a rejection has a reason with a code",
			));
		}
		for (number, field) in [(UNITS, "units"), (NAV, "nav"), (AMOUNT, "amount"), (FEE, "fee")] {
			json::decimal(field, values[number].take())?;
		}
		if let Some(text) = json::text("trade_date", values[TRADE_DATE].take())? {
			Date::parse(text.as_bytes()).map_err(|error| {
				problem(
					"field_date",
					"trade_date",
					&text,
					format!("must be a date, such as \"2025-11-24\": {error}"),
				)
			})?;
		}
		let commitment = match json::text("commitment", values[COMMITMENT].take())? {
			Some(text) => {
				let mut commitment = [0; 32];
				let digits = text.strip_prefix("0x").unwrap_or(&text);
				hex::decode_to_slice(digits, &mut commitment)
					.map_err(|_| problem("field_hex", "commitment", &text, "must be 64 hex digits"))?;
				Some(commitment)
			}
			None => None,
		};
		Ok(Confirmation {
			order,
			seller: json::unsigned("seller", values[SELLER].take())?,
			channel: json::unsigned("channel", values[CHANNEL].take())?,
			outcome,
			reason: raw.reason,
			commitment,
		})
	}

	/// The confirmation in `line`, which an issuer's business system gave: reasons reserved for nodes are refused.
	pub fn parse_submitted(line: &'a [u8]) -> Result<Self, Problem> {
		let confirmation = Self::parse(line)?;
		if let Some(reason) = confirmation.reason.as_ref().filter(|_| confirmation.is_technical()) {
			return Err(problem(
				"reason_reserved",
				"reason",
				&reason.code,
				"codes that begin with `technical.` or `clauses.` are given by nodes only",
			));
		}
		Ok(confirmation)
	}
}

/// The bytes of a technical rejection of the order `id`: a few thousand at most, whatever the partner wrote. An id that is none is cut to
/// what an id may be, and is `?` where nothing is left.
pub fn technical(id: &str, code: &str, text: &str) -> Vec<u8> {
	#[derive(serde::Serialize)]
	struct Why<'a> {
		code: &'a str,
		text: &'a str,
	}
	#[derive(serde::Serialize)]
	struct Line<'a> {
		order: &'a str,
		outcome: &'static str,
		reason: Why<'a>,
	}
	let id = match is_id(id) {
		true => Cow::Borrowed(id),
		false if id.is_empty() => Cow::Borrowed("?"),
		false => Cow::Owned(bounded(MAX_ID_LEN, format_args!("{id}"))),
	};
	let text = bounded(MAX_TEXT_LEN, format_args!("{text}"));
	let line = Line {
		order: &id,
		outcome: "rejected",
		reason: Why { code, text: &text },
	};
	// Strings and structs of strings always serialise into memory.
	serde_json::to_vec(&line).unwrap_or_default()
}

/// The rejection of an order whose id an earlier one of the seller has.
pub fn reused(order: &[u8]) -> Vec<u8> {
	let parsed = super::Order::parse_registration(order);
	let id = parsed.as_ref().map_or("", |order| &order.id);
	technical(
		id,
		"technical.order_id_reused",
		"an order of this seller with this id came before",
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_what_it_needs() {
		let line = br#"{"order":"A-1","seller":2,"outcome":"accepted","deal":"D","units":"9.5","nav":"1.0523","trade_date":"2025-11-25"}"#;
		let confirmation = Confirmation::parse_submitted(line).unwrap();
		assert_eq!((confirmation.order.as_ref(), confirmation.seller), ("A-1", Some(2)));
		assert_eq!(confirmation.outcome, Outcome::Accepted);
	}

	#[test]
	fn names_the_field_at_fault() {
		for (line, field) in [
			(r#"{"outcome":"accepted"}"#, "order"),
			(r#"{"order":"1"}"#, "outcome"),
			(r#"{"order":"1","outcome":"done"}"#, "outcome"),
			(r#"{"order":"1","outcome":"rejected"}"#, "reason"),
			(r#"{"order":"1","outcome":"rejected","reason":{"text":"x"}}"#, "reason"),
			(r#"{"order":"1","outcome":"accepted","units":9}"#, "units"),
			(r#"{"order":"1","outcome":"accepted","nav":"x"}"#, "nav"),
			(
				r#"{"order":"1","outcome":"accepted","trade_date":"25.11.2025"}"#,
				"trade_date",
			),
			(r#"{"order":"1","outcome":"accepted","commitment":"12"}"#, "commitment"),
			(
				r#"{"order":"1","outcome":"rejected","reason":{"code":"technical.x"}}"#,
				"reason",
			),
			(r#"{"order":"1","outcome":"rejected","reason":{"code":7}}"#, "reason"),
			(
				r#"{"order":"1","outcome":"rejected","reason":{"code":"x","code":"y"}}"#,
				"reason",
			),
			(
				r#"{"order":"1","outcome":"rejected","reason":{"code":"x","own":{"\ud800":1}}}"#,
				"reason",
			),
		] {
			assert_eq!(
				Confirmation::parse_submitted(line.as_bytes()).expect_err(line).field,
				field,
				"{line}"
			);
		}
	}

	#[test]
	fn technical_rejection_is_short_whatever_it_answers() {
		for id in [
			"",
			"\u{1}",
			"A\n",
			&"\u{1}".repeat(70_000),
			&"字".repeat(30_000),
			&"\"\\".repeat(30_000),
		] {
			let line = technical(id, "technical.unreadable", &"\u{1}\"".repeat(60_000));
			assert!(line.len() < 4096, "{}", line.len());
			assert!(Confirmation::parse(&line).expect("is readable").is_technical());
		}
	}

	#[test]
	fn technical_rejection_is_an_ordinary_confirmation() {
		let line = technical("A\"1", "technical.unreadable", "field `id` is missing");
		let read = Confirmation::parse(&line).unwrap();
		assert_eq!(
			(read.order.as_ref(), read.outcome, read.is_technical()),
			("A\"1", Outcome::Rejected, true)
		);
	}
}
