// SPDX-License-Identifier: Apache-2.0

//! # Sealane primitives
//!
//! The words that runtime, courier, gateway and terminals share. Nothing here keeps state.
//!
//! * [`ids`]: identifiers and bounded types.
//! * [`business`]: kinds of business, roles and currencies.
//! * [`calendar`]: which day an order belongs to.
//! * [`keys`]: courier keys and purposes of signatures.
//! * [`legal_id`]: the number under which the law knows an institution.
//! * [`signature`]: Ed25519 as all of them check it.
//! * [`delegate`]: the key with which a node signs what its off-chain workers submit.
//! * [`credential`]: what seller and issuer sign before a channel can be granted.
//! * [`registration`]: the commitment to a customer's registration.
//! * [`directory`]: what a node must know of the chain to trade, and who may not.
//! * [`text`]: the rule for texts that people read.
//! * [`fields`]: what the texts and numbers of entries may be.
//! * [`traits`]: how the pallets meet without depending on each other.
//! * [`open`]: values that a later version may extend.
//! * [`clauses`]: the pure rule engine behind agreements.
//! * [`evidence`]: leaf, tree, proof and pack: what makes a trade record provable.
//! * [`runtime_api`]: what the node asks of the runtime.
//! * [`courier_host`]: what the runtime's off-chain worker asks of the courier.
//!
//! Without the feature `runtime` nothing here needs the SDK: what hashes, signs and reads evidence builds for any target, and
//! links no host function.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod business;
pub mod calendar;
pub mod clauses;
#[cfg(feature = "runtime")]
pub mod courier_host;
pub mod credential;
#[cfg(feature = "runtime")]
pub mod delegate;
pub mod directory;
pub mod evidence;
pub mod fields;
pub mod ids;
pub mod keys;
pub mod legal_id;
pub mod open;
pub mod registration;
#[cfg(feature = "runtime")]
pub mod runtime_api;
pub mod signature;
pub mod text;
pub mod traits;
