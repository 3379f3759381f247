// SPDX-License-Identifier: Apache-2.0

//! # How a consortium begins
//!
//! Founders agree on a [`Plan`]: name and id of the network, its runtime, its floor of validators. Each makes its keys on its own
//! machine and hands in one [`FounderFile`]: who it is, its public keys, and for each key a signature over all of that. [`Founding`]
//! takes the plan and all files, refuses what must not begin a network, and gives the genesis: whoever has the same files gets the
//! same, whatever the order in which they came.
//!
//! What no file may have: keys that everybody knows, one key in two places, a key without proof that somebody holds it, a signature
//! for another plan. What the founders must be: at least [`MIN_FOUNDERS`], each with a seat and a validator.

mod files;
mod founder;
mod founding;
mod keys;
mod plan;
mod well_known;

pub use files::GenesisError;
pub use founder::{check_institution, Founder, FounderFile, Keys};
pub use founding::{Founding, MIN_FOUNDERS};
pub use keys::{Key, KeyName, Signature};
pub use plan::Plan;
pub use well_known::{holds_well_known, is_well_known};

#[cfg(test)]
mod tests;
