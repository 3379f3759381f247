// SPDX-License-Identifier: Apache-2.0

//! The clauses that the invented banks and issuers agree on, the same over every channel.

use sealane_primitives::clauses::{json, Clauses};
use sealane_terminal_core::error::{Error, Result};
use serde::Serialize;

/// A file of clauses and what it covers.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseFile {
	/// Name of the file in `clauses/`.
	pub name: String,
	/// `all`, `product_type` or `product`.
	pub scope: &'static str,
	/// The type or product; empty for `all`.
	pub of: &'static str,
	/// The issuers with whom it is agreed, by key.
	pub issuers: Vec<&'static str>,
	/// The list.
	#[serde(skip)]
	text: String,
}

/// Kinds that give money or risk back, or ask for none: risk does not matter to them.
const FREE_KINDS: &str =
	r#"["redemption", "non_trade_transfer", "custody_transfer", "dividend_method", "cancellation"]"#;

fn general() -> Vec<String> {
	vec![
		r#"{"code": "adult", "any_of": [{"age_at_least": 18}]}"#.into(),
		r#"{"code": "identity", "any_of": ["identity_verified"]}"#.into(),
		r#"{"code": "registered", "any_of": ["registered"]}"#.into(),
		format!(
			r#"{{"code": "risk", "any_of": [{{"risk_covers": {{"exceed_with_confirmation": true}}}}, {{"kind_in": {FREE_KINDS}}}]}}"#
		),
		format!(
			r#"{{"code": "assessment", "any_of": [{{"risk_assessed_within_days": 365}}, {{"kind_in": {FREE_KINDS}}}]}}"#
		),
		r#"{"code": "region", "any_of": [{"region_not_in": ["US", "KP"]}]}"#.into(),
		r#"{"code": "currency", "any_of": [{"currency_in": ["CNY", "USD"]}]}"#.into(),
		r#"{"code": "status", "any_of": [{"product_status_in": ["offering", "open"]}]}"#.into(),
	]
}

/// Every file.
pub fn all() -> Vec<ClauseFile> {
	let list = |clauses: Vec<String>| format!("[\n\t{}\n]\n", clauses.join(",\n\t"));
	let mut alternative = general();
	alternative.push(r#"{"code": "professional", "any_of": [{"investor_category": "professional"}]}"#.into());
	let mut offering = alternative.clone();
	offering.push(
		r#"{"code": "cut_off", "any_of": [{"placed_before": {"time": "15:00", "utc_offset": "+08:00"}}, {"kind_in": ["cancellation"]}]}"#
			.into(),
	);
	offering.push(
		r#"{"code": "window", "any_of": [{"placed_within": {"from": "2026-03-01", "until": "2026-03-31", "utc_offset": "+08:00"}}]}"#
			.into(),
	);
	let file = |name: &str, scope, of, issuers: &[&'static str], clauses| ClauseFile {
		name: name.into(),
		scope,
		of,
		issuers: issuers.to_vec(),
		text: list(clauses),
	};
	vec![
		file(
			"all.json",
			"all",
			"",
			&["northwind", "jadepeak", "bluedelta"],
			general(),
		),
		file(
			"fund.alternative.json",
			"product_type",
			"fund.alternative",
			&["jadepeak", "bluedelta"],
			alternative,
		),
		file("BD5204.json", "product", "BD5204", &["bluedelta"], offering),
	]
}

impl ClauseFile {
	/// The file's text; readable as clauses.
	///
	/// # Errors
	/// The clauses break a rule of the engine: a defect of this release.
	pub fn json(&self) -> Result<String> {
		self.clauses()?;
		Ok(self.text.clone())
	}

	/// The clauses.
	///
	/// # Errors
	/// As [`ClauseFile::json`].
	pub fn clauses(&self) -> Result<Clauses> {
		json::from_json(self.text.as_bytes()).map_err(|e| Error::invalid("clauses", self.name.as_str(), e.to_string()))
	}
}
