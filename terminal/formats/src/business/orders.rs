// SPDX-License-Identifier: Apache-2.0

//! Orders and applications.
//!
//! | order | record |
//! |---|---|
//! | `id` | AppSheetSerialNo, through the table of serials |
//! | `kind` | BusinessCode |
//! | `product` | FundCode, WPCode |
//! | `interface` | the profile's |
//! | `customer` | TransactionAccountID |
//! | `amount`, `units`, `currency` | ApplicationAmount, ApplicationVol, CurrencyType |
//! | `placed_at` | TransactionDate and TransactionTime in the profile's zone |
//! | `cancels` | OriginalAppSheetNo, through the table of serials |
//! | `details.target_product` | CodeOfTargetFund, CodeOfTargetWP |
//! | `details.method` | DefDividendMethod: `reinvest` 0, `cash` 1 |
//! | `details.to_customer` | TargetTransactionAccountID |
//! | `details.to_distributor` | TargetDistributorCode |
//! | `details.large_redemption` | LargeRedemptionFlag: `drop` 0, `carry` 1 |
//! | `details.ofd`, `details.wdep` | every other field that is not what the profile writes |

use super::*;
use crate::{
	codes::{self, Business},
	fault::Error,
	ids::Serials,
	record::Layout,
};
use std::sync::Arc;

const METHODS: [(&str, &str); 2] = [("reinvest", "0"), ("cash", "1")];
const LARGE_REDEMPTIONS: [(&str, &str); 2] = [("drop", "0"), ("carry", "1")];

fn coded(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
	table.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

fn decoded(table: &[(&'static str, &str)], code: &str) -> Option<&'static str> {
	table.iter().find(|(_, known)| *known == code).map(|(name, _)| *name)
}

/// The record of an order.
///
/// # Errors
/// A field of the order that is missing or does not fit, a kind or currency without a code, a serial that cannot be had.
pub fn write(
	order: &Object,
	layout: &Arc<Layout>,
	profile: &Profile,
	serials: &mut dyn Serials,
) -> Result<Record, Error> {
	let mut record = mapped(order, layout, profile, serials)?;
	write_rest(&mut record, order, profile)?;
	Ok(record)
}

/// What the mapping says, without `details.<dialect>`.
fn mapped(order: &Object, layout: &Arc<Layout>, profile: &Profile, serials: &mut dyn Serials) -> Result<Record, Error> {
	let kind = required(order, "kind")?;
	let business =
		codes::by_kind(kind).ok_or_else(|| Fault::told("kind", kind, "the kind has no business code in files"))?;
	let names = names(profile.format());
	let settings = &profile.settings;
	let empty = settings.empty_number;
	let mut record = Record::empty(layout, empty);
	let mut set = |field: &str, value: Option<&str>| match (value, layout.place(field)) {
		// An edition with fewer fields has no place for a constant; what the order itself says must have one.
		(None, None) => Ok(()),
		_ => record.set(field, value, empty),
	};
	let constant = |field: &str| layout.place(field).is_some();
	let serial = numbered(required(order, "id")?, profile, serials)?;
	set("AppSheetSerialNo", Some(&serial))?;
	set("BusinessCode", Some(&business.application))?;
	set(names.product, Some(required(order, "product")?))?;
	set("TransactionAccountID", text(order, "customer"))?;
	set("ApplicationAmount", text(order, "amount"))?;
	set("ApplicationVol", text(order, "units"))?;
	if let Some(currency) = text(order, "currency") {
		let rule = "the currency has no number in files";
		let number = codes::currency_number(currency).ok_or_else(|| Fault::told("currency", currency, rule))?;
		set("CurrencyType", Some(number))?;
	}
	let (date, time) = date_and_time("placed_at", required(order, "placed_at")?, profile.zone)?;
	set("TransactionDate", Some(&date))?;
	set("TransactionTime", Some(&time))?;
	if let Some(cancels) = text(order, "cancels") {
		let serial = numbered(cancels, profile, serials)?;
		set("OriginalAppSheetNo", Some(&serial))?;
	}
	for (field, value) in [
		("DistributorCode", profile.distributor()),
		("BranchCode", profile.branch()),
		("ShareClass", &*settings.share_class),
		("ChargeType", &*settings.charge_type),
		("DiscountRateOfCommission", &*settings.discount),
		("BackenloadDiscount", &*settings.discount),
	] {
		if constant(field) {
			set(field, Some(value))?;
		}
	}
	if let Some(flag) = large_redemption(order, business, &settings.large_redemption)? {
		set("LargeRedemptionFlag", Some(flag))?;
	}
	write_details(order, names, &mut set)?;
	Ok(record)
}

/// The number of an application. Versions 2.0 and 2.1 have digits only there; with a prefix of digits a table of serials gives such.
fn numbered(id: &str, profile: &Profile, serials: &mut dyn Serials) -> Result<String, Error> {
	let serial = serials.serial(id)?;
	let digits_only = matches!(profile.format(), Format::Ofd20 | Format::Ofd21);
	match digits_only && !serial.bytes().all(|byte| byte.is_ascii_digit()) {
		false => Ok(serial),
		true => Err(Fault::told("AppSheetSerialNo", &serial, "before version 2.2 it must be digits").into()),
	}
}

/// LargeRedemptionFlag: redemptions and switches must have one.
fn large_redemption<'a>(order: &Object, business: &Business, default: &'a str) -> Result<Option<&'a str>, Fault> {
	match detail(order, "large_redemption") {
		Some(name) => match coded(&LARGE_REDEMPTIONS, name) {
			Some(code) => Ok(Some(code)),
			None => Err(Fault::told("details.large_redemption", name, "drop or carry")),
		},
		None => Ok(matches!(&*business.kind, "redemption" | "switch").then_some(default)),
	}
}

fn detail<'a>(order: &'a Object, name: &str) -> Option<&'a str> {
	order.get("details")?.get(name)?.as_str()
}

