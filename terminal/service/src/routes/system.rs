// SPDX-License-Identifier: Apache-2.0

//! The terminal itself: nothing of these shows business data.

use crate::{core::Core, metrics, Failure};
use axum::{extract::State, http::header::CONTENT_TYPE, response::IntoResponse, Json};
use sealane_sdk::types::{Health, Problem, ProblemCode};
use serde::Serialize;
use utoipa::ToSchema;

/// How the terminal is.
#[derive(Serialize, ToSchema)]
pub(super) struct TerminalStatus {
	/// `sales`, `issuer` or `operator`.
	terminal: &'static str,
	/// Version of the program.
	version: &'static str,
	/// What people must look at.
	alarms: Vec<String>,
}

/// What this terminal is.
#[derive(Serialize, ToSchema)]
pub(super) struct About {
	/// `sales`, `issuer` or `operator`.
	terminal: &'static str,
	/// The institution's name on the chain; absent where it is not known yet.
	#[serde(skip_serializing_if = "Option::is_none")]
	name: Option<String>,
	/// Version of the program.
	version: &'static str,
	/// Zone in which the institution's people read times, by its name in the IANA database.
	zone: String,
	/// Whether it is reached over TLS.
	tls: bool,
}

/// About
///
/// What this terminal is, for whoever shows its pages. Needs nobody.
#[utoipa::path(
	get, path = "/v1/about", tag = "operating", operation_id = "get_about", security(()),
	responses(
		(status = 200, description = "What it is", body = About),
		(status = "default", description = "The terminal is stopping", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn about(State(core): State<Core>) -> Json<About> {
	Json(About {
		terminal: core.terminal.name(),
		name: core.terminal.institution(),
		version: env!("CARGO_PKG_VERSION"),
		zone: core.zone.clone(),
		tls: core.tls.is_some(),
	})
}

/// Status
///
/// How this terminal is, and what people must look at.
#[utoipa::path(
	get, path = "/v1/status", tag = "operating", operation_id = "get_status",
	responses(
		(status = 200, description = "How it is", body = TerminalStatus),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn status(State(core): State<Core>) -> Result<Json<TerminalStatus>, Failure> {
	Ok(Json(TerminalStatus {
		terminal: core.terminal.name(),
		version: env!("CARGO_PKG_VERSION"),
		alarms: core.alarms().await?,
	}))
}

/// Metrics
///
/// Figures for Prometheus.
#[utoipa::path(
	get, path = "/metrics", tag = "operating", operation_id = "metrics",
	responses(
		(status = 200, description = "Figures", body = String, content_type = "text/plain"),
		(status = "default", description = "The role is missing", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn metrics(State(core): State<Core>) -> Result<impl IntoResponse, Failure> {
	let mut figures = core.terminal.figures().await?;
	figures.extend(core.counters.figures());
	let alarms = i64::try_from(core.alarms().await?.len()).unwrap_or(i64::MAX);
	figures.push(metrics::Figure::gauge("alarms", "What people must look at", alarms));
	let text = metrics::text(core.terminal.name(), figures);
	Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}

/// Alive
///
/// Whether the process answers. Needs nobody.
#[utoipa::path(
	get, path = "/healthz", tag = "operating", operation_id = "healthz", security(()),
	responses((status = 200, description = "It answers", body = Health)),
)]
pub(super) async fn healthz() -> Json<Health> {
	Json(Health { status: "ok".into() })
}

/// Ready
///
/// Whether the terminal and its database can take requests now. Needs nobody.
#[utoipa::path(
	get, path = "/readyz", tag = "operating", operation_id = "readyz", security(()),
	responses(
		(status = 200, description = "They can", body = Health),
		(status = 503, description = "They cannot", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn readyz(State(core): State<Core>) -> Result<Json<Health>, Failure> {
	let _under_way = core.traffic.enter(None)?;
	match core.terminal.tail().await {
		Ok(_) => Ok(Json(Health { status: "ok".into() })),
		Err(_) => Err(Problem::new(ProblemCode::NotReady, "the database does not answer")
			.with_retry_after_ms(2_000)
			.into()),
	}
}

/// This document
///
/// The description of the API, generated from the terminal's code. Needs nobody.
#[utoipa::path(
	get, path = "/openapi.json", tag = "operating", operation_id = "openapi", security(()),
	responses((status = 200, description = "The document", content_type = "application/json")),
)]
pub(super) async fn openapi(State(core): State<Core>) -> impl IntoResponse {
	([(CONTENT_TYPE, "application/json")], core.openapi.clone())
}
