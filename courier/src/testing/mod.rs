// SPDX-License-Identifier: Apache-2.0

//! A consortium in one process, for tests: three members, two channels, a network that loses, delays, doubles, reorders and
//! corrupts what it is given.
//!
//! ```text
//! member 1 (seller, node 1) ── channel 1 ── member 2 (issuer, node 2): interface I2, products P2 (open), N2 (offering), C2 (closed)
//!                           └─ channel 2 ── member 3 (issuer, node 3): interface I3, product P3 (open)
//! member 4 (seller, node 4) ── channel 3 ── member 2, in [`World::with_rival`] alone
//! ```
//!
//! * `chain`: what the nodes see of the chain.
//! * `clock`: the time, which a test lets pass.
//! * `network`: the network.
//! * `world`: all of it, started and stopped.
//! * `trade`: orders and confirmations.
//! * `recovery`: whether a crash would be survived.

mod chain;
mod clock;
mod network;
mod recovery;
mod trade;
mod world;

pub use chain::{granted, hash_of, ChainState, ChannelSpec};
pub use clock::ShiftedClock;
pub use network::{Faults, MockNetwork};
pub use recovery::{is_taking_over, recovers_alike};
pub use trade::{confirm, key, lines, order, submit, until};
pub use world::World;

use sealane_primitives::ids::{Digest, Name, NodeId};
use std::time::Duration;

/// The seller's node.
pub const SELLER: NodeId = 1;
/// The first issuer's node.
pub const ISSUER: NodeId = 2;
/// The second issuer's node.
pub const OTHER_ISSUER: NodeId = 3;
/// The second seller's node, where there is one.
pub const RIVAL: NodeId = 4;
/// Genesis hash of the test chain.
pub const GENESIS: Digest = [0x5e; 32];
/// Longest wait for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A bounded name.
pub fn name(text: &str) -> Name {
	Name::truncate_from(text.as_bytes().to_vec())
}

/// The PeerId of a node.
pub fn peer(node: NodeId) -> Vec<u8> {
	// An identity multihash of 36 bytes, as PeerIds of ed25519 keys are; the courier compares the bytes only.
	let mut peer = vec![0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
	peer.extend([node as u8; 32]);
	peer
}
