// SPDX-License-Identifier: Apache-2.0

//! Decides on registrations.

use crate::{
	books::BookRegistration,
	entry::{customer_of, id_of, rule_of},
	rules::Rules,
};
use rand::RngCore;
use sealane_primitives::registration::commitment;
use sealane_sdk::types::{InboxEntry, Outcome, Reason, Registration, RegistrationResult};

/// Decides on one registration. The salt is drawn here: whoever stores the result must never decide on the same
/// registration again.
///
/// `account`: what the customer has already, from an earlier registration.
pub fn decide(rules: &Rules, issuer: u32, entry: &InboxEntry, account: Option<&String>) -> BookRegistration {
	let registration = serde_json::from_str::<Registration>(entry.body.get());
	let unreadable = |rule: String| {
		let id = id_of(entry).unwrap_or_default();
		let customer = customer_of(entry).unwrap_or_default();
		(id, customer, Err(("UNREADABLE", format!("registration: {rule}"))))
	};
	let (id, customer, verdict) = match &registration {
		Ok(r) => match r.check() {
			Ok(()) => (r.id.clone(), r.customer.clone(), check(rules, r)),
			Err(broken) => unreadable(broken.to_string()),
		},
		// Field, line and column; never the value: it may be a name or a document's number.
		Err(error) => unreadable(rule_of(error)),
	};
	let mut result = RegistrationResult::new(id.as_str(), Outcome::Rejected);
	result.channel = Some(entry.channel);
	let mut registered = None;
	let mut reason_code = String::new();
	match verdict {
		Ok(()) => {
			let mut salt = [0; 32];
			rand::rngs::OsRng.fill_bytes(&mut salt);
			let committed = hex::encode(commitment(&salt, issuer, entry.seller, customer.as_bytes()));
			let salt = hex::encode(salt);
			let account = account
				.cloned()
				.unwrap_or_else(|| format!("A{}", committed[..12].to_uppercase()));
			result.outcome = Outcome::Accepted;
			result.commitment = Some(committed.clone());
			result.salt = Some(salt.clone());
			result.account = Some(account.clone());
			registered = Some((account, salt, committed));
		}
		Err((code, text)) => {
			reason_code = code.into();
			result.reason = Some(Reason {
				code: code.into(),
				text,
			});
		}
	}
	BookRegistration {
		seller: entry.seller,
		id,
		channel: entry.channel,
		customer,
		registration_text: entry.body.get().into(),
		outcome: if registered.is_some() { "accepted" } else { "rejected" }.into(),
		reason_code,
		// The result is plain text and numbers: writing it cannot fail.
		result_text: serde_json::to_string(&result).unwrap_or_default(),
		registered,
		received_at: entry.received_at_ms as i64,
	}
}

fn check(rules: &Rules, registration: &Registration) -> Result<(), (&'static str, String)> {
	let (customer, person) = (&registration.customer, &registration.person);
	if person.name.trim().is_empty() {
		return Err(("INCOMPLETE", "person.name: must not be empty".into()));
	}
	if person.document.as_ref().is_none_or(|d| d.number.trim().is_empty()) {
		return Err(("INCOMPLETE", "person.document.number: must not be empty".into()));
	}
	if rules.reject.registrations_of.contains(customer) {
		return Err((
			"CUSTOMER_REFUSED",
			"customer: this issuer does not register the customer".into(),
		));
	}
	Ok(())
}
