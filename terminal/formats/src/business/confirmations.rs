// SPDX-License-Identifier: Apache-2.0

//! Confirmations.
//!
//! | confirmation | record |
//! |---|---|
//! | `order` | AppSheetSerialNo, through the table of serials |
//! | `outcome`, `reason` | ReturnCode, ErrorDetail; `partial` where less was confirmed than applied for |
//! | `final` | BusinessFinishFlag, and the code: 120 is the receipt of a subscription, 130 its result |
//! | `deal` | TransactionCfmDate and TASerialNO, since a serial is unique per day only; of another form and longer than 20 bytes through the table of serials |
//! | `units`, `nav`, `amount`, `fee` | ConfirmedVol, NAV, ConfirmedAmount (net of fees), TotalTransFee or else Charge |
//! | `trade_date` | TransactionDate |
//! | `details.confirmed_on` | TransactionCfmDate |
//! | `details.ofd`, `details.wdep` | every other field that is not what the profile writes |

use super::*;
use crate::{
	codes::{self, Business, ReturnClass},
	fault::Error,
	ids::Serials,
	record::Layout,
	value::{is_date, shortened},
};
use std::sync::Arc;

/// Width of TASerialNO in every version, in bytes.
const TA_SERIAL: usize = 20;
/// Width of ErrorDetail in every version, in bytes.
const ERROR_DETAIL: usize = 60;

/// What a record of confirmations is.
#[derive(Clone, Debug, PartialEq)]
pub enum Confirmed {
	/// The answer to an order.
	Answer(Object),
	/// Neither done nor refused yet: the answer comes with a later file.
	Pending {
		/// The order's id.
		order: String,
		/// The return code that says so.
		code: String,
	},
	/// Made by the issuer without an order: no answer. The record itself says everything.
	Own {
		/// The business code.
		code: String,
	},
}

/// The confirmation of a record.
///
/// # Errors
/// A number, date or code that is missing or none.
pub fn read(record: &Record, profile: &Profile, serials: &mut dyn Serials) -> Result<Confirmed, Error> {
	let code = record.text("BusinessCode").unwrap_or_default();
	let business = codes::by_confirmation(&code);
	let Some(business) = business.filter(|_| record.text("FromTAFlag").as_deref() != Some("1")) else {
		return Ok(Confirmed::Own { code });
	};
	let serial = record
		.text("AppSheetSerialNo")
		.ok_or_else(|| Fault::new("AppSheetSerialNo", b"", "a confirmation must name its application"))?;
	let order = serials.id(&serial);
	let returned = record
		.text("ReturnCode")
		.ok_or_else(|| Fault::new("ReturnCode", b"", "a confirmation must have one"))?;
	let class = codes::by_return(&returned).class;
	if class == ReturnClass::Pending {
		return Ok(Confirmed::Pending { order, code: returned });
	}
	let mut answer = Object::new();
	put(&mut answer, "order", Some(order));
	let done = class == ReturnClass::Done;
	let outcome = match (done, is_partial(record, business)) {
		(false, _) => "rejected",
		(true, true) => "partial",
		(true, false) => "accepted",
	};
	put(&mut answer, "outcome", Some(outcome));
	if done && !is_final(record, business) {
		answer.insert("final".into(), Value::Bool(false));
	}
	if !done {
		let mut reason = Object::new();
		let dialect = names(profile.format()).dialect;
		put(&mut reason, "code", Some(format!("{dialect}.{returned}")));
		let meaning = Some(codes::by_return(&returned).meaning).filter(|meaning| !meaning.is_empty());
		put(&mut reason, "text", record.text("ErrorDetail").or(meaning));
		answer.insert("reason".into(), Value::Object(reason));
	}
	read_execution(record, done, &mut answer, serials)?;
	// As it is written: a receipt's code is no settling one, so it is among what is kept.
	let settling = codes::by_kind(&business.kind).unwrap_or(business);
	let again = mapped(&answer, settling, record.layout(), profile, serials)?;
	keep_rest(&mut answer, record.differences(&again), profile);
	Ok(Confirmed::Answer(answer))
}

