// SPDX-License-Identifier: Apache-2.0

//! # A server for a consortium's operator and its council
//!
//! Puts a node's state and its JSON-RPC behind users, sessions, roles and the audit log that the terminals have. It holds no key and signs
//! nothing: what the council decides leaves as a file to be signed elsewhere, and comes back signed.
//!
//! * [`run`]: listens and follows a node until it is told to stop. [`openapi`]: the document of its API.
//! * `link`: the connection to a node, which comes back by itself. `watch`: follows its blocks.
//! * `feed`: what happened, for streams and webhooks. `alarms`: what people must look at, and the page that says what to do.
//! * `actions`: what can be exported for signing. `submissions`: what came back signed, followed until it is final.
//! * `rpc`: the few methods of the node's JSON-RPC that pages may call, within bounds.
//! * `routes`: the resources.
//!
//! Whatever the node says is shown, not believed: words of motions are made from bytes whose hash the chain has. Whatever a client
//! asks costs the node bounded work: answers about the whole chain are made once per block.

mod actions;
mod alarms;
mod feed;
mod link;
mod routes;
mod rpc;
mod state;
mod submissions;
mod terminal;
mod watch;

pub use routes::openapi;

use crate::error::{Error, Result};
use sealane_service::{Bound, ServiceConfig};
use sealane_terminal_core::{db::Db, outage::await_success, output::Output, stop::Stop};
use state::Shared;
use std::sync::Arc;
use terminal::OperatorTerminal;

/// The role of the process on its database.
const ROLE: &str = "operator";
/// What waits while the database is away, in words.
const WHAT: &str = "the operator's server";

/// Serves until it is told to stop.
///
/// # Errors
/// No address is given, or it cannot be had; another server works on the database, or it fails. A node that does not answer is no error: it
/// is tried again.
pub async fn run(db: Db, nodes: Vec<String>, service: &ServiceConfig, output: Output, stop: Stop) -> Result<()> {
	if service.listen.is_none() {
		return Err(Error::invalid(
			"listen",
			"",
			"the address to serve at, such as 127.0.0.1:9967",
		));
	}
	let lease = await_success(WHAT, &stop, || db.lease(ROLE)).await?;
	let served = serve(&db, nodes, service, output, stop).await;
	lease.release().await;
	served
}

async fn serve(db: &Db, nodes: Vec<String>, service: &ServiceConfig, output: Output, stop: Stop) -> Result<()> {
	let shared = Arc::new(Shared::new(nodes, db.clone())?);
	let own = await_success(WHAT, &stop, || db.another()).await?;
	let terminal = Arc::new(OperatorTerminal::new(shared.clone(), own));
	let document = openapi();
	let bind = || Bound::new(service, db, terminal.clone(), &document, stop.clone());
	let Some(bound) = await_success(WHAT, &stop, bind).await? else {
		return Ok(());
	};
	await_success(WHAT, &stop, || bound.announce(output)).await?;
	let router = routes::resources(bound.core(), shared.clone());
	let follow = watch::run(shared, stop);
	tokio::join!(bound.serve(router), follow);
	Ok(())
}
