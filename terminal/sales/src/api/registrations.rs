// SPDX-License-Identifier: Apache-2.0

use super::ApiState;
use crate::db::{Registration, RegistrationFilter};
use axum::{extract::State, Extension, Json};
use sealane_http::extract::Parameters;
use sealane_sdk::types::Problem;
use sealane_service::{audit::Entries, paging, Failure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RegistrationsQuery {
	/// Only those in this state: pending, accepted, registered, rejected, refused, closed.
	state: Option<String>,
	/// Only those of this customer.
	customer: Option<String>,
	/// The `next` of the page before.
	cursor: Option<String>,
	/// Most registrations of the page; 100 unless given.
	#[param(minimum = 1, maximum = 1000)]
	limit: Option<u32>,
}

/// Some registrations.
#[derive(Serialize, ToSchema)]
pub(super) struct RegistrationPage {
	/// Those that changed last first.
	registrations: Vec<Registration>,
	/// Where the next page begins; absent on the last.
	#[serde(skip_serializing_if = "Option::is_none")]
	next: Option<String>,
}

/// Registrations
///
/// Which customer is registered with which issuer, and which applications wait for an answer.
#[utoipa::path(
	get, path = "/v1/registrations", tag = "records", operation_id = "list_registrations",
	params(RegistrationsQuery),
	responses(
		(status = 200, description = "Registrations, those that changed last first", body = RegistrationPage),
		(status = "default", description = "A parameter breaks its rule", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn list(
	State(state): State<ApiState>,
	Parameters(query): Parameters<RegistrationsQuery>,
) -> Result<(Extension<Entries>, Json<RegistrationPage>), Failure> {
	let filter = RegistrationFilter {
		state: query.state,
		customer: query.customer,
		behind: query.cursor.as_deref().map(paging::place).transpose()?,
		limit: paging::limit(query.limit)?,
	};
	let registrations = state.db.registrations(&filter).await?;
	let last = registrations
		.last()
		.filter(|_| registrations.len() == filter.limit as usize);
	let next = last.map(|row| paging::cursor(&(row.change, &row.id)));
	let shown = Entries(registrations.len() as u64);
	Ok((Extension(shown), Json(RegistrationPage { registrations, next })))
}
