// SPDX-License-Identifier: Apache-2.0

//! What a later version does that nodes of today know nothing of. Only in the runtime that tests upgrade to: over it nodes of today must
//! go on importing, finalising and trading.

use alloc::vec::Vec;
use codec::Encode;
use sealane_primitives::{courier_host::courier, open::Open};

/// A method of the courier that has been added since.
const METHOD: u32 = 1_000;

/// A value that has grown by a field since.
pub fn grown<T: Encode>(value: T) -> Open<T> {
	let bytes: Vec<u8> = [value.encode(), b"a field of tomorrow".to_vec().encode()].concat();
	Open::Unknown(bytes)
}

/// Asks the node's courier for something that it has never heard of, and does without.
pub fn ask_for_news() {
	let answer = courier::call(METHOD, &b"what is new?".to_vec().encode());
	log::debug!(target: "runtime", "the node answers the method of tomorrow: {answer:?}");
}
