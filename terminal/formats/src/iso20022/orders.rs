// SPDX-License-Identifier: Apache-2.0

//! Orders.
//!
//! | order | setr.010, setr.004 |
//! |---|---|
//! | `id` | IndvOrdrDtls/OrdrRef, of at most 35 characters, else through the table of serials |
//! | `kind` | the message; `subscription` by OrdrTp/Prtry/Id `SUBS`, on which the partners agree, since no code says it |
//! | `product` | FinInstrmDtls/Id: ISIN, or OthrPrtryId/Id |
//! | `customer` | InvstmtAcctDtls/AcctId |
//! | `amount`, `currency` | GrssAmt with its Ccy: what the customer pays. NetAmt and a part of the holding are refused |
//! | `units` | UnitsNb; `currency` from ReqdSttlmCcy |
//! | `placed_at` | OrdrDtTm, else MsgId/CreDtTm; in the given zone where it names none |
//! | `details.iso` | the document, reduced to this order |
//!
//! A request to cancel (setr.011, setr.005) names the order only: product and customer are those of the order.

use super::{account, amount, decimal, message_id, must, product_id, reference, Message};
use crate::{
	business::{put, required, text, Object},
	fault::{Error, Fault},
	ids::Serials,
	iso20022::xml::{Documents, Element},
};
use serde_json::Value;
use time::{format_description::well_known::Rfc3339, OffsetDateTime, UtcOffset};

/// What an order of its own is in a message.
struct Kind {
	message: &'static str,
	root: &'static str,
	quantity: &'static str,
}

const SUBSCRIPTION: Kind = Kind {
	message: "setr.010.001.04",
	root: "SbcptOrdr",
	quantity: "AmtOrUnits",
};
const REDEMPTION: Kind = Kind {
	message: "setr.004.001.04",
	root: "RedOrdr",
	quantity: "AmtOrUnitsOrPctg",
};
const ORDERS: [&Kind; 2] = [&SUBSCRIPTION, &REDEMPTION];
/// Requests to cancel an order of the kind beside.
const REQUESTS: [(&str, &str, &Kind); 2] = [
	("setr.011.001.04", "SbcptOrdrCxlReq", &SUBSCRIPTION),
	("setr.005.001.04", "RedOrdrCxlReq", &REDEMPTION),
];
/// OrdrTp/Prtry of a subscription during an offering.
const OFFERING: &str = "SUBS";
const ISSUER: &str = "SEAL";

/// What a message leaves open.
#[derive(Clone, Debug)]
pub struct Settings {
	/// The interface that orders name; none where it is empty.
	pub interface: String,
	/// The zone of times that name none.
	pub zone: UtcOffset,
}

/// One order of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
	/// An order.
	Order(Object),
	/// A request to cancel an order: what is missing is the order's.
	Cancellation(Object),
}

/// The orders of a message.
///
/// # Errors
/// A message that is none of orders; an order without what it must have, or with what no order has.
pub fn read(message: &Message, settings: &Settings, serials: &dyn Serials) -> Result<Vec<Read>, Fault> {
	if let Some(kind) = ORDERS.iter().find(|kind| kind.message == message.name) {
		let many = "MltplOrdrDtls";
		let orders = reduced(message, kind.root, many, "IndvOrdrDtls")?;
		return orders
			.iter()
			.map(|one| order(one, kind, settings, serials).map(Read::Order))
			.collect();
	}
	if let Some((_, root, _)) = REQUESTS.iter().find(|(name, ..)| *name == message.name) {
		let requests = reduced(message, root, "", "OrdrRefs")?;
		return requests
			.iter()
			.map(|one| cancellation(one, settings, serials).map(Read::Cancellation))
			.collect();
	}
	let rule = "the messages with orders are setr.010.001.04, setr.004.001.04, setr.011.001.04 and setr.005.001.04";
	Err(Fault::told("Document", &message.name, rule))
}

