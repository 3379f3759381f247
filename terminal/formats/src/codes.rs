// SPDX-License-Identifier: Apache-2.0

//! Code tables. They are data, in the folder `codes/`: a confirmation's code is never computed from its application's.

use serde::de::DeserializeOwned;
use std::sync::LazyLock;

/// A pair of business codes that has a kind of order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Business {
	/// Code of the application.
	pub application: String,
	/// Code of the confirmation.
	pub confirmation: String,
	/// `kind` of the order.
	pub kind: String,
	/// Whether this confirmation settles the order.
	#[serde(rename = "final", deserialize_with = "yes_or_no")]
	pub is_final: bool,
	/// What it is.
	pub meaning: String,
}

/// What a return code says of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnClass {
	/// Done, wholly or in part.
	Done,
	/// Neither done nor refused: the answer comes later.
	Pending,
	/// Taken back by its seller.
	Cancelled,
	/// Refused.
	Refused,
}

/// A return code.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Return {
	/// The four digits.
	pub code: String,
	/// What it says of the order.
	pub class: ReturnClass,
	/// The code of our own reasons that it stands for; empty where there is none.
	pub reason: String,
	/// What it means.
	pub meaning: String,
}

#[derive(serde::Deserialize)]
struct IsoReason {
	reason: String,
	code: String,
}

#[derive(serde::Deserialize)]
struct Currency {
	alphabetic: String,
	numeric: String,
}

fn yes_or_no<'de, D: serde::Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
	let text: String = serde::Deserialize::deserialize(value)?;
	match &*text {
		"yes" => Ok(true),
		"no" => Ok(false),
		other => Err(serde::de::Error::custom(format!("{other:?} is neither yes nor no"))),
	}
}

fn table<T: DeserializeOwned>(text: &str) -> Vec<T> {
	csv::Reader::from_reader(text.as_bytes())
		.deserialize()
		.collect::<Result<_, _>>()
		.expect("a test reads every table of the program")
}

static BUSINESS: LazyLock<Vec<Business>> = LazyLock::new(|| table(include_str!("../codes/business.csv")));
static RETURNS: LazyLock<Vec<Return>> = LazyLock::new(|| table(include_str!("../codes/returns.csv")));
static ISO_REASONS: LazyLock<Vec<IsoReason>> = LazyLock::new(|| table(include_str!("../codes/iso-reasons.csv")));
static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| table(include_str!("../codes/currencies.csv")));

/// The business of an application's code.
pub fn by_application(code: &str) -> Option<&'static Business> {
	BUSINESS.iter().find(|business| business.application == code)
}

/// The business of a confirmation's code.
pub fn by_confirmation(code: &str) -> Option<&'static Business> {
	BUSINESS.iter().find(|business| business.confirmation == code)
}

/// The business of an order's `kind` whose confirmation settles it.
pub fn by_kind(kind: &str) -> Option<&'static Business> {
	BUSINESS
		.iter()
		.find(|business| business.kind == kind && business.is_final)
}

/// A return code. One that no list has counts as refused: it is not 0000.
pub fn by_return(code: &str) -> Return {
	RETURNS
		.iter()
		.find(|known| known.code == code)
		.cloned()
		.unwrap_or(Return {
			code: code.into(),
			class: ReturnClass::Refused,
			reason: String::new(),
			meaning: String::new(),
		})
}

/// The reason of ISO 20022 (RejectedStatusReason11Code) for one of our own.
pub fn iso_reason(reason: &str) -> Option<&'static str> {
	ISO_REASONS
		.iter()
		.find(|known| known.reason == reason)
		.map(|known| known.code.as_str())
}

/// The first return code for one of our own reasons.
pub fn by_reason(reason: &str) -> Option<&'static Return> {
	RETURNS
		.iter()
		.find(|known| !reason.is_empty() && known.reason == reason)
}

/// `156` for `CNY`.
pub fn currency_number(alphabetic: &str) -> Option<&'static str> {
	let currency = CURRENCIES.iter().find(|currency| currency.alphabetic == alphabetic)?;
	Some(&currency.numeric)
}

/// `CNY` for `156`.
pub fn currency_name(numeric: &str) -> Option<&'static str> {
	let currency = CURRENCIES.iter().find(|currency| currency.numeric == numeric)?;
	Some(&currency.alphabetic)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_table_reads_and_has_each_code_once() {
		let mut codes: Vec<&str> = RETURNS.iter().map(|known| &*known.code).collect();
		codes.sort();
		let count = codes.len();
		codes.dedup();
		assert_eq!(codes.len(), count);
		assert!(RETURNS
			.iter()
			.all(|known| known.code.len() == 4 && !known.meaning.is_empty()));
		for business in BUSINESS.iter() {
			assert_eq!(by_confirmation(&business.confirmation), Some(business));
			assert!(by_kind(&business.kind).is_some(), "{}", business.kind);
		}
		assert_eq!(
			(currency_number("CNY"), currency_name("036")),
			(Some("156"), Some("AUD"))
		);
		assert_eq!((currency_number("XXX"), currency_name("")), (None, None));
	}

	#[test]
	fn not_every_code_but_0000_is_a_refusal() {
		for (code, class) in [
			("0000", ReturnClass::Done),
			("0408", ReturnClass::Done),
			("0410", ReturnClass::Done),
			("0007", ReturnClass::Pending),
			("0209", ReturnClass::Pending),
			("0409", ReturnClass::Cancelled),
			("0001", ReturnClass::Refused),
			("8888", ReturnClass::Refused),
		] {
			assert_eq!(by_return(code).class, class, "{code}");
		}
		assert_eq!(by_reason("INSUFFICIENT_UNITS").map(|known| &*known.code), Some("0001"));
		assert_eq!(by_reason(""), None);
	}
}
