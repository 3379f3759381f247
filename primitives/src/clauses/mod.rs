// SPDX-License-Identifier: Apache-2.0

//! # Clauses: which orders qualify
//!
//! Seller and issuer agree on [`Clauses`]: a list that must hold entirely. Each [`Clause`] has a code and alternatives, one of which suffices; each
//! alternative is a [`Condition`] over typed [`Facts`] of the order and its customer. [`evaluate`] says which clauses do not hold, and for each
//! alternative what was found instead.
//!
//! The same pure function runs at the seller's terminal before an order is sent, at the issuer's node when it arrives, and in the runtime for a
//! what-if view, with the same verdict: no floating point, no clock, no allocation that input could drive.
//!
//! Rules that hold throughout:
//! * A missing fact fails the condition that asks for it. There is no default for the customer's benefit.
//! * Numbers are exact decimals ([`Decimal`]); dates are calendar dates; the order's date is the local date of `placed_at`.
//! * More clauses never let more orders pass; more alternatives never let fewer pass.
//! * A clause for some kinds of business only lists the other kinds as an alternative.
//!
//! ```
//! use sealane_primitives::clauses::{evaluate, json, CustomerFacts, Facts, OrderFacts};
//!
//! let clauses = json::from_json(br#"[{"code": "adult", "any_of": [{"age_at_least": 18}]}]"#)?;
//! let customer: CustomerFacts = serde_json::from_str(r#"{"birth_date": "2008-02-29"}"#)?;
//! let order: OrderFacts = serde_json::from_str(r#"{"placed_at": "2026-02-28T10:00:00+08:00"}"#)?;
//! let verdict = evaluate(&clauses, &Facts { customer, order });
//! assert!(!verdict.qualifies());
//! assert_eq!(verdict.to_string(), "clause 0 (adult) fails: age must be at least 18, but age is 17");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clause;
mod decimal;
mod evaluate;
mod facts;
mod found;
pub mod json;
mod kinds;
mod needed;
mod rule;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod types;
mod validate;
pub(crate) mod values;
mod verdict;

pub use clause::{Alternatives, Clause, Clauses};
pub use decimal::{Decimal, DecimalInvalid, DECIMAL_PLACES, MAX_DECIMAL_LEN};
pub use evaluate::{evaluate, hold};
pub use facts::{CustomerFacts, Fact, Facts, OrderFacts};
pub use found::Found;
pub use kinds::{check, Condition};
pub use needed::needed;
pub use rule::{Rule, MAX_AGE_YEARS};
pub use text::{Text, TextInvalid};
pub use time::{Date, TimeInvalid, TimeOfDay, Timestamp, UtcOffset};
pub use types::*;
pub use validate::{validate, Invalid};
pub use verdict::{Failure, Miss, Verdict};