/// The message once for each of its `one` elements, with the others left out. They stand in the root or in its element `many`.
fn reduced(message: &Message, root: &str, many: &str, one: &str) -> Result<Vec<Message>, Fault> {
	if message.root.name != root {
		let rule = format!("the element in a {} must be {root}", message.name);
		return Err(Fault::told("Document", &message.root.name, rule));
	}
	let holder = match many {
		"" => Some(&message.root),
		many => message.root.at(many),
	};
	let count = holder.map_or(0, |holder| holder.all(one).count());
	if count == 0 {
		return Err(Fault::new(
			format!("{root}/{many}/{one}"),
			b"",
			"at least one must be there",
		));
	}
	// What is around the orders is copied for each of them, not the orders themselves.
	let mut frame = message.clone();
	let children = holder_of(&mut frame, many)
		.map(|holder| std::mem::take(&mut holder.children))
		.unwrap_or_default();
	let first = children.iter().position(|child| child.name == one).unwrap_or_default();
	let (ones, around): (Vec<_>, Vec<_>) = children
		.into_iter()
		.enumerate()
		.partition(|(_, child)| child.name == one);
	let (before, after): (Vec<_>, Vec<_>) = around.into_iter().partition(|(at, _)| *at < first);
	let alone = |(_, one): (usize, Element)| {
		let mut made = frame.clone();
		if let Some(holder) = holder_of(&mut made, many) {
			holder.children = before.iter().map(|(_, child)| child.clone()).collect();
			holder.children.push(one);
			holder.children.extend(after.iter().map(|(_, child)| child.clone()));
		}
		made
	};
	Ok(ones.into_iter().map(alone).collect())
}

/// The root, or the element in it in which the orders stand.
fn holder_of<'a>(message: &'a mut Message, many: &str) -> Option<&'a mut Element> {
	match many {
		"" => Some(&mut message.root),
		many => message.root.at_mut(many),
	}
}

/// What this program knows of an order in a message.
struct Known {
	reference: String,
	kind: &'static str,
	product: String,
	customer: String,
	amount: Option<String>,
	units: Option<String>,
	currency: Option<String>,
	placed_at: String,
}

fn known(message: &Message, kind: &Kind, zone: UtcOffset) -> Result<Known, Fault> {
	let root = &message.root;
	let one = root
		.at("MltplOrdrDtls/IndvOrdrDtls")
		.ok_or_else(|| Fault::new("IndvOrdrDtls", b"", "at least one must be there"))?;
	let id = one
		.at("FinInstrmDtls/Id")
		.ok_or_else(|| Fault::new("FinInstrmDtls/Id", b"", "the element must be there"))?;
	let product = id.text_at("ISIN").or(id.text_at("OthrPrtryId/Id")).ok_or_else(|| {
		let other = id.children.first().map(|child| child.name.as_str()).unwrap_or_default();
		Fault::told("FinInstrmDtls/Id", other, "a product is named by ISIN or OthrPrtryId")
	})?;
	let quantity = one
		.at(kind.quantity)
		.and_then(|quantity| quantity.children.first())
		.ok_or_else(|| Fault::new(kind.quantity, b"", "the element must be there"))?;
	let value = quantity.value.trim();
	let (amount, units, currency) = match &*quantity.name {
		"GrssAmt" => (Some(value.into()), None, quantity.get("Ccy").map(str::to_string)),
		"UnitsNb" => (
			None,
			Some(value.into()),
			one.text_at("ReqdSttlmCcy").map(str::to_string),
		),
		other => {
			let rule = "an order is of a gross amount or of units; a net amount or a part of the holding is none that an order has";
			return Err(Fault::told(kind.quantity, other, rule));
		}
	};
	let placed = root.text_at("MltplOrdrDtls/OrdrDtTm");
	let placed = placed.map_or_else(|| must(root, "MsgId/CreDtTm"), Ok)?;
	let offering = one.all("OrdrTp").any(|kind| kind.text_at("Prtry/Id") == Some(OFFERING));
	Ok(Known {
		reference: must(one, "OrdrRef")?.into(),
		kind: match (kind.message == REDEMPTION.message, offering) {
			(true, _) => "redemption",
			(false, true) => "subscription",
			(false, false) => "purchase",
		},
		product: product.into(),
		customer: must(root, "MltplOrdrDtls/InvstmtAcctDtls/AcctId")?.into(),
		amount,
		units,
		currency,
		placed_at: moment("OrdrDtTm", placed, zone)?,
	})
}

