// SPDX-License-Identifier: Apache-2.0

//! # What the terminals stand on
//!
//! * [`db`]: the database, SQLite or PostgreSQL; one lease for each terminal that writes.
//! * [`node`]: the way to the terminal's node.
//! * [`outage`]: waiting for what comes back by itself, with a line that says so.
//! * [`quarantine`]: what a partner sent and cannot be read, kept until somebody decides.
//! * [`files`]: files that only their owner may read, and files of others that are read with care.
//! * [`decimal`]: amounts, units and prices.
//! * [`log`] for the journal, [`output`] for what commands print, [`error`] with the exit codes.

pub mod db;
pub mod decimal;
pub mod error;
pub mod files;
pub mod log;
pub mod node;
pub mod outage;
pub mod output;
pub mod quarantine;
pub mod stop;

pub use error::{Error, Result};
