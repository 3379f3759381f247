// SPDX-License-Identifier: Apache-2.0

use crate::{convert, extract::Parameters, problem::Failure, state::AppState};
use axum::{extract::State, Json};
use sealane_courier::api::ClauseQuery;
use sealane_sdk::types::*;
use serde::Deserialize;
use utoipa::IntoParams;

/// What clauses are asked for: exactly one of the two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ClausesQuery {
	/// A product.
	product: Option<String>,
	/// A type of products.
	product_type: Option<String>,
}

/// Clauses
///
/// The qualification clauses in force for a product or a product type, one answer per channel that has it.
#[utoipa::path(
	get, path = "/v1/clauses", tag = "consortium", operation_id = "get_clauses",
	params(ClausesQuery),
	responses(
		(status = 200, description = "The clauses; empty where no channel of this node has the product or the type", body = Clauses),
		(status = "default", description = "Not exactly one of the two was given", body = Problem, content_type = "application/problem+json"),
	),
)]
pub(super) async fn get(
	State(state): State<AppState>,
	Parameters(query): Parameters<ClausesQuery>,
) -> Result<Json<Clauses>, Failure> {
	let query = match (query.product, query.product_type) {
		(Some(product), None) => ClauseQuery::Product(product),
		(None, Some(product_type)) => ClauseQuery::ProductType(product_type),
		_ => {
			let detail = "give exactly one of `product` and `product_type`";
			return Err(Problem::new(ProblemCode::InvalidParameter, detail)
				.with_field("product")
				.into());
		}
	};
	let clauses = state
		.backend()?
		.clauses(&query)
		.into_iter()
		.map(convert::clauses)
		.collect::<Result<_, _>>()?;
	Ok(Json(Clauses { clauses }))
}
