// SPDX-License-Identifier: Apache-2.0

//! What a node must know of the chain to trade, and who may not.
//!
//! * [`Refusal`], [`Authorisation`]: what is allowed over a channel.
//! * [`MemberEntry`] and its kin: what partners know of each other.
//! * [`Standing`] and its kin: what the runtime answers, small per block and large per change; older nodes read what they know.
//! * [`Directory`]: all of it put together, as the courier keeps it.
//! * [`CourierPolicy`]: how nodes are to behave.

mod answers;
mod assembled;
mod entries;
mod policy;
mod refusal;

pub use answers::*;
pub use assembled::*;
pub use entries::*;
pub use policy::*;
pub use refusal::*;