fn write_details(
	order: &Object,
	names: Names,
	set: &mut impl FnMut(&str, Option<&str>) -> Result<(), Fault>,
) -> Result<(), Fault> {
	if let Some(target) = detail(order, "target_product") {
		set(names.target, Some(target))?;
	}
	if let Some(customer) = detail(order, "to_customer") {
		set("TargetTransactionAccountID", Some(customer))?;
	}
	if let Some(distributor) = detail(order, "to_distributor") {
		set("TargetDistributorCode", Some(distributor))?;
	}
	if let Some(method) = detail(order, "method") {
		let code = coded(&METHODS, method).ok_or_else(|| Fault::told("details.method", method, "reinvest or cash"))?;
		set("DefDividendMethod", Some(code))?;
	}
	Ok(())
}

/// The order of a record.
///
/// # Errors
/// A business code that has no kind of order, a date or currency that is none, a serial that is missing.
pub fn read(record: &Record, profile: &Profile, serials: &mut dyn Serials) -> Result<Object, Error> {
	let code = record.text("BusinessCode").unwrap_or_default();
	let business = codes::by_application(&code)
		.ok_or_else(|| Fault::told("BusinessCode", &code, "the code has no kind of order"))?;
	let names = names(profile.format());
	let serial = record
		.text("AppSheetSerialNo")
		.ok_or_else(|| Fault::new("AppSheetSerialNo", b"", "an application must have its number"))?;
	let mut order = Object::new();
	put(&mut order, "id", Some(serials.id(&serial)));
	put(&mut order, "kind", Some(&*business.kind));
	put(&mut order, "product", record.text(names.product));
	if !profile.parties.interface.is_empty() {
		put(&mut order, "interface", Some(&*profile.parties.interface));
	}
	put(&mut order, "customer", record.text("TransactionAccountID"));
	put(&mut order, "amount", amount(record, "ApplicationAmount"));
	put(&mut order, "units", amount(record, "ApplicationVol"));
	if let Some(number) = record.text("CurrencyType") {
		let rule = "the number stands for no currency that is known";
		let name = codes::currency_name(&number).ok_or_else(|| Fault::told("CurrencyType", &number, rule))?;
		put(&mut order, "currency", Some(name));
	}
	let date = record.text("TransactionDate").unwrap_or_default();
	let time = record.text("TransactionTime");
	let placed = moment(&date, time.as_deref(), profile.zone)
		.ok_or_else(|| Fault::told("TransactionDate", &date, "date and time must be YYYYMMDD and HHMMSS"))?;
	put(&mut order, "placed_at", Some(placed));
	if business.kind == "cancellation" {
		put(
			&mut order,
			"cancels",
			record.text("OriginalAppSheetNo").map(|serial| serials.id(&serial)),
		);
	}
	let details = read_details(record, names);
	if !details.is_empty() {
		order.insert("details".into(), Value::Object(details));
	}
	let again = mapped(&order, record.layout(), profile, serials)?;
	keep_rest(&mut order, record.differences(&again), profile);
	Ok(order)
}

fn read_details(record: &Record, names: Names) -> Object {
	let mut details = Object::new();
	put(&mut details, "target_product", record.text(names.target));
	put(&mut details, "to_customer", record.text("TargetTransactionAccountID"));
	put(&mut details, "to_distributor", record.text("TargetDistributorCode"));
	let by = |field: &str, table| record.text(field).and_then(|code| decoded(table, &code));
	put(&mut details, "method", by("DefDividendMethod", &METHODS));
	put(
		&mut details,
		"large_redemption",
		by("LargeRedemptionFlag", &LARGE_REDEMPTIONS),
	);
	details
}
