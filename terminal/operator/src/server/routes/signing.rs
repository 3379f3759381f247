// SPDX-License-Identifier: Apache-2.0

//! What leaves for signing, and comes back signed. Nothing is signed here.

use super::ApiState;
use crate::{
	chain::{parse_account, Shown, Signed, VALID_BLOCKS},
	server::{
		actions::Action,
		state::refused,
		submissions::{self, Submission},
	},
};
use axum::{
	extract::{Request, State},
	Extension, Json,
};
use sealane_http::extract::Id;
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::{audit::Entries, Body, Caller, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use utoipa::ToSchema;

/// How long a request to submit waits for what comes of it.
const WAIT: Duration = Duration::from_secs(25);
/// Longest extrinsic, in bytes: what fits into a block.
const MAX_EXTRINSIC: usize = 4 << 20;
/// Longest name of what is handed in, in characters.
const MAX_NAME: usize = 128;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnsignedRequest {
	/// What is to be signed.
	call: Action,
	/// The account that is to sign: SS58 or 0x-hex.
	account: String,
	/// For how many blocks from now on it may be submitted: a power of two, at most 2048 (68 minutes); 1024 unless given.
	valid_blocks: Option<u32>,
}

/// What is to be signed elsewhere.
#[derive(Serialize, ToSchema)]
pub(super) struct Unsigned {
	/// What it is, in words, read from the very bytes.
	shown: Shown,
	/// The file for `sealane offline sign`: to be written as it is.
	#[schema(value_type = Object)]
	file: crate::chain::Unsigned,
}

/// Export for signing
///
/// The extrinsic that an account is to sign for an action, as a file for `sealane offline sign`. Nothing is signed here, and nothing
/// happens on chain.
#[utoipa::path(
	post, path = "/v1/unsigned", tag = "council", operation_id = "export_unsigned",
	request_body = UnsignedRequest,
	responses(
		(status = 200, description = "What is to be signed", body = Unsigned),
		(status = "default", description = "A field breaks its rule, what it names is not there, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn unsigned(
	State(state): State<ApiState>,
	Body(request): Body<UnsignedRequest>,
) -> Result<Json<Unsigned>, Failure> {
	let account = parse_account(&request.account)?;
	let chain = state.shared.link.chain()?;
	let work = async {
		let _turn = state.shared.link.turn().await;
		let call = request.call.call(&chain).await?;
		let valid_blocks = request.valid_blocks.unwrap_or(VALID_BLOCKS);
		let file = chain.unsigned(&call, &account, valid_blocks).await.map_err(refused)?;
		let shown = file.shown().map_err(refused)?;
		Ok::<_, Failure>(Json(Unsigned { shown, file }))
	};
	let done = tokio::time::timeout(Duration::from_secs(30), work).await;
	done.unwrap_or_else(|_| Err(Failure::new(ProblemCode::NotReady, "the node did not answer in time")))
}

/// What was signed: the file that `sealane offline sign` wrote, or the bytes alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(super) struct SubmitRequest {
	/// `sealane/1/signed`; absent with the bytes alone.
	format: Option<String>,
	/// What it is named in messages.
	name: Option<String>,
	/// Genesis hash of the chain that it was signed for.
	genesis: Option<String>,
	/// The extrinsic, 0x and hexadecimal digits.
	extrinsic: String,
}

/// Submit what was signed
///
/// Hands an extrinsic to the node and follows it until it is final. Answers when that is known, or after 25 seconds with what is known then;
/// `GET /v1/submissions/{hash}` and the event `submission` tell the rest. The same extrinsic again is followed, not handed in again.
#[utoipa::path(
	post, path = "/v1/submit", tag = "council", operation_id = "submit_signed",
	request_body = SubmitRequest,
	responses(
		(status = 200, description = "What came of it so far", body = Submission),
		(status = "default", description = "It cannot be read, is of another chain, or the node does not answer", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submit(
	State(state): State<ApiState>,
	Extension(caller): Extension<Caller>,
	request: Request,
) -> Result<Json<Submission>, Failure> {
	let (head, body) = request.into_parts();
	let body = state.core.bodies.read(&head.headers, body, &state.core.limits).await?;
	let chain = state.shared.link.chain()?;
	let (name, extrinsic) = read_signed(&body.bytes, |signed| chain.extrinsic(signed).map_err(refused))?;
	drop(body);
	let by = caller.name.to_string();
	Ok(Json(
		submissions::submit(&state.shared, name, by, extrinsic, WAIT).await?,
	))
}

/// Name and bytes of what was handed in; `open` takes the bytes out of a file for this chain.
fn read_signed(
	bytes: &[u8],
	open: impl FnOnce(Signed) -> Result<Vec<u8>, Failure>,
) -> Result<(String, Vec<u8>), Failure> {
	let invalid = |error: serde_json::Error| Failure::new(ProblemCode::InvalidJson, error.to_string());
	let value: Value = serde_json::from_slice(bytes).map_err(invalid)?;
	let (name, extrinsic) = if value.get("format").is_some() {
		let signed = Signed::from_json(value).map_err(|error| field("format", &error.to_string()))?;
		(signed.name.clone(), open(signed)?)
	} else {
		let request: SubmitRequest = serde_json::from_value(value).map_err(invalid)?;
		let digits = request.extrinsic.strip_prefix("0x").unwrap_or(&request.extrinsic);
		let bytes = hex::decode(digits).map_err(|error| field("extrinsic", &error.to_string()))?;
		(request.name.unwrap_or_else(|| "extrinsic".into()), bytes)
	};
	if extrinsic.is_empty() || extrinsic.len() > MAX_EXTRINSIC {
		return Err(field(
			"extrinsic",
			&format!("{} bytes; 1 to {MAX_EXTRINSIC} are allowed", extrinsic.len()),
		));
	}
	Ok((name.chars().take(MAX_NAME).collect(), extrinsic))
}

fn field(name: &str, rule: &str) -> Failure {
	Problem::new(ProblemCode::InvalidField, rule).with_field(name).into()
}

/// Submissions
///
/// What was handed in since the server started, newest first; the last 256.
#[utoipa::path(
	get, path = "/v1/submissions", tag = "council", operation_id = "get_submissions",
	responses(
		(status = 200, description = "Newest first", body = Vec<Submission>),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submissions(State(state): State<ApiState>) -> (Extension<Entries>, Json<Vec<Submission>>) {
	let all = state.shared.submissions.list();
	(Extension(Entries(all.len() as u64)), Json(all))
}

/// A submission
///
/// By the hash of its extrinsic.
#[utoipa::path(
	get, path = "/v1/submissions/{hash}", tag = "council", operation_id = "get_submission",
	params(("hash" = String, Path, description = "The hash of the extrinsic, as the submission gave it")),
	responses(
		(status = 200, description = "What came of it so far", body = Submission),
		(status = "default", description = "It is not known: the server was started anew, or it was long ago", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn submission(State(state): State<ApiState>, Id(hash): Id) -> Result<Json<Submission>, Failure> {
	let known = state.shared.submissions.get(&hash);
	let missing = || Failure::new(ProblemCode::NotFound, "no submission of this hash is known");
	let receiver = known.ok_or_else(missing)?;
	let submission = receiver.borrow().clone();
	Ok(Json(submission))
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn what_was_signed_is_read_as_a_file_or_as_bytes() {
		let read = |value: Value| read_signed(value.to_string().as_bytes(), |_| Ok(vec![9]));
		let file = json!({ "format": "sealane/1/signed", "name": "vote", "genesis": "0x00", "extrinsic": "0x0102" });
		assert_eq!(
			read(file.clone()).unwrap(),
			("vote".to_string(), vec![9]),
			"what the chain's check gave"
		);
		let bytes = read(json!({ "extrinsic": "0x0102" })).unwrap();
		assert_eq!(bytes, ("extrinsic".to_string(), vec![1, 2]));
		let mut unsigned = file;
		unsigned["format"] = json!("sealane/1/unsigned");
		for bad in [
			unsigned,
			json!({ "extrinsic": "0x" }),
			json!({ "extrinsic": "0xzz" }),
			json!({ "extrinsic": "0x00", "more": 1 }),
			json!([]),
			json!({}),
		] {
			assert!(read(bad.clone()).is_err(), "{bad}");
		}
	}
}
