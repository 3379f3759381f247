// SPDX-License-Identifier: Apache-2.0

//! From a line of JSON to a checked order.

use super::{Defect, MAX_ID_LEN, MAX_LINE_LEN, MAX_REFERENCE_LEN};
use crate::decimal;
use rust_decimal::Decimal;
use sealane_primitives::{
	business::BusinessKind,
	clauses::{SalesChannel, Timestamp},
	fields,
	ids::MAX_NAME_LEN,
};
use serde::{
	de::{Deserializer, Error as _, MapAccess, Visitor},
	Deserialize,
};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A checked order and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
	/// The seller's id, unique per seller.
	pub id: String,
	/// What it asks for.
	pub kind: BusinessKind,
	/// The product.
	pub product: String,
	/// The issuer's entry point, where the order names one.
	pub interface: Option<String>,
	/// The seller's reference of the customer.
	pub customer: String,
	/// Amount in units of the currency.
	pub amount: Option<Decimal>,
	/// Units of the product.
	pub units: Option<Decimal>,
	/// ISO 4217; empty where the order names none.
	pub currency: String,
	/// When the customer placed it, as written.
	pub placed_at: String,
	/// The same, read.
	pub placed: Timestamp,
	/// The order that a cancellation takes back.
	pub cancels: Option<String>,
	/// `details.exceed_confirmed`: the customer confirmed in writing that the product exceeds his risk class.
	pub exceed_confirmed: Option<bool>,
	/// `details.sales_channel`: through what the customer ordered.
	pub sales_channel: Option<SalesChannel>,
	/// The JSON object, as it came but for the fields that stay in the house.
	pub text: Box<str>,
}

/// The fields of an object in their order, each value as the text that it was written as: so that a wrong type is reported with field
/// and rule, a repeated field is refused, and what is left out leaves the rest untouched.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		#[derive(Deserialize)]
		struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
		struct Fields;
		impl<'de> Visitor<'de> for Fields {
			type Value = Object<'de>;

			fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
				f.write_str("a JSON object")
			}

			fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
				let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(16);
				while let Some((Key(name), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
					if fields.iter().any(|(known, _)| *known == name) {
						return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
					}
					if fields.len() == MAX_FIELDS {
						return Err(A::Error::custom("too many fields"));
					}
					fields.push((name, value));
				}
				Ok(Object(fields))
			}
		}
		deserializer.deserialize_map(Fields)
	}
}

impl<'a> Object<'a> {
	/// A field; `null` counts as absent.
	fn get(&self, name: &str) -> Option<&'a RawValue> {
		let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
		Some(*value).filter(|value| value.get() != "null")
	}

	/// The object without the fields that are neither an order's nor declared; `None` where that is all of it.
	fn without_undeclared(&self, declared: &Declared) -> Option<String> {
		let leaves = |name: &str| FIELDS.contains(&name) || declared.0.iter().any(|known| known == name);
		if self.0.iter().all(|(name, _)| leaves(name)) {
			return None;
		}
		let mut out = String::from("{");
		for (name, value) in self.0.iter().filter(|(name, _)| leaves(name)) {
			if out.len() > 1 {
				out.push(',');
			}
			// A text always serialises.
			out.push_str(&serde_json::to_string(name).unwrap_or_default());
			out.push(':');
			out.push_str(value.get());
		}
		out.push('}');
		Some(out)
	}
}

/// Fields of the bank's own that travel to the issuer although an order does not have them. All others stay in the house.
#[derive(Clone, Debug, Default)]
pub struct Declared(pub Vec<String>);

impl Declared {
	/// Whatever this line has: it was looked through before.
	pub fn of(line: &str) -> Self {
		let fields = serde_json::from_str::<Object<'_>>(line);
		Declared(fields.map_or_else(
			|_| Vec::new(),
			|o| o.0.into_iter().map(|(name, _)| name.into_owned()).collect(),
		))
	}
}

/// The fields of an order.
pub const FIELDS: [&str; 12] = [
	"id",
	"kind",
	"product",
	"interface",
	"customer",
	"amount",
	"units",
	"currency",
	"placed_at",
	"valid_until",
	"cancels",
	"details",
];

/// Most fields of one order.
const MAX_FIELDS: usize = 256;

