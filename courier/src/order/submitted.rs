// SPDX-License-Identifier: Apache-2.0

//! Orders and registrations, as the seller submits them.

use super::{
	json::{self, Fields, Value},
	problem,
};
use crate::api::Problem;
use sealane_primitives::{
	business::{BusinessKind, Currency},
	clauses::{CustomerFacts, Decimal, Facts, OrderFacts, ProductRisk, Timestamp},
	directory::{ProductEntry, ProductStatus},
	ids::{AgreementId, MAX_NAME_LEN},
};
use serde::de::MapAccess;
use std::borrow::Cow;

/// An order or a registration; borrows from the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order<'a> {
	/// The seller's id.
	pub id: Cow<'a, str>,
	/// What it asks for.
	pub kind: BusinessKind,
	/// The product; registrations may name an interface alone.
	pub product: Option<Cow<'a, str>>,
	/// The issuer's interface, where the seller names it.
	pub interface: Option<Cow<'a, str>>,
	/// The seller's reference of the customer.
	pub customer: Option<Cow<'a, str>>,
	/// Amount.
	pub amount: Option<Decimal>,
	/// Units.
	pub units: Option<Decimal>,
	/// Currency of the amount.
	pub currency: Option<Currency>,
	/// When the customer placed it.
	pub placed_at: Option<Timestamp>,
	/// Until when the issuer's node takes it; for ever where it is absent.
	pub valid_until: Option<Timestamp>,
	/// What the clauses asked of the customer.
	pub facts: Option<CustomerFacts>,
	/// The agreement it was checked against; 0 for none.
	pub clause_version: AgreementId,
	/// Cancellations: the id of the order to cancel.
	pub cancels: Option<Cow<'a, str>>,
}

#[derive(Default)]
struct Raw<'a> {
	values: [Option<Value<'a>>; 12],
	facts: Option<CustomerFacts>,
}

const ID: usize = 0;
const KIND: usize = 1;
const PRODUCT: usize = 2;
const INTERFACE: usize = 3;
const CUSTOMER: usize = 4;
const AMOUNT: usize = 5;
const UNITS: usize = 6;
const CURRENCY: usize = 7;
const PLACED_AT: usize = 8;
const CLAUSE_VERSION: usize = 9;
const CANCELS: usize = 10;
const VALID_UNTIL: usize = 11;
const FACTS: usize = 12;

impl<'de> Fields<'de> for Raw<'de> {
	const NAMES: &'static [&'static str] = &[
		"id",
		"kind",
		"product",
		"interface",
		"customer",
		"amount",
		"units",
		"currency",
		"placed_at",
		"clause_version",
		"cancels",
		"valid_until",
		"facts",
	];

	fn take<A: MapAccess<'de>>(&mut self, number: usize, map: &mut A) -> Result<(), A::Error> {
		if number == FACTS {
			self.facts = map.next_value()?;
		} else {
			self.values[number] = Some(map.next_value()?);
		}
		Ok(())
	}
}

fn name<'a>(field: &'static str, value: Option<Value<'a>>) -> Result<Option<Cow<'a, str>>, Problem> {
	let Some(text) = json::text(field, value)? else {
		return Ok(None);
	};
	if text.is_empty() || text.len() > MAX_NAME_LEN as usize {
		return Err(problem("field_length", field, &text, "must have 1 to 32 bytes"));
	}
	Ok(Some(text))
}

fn moment(field: &'static str, value: Option<Value<'_>>) -> Result<Option<Timestamp>, Problem> {
	let Some(text) = json::text(field, value)? else {
		return Ok(None);
	};
	let read = Timestamp::parse(text.as_bytes());
	let read = read.map_err(|error| {
		let rule = format!("must be a time with an offset: {error}");
		problem("field_time", field, &text, rule)
	});
	read.map(Some)
}

fn currency(value: Option<Value<'_>>) -> Result<Option<Currency>, Problem> {
	let Some(text) = json::text("currency", value)? else {
		return Ok(None);
	};
	match text.as_bytes() {
		&[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Some([a, b, c])),
		_ => Err(problem(
			"field_currency",
			"currency",
			&text,
			"must be three capital letters, such as \"CNY\"",
		)),
	}
}

impl<'a> Order<'a> {
	/// The order in `line`, checked as far as the line alone allows.
	pub fn parse(line: &'a [u8]) -> Result<Self, Problem> {
		Self::parse_as(line, None)
	}

	/// The registration in `line`; `kind` may be left out.
	pub fn parse_registration(line: &'a [u8]) -> Result<Self, Problem> {
		Self::parse_as(line, Some(BusinessKind::Registration))
	}

