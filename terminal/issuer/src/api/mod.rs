// SPDX-License-Identifier: Apache-2.0

//! The issuer terminal's HTTP API, on top of what both terminals have in common: the daily desk for people and programs.
//!
//! What persons do goes through `crate::day` like the commands: who acts is the user that is logged in, and nobody else.

mod books;
mod days;
mod orders;
mod prices;
mod products;
mod quarantine;
mod terminal;

use crate::{books::BooksDb, day::Person, desk::Desk, error::Result, rules::Rules};
use axum::{extract::FromRef, Router};
use sealane_sdk::{
	types::{Outcome, ProblemCode},
	Client,
};
use sealane_service::{guarded, users::Role, Bound, Caller, Core, Failure, ServiceConfig};
use sealane_terminal_core::{outage::await_success, output::Output, stop::Stop, Error};
use std::sync::Arc;
use terminal::IssuerTerminal;
use tokio::sync::watch;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What every handler has.
#[derive(Clone)]
struct ApiState {
	core: Core,
	/// Through connections of the API's own.
	db: BooksDb,
	/// The rules in force.
	rules: watch::Receiver<Arc<Rules>>,
	node: Client,
}

impl FromRef<ApiState> for Core {
	fn from_ref(state: &ApiState) -> Core {
		state.core.clone()
	}
}

/// Every resource, and the document that describes it. The core is needed for those who may use them only.
fn router(core: Option<&Core>) -> (Router<ApiState>, OpenApi) {
	let read = |route| guarded(core, Role::Read, route);
	let decide = |route| guarded(core, Role::Decide, route);
	let price = |route| guarded(core, Role::Price, route);
	let approve = |route| guarded(core, Role::Approve, route);
	let export = |route| guarded(core, Role::Export, route);
	let mut frame = sealane_service::base(
		"Sealane issuer terminal",
		"The HTTP API of an issuer's terminal. Problems are RFC 9457 documents with stable codes; cursors are opaque; amounts are decimal \
		 strings; times are Unix milliseconds.",
	);
	let tag = |name: &str, description: &str| {
		utoipa::openapi::tag::TagBuilder::new()
			.name(name)
			.description(Some(description))
			.build()
	};
	frame.tags.get_or_insert_default().extend([
		tag("days", "Days of products: how far they have come, and what leads on"),
		tag(
			"prices",
			"Net asset values, entered by one person and released by another",
		),
		tag("orders", "Orders of a day and their decisions"),
		tag(
			"books",
			"Orders, registrations and holdings in the books; what waits, and what cannot be read",
		),
	]);
	let (router, document) = OpenApiRouter::with_openapi(frame)
		.routes(read(routes!(days::list)))
		.routes(read(routes!(days::get)))
		.routes(read(routes!(days::totals)))
		.routes(decide(routes!(days::freeze)))
		.routes(decide(routes!(days::review)))
		.routes(approve(routes!(days::confirm)))
		.routes(approve(routes!(days::close)))
		.routes(read(routes!(products::list)))
		.routes(read(routes!(prices::list)))
		.routes(price(routes!(prices::enter)))
		.routes(approve(routes!(prices::release)))
		.routes(read(routes!(orders::list)))
		.routes(decide(routes!(orders::hold)))
		.routes(decide(routes!(orders::let_go)))
		.routes(decide(routes!(orders::reject)))
		.routes(decide(routes!(orders::correct)))
		.routes(decide(routes!(orders::restore)))
		.routes(read(routes!(books::orders)))
		.routes(read(routes!(books::order)))
		.routes(export(routes!(books::evidence)))
		.routes(read(routes!(books::waiting)))
		.routes(read(routes!(books::refused_answers)))
		.routes(read(routes!(books::registrations)))
		.routes(read(routes!(books::holdings)))
		.routes(read(routes!(quarantine::list)))
		.routes(decide(routes!(quarantine::dismiss)))
		.merge(sealane_service::router(core))
		.split_for_parts();
	(router, sealane_service::finish(document))
}

/// The OpenAPI document of this version, as a running terminal serves it.
pub fn openapi() -> OpenApi {
	router(None).1
}

/// Who acts.
fn person(caller: &Caller) -> Result<Person, Failure> {
	Ok(Person::new(&caller.name)?)
}

/// The name of an outcome in the database.
const fn outcome_text(outcome: Outcome) -> &'static str {
	match outcome {
		Outcome::Accepted => "accepted",
		Outcome::Partial => "partial",
		Outcome::Rejected => "rejected",
	}
}

/// What breaks a rule here is mostly the state of a day, not a field of a body.
fn refused(error: Error) -> Failure {
	match error {
		Error::Invalid { field, value, rule } if field == "day" => {
			Failure::new(ProblemCode::WrongState, format!("{value}: {rule}"))
		}
		other => other.into(),
	}
}

/// The API, listening and not answering yet.
pub struct Api {
	bound: Bound,
	router: Router,
}

impl Api {
	/// Listens where the configuration says, for the institution of `desk`; `None` where it says nothing.
	///
	/// # Errors
	/// See [`Bound::new`].
	pub async fn new(config: &ServiceConfig, db: &BooksDb, desk: &Desk, stop: Stop) -> Result<Option<Self>> {
		if config.listen.is_none() {
			return Ok(None);
		}
		let own = await_success("the HTTP API", &stop, || db.another()).await?;
		let terminal = Arc::new(IssuerTerminal::new(own.clone(), desk.institution()));
		let document = openapi();
		let bind = || Bound::new(config, db, terminal.clone(), &document, stop.clone());
		let Some(bound) = await_success("the HTTP API", &stop, bind).await? else {
			return Ok(None);
		};
		let state = ApiState {
			core: bound.core().clone(),
			db: own,
			rules: desk.rules(),
			node: desk.node(),
		};
		let router = router(Some(bound.core())).0.with_state(state);
		Ok(Some(Api { bound, router }))
	}

	/// Where it is.
	pub fn url(&self) -> &str {
		self.bound.url()
	}

	/// See [`Bound::announce`].
	///
	/// # Errors
	/// The database fails, or a file cannot be written.
	pub async fn announce(&self, output: Output) -> Result<()> {
		self.bound.announce(output).await
	}

	/// Serves until the terminal stops.
	pub async fn serve(self) {
		self.bound.serve(self.router).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_http::contract::assert_kept;
	use sealane_service::contract::sound;

	/// `SEALANE_WRITE_OPENAPI=1 cargo test -p sealane-issuer document` writes it.
	#[test]
	fn the_document_in_the_repository_is_the_one_that_is_served() {
		let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/integrating");
		assert_kept(&openapi(), &folder.join("issuer.openapi.json"));
	}

	#[test]
	fn every_operation_is_described_and_says_who_may() {
		let contract = sound(&openapi());
		let operations = contract.operations();
		for (operation, needed) in [
			("POST /v1/navs", "price"),
			("POST /v1/navs/{product}/{day}/release", "approve"),
			("POST /v1/days/{product}/{day}/review", "decide"),
			("POST /v1/days/{product}/{day}/confirm", "approve"),
			("POST /v1/orders/{seller}/{id}/correct", "decide"),
			("GET /v1/holdings", "read"),
			("GET /v1/orders/{seller}/{id}/evidence", "export"),
		] {
			assert_eq!(operations[operation]["x-required-role"], needed, "{operation}");
		}
	}
}
