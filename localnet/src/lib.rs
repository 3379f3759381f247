// SPDX-License-Identifier: Apache-2.0

//! # A network on this machine
//!
//! Real `sealane-node` and `sealane` processes with their own folders, keys and ports on loopback, for the demo, the
//! end-to-end tests and the benchmark.
//!
//! * [`process`]: one child process, watched and ended.
//! * [`node`], [`ports`]: one node: keys, start, kill, restart on the same ports.
//! * [`consortium`]: institutions with their nodes, and the steps from admission to trading.
//! * [`terminals`]: the terminals of banks and issuers.
//! * [`markers`], [`search`]: texts planted in orders, and the search for them in every byte of every node.
//! * [`demo`]: the whole path of the mission, shown and checked.
//! * [`sample`]: the command that makes sample input.
//! * [`mod@bench`]: what a confirmed round trip costs.

pub mod bench;
pub mod binaries;
pub mod consortium;
pub mod demo;
pub mod error;
pub mod markers;
pub mod metrics;
pub mod node;
pub mod ports;
pub mod process;
pub mod sample;
pub mod search;
pub mod terminals;
pub mod wait;

pub use error::{Error, Result};
