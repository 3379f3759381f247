// SPDX-License-Identifier: Apache-2.0

//! The delegate key: the sr25519 key in a node's keystore with which its off-chain workers sign what they submit,
//! anchors and registration receipts. The member names the key's account on chain and can replace it alone.
//!
//! A delegate may anchor, issue and close receipts, and nothing else, so that a stolen node cannot give away its institution.
//!
//! ## Two submissions in one block
//! Several off-chain workers of one node sign with the same account. `frame_system::offchain` takes the account's
//! nonce from the state of the block it runs on and, after each submission, counts it up in the overlay that all
//! off-chain workers of that block share; so their extrinsics get consecutive nonces. Over several blocks an
//! extrinsic that still waits in the pool makes the next attempt collide with its nonce; the pool refuses the newcomer,
//! the worker learns it from the result, and offers the same thing again at a later block. Everything submitted this
//! way is idempotent on chain, so neither a collision nor a repeat does harm.

use crate::keys::DELEGATE_KEY_TYPE;
use frame_system::offchain::AppCrypto;
use sp_core::sr25519;
use sp_runtime::{MultiSignature, MultiSigner};

mod app {
	use super::DELEGATE_KEY_TYPE;
	use sp_runtime::app_crypto::{app_crypto, sr25519};
	app_crypto!(sr25519, DELEGATE_KEY_TYPE);
}

pub use app::{Pair, Public, Signature};

/// Ties the delegate key of the keystore to the account and signature types of the runtime.
pub struct DelegateAuth;

impl AppCrypto<MultiSigner, MultiSignature> for DelegateAuth {
	type RuntimeAppPublic = Public;
	type GenericPublic = sr25519::Public;
	type GenericSignature = sr25519::Signature;
}
