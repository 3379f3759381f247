// SPDX-License-Identifier: Apache-2.0

//! # Evidence: what makes a trade record provable
//!
//! *Record → leaf → batch root → anchor root → chain.* [`entry`] hashes one order or answer so that parts of it can be withheld, [`leaf`] says
//! what is hashed and signed, [`tree`] how hashes become a root and a proof,
//! [`range`] what the chain keeps of all anchors of a node. The file that carries all of it for one record, and its
//! verifier, are the crate `sealane-verifier`. `docs/evidence.md` describes format and threat model.
//!
//! ```
//! use sealane_primitives::evidence::{entry::entry_hash, proof, record_leaf, root, salt, verify};
//!
//! let (theirs, seed) = ([6; 32], [7; 32]); // drawn at random for each packet: of the orders, of the confirmations
//! let records = [("order 1", "accepted"), ("order 2", "rejected"), ("order 3", "accepted")];
//! let leaves: Vec<_> = (0..)
//!     .zip(records)
//!     .map(|(i, (order, confirmation))| {
//!         let (order, confirmation) = (entry_hash(order.as_bytes(), &theirs, i), entry_hash(confirmation.as_bytes(), &seed, i));
//!         record_leaf(&salt(&seed, i), &order, &confirmation, 1, 1)
//!     })
//!     .collect();
//! let path = proof(&leaves, 1).expect("there is a second record");
//! assert!(verify(&root(&leaves), 3, 1, &leaves[1], &path));
//! assert!(!verify(&root(&leaves), 3, 1, &leaves[2], &path));
//! ```

pub mod batch;
pub mod entry;
pub mod leaf;
pub mod range;
pub mod tree;

pub use batch::{anchor_leaf, Attestation, Core, Excluded, FinalBlockRef, Side};
pub use leaf::{record_leaf, salt};
pub use tree::{proof, root, verify, TreeBuilder};
