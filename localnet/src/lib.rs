// SPDX-License-Identifier: Apache-2.0

//! # A network on this machine
//!
//! Real `sealane-node` and `sealane` processes with their own folders, keys and free ports on loopback, for the demo, the
//! end-to-end tests and the benchmark.
//!
//! * [`process`]: one child process, watched and ended.
//! * [`node`]: one node: keys, ports, start, kill, restart.

pub mod node;
pub mod process;
