// SPDX-License-Identifier: Apache-2.0

//! Parameters, with problem documents for those that break a rule.

use crate::problem::Failure;
use axum::http::HeaderMap;
use sealane_courier::api;
pub(crate) use sealane_http::extract::{Id, Parameters};
use sealane_sdk::types::{Problem, ProblemCode};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which seller's order is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SellerQuery {
	/// Number of the seller. Needed on an issuer's node only, where two sellers use the same id.
	pub seller: Option<u32>,
}

/// Where a page begins and how large it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
	/// Where to begin: the `next` of the page before, or the `cursor` of the last entry that was taken over. The
	/// beginning of the log unless given.
	pub cursor: Option<String>,
	/// Most entries of the page. 1,000 unless given; the node may give fewer.
	#[param(minimum = 1)]
	pub limit: Option<u32>,
	/// How long to wait for an entry where there is none yet, in milliseconds. 0 unless given; the node cuts longer
	/// waits short.
	pub wait_ms: Option<u64>,
}

/// Entries of a page whose request does not say.
const DEFAULT_LIMIT: u32 = 1_000;

impl PageQuery {
	/// The cursor; `Last-Event-ID` of a stream that connects again goes first.
	pub fn cursor(&self, headers: &HeaderMap) -> Result<api::Cursor, Failure> {
		match sealane_http::extract::cursor(headers, self.cursor.as_deref())? {
			None => Ok(api::Cursor::default()),
			Some(text) => text.parse().map_err(|error: api::CursorError| {
				Problem::new(ProblemCode::InvalidCursor, error.to_string())
					.with_field("cursor")
					.into()
			}),
		}
	}

	/// The limit, within the gateway's.
	pub fn limit(&self, max: u32) -> Result<usize, Failure> {
		match self.limit {
			Some(0) => Err(
				Problem::new(ProblemCode::InvalidParameter, "limit is 0; it must be at least 1")
					.with_field("limit")
					.into(),
			),
			limit => Ok(limit.unwrap_or(DEFAULT_LIMIT).min(max) as usize),
		}
	}
}
