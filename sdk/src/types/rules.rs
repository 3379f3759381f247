// SPDX-License-Identifier: Apache-2.0

//! What passes here can be stored and shown by whoever receives it. The rules themselves are those of
//! [`sealane_primitives::fields`], which the courier applies where an entry is submitted.

use super::{Confirmation, Order, Reason, Registration, RegistrationResult};
use sealane_primitives::{
	clauses::{Date, Timestamp},
	fields::{self, FieldInvalid, MAX_CODE_LEN, MAX_ID_LEN, MAX_REFERENCE_LEN, MAX_TEXT_LEN},
	ids::MAX_NAME_LEN,
};

/// A field and the rule that it breaks. Never its value: that may be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
	/// The field; with a dot where it stands in another one.
	pub field: &'static str,
	/// The rule.
	pub rule: String,
}

impl std::fmt::Display for Broken {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{}: {}", self.field, self.rule)
	}
}

impl std::error::Error for Broken {}

fn broken(field: &'static str) -> impl FnOnce(FieldInvalid) -> Broken {
	move |rule| Broken {
		field,
		rule: rule.to_string(),
	}
}

fn reference(field: &'static str, value: &str) -> Result<(), Broken> {
	fields::reference(value, MAX_REFERENCE_LEN).map_err(broken(field))
}

fn optional(field: &'static str, value: Option<&str>, most: usize) -> Result<(), Broken> {
	value.map_or(Ok(()), |value| fields::text(value, most).map_err(broken(field)))
}

fn decimal(field: &'static str, value: &Option<String>) -> Result<(), Broken> {
	value
		.as_deref()
		.map_or(Ok(()), |value| fields::decimal(value).map(drop).map_err(broken(field)))
}

fn digest(field: &'static str, value: &Option<String>) -> Result<(), Broken> {
	let is_digest = |text: &str| {
		let digits = text.strip_prefix("0x").unwrap_or(text);
		digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit())
	};
	if value.as_deref().is_none_or(is_digest) {
		return Ok(());
	}
	Err(Broken {
		field,
		rule: "must be 64 hexadecimal digits".into(),
	})
}

impl Reason {
	fn check(&self) -> Result<(), Broken> {
		fields::reference(&self.code, MAX_CODE_LEN).map_err(broken("reason.code"))?;
		fields::text(&self.text, MAX_TEXT_LEN).map_err(broken("reason.text"))
	}
}

impl Confirmation {
	/// Whether every field can be stored and shown.
	///
	/// # Errors
	/// The first field that breaks its rule.
	pub fn check(&self) -> Result<(), Broken> {
		fields::reference(&self.order, MAX_ID_LEN).map_err(broken("order"))?;
		self.reason.as_ref().map_or(Ok(()), Reason::check)?;
		optional("deal", self.deal.as_deref(), MAX_REFERENCE_LEN)?;
		decimal("units", &self.units)?;
		decimal("nav", &self.nav)?;
		decimal("amount", &self.amount)?;
		decimal("fee", &self.fee)?;
		match self.trade_date.as_deref().map(|date| Date::parse(date.as_bytes())) {
			Some(Err(error)) => Err(Broken {
				field: "trade_date",
				rule: format!("must be a date: {error}"),
			}),
			_ => Ok(()),
		}
	}
}

impl RegistrationResult {
	/// Whether every field can be stored and shown.
	///
	/// # Errors
	/// The first field that breaks its rule.
	pub fn check(&self) -> Result<(), Broken> {
		fields::reference(&self.registration, MAX_ID_LEN).map_err(broken("order"))?;
		self.reason.as_ref().map_or(Ok(()), Reason::check)?;
		digest("commitment", &self.commitment)?;
		digest("salt", &self.salt)?;
		optional("account", self.account.as_deref(), MAX_REFERENCE_LEN)
	}
}

fn moment(field: &'static str, text: &str) -> Result<(), Broken> {
	let read = Timestamp::parse(text.as_bytes());
	read.map(drop).map_err(|error| Broken {
		field,
		rule: format!("must be a time with an offset: {error}"),
	})
}

impl Order {
	/// Whether every field with a meaning can be stored, shown and calculated with.
	///
	/// # Errors
	/// The first field that breaks its rule.
	pub fn check(&self) -> Result<(), Broken> {
		fields::reference(&self.id, MAX_ID_LEN).map_err(broken("id"))?;
		fields::reference(&self.product, MAX_NAME_LEN as usize).map_err(broken("product"))?;
		reference("customer", &self.customer)?;
		decimal("amount", &self.amount)?;
		decimal("units", &self.units)?;
		optional("currency", self.currency.as_deref(), 3)?;
		optional("cancels", self.cancels.as_deref(), MAX_ID_LEN)?;
		moment("placed_at", &self.placed_at)?;
		self.valid_until
			.as_deref()
			.map_or(Ok(()), |end| moment("valid_until", end))?;
		let detail = |name: &str| self.details.as_ref().and_then(|d| d.get(name)).and_then(|v| v.as_str());
		optional(
			"details.target_product",
			detail("target_product"),
			MAX_NAME_LEN as usize,
		)?;
		optional("details.to_customer", detail("to_customer"), MAX_REFERENCE_LEN)?;
		optional("details.to_distributor", detail("to_distributor"), MAX_REFERENCE_LEN)?;
		optional("details.method", detail("method"), MAX_CODE_LEN)
	}
}

impl Registration {
	/// Whether every field with a meaning can be stored and shown.
	///
	/// # Errors
	/// The first field that breaks its rule.
	pub fn check(&self) -> Result<(), Broken> {
		fields::reference(&self.id, MAX_ID_LEN).map_err(broken("id"))?;
		reference("customer", &self.customer)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::types::{BusinessKind, Outcome};

	#[test]
	fn what_cannot_be_stored_is_named_without_its_value() {
		let mut confirmation = Confirmation::new("A-1", Outcome::Accepted);
		assert_eq!(confirmation.check(), Ok(()));
		confirmation.deal = Some("D\0secret".into());
		let error = confirmation.check().unwrap_err();
		assert_eq!(error.field, "deal");
		assert!(!error.to_string().contains("secret"), "{error}");
		confirmation.deal = Some("x".repeat(50_000));
		assert_eq!(confirmation.check().unwrap_err().field, "deal");
		let rejected = Confirmation::rejected("A-1", "LIMIT", "a\u{1b}[2Jb");
		assert_eq!(rejected.check().unwrap_err().field, "reason.text");

		let mut order = Order::new(
			"A-1",
			BusinessKind::NonTradeTransfer,
			"P",
			"C-1",
			"2026-03-02T10:00:00Z",
		);
		assert_eq!(order.check(), Ok(()));
		for (name, field) in [
			("to_customer", "details.to_customer"),
			("to_distributor", "details.to_distributor"),
		] {
			order.details = Some(serde_json::json!({ name: "A\0B" }));
			assert_eq!(order.check().unwrap_err().field, field);
		}
		order.details = None;
		order.units = Some("1234567890123456789".into());
		assert_eq!(order.check().unwrap_err().field, "units");
	}

	#[test]
	fn a_reason_without_text_may_say_null() {
		let read: Confirmation =
			serde_json::from_str(r#"{"order":"A","outcome":"rejected","reason":{"code":"LIMIT","text":null}}"#)
				.unwrap();
		assert_eq!(read.reason.unwrap().text, "");
	}
}
