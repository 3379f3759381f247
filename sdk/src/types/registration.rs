// SPDX-License-Identifier: Apache-2.0

use super::{Extra, Outcome, Reason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A customer's application to be registered with an issuer, which `interface` or `product` names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Registration {
	/// The seller's reference of the application, unique per seller for ever. 1 to 128 bytes.
	#[schema(min_length = 1, max_length = 128, example = "R-2026-000017")]
	pub id: String,
	/// An interface of the issuer.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub interface: Option<String>,
	/// A product of the issuer.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub product: Option<String>,
	/// The seller's reference of the customer, the `customer` of later orders.
	#[schema(min_length = 1, max_length = 128, example = "C-17")]
	pub customer: String,
	/// Who that is. Travels sealed to the issuer alone.
	pub person: Person,
	/// Any JSON of the two partners, carried untouched.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Object>)]
	pub details: Option<serde_json::Value>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// A customer as the issuer must know them. Personal data: never in a log line, never on chain.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Person {
	/// The name as in the document.
	#[schema(example = "王小明")]
	pub name: String,
	/// The name in Latin letters.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub latin_name: Option<String>,
	/// The identity document.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub document: Option<IdentityDocument>,
	/// `YYYY-MM-DD`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(format = Date)]
	pub birth_date: Option<String>,
	/// Risk class, `C1` to `C5`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(example = "C3")]
	pub risk_class: Option<String>,
	/// The day of the risk assessment, `YYYY-MM-DD`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(format = Date)]
	pub risk_assessed_on: Option<String>,
	/// Kind of investor, as the two partners agreed, e.g. `ordinary` or `professional`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub investor_type: Option<String>,
	/// Where the customer lives, as the two partners agreed.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub region: Option<String>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl std::fmt::Debug for Person {
	/// Shows nothing: all of it is personal data and must not reach a log.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Person").finish_non_exhaustive()
	}
}

/// An identity document.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IdentityDocument {
	/// Its kind, as the two partners agreed, e.g. `resident_id` or `passport`.
	pub kind: String,
	/// Its number.
	pub number: String,
	/// Last day of its validity, `YYYY-MM-DD`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(format = Date)]
	pub valid_until: Option<String>,
}

impl std::fmt::Debug for IdentityDocument {
	/// Names the kind only.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("IdentityDocument")
			.field("kind", &self.kind)
			.finish_non_exhaustive()
	}
}

/// The issuer's answer to one registration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RegistrationResult {
	/// The id of the registration that is answered; `order` in JSON, as in every answer.
	#[serde(rename = "order", alias = "registration")]
	#[schema(min_length = 1, max_length = 128, example = "R-2026-000017")]
	pub registration: String,
	/// The channel over which it came; needed only where two sellers may use the same id.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub channel: Option<u32>,
	/// The seller's number, instead of `channel`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub seller: Option<u32>,
	/// What was decided; never `partial`.
	pub outcome: Outcome,
	/// Why; required for a rejection.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub reason: Option<Reason>,
	/// The salted commitment that goes on chain: 64 hexadecimal digits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(min_length = 64, max_length = 64)]
	pub commitment: Option<String>,
	/// The salt of the commitment: 64 hexadecimal digits. Known to the two partners only.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(min_length = 64, max_length = 64)]
	pub salt: Option<String>,
	/// The issuer's reference of the customer's account.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub account: Option<String>,
	/// Any JSON of the two partners, carried untouched.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Object>)]
	pub details: Option<serde_json::Value>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// Most registrations of one question or request.
pub const MAX_REGISTRATIONS: usize = 1_000;

/// Whether registrations are open: a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationsQuestion {
	/// Number of the issuer.
	pub issuer: u32,
	/// The commitments, 64 hexadecimal digits each; 1,000 at most.
	pub commitments: Vec<String>,
}

/// Whether registrations are open: the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistrationsAnswer {
	/// Number of the block in whose state the node looked.
	pub at_block: u32,
	/// For each commitment, in the order of the question: whether it stands for a registration that is open.
	pub open: Vec<bool>,
}

/// Registrations that their issuer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationsEnd {
	/// The commitments, 64 hexadecimal digits each; 1,000 at most.
	pub commitments: Vec<String>,
}

/// What becomes of a registration that its issuer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationEnd {
	/// It is being closed on chain.
	Closing,
	/// It is closed or revoked already.
	Closed,
	/// The issuer rejected it: there is nothing to close.
	Rejected,
	/// This issuer has no receipt with this commitment.
	Unknown,
}

/// What becomes of registrations that their issuer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistrationsEndReport {
	/// For each commitment, in the order of the request.
	pub states: Vec<RegistrationEnd>,
}

impl Registration {
	/// A registration with the issuer of this interface.
	pub fn new(
		id: impl Into<String>,
		interface: impl Into<String>,
		customer: impl Into<String>,
		person: Person,
	) -> Self {
		Registration {
			id: id.into(),
			interface: Some(interface.into()),
			product: None,
			customer: customer.into(),
			person,
			details: None,
			extra: Extra::new(),
		}
	}
}

impl RegistrationResult {
	/// A result with the fields that every one has.
	pub fn new(registration: impl Into<String>, outcome: Outcome) -> Self {
		RegistrationResult {
			registration: registration.into(),
			channel: None,
			seller: None,
			outcome,
			reason: None,
			commitment: None,
			salt: None,
			account: None,
			details: None,
			extra: Extra::new(),
		}
	}
}