/// Details that some kinds cannot do without, or that clauses ask for.
#[derive(Deserialize, Default)]
struct Details {
	#[serde(default)]
	target_product: Option<String>,
	#[serde(default)]
	to_customer: Option<String>,
	#[serde(default)]
	exceed_confirmed: Option<bool>,
	#[serde(default)]
	sales_channel: Option<SalesChannel>,
}

const RULE_NAME: &str = "1 to 32 bytes of text without control and format characters";
const RULE_ID: &str = "1 to 128 bytes of text without control and format characters";

/// Checks one line. Of the fields that no order has, the `declared` ones are kept.
///
/// # Errors
/// The first rule that the line breaks, in the order of the fields above.
pub fn parse_line(line: &str, declared: &Declared) -> Result<Order, Defect> {
	let text = line.trim();
	if text.len() > MAX_LINE_LEN {
		return Err(Defect::new("line", text, "at most 61,440 bytes"));
	}
	if !text.starts_with('{') {
		return Err(Defect::new("line", text, "a JSON object"));
	}
	let fields: Object<'_> = serde_json::from_str(text).map_err(|e| defect_of(&e, text))?;

	let id = required("id", fields.get("id"), MAX_ID_LEN, RULE_ID)?;
	let kind_name = required("kind", fields.get("kind"), MAX_NAME_LEN as usize, RULE_KIND)?;
	let kind = BusinessKind::from_name(&kind_name)
		.filter(|kind| *kind != BusinessKind::Registration)
		.ok_or_else(|| Defect::new("kind", &kind_name, RULE_KIND))?;
	let product = required("product", fields.get("product"), MAX_NAME_LEN as usize, RULE_NAME)?;
	let interface = optional("interface", fields.get("interface"), MAX_NAME_LEN as usize, RULE_NAME)?;
	let customer = required("customer", fields.get("customer"), MAX_REFERENCE_LEN, RULE_ID)?;
	let amount = quantity("amount", fields.get("amount"))?;
	let units = quantity("units", fields.get("units"))?;
	let currency = currency(fields.get("currency"))?;
	let (placed_at, placed) = moment("placed_at", fields.get("placed_at"))?;
	if let Some(value) = fields.get("valid_until") {
		let (text, end) = moment("valid_until", Some(value))?;
		if end.unix_ms() <= placed.unix_ms() {
			return Err(Defect::new("valid_until", &text, "after placed_at"));
		}
	}
	let cancels = optional("cancels", fields.get("cancels"), MAX_ID_LEN, RULE_CANCELS)?;
	for name in ["facts", "clause_version"] {
		if let Some(value) = fields.get(name) {
			return Err(Defect::new(name, value.get(), "absent: the terminal adds it"));
		}
	}
	quantities_fit(kind, amount, units)?;
	if amount.is_some() && currency.is_empty() {
		return Err(Defect::new("currency", "", "present where there is an amount"));
	}
	if (kind == BusinessKind::Cancellation) != cancels.is_some() {
		return Err(Defect::new("cancels", cancels.as_deref().unwrap_or(""), RULE_CANCELS));
	}
	let details = details(kind, fields.get("details"))?;
	Ok(Order {
		id,
		kind,
		product,
		interface,
		customer,
		amount,
		units,
		currency,
		placed_at,
		placed,
		cancels,
		exceed_confirmed: details.exceed_confirmed,
		sales_channel: details.sales_channel,
		text: fields
			.without_undeclared(declared)
			.map_or_else(|| text.into(), String::into_boxed_str),
	})
}

const RULE_CANCELS: &str = "the id of the order to take back, in a cancellation and nowhere else";
const RULE_KIND: &str = "subscription, purchase, redemption, switch, non_trade_transfer, custody_transfer, \
	dividend_method or cancellation";

/// The text of `facts` and `clause_version` appended inside the object of an order.
impl Order {
	/// The bytes that go to the node: the order's own text with what the terminal adds, one line.
	///
	/// `facts` must be a JSON object on one line.
	pub fn stamped(&self, clause_version: u32, facts: &str) -> String {
		// The text is a checked JSON object with at least one field, so it ends with a brace that closes it.
		let body = self.text.strip_suffix('}').unwrap_or(&self.text).trim_end();
		let mut out = String::with_capacity(self.text.len() + facts.len() + 40);
		for c in body.chars() {
			// Line breaks between fields would end an NDJSON line; inside strings JSON has them escaped.
			out.push(if c == '\n' || c == '\r' { ' ' } else { c });
		}
		out.push_str(",\"clause_version\":");
		out.push_str(&clause_version.to_string());
		out.push_str(",\"facts\":");
		out.push_str(facts);
		out.push('}');
		out
	}
}

