// SPDX-License-Identifier: Apache-2.0

//! ISO 20022 messages of investment funds: orders and requests to cancel them in, confirmations and status reports out.
//!
//! | message | | here |
//! |---|---|---|
//! | setr.010.001.04 | subscription order | orders of kind `purchase` and `subscription` |
//! | setr.004.001.04 | redemption order | orders of kind `redemption` |
//! | setr.011.001.04, setr.005.001.04 | request to cancel a subscription, a redemption order | orders of kind `cancellation` |
//! | setr.012.001.05, setr.006.001.05 | confirmation of a subscription, a redemption order | answers with an execution |
//! | setr.016.001.04 | status of orders | answers that reject, orders that were taken back |
//! | setr.017.001.04 | status of requests to cancel | answers to cancellations |
//!
//! A file holds one `Document`, or any number of them inside one root element (business messages, say); it is read document by
//! document. Nothing is lost: an order keeps the document that it came in, reduced to itself, under `details.iso`, and is written back
//! with every element that nobody here knows.
//!
//! * [`xml`]: elements, and bounded reading of documents.
//! * [`orders`]: orders and requests to cancel.
//! * [`confirmations`]: confirmations and status reports.

pub mod confirmations;
pub mod orders;
pub mod xml;

use crate::{
	business::{required, Object},
	fault::{Error, Fault},
	ids::Serials,
};
use xml::Element;

/// What stands before a message's name in its namespace.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";
/// Most characters of a reference.
const MAX_REFERENCE: usize = 35;
/// Most digits of amounts and units.
const DIGITS: usize = 18;

/// A message: one `Document`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
	/// Its name, `setr.010.001.04`.
	pub name: String,
	/// The element inside the document, `SbcptOrdr`.
	pub root: Element,
}

impl Message {
	/// The message of a document.
	///
	/// # Errors
	/// A document of another namespace, or with other than one element in it.
	pub fn of(document: &Element) -> Result<Self, Fault> {
		let space = document.namespace.as_deref().unwrap_or_default();
		let name = space.strip_prefix(NAMESPACE).ok_or_else(|| {
			let rule = format!("the document must be of a namespace {NAMESPACE}…");
			Fault::told("Document", space, rule)
		})?;
		match &document.children[..] {
			[root] => Ok(Message {
				name: name.into(),
				root: root.clone(),
			}),
			_ => Err(Fault::told("Document", name, "one element must stand in it")),
		}
	}

	/// The document of the message.
	pub fn document(&self) -> Element {
		let mut document = Element::new("Document").with(self.root.clone());
		document.namespace = Some(format!("{NAMESPACE}{}", self.name));
		document
	}

	/// The message as a document of text.
	pub fn to_xml(&self) -> String {
		self.document().to_xml()
	}
}

/// The text of an element that must be there.
fn must<'a>(element: &'a Element, path: &str) -> Result<&'a str, Fault> {
	element
		.text_at(path)
		.ok_or_else(|| Fault::new(format!("{}/{path}", element.name), b"", "the element must be there"))
}

/// A reference for an id: the id itself where it fits, else one from the table of serials.
fn reference(id: &str, serials: &mut dyn Serials) -> Result<String, Error> {
	match id.chars().count() <= MAX_REFERENCE {
		true => Ok(id.into()),
		false => serials.serial(id),
	}
}

/// A decimal without zeros that say nothing, of at most 18 digits of which so many are decimals.
fn decimal(field: &str, value: &str, decimals: usize) -> Result<String, Fault> {
	let fault = |rule: String| Fault::told(field, value, rule);
	let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
	let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() || !digits(whole) || !digits(fraction) {
		return Err(fault("a number must be a decimal such as 10.50, not negative".into()));
	}
	let whole = whole.trim_start_matches('0');
	let fraction = fraction.trim_end_matches('0');
	if fraction.len() > decimals || whole.len() + fraction.len() > DIGITS {
		return Err(fault(format!(
			"at most {DIGITS} digits fit, {decimals} of them decimals"
		)));
	}
	let whole = if whole.is_empty() { "0" } else { whole };
	Ok(match fraction {
		"" => whole.into(),
		_ => format!("{whole}.{fraction}"),
	})
}

/// An amount with its currency.
fn amount(name: &str, field: &str, value: &str, currency: &str) -> Result<Element, Fault> {
	Ok(Element::text(name, &decimal(field, value, 5)?).attribute("Ccy", currency))
}

/// The identification of a product: ISIN where it is one, else one of our own.
fn product_id(product: &str) -> Element {
	let id = Element::new("Id");
	if is_isin(product) {
		return id.with(Element::text("ISIN", product));
	}
	let source = Element::new("IdSrc").with(Element::text("Prtry", "SEALANE"));
	id.with(
		Element::new("OthrPrtryId")
			.with(Element::text("Id", product))
			.with(source),
	)
}

fn is_isin(product: &str) -> bool {
	let bytes = product.as_bytes();
	bytes.len() == 12
		&& bytes[..2].iter().all(u8::is_ascii_uppercase)
		&& bytes[2..11]
			.iter()
			.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
		&& bytes[11].is_ascii_digit()
}

/// MsgId of a message.
fn message_id(id: &str, created: &str) -> Result<Element, Fault> {
	if id.is_empty() || id.chars().count() > MAX_REFERENCE {
		return Err(Fault::told("MsgId/Id", id, "1 to 35 characters"));
	}
	Ok(Element::new("MsgId")
		.with(Element::text("Id", id))
		.with(Element::text("CreDtTm", created)))
}

/// The account of an order's customer.
fn account(order: &Object) -> Result<Element, Fault> {
	let customer = required(order, "customer")?;
	if customer.chars().count() > MAX_REFERENCE {
		let rule = "at most 35 characters fit into AcctId";
		return Err(Fault::told("customer", customer, rule));
	}
	Ok(Element::new("InvstmtAcctDtls").with(Element::text("AcctId", customer)))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_keep_their_value_and_their_bounds() {
		for (value, written) in [("10000.00", "10000"), ("0.50", "0.5"), ("007", "7"), ("0", "0")] {
			assert_eq!(decimal("amount", value, 5).as_deref(), Ok(written));
		}
		for value in ["-1", "1e3", "", ".5", "1.000001", "1234567890123456789"] {
			assert!(decimal("amount", value, 5).is_err(), "{value}");
		}
	}

	#[test]
	fn a_product_is_an_isin_or_one_of_our_own() {
		assert_eq!(product_id("CNE100000000").text_at("ISIN"), Some("CNE100000000"));
		let own = product_id("ZZLC20261124A01");
		assert_eq!(own.text_at("OthrPrtryId/Id"), Some("ZZLC20261124A01"));
	}
}
