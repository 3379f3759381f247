// SPDX-License-Identifier: Apache-2.0

//! # Sealane terminals
//!
//! What runs beside the business systems of banks and issuers and talks to their nodes: the sales terminal ([`sales`]), the
//! issuer terminal ([`issuer`]), the evidence verifier ([`evidence`]) and the operators' commands on chain ([`chain`]). The
//! binary `sealane` is a thin shell over this library.
//!
//! * [`orders`] and [`customers`]: what comes from the bank's own system, checked.
//! * [`qualify`]: the clauses of a product against the facts of an order.
//! * [`db`]: the records, in SQLite or PostgreSQL.
//! * [`sample`]: realistic input from a seed.

pub mod chain;
pub mod commands;
pub mod customers;
pub mod db;
pub mod decimal;
pub mod error;
pub mod evidence;
pub mod issuer;
pub mod node;
pub mod orders;
pub mod output;
pub mod qualify;
pub mod sales;
pub mod sample;

pub use error::{Error, Result};