/// An order as the bank wrote it, of one as the node has it: without `facts` and `clause_version`.
pub fn without_stamp(body: &str) -> String {
	match serde_json::from_str::<serde_json::Value>(body) {
		Ok(serde_json::Value::Object(mut object)) => {
			object.remove("facts");
			object.remove("clause_version");
			serde_json::Value::Object(object).to_string()
		}
		_ => body.into(),
	}
}

fn defect_of(error: &serde_json::Error, text: &str) -> Defect {
	let message = error.to_string();
	if let Some(rest) = message.strip_prefix("duplicate field `") {
		let field = rest.split('`').next().unwrap_or("line");
		return Defect::new(field, text, "each field once");
	}
	if message.starts_with("too many fields") {
		return Defect::new("line", text, "at most 256 fields");
	}
	if message.starts_with("trailing characters") {
		return Defect::new("line", text, "one object for each line, and nothing behind it");
	}
	let rule = if error.is_eof() {
		"complete JSON (the line ends inside it)"
	} else {
		"valid JSON"
	};
	Defect::new("line", text, rule)
}

fn string(name: &str, raw: &RawValue, rule: &'static str) -> Result<String, Defect> {
	serde_json::from_str::<String>(raw.get()).map_err(|_| Defect::new(name, raw.get(), rule))
}

fn optional(name: &str, raw: Option<&RawValue>, max_len: usize, rule: &'static str) -> Result<Option<String>, Defect> {
	let Some(raw) = raw else { return Ok(None) };
	let value = string(name, raw, rule)?;
	if fields::reference(&value, max_len).is_err() {
		return Err(Defect::new(name, &value, rule));
	}
	Ok(Some(value))
}

fn required(name: &str, raw: Option<&RawValue>, max_len: usize, rule: &'static str) -> Result<String, Defect> {
	optional(name, raw, max_len, rule)?.ok_or_else(|| Defect::new(name, "", rule))
}

fn quantity(name: &str, raw: Option<&RawValue>) -> Result<Option<Decimal>, Defect> {
	const RULE: &str =
		"a positive decimal in quotes, at most 18 digits before and 8 after the point, without leading zero";
	let Some(raw) = raw else { return Ok(None) };
	let text = string(name, raw, RULE)?;
	decimal::parse_quantity(&text)
		.map(Some)
		.ok_or_else(|| Defect::new(name, &text, RULE))
}

fn currency(raw: Option<&RawValue>) -> Result<String, Defect> {
	const RULE: &str = "three capital letters (ISO 4217)";
	let Some(code) = optional("currency", raw, 3, RULE)? else {
		return Ok(String::new());
	};
	if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
		Ok(code)
	} else {
		Err(Defect::new("currency", &code, RULE))
	}
}

fn moment(field: &'static str, raw: Option<&RawValue>) -> Result<(String, Timestamp), Defect> {
	const RULE: &str = "date and time with offset (RFC 3339), from 1970 on";
	let text = required(field, raw, 64, RULE)?;
	let read = Timestamp::parse(text.as_bytes()).map_err(|_| Defect::new(field, &text, RULE))?;
	Ok((text, read))
}

/// Which of amount and units a kind carries.
fn quantities_fit(kind: BusinessKind, amount: Option<Decimal>, units: Option<Decimal>) -> Result<(), Defect> {
	let shown = |value: Option<Decimal>| value.map(|v| v.to_string()).unwrap_or_default();
	match kind {
		BusinessKind::Subscription | BusinessKind::Purchase => {
			if amount.is_none() {
				return Err(Defect::new("amount", "", "present in a subscription or purchase"));
			}
			if units.is_some() {
				return Err(Defect::new(
					"units",
					&shown(units),
					"absent in a subscription or purchase",
				));
			}
		}
		BusinessKind::Redemption
		| BusinessKind::Switch
		| BusinessKind::NonTradeTransfer
		| BusinessKind::CustodyTransfer => {
			if units.is_none() {
				return Err(Defect::new("units", "", "present in a redemption, switch or transfer"));
			}
			if amount.is_some() {
				return Err(Defect::new(
					"amount",
					&shown(amount),
					"absent in a redemption, switch or transfer",
				));
			}
		}
		BusinessKind::DividendMethod | BusinessKind::Cancellation | BusinessKind::Registration => {
			if amount.is_some() || units.is_some() {
				let value = shown(amount.or(units));
				return Err(Defect::new(
					"amount",
					&value,
					"neither amount nor units in this kind of order",
				));
			}
		}
	}
	Ok(())
}

