// SPDX-License-Identifier: Apache-2.0

//! Which methods pass, and what a message of a page is.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, time::Instant};

/// What a method does to what a connection holds open at the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
	/// Nothing.
	None,
	/// It opens something that stays.
	Opens,
	/// It ends something.
	Ends,
}

/// The methods that pass, and whether they need the role to govern beside that to read.
pub const PASSED: &[(&str, Effect, bool)] = &[
	("rpc_methods", Effect::None, false),
	("chainSpec_v1_chainName", Effect::None, false),
	("chainSpec_v1_genesisHash", Effect::None, false),
	("chainSpec_v1_properties", Effect::None, false),
	("chainHead_v1_follow", Effect::Opens, false),
	("chainHead_v1_unfollow", Effect::Ends, false),
	("chainHead_v1_header", Effect::None, false),
	("chainHead_v1_body", Effect::None, false),
	("chainHead_v1_call", Effect::None, false),
	("chainHead_v1_storage", Effect::None, false),
	("chainHead_v1_continue", Effect::None, false),
	("chainHead_v1_stopOperation", Effect::None, false),
	("chainHead_v1_unpin", Effect::None, false),
	("archive_v1_body", Effect::None, false),
	("archive_v1_call", Effect::None, false),
	("archive_v1_finalizedHeight", Effect::None, false),
	("archive_v1_genesisHash", Effect::None, false),
	("archive_v1_hashByHeight", Effect::None, false),
	("archive_v1_header", Effect::None, false),
	("archive_v1_storage", Effect::Opens, false),
	("archive_v1_stopStorage", Effect::Ends, false),
	("system_chain", Effect::None, false),
	("system_health", Effect::None, false),
	("system_name", Effect::None, false),
	("system_version", Effect::None, false),
	// What was signed in the browser.
	("transaction_v1_broadcast", Effect::Opens, true),
	("transaction_v1_stop", Effect::Ends, true),
];

/// Longest message of a page, in bytes.
pub const MAX_MESSAGE: usize = 1 << 20;
/// Most that a connection holds open at the node.
const MAX_OPEN: u32 = 8;
/// Messages that a connection may send at once.
const BURST: f64 = 200.0;
/// Messages that it may send for ever, per second.
const PER_SECOND: f64 = 50.0;

/// JSON-RPC: the message is no request.
const INVALID_REQUEST: i32 = -32_600;
/// JSON-RPC: there is no such method, for this page.
const METHOD_NOT_FOUND: i32 = -32_601;
/// Of this server: the caller may not.
const FORBIDDEN: i32 = -32_003;
/// Of this server: too much at once.
const TOO_MUCH: i32 = -32_005;

/// A message of a page, by its parts.
#[derive(Deserialize)]
struct Request<'a> {
	#[serde(borrow)]
	id: Option<&'a RawValue>,
	#[serde(borrow)]
	method: Cow<'a, str>,
	#[serde(borrow)]
	params: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Written<'a> {
	jsonrpc: &'static str,
	id: &'a RawValue,
	method: &'a str,
	#[serde(skip_serializing_if = "Option::is_none")]
	params: Option<&'a RawValue>,
}

/// What is done with a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
	/// The node gets this one.
	Pass {
		/// The message, written anew.
		message: String,
		/// The method, where it is to be noted.
		noted: Option<&'static str>,
	},
	/// The page gets this one.
	Answer(String),
}

/// What a connection may still do.
#[derive(Debug)]
pub struct Allowance {
	may_govern: bool,
	open: u32,
	left: f64,
	at: Instant,
}

impl Allowance {
	/// Of a new connection.
	pub fn new(may_govern: bool, now: Instant) -> Self {
		Allowance {
			may_govern,
			open: 0,
			left: BURST,
			at: now,
		}
	}

	/// Looks at a message.
	pub fn look(&mut self, text: &str, now: Instant) -> Verdict {
		self.left = (self.left + now.duration_since(self.at).as_secs_f64() * PER_SECOND).min(BURST);
		self.at = now;
		let request: Request<'_> = match serde_json::from_str(text) {
			Ok(request) => request,
			Err(error) => {
				let why = format!("no single JSON-RPC request: {error}");
				return Verdict::Answer(refusal(None, INVALID_REQUEST, &why));
			}
		};
		let Some(id) = request.id.filter(|id| is_id(id)) else {
			let why = "a request has an id: a number or a text";
			return Verdict::Answer(refusal(None, INVALID_REQUEST, why));
		};
		if self.left < 1.0 {
			let why = format!("at most {PER_SECOND} messages a second");
			return Verdict::Answer(refusal(Some(id), TOO_MUCH, &why));
		}
		self.left -= 1.0;
		let Some((method, effect, governs)) = PASSED.iter().find(|(name, ..)| *name == request.method) else {
			// A name of any length is not repeated whole.
			let named: String = request.method.chars().take(64).collect();
			let why = format!("the method {named:?} does not pass here");
			return Verdict::Answer(refusal(Some(id), METHOD_NOT_FOUND, &why));
		};
		if *governs && !self.may_govern {
			let why = format!("{method} needs the role `govern`");
			return Verdict::Answer(refusal(Some(id), FORBIDDEN, &why));
		}
		match effect {
			Effect::Opens if self.open >= MAX_OPEN => {
				let why = format!("at most {MAX_OPEN} subscriptions and broadcasts are open: end one first");
				return Verdict::Answer(refusal(Some(id), TOO_MUCH, &why));
			}
			Effect::Opens => self.open += 1,
			Effect::Ends => self.open = self.open.saturating_sub(1),
			Effect::None => {}
		}
		let written = Written {
			jsonrpc: "2.0",
			id,
			method,
			params: request.params,
		};
		match serde_json::to_string(&written) {
			Ok(message) => Verdict::Pass {
				message,
				noted: governs.then_some(*method),
			},
			Err(error) => Verdict::Answer(refusal(Some(id), INVALID_REQUEST, &error.to_string())),
		}
	}
}

