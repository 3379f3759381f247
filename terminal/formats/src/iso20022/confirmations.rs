// SPDX-License-Identifier: Apache-2.0

//! Confirmations and status reports of orders.
//!
//! | confirmation | message |
//! |---|---|
//! | `accepted`, `partial` of a purchase or subscription; of a redemption | setr.012, setr.006: one execution |
//! | `rejected` | setr.016: Rjctd with a code of the standard, or the four digits that the trade's files have; the text in AddtlInf |
//! | of an order that was taken back | setr.016: Canc |
//! | of a cancellation | setr.017: CAND, or Rjctd |
//!
//! Client's reference, account and product are written as the order's message had them.

use super::{account, amount, decimal, message_id, orders, product_id, reference, Message};
use crate::{
	business::{required, text, Object},
	codes,
	fault::{Error, Fault},
	ids::Serials,
	iso20022::xml::Element,
};
use serde_json::Value;

/// Most characters of AddtlInf.
const MAX_INFORMATION: usize = 350;
const STATUS: &str = "setr.016.001.04";
const CANCELLATION_STATUS: &str = "setr.017.001.04";

/// The message of a confirmation; `order` is the order that it answers, `id` and `created` those of the message.
///
/// # Errors
/// A field that a message must have and the confirmation does not, or that does not fit; a kind of order that has no message.
pub fn write(
	order: &Object,
	confirmation: &Object,
	id: &str,
	created: &str,
	serials: &mut dyn Serials,
) -> Result<Message, Error> {
	let head = message_id(id, created)?;
	let outcome = required(confirmation, "outcome")?;
	let kind = required(order, "kind")?;
	let done = match outcome {
		"accepted" | "partial" => true,
		"rejected" => false,
		other => return Err(Fault::told("outcome", other, "accepted, partial or rejected").into()),
	};
	if kind == "cancellation" {
		return cancellation(head, order, confirmation, done, serials);
	}
	if !done {
		return status(head, order, confirmation, serials);
	}
	let (name, root) = match kind {
		"purchase" | "subscription" => ("setr.012.001.05", "SbcptOrdrConf"),
		"redemption" => ("setr.006.001.05", "RedOrdrConf"),
		other => return Err(Fault::told("kind", other, "the kind has no message of a confirmation here").into()),
	};
	let kept = orders::kept(order)?;
	let one = execution(order, confirmation, outcome, kept.as_ref(), serials)?;
	let account = match kept
		.as_ref()
		.and_then(|message| message.root.at("MltplOrdrDtls/InvstmtAcctDtls"))
	{
		Some(account) => account.clone(),
		None => account(order)?,
	};
	let many = Element::new("MltplExctnDtls").with(account).with(one);
	Ok(Message {
		name: name.into(),
		root: Element::new(root).with(head).with(many),
	})
}

/// The order as its message had it, where it came in one.
fn own(kept: Option<&Message>) -> Option<&Element> {
	kept?.root.at("MltplOrdrDtls/IndvOrdrDtls")
}

fn execution(
	order: &Object,
	confirmation: &Object,
	outcome: &str,
	kept: Option<&Message>,
	serials: &mut dyn Serials,
) -> Result<Element, Error> {
	let own = own(kept);
	let as_it_was = |name: &str| own.and_then(|order| order.at(name)).cloned();
	let currency = match text(confirmation, "currency") {
		Some(currency) => currency,
		None => required(order, "currency")?,
	};
	let deal = reference(required(confirmation, "deal")?, serials)?;
	let nav = decimal("nav", required(confirmation, "nav")?, 13)?;
	let price = Element::new("DealgPricDtls")
		.with(Element::new("Tp").with(Element::text("Cd", "NAVL")))
		.with(Element::new("Val").with(Element::text("Amt", &nav).attribute("Ccy", currency)));
	let settled = amount("SttlmAmt", "amount", required(confirmation, "amount")?, currency)?;
	let mut net = settled.clone();
	net.name = "NetAmt".into();
	let fee = match text(confirmation, "fee") {
		Some(fee) => Some(Element::new("TxOvrhd").with(amount("TtlFees", "fee", fee, currency)?)),
		None => None,
	};
	let trade_date = Element::new("TradDtTm").with(Element::text("Dt", required(confirmation, "trade_date")?));
	let instrument = match as_it_was("FinInstrmDtls") {
		Some(instrument) => instrument,
		None => Element::new("FinInstrmDtls").with(product_id(required(order, "product")?)),
	};
	let mut one = Element::new("IndvExctnDtls")
		.with(Element::text("OrdrRef", &reference(required(order, "id")?, serials)?))
		.with_any(as_it_was("ClntRef"))
		.with(Element::text("DealRef", &deal));
	one.children
		.extend(own.into_iter().flat_map(|order| order.all("OrdrTp")).cloned());
	Ok(one
		.with(instrument)
		.with_any(as_it_was("SubAcctForHldg"))
		.with(Element::text(
			"UnitsNb",
			&decimal("units", required(confirmation, "units")?, 17)?,
		))
		.with(net)
		.with(trade_date)
		.with(price)
		.with(settled)
		.with(Element::text(
			"PrtlyExctdInd",
			if outcome == "partial" { "true" } else { "false" },
		))
		.with(Element::text("CumDvddInd", "false"))
		.with_any(fee)
		.with(Element::text("PhysDlvryInd", "false")))
}