fn details(kind: BusinessKind, raw: Option<&RawValue>) -> Result<Details, Defect> {
	let Some(raw) = raw else {
		return if kind == BusinessKind::Switch {
			Err(Defect::new("details.target_product", "", "the product to switch into"))
		} else {
			Ok(Details::default())
		};
	};
	const RULE: &str =
		"a JSON object; in it target_product, to_customer and sales_channel are text, exceed_confirmed is true or false";
	let text = raw.get();
	if !text.starts_with('{') {
		return Err(Defect::new("details", text, RULE));
	}
	let details: Details = serde_json::from_str(text).map_err(|_| Defect::new("details", text, RULE))?;
	let reference = |name: &str, value: &Option<String>, most, rule| match value {
		Some(value) if fields::reference(value, most).is_err() => Err(Defect::new(name, value, rule)),
		_ => Ok(()),
	};
	reference(
		"details.target_product",
		&details.target_product,
		MAX_NAME_LEN as usize,
		RULE_NAME,
	)?;
	reference("details.to_customer", &details.to_customer, MAX_REFERENCE_LEN, RULE_ID)?;
	if kind == BusinessKind::Switch && details.target_product.is_none() {
		return Err(Defect::new(
			"details.target_product",
			text,
			"the product to switch into",
		));
	}
	Ok(details)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const GOOD: &str = r#"{"id":"A-1","kind":"purchase","product":"P1","customer":"C1","amount":"100.50","currency":"CNY","placed_at":"2026-03-02T10:00:00+08:00","note":"keep 甲"}"#;

	fn replaced(from: &str, to: &str) -> Result<Order, Defect> {
		let line = GOOD.replace(from, to);
		assert_ne!(line, GOOD, "{from} is not in the line");
		parse(&line)
	}

	fn parse(line: &str) -> Result<Order, Defect> {
		parse_line(line, &Declared(vec!["note".into()]))
	}

	#[test]
	fn a_good_line_is_kept_as_it_came() {
		let order = parse(GOOD).unwrap();
		assert_eq!(&*order.text, GOOD);
		assert_eq!(order.amount.unwrap().to_string(), "100.50");
		let stamped = order.stamped(7, r#"{"age":30}"#);
		assert!(stamped.starts_with(GOOD.strip_suffix('}').unwrap()));
		let value: serde_json::Value = serde_json::from_str(&stamped).unwrap();
		assert_eq!(value["clause_version"], 7);
		assert_eq!(value["facts"]["age"], 30);
		assert_eq!(value["note"], "keep 甲");
	}

	#[test]
	fn defects_name_field_value_and_rule() {
		let cases = [
			(r#""amount":"100.50""#, r#""amount":100.50"#, "amount", "100.50"),
			(r#""amount":"100.50""#, r#""amount":"-1""#, "amount", "-1"),
			(r#""amount":"100.50""#, r#""amount":"1e5""#, "amount", "1e5"),
			(r#""amount":"100.50""#, r#""amount":"0""#, "amount", "0"),
			(r#""amount":"100.50","#, "", "amount", ""),
			(r#""amount":"100.50""#, r#""amount":"1","units":"1""#, "units", "1"),
			(r#""kind":"purchase""#, r#""kind":"buy""#, "kind", "buy"),
			(
				r#""kind":"purchase""#,
				r#""kind":"registration""#,
				"kind",
				"registration",
			),
			(r#""id":"A-1""#, r#""id":"""#, "id", ""),
			(r#""id":"A-1""#, r#""id":"a\nb""#, "id", "a b"),
			(r#""id":"A-1","#, "", "id", ""),
			("CNY", "cny", "currency", "cny"),
			(
				"2026-03-02T10:00:00+08:00",
				"2026-02-30T10:00:00+08:00",
				"placed_at",
				"2026-02-30T10:00:00+08:00",
			),
			("2026-03-02T10:00:00+08:00", "2026-03-02", "placed_at", "2026-03-02"),
			(
				r#""note":"keep 甲""#,
				r#""valid_until":"2026-03-02T02:00:00Z""#,
				"valid_until",
				"2026-03-02T02:00:00Z",
			),
			(
				r#""note":"keep 甲""#,
				r#""valid_until":"tomorrow""#,
				"valid_until",
				"tomorrow",
			),
			(r#""note":"keep 甲""#, r#""facts":{}"#, "facts", "{}"),
			(r#""note":"keep 甲""#, r#""cancels":"A-0""#, "cancels", "A-0"),
			(r#""note":"keep 甲""#, r#""details":[1]"#, "details", "[1]"),
			(r#""currency":"CNY","#, "", "currency", ""),
		];
		for (from, to, field, value) in cases {
			let defect = replaced(from, to).unwrap_err();
			assert_eq!((defect.field.as_str(), defect.value.as_str()), (field, value), "{to}");
			assert!(!defect.rule.is_empty());
		}
		let twice = replaced(r#""id":"A-1""#, r#""id":"A-1","id":"A-2""#).unwrap_err();
		assert_eq!((twice.field.as_str(), &*twice.rule), ("id", "each field once"));
		assert!(parse(&GOOD[..GOOD.len() - 20])
			.unwrap_err()
			.rule
			.contains("ends inside"));
		assert_eq!(parse("[1]").unwrap_err().rule, "a JSON object");
	}

	#[test]
	fn what_is_not_declared_stays_in_the_house() {
		let kept = parse_line(GOOD, &Declared::default()).unwrap();
		assert!(
			!kept.text.contains("keep") && GOOD.starts_with(kept.text.strip_suffix('}').unwrap()),
			"{}",
			kept.text
		);
		let named = GOOD.replace(r#""note""#, r#""customer_name""#);
		assert!(!parse(&named).unwrap().text.contains("customer_name"));
		assert_eq!(parse(GOOD).unwrap().text.len(), GOOD.len());
	}

	#[test]
	fn what_the_node_would_refuse_is_a_defect_here() {
		for (from, to, field) in [
			(r#""amount":"100.50""#, r#""amount":"0000000000888000""#, "amount"),
			(r#""amount":"100.50""#, r#""amount":"007.50""#, "amount"),
			(r#""C1""#, r#""C\u202e1""#, "customer"),
			(
				r#""note":"keep 甲""#,
				r#""details":{"to_customer":"A\u0000B"}"#,
				"details.to_customer",
			),
		] {
			assert_eq!(replaced(from, to).unwrap_err().field, field, "{to}");
		}
		let two = format!("{GOOD} {GOOD}");
		assert!(parse(&two).unwrap_err().rule.starts_with("one object for each line"));
	}

	#[test]
	fn kinds_demand_their_details() {
		let cancel = r#"{"id":"A-2","kind":"cancellation","product":"P1","customer":"C1","currency":"CNY","placed_at":"2026-03-02T10:00:00Z""#;
		assert_eq!(parse(&format!("{cancel}}}")).unwrap_err().field, "cancels");
		assert!(parse(&format!(r#"{cancel},"cancels":"A-1"}}"#)).is_ok());
		let switch = cancel.replace("cancellation", "switch");
		let with_units = format!(r#"{switch},"units":"3.5""#);
		assert_eq!(
			parse(&format!("{with_units}}}")).unwrap_err().field,
			"details.target_product"
		);
		assert_eq!(
			parse(&format!(r#"{switch},"details":{{"target_product":"P2"}}}}"#))
				.unwrap_err()
				.field,
			"units"
		);
	}

	proptest! {
		#[test]
		fn hostile_text_never_panics(line in "\\PC{0,200}") {
			let _ = parse(&line);
		}

		#[test]
		fn a_broken_byte_is_a_defect_or_an_order(at in 0..GOOD.len(), byte in any::<u8>()) {
			let mut bytes = GOOD.as_bytes().to_vec();
			bytes[at] = byte;
			if let Ok(text) = std::str::from_utf8(&bytes) {
				if let Ok(order) = parse(text) {
					let stamped = order.stamped(1, "{}");
					prop_assert!(!stamped.contains('\n'));
					prop_assert!(serde_json::from_str::<serde_json::Value>(&stamped).is_ok());
				}
			}
		}

		#[test]
		fn truncation_is_always_a_defect(at in 1..GOOD.len() - 1) {
			if GOOD.is_char_boundary(at) {
				prop_assert!(parse(&GOOD[..at]).is_err());
			}
		}
	}
}
