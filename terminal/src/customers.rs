// SPDX-License-Identifier: Apache-2.0

//! The customer book of a seller: what the clauses ask about. It never leaves the terminal except as facts, and never
//! reaches a log line; `Debug` shows the reference alone.

use crate::error::{Error, Result};
use sealane_primitives::clauses::{CustomerFacts, Date, InvestorCategory, InvestorEntity, RegionCode, RiskClass};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, io::BufRead, path::Path};

/// A customer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
	/// The seller's reference, 1 to 128 bytes.
	pub reference: String,
	/// Name as on the document.
	pub name: String,
	/// Name in Latin letters, where that differs.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub name_latin: Option<String>,
	/// Identity document.
	pub document: Document,
	/// Whether the document was checked.
	pub identity_verified: bool,
	/// Date of birth; of an institution the date it was founded.
	pub birth_date: Date,
	/// Risk class, `C1` to `C5`, or `C1_lowest`.
	pub risk_class: RiskClass,
	/// When the class was assessed.
	pub risk_assessed_on: Date,
	/// Ordinary or professional.
	pub investor_category: InvestorCategory,
	/// A person or an institution.
	pub investor_entity: InvestorEntity,
	/// ISO 3166-1 or 3166-2 code of residence, e.g. `CN-SH`.
	pub region: RegionCode,
}

impl Customer {
	/// What clauses may ask of this customer. `registered`: with the issuer of the order at hand.
	pub fn facts(&self, registered: bool) -> CustomerFacts {
		CustomerFacts {
			birth_date: Some(self.birth_date),
			identity_verified: Some(self.identity_verified),
			registered: Some(registered),
			risk_class: Some(self.risk_class),
			risk_assessed_on: Some(self.risk_assessed_on),
			exceed_confirmed: None,
			investor_category: Some(self.investor_category),
			investor_entity: Some(self.investor_entity),
			region: Some(self.region),
			sales_channel: None,
		}
	}
}

impl std::fmt::Debug for Customer {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Customer")
			.field("reference", &self.reference)
			.finish_non_exhaustive()
	}
}

/// An identity document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
	/// What it is.
	pub kind: DocumentKind,
	/// Its number.
	pub number: String,
	/// ISO 3166-1 code of who issued it.
	pub country: String,
}

/// Kinds of identity documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
	/// 居民身份证.
	ResidentId,
	/// 护照.
	Passport,
	/// 统一社会信用代码: an institution.
	SocialCreditCode,
}

/// The customers of one seller by reference.
#[derive(Clone, Debug, Default)]
pub struct CustomerBook {
	customers: HashMap<String, Customer>,
	order: Vec<String>,
}

impl CustomerBook {
	/// Reads NDJSON, one customer per line.
	///
	/// # Errors
	/// The first line that breaks a rule; a customer book with holes would drop orders for the wrong reason.
	pub fn read(path: &Path) -> Result<Self> {
		let file = std::fs::File::open(path).map_err(Error::file(path))?;
		let mut book = CustomerBook::default();
		for (index, line) in std::io::BufReader::new(file).lines().enumerate() {
			let line = line.map_err(Error::file(path))?;
			if line.trim().is_empty() {
				continue;
			}
			let place = |reason: String| Error::Format {
				path: path.into(),
				line: index as u64 + 1,
				reason,
			};
			let customer: Customer = serde_json::from_str(&line).map_err(|e| place(e.to_string()))?;
			book.add(customer).map_err(place)?;
		}
		Ok(book)
	}

	/// Adds a customer.
	///
	/// # Errors
	/// Field, value and rule where the reference is too long or already there.
	pub fn add(&mut self, customer: Customer) -> Result<(), String> {
		let reference = customer.reference.clone();
		if reference.is_empty() || reference.len() > crate::orders::MAX_REFERENCE_LEN {
			return Err(format!("reference: {reference:?}: 1 to 128 bytes"));
		}
		if self.customers.insert(reference.clone(), customer).is_some() {
			return Err(format!("reference: {reference:?}: appears twice"));
		}
		self.order.push(reference);
		Ok(())
	}

	/// The customer with this reference.
	pub fn get(&self, reference: &str) -> Option<&Customer> {
		self.customers.get(reference)
	}

	/// All customers in the order of the file.
	pub fn iter(&self) -> impl Iterator<Item = &Customer> {
		self.order.iter().filter_map(|reference| self.customers.get(reference))
	}

	/// How many there are.
	pub fn len(&self) -> usize {
		self.order.len()
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.order.is_empty()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ONE: &str = r#"{"reference":"A1","name":"王伟","document":{"kind":"resident_id","number":"990000198003040011","country":"CN"},"identity_verified":true,"birth_date":"1980-03-04","risk_class":"C3","risk_assessed_on":"2026-01-05","investor_category":"ordinary","investor_entity":"individual","region":"CN-SH"}"#;

	fn book(text: &str) -> Result<CustomerBook> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("customers.ndjson");
		std::fs::write(&path, text).unwrap();
		CustomerBook::read(&path)
	}

	#[test]
	fn reads_and_writes_the_same() {
		let read = book(ONE).unwrap();
		assert_eq!(serde_json::to_string(read.get("A1").unwrap()).unwrap(), ONE);
	}

	#[test]
	fn debug_shows_no_personal_data() {
		let shown = format!("{:?}", book(ONE).unwrap());
		assert!(shown.contains("A1") && !shown.contains("王伟") && !shown.contains("1980"));
	}

	#[test]
	fn defects_name_line_and_rule() {
		for (bad, word) in [
			(ONE.replace("C3", "C9"), "C9"),
			(ONE.replace("1980-03-04", "1980-13-04"), "month"),
			(ONE.replace("\"A1\"", "\"\""), "1 to 128 bytes"),
			(format!("{ONE}\n{ONE}"), "appears twice"),
			(ONE.replace("\"region\"", "\"regoin\""), "regoin"),
		] {
			let error = book(&format!("\n{bad}\n")).unwrap_err().to_string();
			assert!(error.contains(word), "{error}");
			assert!(error.contains("customers.ndjson:"), "{error}");
		}
	}
}