fn read_execution(record: &Record, done: bool, answer: &mut Object, serials: &dyn Serials) -> Result<(), Fault> {
	let confirmed = record.text("TransactionCfmDate").unwrap_or_default();
	let confirmed_on =
		day(&confirmed).ok_or_else(|| Fault::told("TransactionCfmDate", &confirmed, "the date must be YYYYMMDD"))?;
	let deal = record.text("TASerialNO").map(|serial| match serials.id(&serial) {
		known if known == serial => format!("{confirmed}-{serial}"),
		known => known,
	});
	put(answer, "deal", deal);
	if done {
		put(answer, "units", amount(record, "ConfirmedVol"));
		put(answer, "nav", amount(record, "NAV"));
		put(answer, "amount", amount(record, "ConfirmedAmount"));
		put(
			answer,
			"fee",
			amount(record, "TotalTransFee").or_else(|| amount(record, "Charge")),
		);
	}
	put(
		answer,
		"trade_date",
		record.text("TransactionDate").and_then(|date| day(&date)),
	);
	let mut details = Object::new();
	put(&mut details, "confirmed_on", Some(confirmed_on));
	answer.insert("details".into(), Value::Object(details));
	Ok(())
}

fn is_final(record: &Record, business: &Business) -> bool {
	business.is_final && record.text("BusinessFinishFlag").as_deref() != Some("0")
}

/// Whether less was confirmed than applied for.
fn is_partial(record: &Record, business: &Business) -> bool {
	let number = |name: &str| record.get(name).and_then(|value| scaled(&value)).unwrap_or_default();
	if number("RefundAmount") > 0 {
		return true;
	}
	match &*business.kind {
		"redemption" | "switch" => number("ConfirmedVol") < number("ApplicationVol"),
		"purchase" | "subscription" => {
			let fee = match number("TotalTransFee") {
				0 => number("Charge"),
				fee => fee,
			};
			number("ConfirmedAmount") + fee < number("ApplicationAmount")
		}
		_ => false,
	}
}

/// What a record of confirmations repeats of its order.
pub fn order_of(record: &Record, profile: &Profile, serials: &dyn Serials) -> Object {
	let mut order = Object::new();
	let code = record.text("BusinessCode").unwrap_or_default();
	put(
		&mut order,
		"id",
		record.text("AppSheetSerialNo").map(|serial| serials.id(&serial)),
	);
	put(
		&mut order,
		"kind",
		codes::by_confirmation(&code).map(|business| &*business.kind),
	);
	put(&mut order, "product", record.text(names(profile.format()).product));
	put(&mut order, "customer", record.text("TransactionAccountID"));
	put(&mut order, "amount", amount(record, "ApplicationAmount"));
	put(&mut order, "units", amount(record, "ApplicationVol"));
	put(
		&mut order,
		"currency",
		record
			.text("CurrencyType")
			.and_then(|number| codes::currency_name(&number)),
	);
	let (date, time) = (
		record.text("TransactionDate").unwrap_or_default(),
		record.text("TransactionTime"),
	);
	put(&mut order, "placed_at", moment(&date, time.as_deref(), profile.zone));
	order
}

/// The record of a confirmation; `order` is the order that it answers.
///
/// # Errors
/// A field that is missing or does not fit, a kind without a code, a serial that cannot be had.
pub fn write(
	order: &Object,
	confirmation: &Object,
	layout: &Arc<Layout>,
	profile: &Profile,
	serials: &mut dyn Serials,
) -> Result<Record, Error> {
	let kind = required(order, "kind")?;
	let business =
		codes::by_kind(kind).ok_or_else(|| Fault::told("kind", kind, "the kind has no business code in files"))?;
	let mut record = mapped(confirmation, business, layout, profile, serials)?;
	copy_order(&mut record, order, profile)?;
	write_rest(&mut record, confirmation, profile)?;
	Ok(record)
}

/// What a confirmation repeats of its order.
fn copy_order(record: &mut Record, order: &Object, profile: &Profile) -> Result<(), Fault> {
	let empty = profile.settings.empty_number;
	let names = names(profile.format());
	record.set(names.product, Some(required(order, "product")?), empty)?;
	for (field, name) in [
		("TransactionAccountID", "customer"),
		("ApplicationAmount", "amount"),
		("ApplicationVol", "units"),
	] {
		if let Some(value) = text(order, name) {
			record.set(field, Some(value), empty)?;
		}
	}
	if let Some(number) = text(order, "currency").and_then(codes::currency_number) {
		record.set("CurrencyType", Some(number), empty)?;
	}
	if let Some(placed) = text(order, "placed_at") {
		let (_, time) = date_and_time("placed_at", placed, profile.zone)?;
		record.set("TransactionTime", Some(&time), empty)?;
	}
	Ok(())
}