	fn parse_as(line: &'a [u8], default_kind: Option<BusinessKind>) -> Result<Self, Problem> {
		let mut raw = Raw::default();
		json::read(line, &mut raw)?;
		let values = &mut raw.values;
		let kind = match json::text("kind", values[KIND].take())? {
			Some(text) => BusinessKind::from_name(&text)
				.ok_or_else(|| problem("kind_unknown", "kind", &text, "must be a kind of business"))?,
			None => json::required("kind", default_kind)?,
		};
		let id = json::id("id", json::required("id", json::text("id", values[ID].take())?)?)?;
		let cancels = match json::text("cancels", values[CANCELS].take())? {
			Some(text) => Some(json::id("cancels", text)?),
			None => None,
		};
		let order = Order {
			id,
			kind,
			product: name("product", values[PRODUCT].take())?,
			interface: name("interface", values[INTERFACE].take())?,
			customer: json::text("customer", values[CUSTOMER].take())?,
			amount: json::decimal("amount", values[AMOUNT].take())?,
			units: json::decimal("units", values[UNITS].take())?,
			currency: currency(values[CURRENCY].take())?,
			placed_at: moment("placed_at", values[PLACED_AT].take())?,
			valid_until: moment("valid_until", values[VALID_UNTIL].take())?,
			facts: raw.facts,
			clause_version: json::unsigned("clause_version", values[CLAUSE_VERSION].take())?.unwrap_or(0),
			cancels,
		};
		order.check()?;
		Ok(order)
	}

	fn check(&self) -> Result<(), Problem> {
		if self.kind == BusinessKind::Registration {
			if self.product.is_none() && self.interface.is_none() {
				return Err(problem(
					"field_missing",
					"interface",
					"",
					"a registration names `interface` or `product`",
				));
			}
			json::required("customer", self.customer.as_ref())?;
			return Ok(());
		}
		json::required("product", self.product.as_ref())?;
		let placed_at = json::required("placed_at", self.placed_at)?;
		if let Some(end) = self.valid_until.filter(|end| end.unix_ms() <= placed_at.unix_ms()) {
			let rule = "must be after `placed_at`";
			return Err(problem("field_range", "valid_until", end.to_string(), rule));
		}
		if self.amount.is_some() && self.currency.is_none() {
			return Err(problem("field_missing", "currency", "", "an amount has a currency"));
		}
		match self.kind {
			BusinessKind::Subscription
			| BusinessKind::Purchase
			| BusinessKind::Redemption
			| BusinessKind::Switch
			| BusinessKind::NonTradeTransfer
			| BusinessKind::CustodyTransfer => match (self.amount, self.units) {
				(None, None) => {
					return Err(problem(
						"field_missing",
						"amount",
						"",
						"this kind of order has `amount` or `units`",
					));
				}
				(Some(_), Some(_)) => {
					return Err(problem(
						"field_excess",
						"units",
						"",
						"an order has `amount` or `units`, not both",
					));
				}
				(amount, units) if amount.or(units) == Some(Decimal::ZERO) => {
					let field = if amount.is_some() { "amount" } else { "units" };
					return Err(problem("field_range", field, "0", "must be above zero"));
				}
				_ => (),
			},
			BusinessKind::Cancellation => {
				json::required("cancels", self.cancels.as_ref())?;
			}
			BusinessKind::DividendMethod | BusinessKind::Registration => (),
		}
		Ok(())
	}

	/// What the clauses are checked against. `registered`: whether the chain says so of the registration that the order states; the
	/// seller's own word on it counts nothing.
	pub fn facts(&self, product: Option<&ProductEntry>, registered: Option<bool>) -> Facts {
		Facts {
			customer: CustomerFacts {
				registered,
				..self.facts.unwrap_or_default()
			},
			order: OrderFacts {
				kind: Some(self.kind),
				amount: self.amount,
				units: self.units,
				currency: self.currency.or(product.map(|p| p.currency)),
				placed_at: self.placed_at,
				product_risk: product.and_then(|p| ProductRisk::from_level(p.risk)),
				product_status: product.map(|p| p.status),
			},
		}
	}
}

