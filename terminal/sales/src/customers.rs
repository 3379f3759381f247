// SPDX-License-Identifier: Apache-2.0

//! The customer book of a seller: what the clauses ask about. It never leaves the terminal except as facts, and never
//! reaches a log line; `Debug` shows the reference alone.

use crate::error::{Error, Result};
use sealane_primitives::{
	clauses::{CustomerFacts, Date, InvestorCategory, InvestorEntity, RegionCode, RiskClass},
	fields,
	registration::Stated,
};
use serde::{Deserialize, Serialize};
use std::{
	collections::HashMap,
	path::{Path, PathBuf},
	sync::Arc,
};

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
	/// What clauses may ask of this customer. `registration`: with the issuer of the order at hand.
	pub fn facts(&self, registration: Option<Stated>) -> CustomerFacts {
		CustomerFacts {
			birth_date: Some(self.birth_date),
			identity_verified: Some(self.identity_verified),
			registered: Some(registration.is_some()),
			registration,
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
	/// The first line that breaks a rule, with field and rule; or there is no customer at all. A customer book with holes would drop
	/// orders for the wrong reason.
	pub fn read(path: &Path) -> Result<Self> {
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
		let mut book = CustomerBook::default();
		for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
			let place = |reason: String| Error::Format {
				path: path.into(),
				line: index as u64 + 1,
				reason,
			};
			let line = std::str::from_utf8(line)
				.map_err(|_| place("not UTF-8 text; a book in GB18030 (GBK) is to be written as UTF-8".into()))?
				.trim();
			if line.is_empty() {
				continue;
			}
			if line.starts_with('[') {
				return Err(place(
					"a JSON array: write one object for each line, without brackets around them".into(),
				));
			}
			let mut input = serde_json::Deserializer::from_str(line);
			let customer: Customer = serde_path_to_error::deserialize(&mut input)
				.map_err(|e| place(rule_of(&e.path().to_string(), &e.inner().to_string())))?;
			input
				.end()
				.map_err(|_| place("one object for each line, and nothing behind it".into()))?;
			book.add(customer).map_err(place)?;
		}
		if book.is_empty() {
			return Err(Error::Format {
				path: path.into(),
				line: 0,
				reason: "no customer is in it: every order would be dropped".into(),
			});
		}
		Ok(book)
	}

	/// Adds a customer.
	///
	/// # Errors
	/// Field and rule where the reference is too long, cannot be shown, or is already there.
	pub fn add(&mut self, customer: Customer) -> Result<(), String> {
		let reference = customer.reference.clone();
		fields::reference(&reference, fields::MAX_REFERENCE_LEN).map_err(|rule| format!("reference: {rule}"))?;
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

/// Field and rule of a line that is none; serde's message without the value that it quotes, which may be a name or a document's
/// number.
fn rule_of(field: &str, message: &str) -> String {
	let message = message.split(" at line ").next().unwrap_or(message);
	let quotes = ["invalid type", "invalid value", "invalid length", "unknown variant"];
	let rule = match message.split_once("expected ") {
		Some((found, expected)) if quotes.iter().any(|kind| found.starts_with(kind)) => format!("must be {expected}"),
		_ => message.to_string(),
	};
	if field == "." {
		rule
	} else {
		format!("{field}: {rule}")
	}
}

/// The customer book, read again when its file changes.
pub struct WatchedBook {
	path: Option<PathBuf>,
	book: Arc<CustomerBook>,
	/// The file that was read, and the one that was seen at the last look.
	read: Option<Stamp>,
	seen: Option<Stamp>,
}

/// Length and time of the last change.
type Stamp = (u64, std::time::SystemTime);

impl WatchedBook {
	/// Reads the book.
	///
	/// # Errors
	/// As [`CustomerBook::read`].
	pub fn open(path: &Path) -> Result<Self> {
		let read = stamp(path);
		Ok(WatchedBook {
			path: Some(path.into()),
			book: Arc::new(CustomerBook::read(path)?),
			read,
			seen: read,
		})
	}

	/// A book that no file changes.
	pub fn fixed(book: CustomerBook) -> Self {
		WatchedBook {
			path: None,
			book: Arc::new(book),
			read: None,
			seen: None,
		}
	}

	/// The book.
	pub fn book(&self) -> &CustomerBook {
		&self.book
	}

	/// Looks whether the file has changed, and is complete: as it was at the last look. Says whether there is a new book. A book that
	/// cannot be read leaves the old one in force.
	pub fn look(&mut self) -> bool {
		let Some(path) = &self.path else { return false };
		let now = stamp(path);
		let settled = now.is_some() && now == self.seen && now != self.read;
		self.seen = now;
		if !settled {
			return false;
		}
		self.read = now;
		match CustomerBook::read(path) {
			Ok(book) => {
				tracing::info!("customer book read again: {} customers", book.len());
				self.book = Arc::new(book);
				true
			}
			Err(error) => {
				tracing::error!("ALARM: the customer book cannot be read, the one of before stays in force: {error}");
				false
			}
		}
	}
}

fn stamp(path: &Path) -> Option<Stamp> {
	let meta = std::fs::metadata(path).ok()?;
	Some((meta.len(), meta.modified().ok()?))
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
			(ONE.replace("C3", "C9"), "risk_class: "),
			(ONE.replace("1980-03-04", "1980-13-04"), "birth_date: "),
			(
				ONE.replace("\"990000198003040011\"", "990000198003040011"),
				"document.number: must be a string",
			),
			(ONE.replace("\"A1\"", "\"\""), "reference: must not be empty"),
			(format!("[{ONE}]"), "array"),
			(String::new(), "no customer"),
			(format!("{ONE}\n{ONE}"), "appears twice"),
			(ONE.replace("\"region\"", "\"regoin\""), "regoin"),
		] {
			let error = book(&format!("\n{bad}\n")).unwrap_err().to_string();
			assert!(error.contains(word), "{error}");
			assert!(error.contains("customers.ndjson:"), "{error}");
			assert!(!error.contains("99000019") && !error.contains("王伟"), "{error}");
		}
		assert_eq!(book(&format!("\u{feff}{ONE}\r\n\r\n")).unwrap().len(), 1);
	}

	#[test]
	fn a_book_that_changes_is_read_again_and_a_broken_one_is_not() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("customers.ndjson");
		std::fs::write(&path, ONE).unwrap();
		let mut watched = WatchedBook::open(&path).unwrap();
		assert!(!watched.look());
		let two = format!("{ONE}\n{}", ONE.replace("\"A1\"", "\"A2\""));
		std::fs::write(&path, &two).unwrap();
		assert!(!watched.look(), "seen once: it may still be written");
		assert!(watched.look() && watched.book().get("A2").is_some());
		std::fs::write(&path, "half a li").unwrap();
		for _ in 0..3 {
			assert!(!watched.look());
		}
		assert_eq!(watched.book().len(), 2);
	}
}
