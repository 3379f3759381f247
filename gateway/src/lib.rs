// SPDX-License-Identifier: Apache-2.0

//! # Sealane gateway
//!
//! The HTTP API of a node for the business systems beside it. It runs inside the node and hands everything to the
//! courier; it keeps no state of its own but tokens and audit log.
//!
//! * [`serve`]: starts it. [`Config`], [`Limits`]: how it runs.
//! * [`Backend`]: what it asks of the courier.
//! * [`EvidenceChain`]: what it asks of the chain, for evidence.
//! * [`framing`]: cuts a body into entries without copying.
//! * [`auth`]: bearer tokens with names and scopes. [`audit`]: who did or saw what. [`TlsFiles`]: TLS, and certificates of clients.
//! * [`problem`]: which problem document each error becomes.
//! * `routes/`: the resources, one file each; the OpenAPI document is generated from them.
//!
//! Design goals:
//! 1. A request with thousands of orders costs one buffer and one list of ranges: nothing is allocated, parsed or logged
//!    per order, and the bytes that came are the bytes that are stored.
//! 2. Whatever a client sends, the memory that it can take is bounded, and it gets a problem document, never a panic.
//! 3. Back-pressure of the courier reaches the client: 503 with `Retry-After`, 507 when the disk is full.
//! 4. Personal data and tokens reach no log line.
//! 5. Whoever changes or sees business data has a name, and it is written down.

mod alarms;
pub mod audit;
pub mod auth;
pub mod backend;
mod config;
mod convert;
mod error;
pub mod evidence;
mod extract;
mod feed;
pub mod framing;
mod openapi;
mod pages;
pub mod problem;
mod routes;
mod server;
mod state;

pub use backend::{Backend, Courier, Phase};
pub use config::{Alarms, Config};
pub use error::StartError;
pub use evidence::{EvidenceChain, PathToRange};
pub use sealane_http::{limits, Limits, TlsFiles};
pub use server::{serve, Gateway};

/// The OpenAPI document of this version, as a running gateway serves it.
pub fn openapi() -> utoipa::openapi::OpenApi {
	routes::router(None).1
}
