// SPDX-License-Identifier: Apache-2.0

//! Nothing on the chain enumerates a bank's customers: registrations leave the commitment, the issuer and what was decided,
//! and nothing else that depends on the customer or the bank.

use super::setup::*;
use crate::{Runtime, RuntimeCall};
use codec::{Decode, Encode};
use frame_support::assert_ok;
use pallet_receipts::{NewReceipt, Outcome, Receipt, RevocationReason, Status};
use sealane_primitives::{
	business::Role,
	ids::Digest,
	registration::{commitment, Ends},
};
use sp_io::hashing::{blake2_128, blake2_256, sha2_256, twox_128, twox_64};
use std::collections::BTreeMap;

type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// A customer as the two terminals know him.
#[derive(Clone, Copy)]
struct Customer {
	reference: &'static [u8],
	salt: [u8; 32],
}

const ONE: Customer = Customer {
	reference: b"CUSTOMER-4711-ZHANG",
	salt: [0x5a; 32],
};
const OTHER: Customer = Customer {
	reference: b"CUSTOMER-0815-LI",
	salt: [0x6b; 32],
};

/// All keys and values of the chain.
fn state() -> State {
	let mut state = State::new();
	let mut last = Vec::new();
	while let Some(key) = sp_io::storage::next_key(&last) {
		let value = sp_io::storage::get(&key).expect("the key was just found");
		state.insert(key.clone(), value.to_vec());
		last = key;
	}
	state
}

fn contains(text: &[u8], part: &[u8]) -> bool {
	text.windows(part.len()).any(|window| window == part)
}

/// What would give a customer away: the reference, the salt, and the hashes by which either could be looked up.
fn traces(customer: Customer) -> Vec<Vec<u8>> {
	[customer.reference, &customer.salt]
		.into_iter()
		.flat_map(|secret| {
			[
				secret.to_vec(),
				sha2_256(secret).to_vec(),
				blake2_256(secret).to_vec(),
				blake2_128(secret).to_vec(),
				twox_128(secret).to_vec(),
				twox_64(secret).to_vec(),
			]
		})
		.collect()
}

/// The chain with two banks and an issuer, and what `customer` of the bank with this position is to the issuer. The calls are
/// those of a whole life: issued, issued in a batch, closed, revoked. Returns the state before and after, and the commitments.
fn life(bank: usize, customer: Customer) -> (State, State, [Digest; 3]) {
	let mut chain = Chain::new();
	chain.pass(1);
	let (banks, fund) = chain.look(|| {
		let banks = [
			join("first bank", &[Role::Seller]),
			join("second bank", &[Role::Seller]),
		];
		let fund = join("fund", &[Role::Issuer]);
		for bank in &banks {
			open_channel(bank, &fund);
		}
		(banks, fund)
	});
	chain.pass(1);
	let before = chain.look(state);
	let of = |salt: u8| {
		let mut customer = customer;
		customer.salt[0] = salt;
		commitment(&customer.salt, fund.member, banks[bank].member, customer.reference)
	};
	let commitments = [of(1), of(2), of(3)];
	chain.block(|| {
		let calls: [RuntimeCall; 4] = [
			pallet_receipts::Call::issue {
				commitment: commitments[0],
				accepted: true,
			}
			.into(),
			pallet_receipts::Call::issue_batch {
				receipts: vec![
					NewReceipt {
						commitment: commitments[1],
						accepted: true,
					},
					NewReceipt {
						commitment: commitments[2],
						accepted: false,
					},
				]
				.try_into()
				.expect("two fit"),
			}
			.into(),
			pallet_receipts::Call::close {
				commitment: commitments[0],
			}
			.into(),
			pallet_receipts::Call::close_batch {
				commitments: vec![commitments[1]].try_into().expect("one fits"),
			}
			.into(),
		];
		for call in calls {
			assert_ok!(send(&fund.delegate, call).expect("within the allowance"));
		}
		let revoke = pallet_receipts::Call::revoke {
			commitment: commitments[2],
			reason: RevocationReason::Other,
		};
		assert_ok!(send(&fund.manager, revoke.into()).expect("within the allowance"));
	});
	(before, chain.look(state), commitments)
}

