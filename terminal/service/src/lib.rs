// SPDX-License-Identifier: Apache-2.0

//! # What both terminals' HTTP APIs stand on
//!
//! A terminal serves its own resources over what is common to both: who may use it, who did what, what happened since.
//!
//! * [`Bound`]: listens, and serves the resources until the terminal stops. [`ServiceConfig`]: how. [`Core`]: what every handler has.
//! * [`Terminal`]: what this crate asks of a terminal: its events, its figures, its alarms.
//! * [`users`]: people and programs, their roles, passwords, tokens and sessions. [`guarded`]: a route for those with a role.
//! * [`audit`]: who did or saw what, in the terminal's database.
//! * [`events`]: pages and streams of what happened. [`webhooks`]: the same, posted to others, signed and in order.
//! * [`Failure`]: problem documents. [`paging`]: cursors of lists. [`metrics`]: figures for Prometheus.
//! * [`router`]: the resources that both terminals have; [`base`] is the frame of their OpenAPI documents.
//! * [`evidence`]: what proves an order, as the node makes it.
//! * [`quarantine`]: what both show of what they cannot read. `contract`, of the feature `test-support`: checks of their documents.
//! * `console`: the pages that people work with, from one archive, and what a browser is told with every answer.
//!
//! Design goals:
//! 1. What somebody changes or sees is written down before the answer leaves; what cannot be written down is not shown.
//! 2. The database is the only place that knows users, sessions and webhooks: what a command changes holds at once, and a restart
//!    forgets nothing.
//! 3. Whatever a client sends, the memory and the time that it can take are bounded.

pub mod audit;
mod console;
#[cfg(feature = "test-support")]
pub mod contract;
mod core;
pub mod events;
pub mod evidence;
pub mod metrics;
pub mod paging;
mod problem;
pub mod quarantine;
mod routes;
mod serve;
pub mod users;
pub mod webhooks;

pub use crate::core::{Answer, Caller, Core, Terminal};
pub use problem::Failure;
pub use routes::{base, finish, guarded, router, Body};
pub use serve::{Bound, ServiceConfig};
