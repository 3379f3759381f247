// SPDX-License-Identifier: Apache-2.0

//! Lanes as pure state machines: no I/O, no clock, no lock. The service feeds them with what happened and does what they
//! say.
//!
//! * [`sender`]: which packets to send next, and when again.
//! * [`receiver`]: which packets to take, to park, to acknowledge again.
//! * [`rate`]: token buckets for grants with a rate limit and for peers.

pub mod rate;
pub mod receiver;
pub mod sender;

pub use rate::Bucket;
pub use receiver::{Offer, ReceiveLane};
pub use sender::{Next, SendLane};
