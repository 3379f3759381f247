// SPDX-License-Identifier: Apache-2.0

//! # A network under zombienet
//!
//! Five real `sealane-node` processes, spawned and supervised by `zombienet-sdk` with its native provider, for the tests of what
//! a network must survive. The nodes are the validators of the `local` preset; their programs are those of the project's own
//! build.
//!
//! * [`programs`]: where the programs are.
//! * [`network`]: the network: its configuration, kill, wipe, a node more.
//! * [`chain`]: what one node knows of the chain, by JSON-RPC and metrics.
//! * [`terminals`]: the operators' and institutions' terminal, run against this network.
//! * [`wait`], [`story`]: waiting for events; saying what happened, and when.

pub mod chain;
pub mod network;
// The same file as in the local network, so that networks of both kinds on one machine keep out of each other's ports.
#[path = "../../localnet/src/ports.rs"]
pub mod ports;
pub mod programs;
pub mod story;
pub mod terminals;
pub mod wait;
