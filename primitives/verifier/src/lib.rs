// SPDX-License-Identifier: Apache-2.0

//! # Evidence packs and their verifier
//!
//! A *pack* is the file that proves one trade record: *record → leaf → batch root → signatures → anchor root → final block → state*. This
//! crate reads such files and judges them from the chain specification alone. It asks no node, links no host function, and builds for any
//! target that has an allocator.
//!
//! * [`rules`]: the table of rules, each with a name and what it demands. A refusal is a [`Defect`]: the rule, and what was found.
//! * [`pack`]: the file, read strictly.
//! * [`record`]: what a pack shows by itself.
//! * [`chain`]: what its chain part shows, from genesis on.
//! * [`verdict`]: what is proven, in types.
//!
//! The direction of use is one: `verify → record, chain → pack → rules`. `docs/evidence.md` is the specification that this crate
//! implements; a second verifier, in Python, is written from that document.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod chain;
pub mod checkpoint;
mod memo;
pub mod pack;
pub mod record;
pub mod rules;
pub mod set;
pub mod verdict;
mod verify;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use chain::genesis::Genesis;
pub use checkpoint::{Checkpoint, CheckpointFile};
pub use pack::EvidencePack;
pub use rules::{Defect, Rule};
pub use set::EvidenceSet;
pub use verdict::{KnownBlock, OnChain, Verified};
pub use verify::{Session, Start, Verifier};
