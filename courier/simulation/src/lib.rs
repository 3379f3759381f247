// SPDX-License-Identifier: Apache-2.0

//! # The simulation
//!
//! Several couriers, the chain, the network, their business systems and a partner that does not do its duty, in one thread and from one
//! seed: the same run byte for byte. `docs/adr/0008-simulation.md` says why it is made like this and what it has found.
//!
//! ```text
//! plan ──► run ──► world ──┬─ executor: who can go on; the world chooses by the seed
//!                          ├─ machine:  clock, randomness, disk, log writer of each node
//!                          ├─ network, chain, business, hostile
//!                          └─ checks:   the rules, after each step and at the end
//! ```
//! Members 1 and 3 sell, member 2 issues and has two nodes, 2 and 5; their four nodes run the real courier. Member 4 is hostile: it sells to
//! member 2 and issues to member 1.
//!
//! Nothing here is part of a node: no other crate depends on this one.

pub mod business;
pub mod chain;
pub mod checks;
pub mod executor;
pub mod genesis;
pub mod hostile;
pub mod machine;
pub mod network;
pub mod plan;
pub mod run;
pub mod trace;
pub mod world;

pub use plan::Plan;
pub use run::{run, shrink, Outcome};
