// SPDX-License-Identifier: Apache-2.0

//! The sales terminal's HTTP API, on top of what both terminals have in common: orders in, records and sums out, and what people decide.

mod counter;
mod days;
mod exports;
mod files;
mod orders;
mod parameters;
mod quarantine;
mod records;
mod registrations;
mod retention;
mod terminal;

pub use counter::{Counter, IntakeReport, Outcome, Qualified, TakenOrder};

use crate::{db::SalesDb, error::Result, orders::Declared};
use axum::{extract::FromRef, Router};
use sealane_sdk::Client;
use sealane_service::{guarded, users::Role, Bound, Core, ServiceConfig};
use sealane_terminal_core::{outage::await_success, output::Output, stop::Stop};
use std::sync::Arc;
use terminal::SalesTerminal;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What every handler has.
#[derive(Clone)]
struct ApiState {
	core: Core,
	/// Through connections of the API's own.
	db: SalesDb,
	counter: Arc<Counter>,
	declared: Declared,
	node: Client,
}

impl FromRef<ApiState> for Core {
	fn from_ref(state: &ApiState) -> Core {
		state.core.clone()
	}
}

/// Every resource, and the document that describes it. The core is needed for those who may use them only.
fn router(core: Option<&Core>) -> (Router<ApiState>, OpenApi) {
	let trade = |route| guarded(core, Role::Trade, route);
	let read = |route| guarded(core, Role::Read, route);
	let decide = |route| guarded(core, Role::Decide, route);
	let export = |route| guarded(core, Role::Export, route);
	let administer = |route| guarded(core, Role::Administer, route);
	let mut frame = sealane_service::base(
		"Sealane sales terminal",
		"The HTTP API of a bank's sales terminal. Problems are RFC 9457 documents with stable codes; cursors are opaque; amounts are decimal \
		 strings; times are Unix milliseconds.",
	);
	let tag = |name: &str, description: &str| {
		utoipa::openapi::tag::TagBuilder::new()
			.name(name)
			.description(Some(description))
			.build()
	};
	frame.tags.get_or_insert_default().extend([
		tag("orders", "Orders in, and whether they would pass"),
		tag("records", "What became of each order; sums, exports"),
		tag(
			"deciding",
			"What people decide: cancel, hold, release, retry, quarantine",
		),
		tag("retention", "What is kept for how long, and legal holds"),
	]);
	let (router, document) = OpenApiRouter::with_openapi(frame)
		.routes(trade(routes!(orders::submit)))
		.routes(trade(routes!(orders::qualify)))
		.routes(read(routes!(records::list)))
		.routes(read(routes!(records::get)))
		.routes(read(routes!(records::unqualified)))
		.routes(read(routes!(registrations::list)))
		.routes(read(routes!(files::list)))
		.routes(read(routes!(files::defects)))
		.routes(decide(routes!(records::cancel)))
		.routes(decide(routes!(records::hold)))
		.routes(decide(routes!(records::release)))
		.routes(decide(routes!(records::retry)))
		.routes(read(routes!(days::list)))
		.routes(read(routes!(days::positions)))
		.routes(read(routes!(days::reconcile)))
		.routes(export(routes!(exports::records)))
		.routes(export(routes!(exports::evidence)))
		.routes(read(routes!(quarantine::list)))
		.routes(read(routes!(quarantine::get)))
		.routes(decide(routes!(quarantine::decide)))
		.routes(administer(routes!(retention::list, retention::set)))
		.routes(administer(routes!(retention::lift)))
		.routes(administer(routes!(retention::purge)))
		.merge(sealane_service::router(core))
		.split_for_parts();
	(router, sealane_service::finish(document))
}

/// The OpenAPI document of this version, as a running terminal serves it.
pub fn openapi() -> OpenApi {
	router(None).1
}

/// The API, listening and not answering yet.
pub struct Api {
	bound: Bound,
	router: Router,
	terminal: Arc<SalesTerminal>,
	client: Client,
	stop: Stop,
}

impl Api {
	/// Listens where the configuration says; `None` where it says nothing.
	///
	/// # Errors
	/// See [`Bound::new`].
	pub async fn new(
		config: &ServiceConfig,
		client: Client,
		db: &SalesDb,
		counter: Counter,
		declared: Declared,
		stop: Stop,
	) -> Result<Option<Self>> {
		if config.listen.is_none() {
			return Ok(None);
		}
		let own = await_success("the HTTP API", &stop, || db.another()).await?;
		let terminal = Arc::new(SalesTerminal::new(own.clone()));
		let document = openapi();
		let bind = || Bound::new(config, db, terminal.clone(), &document, stop.clone());
		let Some(bound) = await_success("the HTTP API", &stop, bind).await? else {
			return Ok(None);
		};
		let state = ApiState {
			core: bound.core().clone(),
			db: own,
			counter: Arc::new(counter),
			declared,
			node: client.clone(),
		};
		let router = router(Some(bound.core())).0.with_state(state);
		Ok(Some(Api {
			bound,
			router,
			terminal,
			client,
			stop,
		}))
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
		let learning = self.terminal.learn_institution(self.client, self.stop);
		futures::future::join(self.bound.serve(self.router), learning).await;
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_http::contract::assert_kept;
	use sealane_service::contract::sound;

	/// `SEALANE_WRITE_OPENAPI=1 cargo test -p sealane-sales document` writes it.
	#[test]
	fn the_document_in_the_repository_is_the_one_that_is_served() {
		let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/integrating");
		assert_kept(&openapi(), &folder.join("sales.openapi.json"));
	}

	#[test]
	fn every_operation_is_described_and_says_who_may() {
		sound(&openapi());
	}
}
