// SPDX-License-Identifier: Apache-2.0

//! # Evidence: what makes a trade record provable
//!
//! *Record → leaf → batch root → anchor root → chain.* [`leaf`] says what is hashed and signed, [`tree`] how hashes become a root and a proof,
//! [`pack`] is the file that carries all of it for one record and is checked offline. `docs/evidence.md` describes format and threat model.

#[cfg(feature = "std")]
mod hex_text;
pub mod leaf;
#[cfg(feature = "std")]
pub mod pack;
pub mod tree;

pub use leaf::{record_leaf, salt, BatchHeader};
#[cfg(feature = "std")]
pub use pack::{Defect, EvidencePack, Verified};
pub use tree::{proof, root, verify, TreeBuilder};