/// Whether this is what an answer can be found by.
fn is_id(id: &RawValue) -> bool {
	matches!(id.get().as_bytes().first(), Some(b'"' | b'-' | b'0'..=b'9')) && id.get().len() <= 128
}

fn refusal(id: Option<&RawValue>, code: i32, message: &str) -> String {
	#[derive(Serialize)]
	struct Refusal<'a> {
		jsonrpc: &'static str,
		id: Option<&'a RawValue>,
		error: Fault<'a>,
	}
	#[derive(Serialize)]
	struct Fault<'a> {
		code: i32,
		message: &'a str,
	}
	let refusal = Refusal {
		jsonrpc: "2.0",
		id,
		error: Fault { code, message },
	};
	// Texts and numbers only: it can always be written.
	serde_json::to_string(&refusal).unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::{json, Value};
	use std::time::Duration;

	fn allowance(may_govern: bool) -> (Allowance, Instant) {
		let now = Instant::now();
		(Allowance::new(may_govern, now), now)
	}

	fn code(verdict: Verdict) -> (i64, Value) {
		let Verdict::Answer(text) = verdict else {
			panic!("{verdict:?} passed")
		};
		let answer: Value = serde_json::from_str(&text).unwrap();
		(answer["error"]["code"].as_i64().unwrap(), answer["id"].clone())
	}

	#[test]
	fn what_is_on_the_list_passes_written_anew() {
		let (mut allowance, now) = allowance(false);
		let text = r#"{"jsonrpc":"2.0","method":"chain\u0048ead_v1_header","params":["a", "b"],"id":"7-x","more":1}"#;
		let Verdict::Pass { message, noted } = allowance.look(text, now) else {
			panic!("it is on the list")
		};
		let passed: Value = serde_json::from_str(&message).unwrap();
		assert_eq!(
			passed,
			json!({ "jsonrpc": "2.0", "id": "7-x", "method": "chainHead_v1_header", "params": ["a", "b"] })
		);
		assert_eq!(noted, None);
	}

	#[test]
	fn what_is_not_on_the_list_is_refused_by_its_name() {
		let (mut allowance, now) = allowance(true);
		for method in [
			"author_insertKey",
			"author_rotateKeys",
			"system_addReservedPeer",
			"state_call",
			"chainHead_v1_Follow",
			"chainHead_unstable_follow",
			"",
		] {
			let text = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [] }).to_string();
			let Verdict::Answer(answer) = allowance.look(&text, now) else {
				panic!("{method} passed")
			};
			assert!(
				answer.contains(&METHOD_NOT_FOUND.to_string()) && answer.contains(method),
				"{answer}"
			);
		}
	}

	#[test]
	fn what_is_no_single_request_reaches_no_node() {
		let (mut allowance, now) = allowance(true);
		for text in [
			"",
			"7",
			"[]",
			r#"[{"jsonrpc":"2.0","id":1,"method":"system_health"}]"#,
			r#"{"jsonrpc":"2.0","method":"system_health"}"#,
			r#"{"jsonrpc":"2.0","id":null,"method":"system_health"}"#,
			r#"{"jsonrpc":"2.0","id":{"a":1},"method":"system_health"}"#,
			r#"{"jsonrpc":"2.0","id":1,"method":"system_health","method":"author_rotateKeys"}"#,
			r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"system_health"}"#,
			r#"{"jsonrpc":"2.0","id":1,"method":["system_health"]}"#,
		] {
			assert_eq!(code(allowance.look(text, now)).0, i64::from(INVALID_REQUEST), "{text}");
		}
	}

	#[test]
	fn a_broadcast_needs_the_role_and_is_noted() {
		let text = r#"{"jsonrpc":"2.0","id":1,"method":"transaction_v1_broadcast","params":["0x00"]}"#;
		let (mut reader, now) = allowance(false);
		assert_eq!(code(reader.look(text, now)), (i64::from(FORBIDDEN), json!(1)));
		let (mut governor, now) = allowance(true);
		let Verdict::Pass { noted, .. } = governor.look(text, now) else {
			panic!("it has the role")
		};
		assert_eq!(noted, Some("transaction_v1_broadcast"));
	}

	#[test]
	fn what_is_open_and_what_is_sent_is_bounded() {
		let (mut allowance, now) = allowance(false);
		let request =
			|method: &str| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [true] }).to_string();
		let (follow, unfollow) = (request("chainHead_v1_follow"), request("chainHead_v1_unfollow"));
		for _ in 0..MAX_OPEN {
			assert!(matches!(allowance.look(&follow, now), Verdict::Pass { .. }));
		}
		assert_eq!(code(allowance.look(&follow, now)).0, i64::from(TOO_MUCH));
		assert!(matches!(allowance.look(&unfollow, now), Verdict::Pass { .. }));
		assert!(matches!(allowance.look(&follow, now), Verdict::Pass { .. }));

		let health = request("system_health");
		let taken = (0..BURST as u32).take_while(|_| matches!(allowance.look(&health, now), Verdict::Pass { .. }));
		assert!(taken.count() < BURST as usize);
		assert_eq!(code(allowance.look(&health, now)), (i64::from(TOO_MUCH), json!(1)));
		let later = now + Duration::from_secs(1);
		assert!(matches!(allowance.look(&health, later), Verdict::Pass { .. }));
	}
}
