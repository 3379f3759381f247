// SPDX-License-Identifier: Apache-2.0

//! # The courier
//!
//! Moves orders and their answers between the nodes of two institutions and keeps them safe: durable before acknowledged,
//! signed, sealed, in order per lane, each taking effect once. The runtime decides who may send what to whom; the courier carries.
//! `docs/protocol.md` says what travels and what is kept.
//!
//! ## From one end to the other
//! ```text
//! Handle::submit_orders ── order (parse, check) ── Log::submit ─┐ one writer thread, once per fdatasync:
//!                                                              │ cutting: ids, packets, leaves, signatures
//!        outbound: one task per lane ◄── Outbox ── committed ◄─┘
//!            │ lane::SendLane decides, protocol seals
//!        Transport::request ─────────► inbound ── lane::ReceiveLane ── Log::submit (partner's) ── receipt
//! ```
//! Nothing in between handles single orders: a submission is parsed line by line once, from then on there are packets.
//!
//! ## Start
//! [`Handle::start`] wants a [`config::Config`], a [`chain::ChainView`], a [`transport::Transport`] with the requests that come in over it,
//! and a [`machine::Machine`] to run on. [`Handle::host`] is what the off-chain workers need. For tests see `testing` (feature `test-support`).

pub mod api;
pub mod attesting;
pub mod batches;
pub mod book;
pub mod branches;
pub mod budget;
pub mod chain;
pub mod clock;
pub mod config;
pub mod cutting;
pub mod error;
pub mod evidence;
pub mod handle;
pub mod host;
pub mod keys;
pub mod lane;
pub mod library;
pub mod machine;
pub mod metrics;
pub mod order;
pub mod protocol;
pub mod random;
pub mod receipts;
pub mod records;
pub mod recovery;
pub mod refusals;
pub mod registrations;
pub mod requests;
pub mod service;
pub mod store;
pub mod stores;
#[cfg(any(test, feature = "test-support"))]
pub mod testing;
pub mod transport;

pub use config::Config;
pub use handle::Handle;
pub use machine::Machine;
pub use service::Parts;
