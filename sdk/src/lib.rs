// SPDX-License-Identifier: Apache-2.0

//! # Sealane SDK
//!
//! What a business system needs to talk to its node: every JSON type of the HTTP API ([`types`]) and a typed
//! client for it ([`client`]). The node's gateway is built from the same types, so the two cannot drift apart.
//!
//! ```no_run
//! # async fn example() -> Result<(), sealane_sdk::Error> {
//! use sealane_sdk::{Client, types::{BusinessKind, Order}};
//!
//! let client = Client::new("http://127.0.0.1:9955", "the node's token")?;
//! let order = Order::new("2026-000001", BusinessKind::Purchase, "BOND-A", "C-17", "2026-11-24T09:30:00+08:00")
//!     .with_amount("10000.00", "CNY");
//! let report = client.submit_orders(&[order], "window-2026-11-24-0930").await?;
//! assert_eq!(report.accepted, 1);
//! # Ok(())
//! # }
//! ```
//!
//! Design goals:
//! 1. Amounts and units are decimal strings, never floats.
//! 2. Fields that this version does not know are kept (`extra`), so that an older client loses nothing.
//! 3. Errors are problems with a stable code ([`types::ProblemCode`]); texts may change, codes do not.
//! 4. Bytes that are hashed (an order, a confirmation) are never written anew by a client that passes them on.

pub mod client;
mod error;
mod sse;
pub mod types;

pub use client::{Client, ClientBuilder, Retry};
pub use error::Error;