/// A moment with its zone.
fn moment(field: &str, value: &str, zone: UtcOffset) -> Result<String, Fault> {
	let zoned = match OffsetDateTime::parse(value, &Rfc3339) {
		Ok(_) => return Ok(value.into()),
		Err(_) => format!("{value}{}", offset(zone)),
	};
	match OffsetDateTime::parse(&zoned, &Rfc3339) {
		Ok(_) => Ok(zoned),
		Err(_) => Err(Fault::told(field, value, "a moment such as 2026-11-24T09:30:00+08:00")),
	}
}

fn offset(zone: UtcOffset) -> String {
	let (hours, minutes, _) = zone.as_hms();
	let sign = if zone.is_negative() { '-' } else { '+' };
	format!("{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
}

fn order(message: &Message, kind: &Kind, settings: &Settings, serials: &dyn Serials) -> Result<Object, Fault> {
	let known = known(message, kind, settings.zone)?;
	let mut order = Object::new();
	put(&mut order, "id", Some(serials.id(&known.reference)));
	put(&mut order, "kind", Some(known.kind));
	put(&mut order, "product", Some(known.product));
	put(
		&mut order,
		"interface",
		Some(&*settings.interface).filter(|name| !name.is_empty()),
	);
	put(&mut order, "customer", Some(known.customer));
	put(&mut order, "amount", known.amount);
	put(&mut order, "units", known.units);
	put(&mut order, "currency", known.currency);
	put(&mut order, "placed_at", Some(known.placed_at));
	keep(&mut order, message);
	Ok(order)
}

fn cancellation(message: &Message, settings: &Settings, serials: &dyn Serials) -> Result<Object, Fault> {
	let root = &message.root;
	let cancels = must(root, "OrdrRefs/OrdrRef")?;
	// A request need not have a reference of its own; one order is taken back once.
	let own = root
		.text_at("OrdrRefs/CxlRef")
		.map_or_else(|| format!("{cancels}.cancel"), Into::into);
	let mut order = Object::new();
	put(&mut order, "id", Some(serials.id(&own)));
	put(&mut order, "kind", Some("cancellation"));
	put(
		&mut order,
		"interface",
		Some(&*settings.interface).filter(|name| !name.is_empty()),
	);
	let placed = moment("MsgId/CreDtTm", must(root, "MsgId/CreDtTm")?, settings.zone)?;
	put(&mut order, "placed_at", Some(placed));
	put(&mut order, "cancels", Some(serials.id(cancels)));
	keep(&mut order, message);
	Ok(order)
}

/// Gives a request to cancel what it does not say: product, customer and interface of its order.
pub fn complete(cancellation: &mut Object, order: &Object) {
	for name in ["product", "customer", "interface"] {
		if let Some(value) = text(order, name) {
			cancellation.entry(name).or_insert_with(|| Value::String(value.into()));
		}
	}
}

fn keep(order: &mut Object, message: &Message) {
	let mut details = Object::new();
	put(&mut details, "iso", Some(message.to_xml()));
	order.insert("details".into(), Value::Object(details));
}

/// The message that an order keeps, where it came in one.
///
/// # Errors
/// A text that is no document.
pub fn kept(order: &Object) -> Result<Option<Message>, Fault> {
	let Some(text) = order.get("details").and_then(|details| details.get("iso")) else {
		return Ok(None);
	};
	let fault = |rule: String| Fault::told("details.iso", text.to_string(), rule);
	let text = text.as_str().ok_or_else(|| fault("the text of a document".into()))?;
	let document = Documents::new(text.as_bytes()).next_document();
	match document.map_err(|error| fault(error.to_string()))? {
		Some(document) => Message::of(&document).map(Some),
		None => Err(fault("the text of a document".into())),
	}
}

/// The message of an order: the one that it came in, with what has changed since; else a new one with this id and moment.
///
/// # Errors
/// A field that is missing or does not fit; a kind that has no message; a change that the kept message has no element for.
pub fn write(
	order: &Object,
	id: &str,
	created: &str,
	settings: &Settings,
	serials: &mut dyn Serials,
) -> Result<Message, Error> {
	match kept(order)? {
		Some(message) => Ok(changed(message, order, settings, serials)?),
		None => fresh(order, id, created, serials),
	}
}

fn fresh(order: &Object, id: &str, created: &str, serials: &mut dyn Serials) -> Result<Message, Error> {
	let name = required(order, "kind")?;
	let own = reference(required(order, "id")?, serials)?;
	let kind = match name {
		"purchase" | "subscription" => &SUBSCRIPTION,
		"redemption" => &REDEMPTION,
		other => {
			let rule = "orders of this kind are written only in the message that they came in";
			return Err(Fault::told("kind", other, rule).into());
		}
	};
	let quantity = match (text(order, "amount"), text(order, "units")) {
		(Some(value), None) => amount("GrssAmt", "amount", value, required(order, "currency")?)?,
		(None, Some(units)) => Element::text("UnitsNb", &decimal("units", units, 17)?),
		_ => return Err(Fault::new("amount", b"", "an order has an amount or units").into()),
	};
	let settled = text(order, "currency").filter(|_| quantity.name == "UnitsNb");
	let type_of = (name == "subscription").then(|| {
		let id = Element::text("Id", OFFERING);
		Element::new("OrdrTp").with(Element::new("Prtry").with(id).with(Element::text("Issr", ISSUER)))
	});
	let one = Element::new("IndvOrdrDtls")
		.with(Element::text("OrdrRef", &own))
		.with_any(type_of)
		.with(Element::new("FinInstrmDtls").with(product_id(required(order, "product")?)))
		.with(Element::new(kind.quantity).with(quantity))
		.with(Element::text("PhysDlvryInd", "false"))
		.with_any(settled.map(|currency| Element::text("ReqdSttlmCcy", currency)));
	let many = Element::new("MltplOrdrDtls")
		.with(Element::text("OrdrDtTm", required(order, "placed_at")?))
		.with(account(order)?)
		.with(one);
	Ok(Message {
		name: kind.message.into(),
		root: Element::new(kind.root).with(message_id(id, created)?).with(many),
	})
}

/// The kept message with what the order says now.
fn changed(
	mut message: Message,
	order: &Object,
	settings: &Settings,
	serials: &mut dyn Serials,
) -> Result<Message, Error> {
	let own = reference(required(order, "id")?, serials)?;
	let Some(kind) = ORDERS.iter().find(|kind| kind.message == message.name) else {
		return Ok(message);
	};
	let before = known(&message, kind, settings.zone)?;
	let quantity = format!("MltplOrdrDtls/IndvOrdrDtls/{}", kind.quantity);
	let one = "MltplOrdrDtls/IndvOrdrDtls";
	let id = format!("{one}/FinInstrmDtls/Id");
	let id = [format!("{id}/ISIN"), format!("{id}/OthrPrtryId/Id")];
	let id = id
		.iter()
		.find(|path| message.root.at(path).is_some())
		.cloned()
		.unwrap_or_default();
	for (field, path, was, is) in [
		(
			"id",
			format!("{one}/OrdrRef"),
			Some(&before.reference),
			Some(own.as_str()),
		),
		("product", id, Some(&before.product), text(order, "product")),
		(
			"customer",
			"MltplOrdrDtls/InvstmtAcctDtls/AcctId".into(),
			Some(&before.customer),
			text(order, "customer"),
		),
		(
			"amount",
			format!("{quantity}/GrssAmt"),
			before.amount.as_ref(),
			text(order, "amount"),
		),
		(
			"units",
			format!("{quantity}/UnitsNb"),
			before.units.as_ref(),
			text(order, "units"),
		),
		(
			"placed_at",
			"MltplOrdrDtls/OrdrDtTm".into(),
			Some(&before.placed_at),
			text(order, "placed_at"),
		),
	] {
		if was.map(String::as_str) == is {
			continue;
		}
		let value = is.unwrap_or_default();
		let rule = "the message that the order keeps (details.iso) has no element for it";
		let element = message.root.at_mut(&path).filter(|_| is.is_some());
		element.ok_or_else(|| Fault::told(field, value, rule))?.value = value.into();
	}
	Ok(message)
}

/// Puts orders back together that came in one message.
#[derive(Default)]
pub struct Joiner {
	/// The message, what is around its orders, and how many they are.
	open: Option<(Message, Message, usize)>,
}

/// Most orders of a message that is put together.
const MAX_ORDERS: usize = 1_000;

impl Joiner {
	/// Takes a message of one order; gives the message that is complete, because this one is of another.
	pub fn push(&mut self, next: Message) -> Option<Message> {
		let many = many(&next);
		let mut around = next.clone();
		let mut own = holder_of(&mut around, many.0)
			.map(|holder| take(holder, many.1))
			.unwrap_or_default();
		if let Some((message, known, count)) = &mut self.open {
			if *known == around && *count < MAX_ORDERS {
				if let Some(holder) = holder_of(message, many.0) {
					let last = holder.children.iter().rposition(|child| child.name == many.1);
					let at = last.map_or(holder.children.len(), |last| last + 1);
					*count += own.len();
					holder.children.splice(at..at, own.drain(..));
				}
				return None;
			}
		}
		self.open.replace((next, around, 1)).map(|(message, ..)| message)
	}

	/// The last message.
	pub fn finish(self) -> Option<Message> {
		self.open.map(|(message, ..)| message)
	}
}

/// Where the orders of a message stand, and what they are called.
fn many(message: &Message) -> (&'static str, &'static str) {
	match ORDERS.iter().any(|kind| kind.message == message.name) {
		true => ("MltplOrdrDtls", "IndvOrdrDtls"),
		false => ("", "OrdrRefs"),
	}
}

/// Takes the elements of this name out.
fn take(holder: &mut Element, name: &str) -> Vec<Element> {
	let (taken, kept) = std::mem::take(&mut holder.children)
		.into_iter()
		.partition(|child| child.name == name);
	holder.children = kept;
	taken
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::ids::PlainSerials;

	const MESSAGE: &str = "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:setr.010.001.04'><SbcptOrdr>\
		<MsgId><Id>M1</Id><CreDtTm>2026-11-24T09:00:00</CreDtTm></MsgId><MltplOrdrDtls><MstrRef>K</MstrRef>\
		<OrdrDtTm>2026-11-24T09:30:00</OrdrDtTm><InvstmtAcctDtls><AcctId>C1</AcctId><AcctNm>客户</AcctNm></InvstmtAcctDtls>\
		<IndvOrdrDtls><OrdrRef>A1</OrdrRef><FinInstrmDtls><Id><ISIN>CNE100000000</ISIN></Id><Nm>n</Nm></FinInstrmDtls>\
		<AmtOrUnits><GrssAmt Ccy='CNY'>10000.00</GrssAmt></AmtOrUnits><PhysDlvryInd>false</PhysDlvryInd></IndvOrdrDtls>\
		<IndvOrdrDtls><OrdrRef>A2</OrdrRef><OrdrTp><Prtry><Id>SUBS</Id><Issr>SEAL</Issr></Prtry></OrdrTp>\
		<FinInstrmDtls><Id><OthrPrtryId><Id>P2</Id><IdSrc><Prtry>X</Prtry></IdSrc></OthrPrtryId></Id></FinInstrmDtls>\
		<AmtOrUnits><UnitsNb>5</UnitsNb></AmtOrUnits><PhysDlvryInd>false</PhysDlvryInd><ReqdSttlmCcy>CNY</ReqdSttlmCcy>\
		</IndvOrdrDtls><TtlSttlmAmt Ccy='CNY'>1</TtlSttlmAmt></MltplOrdrDtls><Xtnsn><PlcAndNm>p</PlcAndNm><Txt>t</Txt></Xtnsn>\
		</SbcptOrdr></Document>";

	fn settings() -> Settings {
		Settings {
			interface: "northwind.orders".into(),
			zone: time::macros::offset!(+8),
		}
	}

	fn message(text: &str) -> Message {
		let document = Documents::new(text.as_bytes())
			.next_document()
			.expect("XML")
			.expect("a document");
		Message::of(&document).expect("a message")
	}

	fn orders(message: &Message) -> Vec<Object> {
		let read = read(message, &settings(), &PlainSerials).expect("orders");
		read.into_iter()
			.map(|read| match read {
				Read::Order(order) | Read::Cancellation(order) => order,
			})
			.collect()
	}

	#[test]
	fn orders_are_read_and_the_message_is_written_again() {
		let message = message(MESSAGE);
		let orders = orders(&message);
		let field = |at: usize, name: &str| orders[at].get(name).and_then(Value::as_str).unwrap_or_default();
		for (name, first, second) in [
			("id", "A1", "A2"),
			("kind", "purchase", "subscription"),
			("product", "CNE100000000", "P2"),
			("customer", "C1", "C1"),
			("amount", "10000.00", ""),
			("units", "", "5"),
			("currency", "CNY", "CNY"),
			("interface", "northwind.orders", "northwind.orders"),
			("placed_at", "2026-11-24T09:30:00+08:00", "2026-11-24T09:30:00+08:00"),
		] {
			assert_eq!((field(0, name), field(1, name)), (first, second), "{name}");
		}
		let mut joiner = Joiner::default();
		for order in &orders {
			let alone = write(order, "", "", &settings(), &mut PlainSerials).expect("as it came");
			assert_eq!(
				alone
					.root
					.at("MltplOrdrDtls")
					.map(|many| many.all("IndvOrdrDtls").count()),
				Some(1)
			);
			assert!(joiner.push(alone).is_none());
		}
		assert_eq!(joiner.finish(), Some(message));
	}

	#[test]
	fn what_has_changed_is_written_and_what_has_no_place_is_named() {
		let mut order = orders(&message(MESSAGE)).remove(0);
		put(&mut order, "amount", Some("20000.00"));
		let written = write(&order, "", "", &settings(), &mut PlainSerials).expect("a change");
		assert_eq!(orders(&written)[0]["amount"], "20000.00");
		assert_eq!(
			written.root.text_at("MltplOrdrDtls/InvstmtAcctDtls/AcctNm"),
			Some("客户")
		);
		put(&mut order, "units", Some("1"));
		let error = write(&order, "", "", &settings(), &mut PlainSerials).expect_err("no element");
		assert!(error.to_string().contains("units"), "{error}");
	}

	#[test]
	fn a_new_order_is_read_as_it_was_meant() {
		for (kind, quantity) in [
			("purchase", "amount"),
			("subscription", "amount"),
			("redemption", "units"),
		] {
			let order = serde_json::json!({
				"id": "A1", "kind": kind, "product": "P1", "customer": "C1", quantity: "100.5", "currency": "CNY",
				"interface": "northwind.orders", "placed_at": "2026-11-24T09:30:00+08:00",
			});
			let order = order.as_object().expect("an object").clone();
			let created = "2026-11-24T10:00:00+08:00";
			let written = write(&order, "M1", created, &settings(), &mut PlainSerials).expect("a message");
			let mut again = orders(&written).remove(0);
			again.remove("details");
			assert_eq!(again, order);
		}
	}

	#[test]
	fn a_request_to_cancel_takes_the_rest_from_its_order() {
		let text = "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:setr.005.001.04'><RedOrdrCxlReq><MsgId><Id>M</Id>\
			<CreDtTm>2026-11-24T09:00:00Z</CreDtTm></MsgId><OrdrRefs><OrdrRef>A1</OrdrRef><CxlRef>X1</CxlRef></OrdrRefs>\
			<OrdrRefs><OrdrRef>A2</OrdrRef></OrdrRefs></RedOrdrCxlReq></Document>";
		let mut found = orders(&message(text));
		assert_eq!((&found[0]["id"], &found[0]["cancels"]), (&"X1".into(), &"A1".into()));
		assert_eq!(found[1]["id"], "A2.cancel");
		complete(&mut found[0], &orders(&message(MESSAGE))[0]);
		assert_eq!(
			(&found[0]["product"], &found[0]["customer"]),
			(&"CNE100000000".into(), &"C1".into())
		);
	}

	#[test]
	fn what_no_order_has_is_named() {
		for (from, to, named) in [
			(
				"<GrssAmt Ccy='CNY'>10000.00</GrssAmt>",
				"<NetAmt Ccy='CNY'>1</NetAmt>",
				"NetAmt",
			),
			("<ISIN>CNE100000000</ISIN>", "<SEDOL>X</SEDOL>", "SEDOL"),
			("<OrdrRef>A1</OrdrRef>", "", "OrdrRef"),
			("2026-11-24T09:30:00", "yesterday", "OrdrDtTm"),
			("<AcctId>C1</AcctId>", "", "AcctId"),
		] {
			let error = read(&message(&MESSAGE.replace(from, to)), &settings(), &PlainSerials).expect_err(named);
			assert!(error.to_string().contains(named), "{error}");
		}
		let other = message(&MESSAGE.replace("setr.010.001.04", "setr.010.001.03"));
		assert!(read(&other, &settings(), &PlainSerials).is_err());
	}
}