#[test]
fn no_key_and_no_value_knows_the_customer() {
	let (_, after, _) = life(0, ONE);
	for (key, value) in &after {
		for trace in traces(ONE) {
			assert!(
				!contains(key, &trace) && !contains(value, &trace),
				"{trace:?} in {key:?}"
			);
		}
	}
}

/// The whole state, with the commitments in it replaced by their position, and the hash over those that ended by a word: whoever knows the
/// commitments can make it, and it knows nothing else.
fn without(commitments: &[Digest; 3], state: &State) -> State {
	let ends = Ends::default().and(&commitments[0]).and(&commitments[1]);
	let replace = |bytes: &[u8]| {
		let mut bytes = bytes.to_vec();
		while let Some(at) = bytes.windows(ends.hash.len()).position(|window| window == ends.hash) {
			bytes.splice(at..at + ends.hash.len(), *b"<ends>");
		}
		for (position, commitment) in commitments.iter().enumerate() {
			// Keys hold the commitment behind its hash.
			for part in [[&blake2_128(commitment)[..], commitment].concat(), commitment.to_vec()] {
				while let Some(at) = bytes.windows(part.len()).position(|window| window == part) {
					bytes.splice(at..at + part.len(), format!("<{position}>").into_bytes());
				}
			}
		}
		bytes
	};
	state
		.iter()
		.map(|(key, value)| (replace(key), replace(value)))
		.collect()
}

/// What the registrations changed. Hashes of earlier blocks aside, which the random part of earlier signatures reaches.
fn change(before: &State, after: &State) -> State {
	let hashes = ["BlockHash", "ParentHash"].map(|item| [twox_128(b"System"), twox_128(item.as_bytes())].concat());
	after
		.iter()
		.filter(|(key, value)| before.get(*key) != Some(value) && !hashes.iter().any(|prefix| key.starts_with(prefix)))
		.map(|(key, value)| (key.clone(), value.clone()))
		.collect()
}

/// Two chains on which everything is the same, but another customer of another bank is registered: beyond the commitments
/// they change the same keys to the same values, so nothing about either can be read from the state, whatever one looks for.
#[test]
fn the_state_is_the_same_whosever_customer_it_is() {
	let (before, after, commitments) = life(0, ONE);
	let one = change(&before, &after);
	let (before, after, other_commitments) = life(1, OTHER);
	let other = change(&before, &after);
	assert!(one.len() > 5, "the calls left something");
	assert_ne!(one, other, "the commitments differ");
	assert_eq!(without(&commitments, &one), without(&other_commitments, &other));
}

#[test]
fn a_receipt_is_its_outcome_and_blocks() {
	let (before, after, commitments) = life(0, ONE);
	let prefix = [twox_128(b"Receipts"), twox_128(b"Receipts")].concat();
	let new: Vec<_> = after
		.iter()
		.filter(|(key, _)| key.starts_with(&prefix) && !before.contains_key(*key))
		.collect();
	assert_eq!(new.len(), commitments.len());
	for (key, value) in new {
		// The key is the issuer and the commitment, each behind its hash.
		assert_eq!(key.len(), 32 + 8 + 4 + 16 + 32);
		assert!(commitments.contains(key[60..].try_into().expect("32 bytes are left")));
		let receipt = Receipt::decode(&mut &value[..]).expect("a receipt");
		assert_eq!(&receipt.encode(), value, "nothing follows the receipt");
		let Receipt {
			outcome: Outcome::Accepted | Outcome::Rejected,
			status,
			issued_at,
		} = receipt;
		assert!(matches!(status, Status::Closed(at) | Status::Revoked(at) if at == issued_at));
	}
}

/// What travels in a block's body: the commitment and the outcome.
#[test]
fn the_call_carries_no_more_than_the_commitment() {
	let secret = commitment(&ONE.salt, 3, 1, ONE.reference);
	let call = RuntimeCall::from(pallet_receipts::Call::<Runtime>::issue {
		commitment: secret,
		accepted: true,
	});
	assert_eq!(call.encoded_size(), 2 + 32 + 1);
	for trace in traces(ONE) {
		assert!(!contains(&call.encode(), &trace));
	}
}