/// The status of an order that was not executed.
fn status(head: Element, order: &Object, confirmation: &Object, serials: &mut dyn Serials) -> Result<Message, Error> {
	let kept = orders::kept(order)?;
	let reason = reason(confirmation);
	let status = match reason.cancelled {
		true => Element::new("Canc").with_any(information(&reason)),
		false => rejected(&reason),
	};
	let one = Element::new("IndvOrdrDtlsRpt")
		.with(Element::text("OrdrRef", &reference(required(order, "id")?, serials)?))
		.with_any(own(kept.as_ref()).and_then(|order| order.at("ClntRef")).cloned())
		.with(Element::new("OrdrSts").with(status));
	Ok(Message {
		name: STATUS.into(),
		root: Element::new("OrdrInstrStsRpt")
			.with(head)
			.with(Element::new("StsRpt").with(one)),
	})
}

/// The status of a request to cancel.
fn cancellation(
	head: Element,
	order: &Object,
	confirmation: &Object,
	done: bool,
	serials: &mut dyn Serials,
) -> Result<Message, Error> {
	let kept = orders::kept(order)?;
	let status = match done {
		true => Element::text("Sts", "CAND"),
		// The codes of this report are fewer than those of an order's; the text says all of it.
		false => Element::new("Rjctd").with_any(information(&reason(confirmation))),
	};
	let refs = kept.as_ref().and_then(|message| message.root.at("OrdrRefs"));
	let one = Element::new("IndvCxlStsRpt")
		.with(Element::text(
			"OrdrRef",
			&reference(required(order, "cancels")?, serials)?,
		))
		.with_any(refs.and_then(|refs| refs.at("ClntRef")).cloned())
		.with(Element::text("CxlRef", &reference(required(order, "id")?, serials)?))
		.with(Element::new("CxlSts").with(status));
	Ok(Message {
		name: CANCELLATION_STATUS.into(),
		root: Element::new("OrdrCxlStsRpt")
			.with(head)
			.with(Element::new("StsRpt").with(one)),
	})
}

/// Why an order was not executed.
struct Reason {
	/// Our own code, or that of the trade's files.
	code: String,
	/// The four digits of the trade's files, where the code is one of them, with the dialect.
	digits: Option<(String, String)>,
	text: String,
	cancelled: bool,
}

fn reason(confirmation: &Object) -> Reason {
	let of = confirmation.get("reason").and_then(Value::as_object);
	let part = |name: &str| of.and_then(|reason| text(reason, name)).unwrap_or_default().to_string();
	let code = part("code");
	let digits = code
		.split_once('.')
		.filter(|(dialect, digits)| ["ofd", "wdep"].contains(dialect) && digits.len() == 4)
		.map(|(dialect, digits)| (dialect.to_uppercase(), digits.to_string()));
	let returned = digits.as_ref().map(|(_, digits)| codes::by_return(digits));
	let cancelled = code == "CANCELLED"
		|| returned
			.as_ref()
			.is_some_and(|known| known.class == codes::ReturnClass::Cancelled);
	Reason {
		code: match returned {
			Some(known) if !known.reason.is_empty() => known.reason,
			_ => code,
		},
		digits,
		text: part("text"),
		cancelled,
	}
}

fn rejected(reason: &Reason) -> Element {
	let code = codes::iso_reason(&reason.code).map(|code| Element::text("Cd", code));
	let own = reason.digits.as_ref().map(|(dialect, digits)| {
		Element::new("Prtry")
			.with(Element::text("Id", digits))
			.with(Element::text("Issr", dialect))
	});
	let why = code.or(own).map(|code| Element::new("Rsn").with(code));
	Element::new("Rjctd").with_any(why).with_any(information(reason))
}

/// Code and text for people, as much of them as fits.
fn information(reason: &Reason) -> Option<Element> {
	let told = format!("{} {}", reason.code, reason.text);
	let told: String = told
		.trim()
		.chars()
		.filter(|char| !char.is_control())
		.take(MAX_INFORMATION)
		.collect();
	let told = told.trim();
	(!told.is_empty()).then(|| Element::text("AddtlInf", told))
}