/// Whether a product in this state takes orders of this kind.
pub fn status_takes(status: ProductStatus, kind: BusinessKind) -> bool {
	use BusinessKind::*;
	match status {
		ProductStatus::Offering => !matches!(kind, Purchase | Redemption | Switch),
		ProductStatus::Open => kind != Subscription,
		// What was bought can still be moved, and what was ordered can still be called off.
		ProductStatus::Suspended => {
			matches!(
				kind,
				Cancellation | DividendMethod | NonTradeTransfer | CustodyTransfer | Registration
			)
		}
		ProductStatus::Closed => matches!(kind, Cancellation),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const GOOD: &str = r#"{"id":"A-1","kind":"purchase","product":"F1","customer":"c","amount":"1000.50","currency":"CNY","placed_at":"2025-11-24T10:00:00+08:00","clause_version":3,"facts":{"risk_class":"C3"},"details":{"x":[1]},"own":true}"#;

	fn with(from: &str, to: &str) -> Result<(), Problem> {
		let line = GOOD.replace(from, to);
		assert_ne!(line, GOOD, "`{from}` is not in the sample");
		Order::parse(line.as_bytes()).map(drop)
	}

	fn fails(from: &str, to: &str) -> (String, String) {
		let problem = with(from, to).expect_err(to);
		(problem.code.into_owned(), problem.field.into_owned())
	}

	fn pair(code: &str, field: &str) -> (String, String) {
		(code.into(), field.into())
	}

	#[test]
	fn reads_what_it_needs() {
		let order = Order::parse(GOOD.as_bytes()).unwrap();
		assert_eq!((order.id.as_ref(), order.kind), ("A-1", BusinessKind::Purchase));
		assert_eq!(order.amount, Decimal::parse(b"1000.5").ok());
		assert_eq!(order.clause_version, 3);
		assert!(matches!(order.id, Cow::Borrowed(_)), "no allocation");
		assert!(order.facts.unwrap().risk_class.is_some());
	}

	#[test]
	fn names_the_field_at_fault() {
		assert_eq!(fails(r#""1000.50""#, "1000.50"), pair("field_type", "amount"));
		assert_eq!(fails(r#""1000.50""#, "1000"), pair("field_type", "amount"));
		assert_eq!(fails(r#""1000.50""#, r#""1e3""#), pair("field_decimal", "amount"));
		assert_eq!(fails(r#""1000.50""#, r#""-1""#), pair("field_range", "amount"));
		assert_eq!(fails(r#""1000.50""#, r#""0.00""#), pair("field_range", "amount"));
		assert_eq!(fails(r#""CNY""#, r#""cny""#), pair("field_currency", "currency"));
		assert_eq!(fails(r#""currency":"CNY","#, ""), pair("field_missing", "currency"));
		assert_eq!(fails(r#""amount":"1000.50","#, ""), pair("field_missing", "amount"));
		assert_eq!(fails(r#""own":true"#, r#""units":"1""#), pair("field_excess", "units"));
		assert_eq!(fails(r#""purchase""#, r#""buy""#), pair("kind_unknown", "kind"));
		assert_eq!(fails(r#""A-1""#, r#""""#), pair("field_length", "id"));
		assert_eq!(
			fails(r#""A-1""#, &format!("\"{}\"", "x".repeat(129))),
			pair("field_length", "id")
		);
		assert_eq!(fails(r#""A-1""#, r#""A\n1""#), pair("field_characters", "id"));
		assert_eq!(fails(r#""A-1""#, "1"), pair("field_type", "id"));
		assert_eq!(fails("+08:00", ""), pair("field_time", "placed_at"));
		let until = |text: &str| fails(r#""own":true"#, &format!(r#""valid_until":{text}"#));
		assert_eq!(until(r#""2025-11-24""#), pair("field_time", "valid_until"));
		assert_eq!(until("17"), pair("field_type", "valid_until"));
		// The same moment as `placed_at`, elsewhere.
		assert_eq!(until(r#""2025-11-24T02:00:00Z""#), pair("field_range", "valid_until"));
		assert!(with(r#""own":true"#, r#""valid_until":"2025-11-24T02:00:01Z""#).is_ok());
		assert_eq!(fails(":3,", ":-3,"), pair("field_type", "clause_version"));
		assert_eq!(fails(":3,", ":4294967296,"), pair("field_range", "clause_version"));
		assert_eq!(fails(r#""C3""#, r#""C9""#), pair("malformed", "facts"));
		assert_eq!(fails(r#""own":true"#, r#""id":"A-2""#), pair("malformed", "id"));
		assert_eq!(fails("purchase", "cancellation"), pair("field_missing", "cancels"));
	}

	#[test]
	fn boundary_of_an_id() {
		assert!(with(r#""A-1""#, &format!("\"{}\"", "x".repeat(128))).is_ok());
		assert!(with("A-1", "订单-1").is_ok());
	}

	#[test]
	fn registration_needs_no_kind() {
		let line = br#"{"id":"R-1","interface":"I1","customer":"c-1","details":{}}"#;
		assert_eq!(
			Order::parse_registration(line).unwrap().kind,
			BusinessKind::Registration
		);
		assert_eq!(Order::parse(line).unwrap_err().field, "kind");
		let line = br#"{"id":"R-1","customer":"c-1"}"#;
		assert_eq!(Order::parse_registration(line).unwrap_err().field, "interface");
	}
}