fn mapped(
	confirmation: &Object,
	business: &Business,
	layout: &Arc<Layout>,
	profile: &Profile,
	serials: &mut dyn Serials,
) -> Result<Record, Error> {
	let empty = profile.settings.empty_number;
	let mut record = Record::empty(layout, empty);
	let serial = serials.serial(required(confirmation, "order")?)?;
	let (returned, detail) = returned(confirmation, profile)?;
	let (deal_date, ta_serial) = match text(confirmation, "deal") {
		Some(deal) => dealt(deal, serials)?,
		None => (None, None),
	};
	let confirmed_on = confirmation
		.get("details")
		.and_then(|details| details.get("confirmed_on"));
	let confirmed = match confirmed_on.and_then(Value::as_str) {
		Some(day) => Some(compact("details.confirmed_on", day)?),
		None => deal_date,
	};
	let trade_date = match text(confirmation, "trade_date") {
		Some(day) => Some(compact("trade_date", day)?),
		None => None,
	};
	let is_last = confirmation.get("final") != Some(&Value::Bool(false));
	for (field, value) in [
		("AppSheetSerialNo", Some(&*serial)),
		("BusinessCode", Some(&*business.confirmation)),
		("ReturnCode", Some(&*returned)),
		("ErrorDetail", detail.as_deref()),
		("TASerialNO", ta_serial.as_deref()),
		("TransactionCfmDate", confirmed.as_deref()),
		("TransactionDate", trade_date.as_deref()),
		("ConfirmedVol", text(confirmation, "units")),
		("NAV", text(confirmation, "nav")),
		("ConfirmedAmount", text(confirmation, "amount")),
		("Charge", text(confirmation, "fee")),
		("BusinessFinishFlag", Some(if is_last { "1" } else { "0" })),
		("FromTAFlag", Some("0")),
		("DistributorCode", Some(profile.distributor())),
	] {
		if value.is_some() {
			record.set(field, value, empty)?;
		}
	}
	Ok(record)
}

/// Day and serial of a deal: its own where it is made of both, else the whole is the serial, or stands for it in the table of serials.
fn dealt(deal: &str, serials: &mut dyn Serials) -> Result<(Option<String>, Option<String>), Error> {
	if let Some((day, serial)) = deal.split_once('-').filter(|(day, _)| is_date(day)) {
		if serial.len() <= TA_SERIAL {
			return Ok((Some(day.into()), Some(serial.into())));
		}
	}
	match deal.len() <= TA_SERIAL {
		true => Ok((None, Some(deal.into()))),
		false => Ok((None, Some(serials.serial(deal)?))),
	}
}

/// ReturnCode and ErrorDetail.
fn returned(confirmation: &Object, profile: &Profile) -> Result<(String, Option<String>), Fault> {
	let outcome = required(confirmation, "outcome")?;
	match outcome {
		"accepted" | "partial" => return Ok(("0000".into(), None)),
		"rejected" => (),
		other => return Err(Fault::told("outcome", other, "accepted, partial or rejected")),
	}
	let reason = confirmation.get("reason").and_then(Value::as_object);
	let part = |name: &str| reason.and_then(|reason| text(reason, name));
	let code = part("code").unwrap_or_default();
	let dialect = names(profile.format()).dialect;
	let own = code
		.strip_prefix(dialect)
		.and_then(|code| code.strip_prefix('.'))
		.filter(|code| code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()));
	let returned = match (own, codes::by_reason(code)) {
		(Some(code), _) => code,
		(None, Some(known)) => &known.code,
		(None, None) => "9999",
	};
	// The text is for people: what has no room is cut between characters, and control characters become blanks.
	let plain: String = part("text")
		.unwrap_or(code)
		.chars()
		.map(|char| if char.is_control() { ' ' } else { char })
		.collect();
	Ok((returned.into(), Some(shortened(&plain, ERROR_DETAIL).trim_end().into())))
}
