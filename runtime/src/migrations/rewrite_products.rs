// SPDX-License-Identifier: Apache-2.0

//! Reads every product and writes it again, one by one over as many blocks as it takes: the pattern for a change of a stored
//! type, with its checks. The upgrade that tests rehearse runs it; the type stays the same, so nothing may change.

use crate::Runtime;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{
	migrations::{MigrationId, SteppedMigration, SteppedMigrationError},
	storage::KeyPrefixIterator,
	weights::WeightMeter,
};
use pallet_channels::Products;
use sealane_primitives::ids::ProductId;

/// See the module.
pub struct RewriteProducts;

/// What must be the same before and after: how many products there are, and a hash over all of them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Census {
	products: u32,
	content: [u8; 32],
}

impl Census {
	/// Counts now. Reads every product: for checks, never in a block.
	pub fn take() -> Self {
		let mut products: Vec<_> = Products::<Runtime>::iter().map(|entry| entry.encode()).collect();
		products.sort();
		Census {
			products: products.len() as u32,
			content: sp_io::hashing::blake2_256(&products.encode()),
		}
	}
}

impl SteppedMigration for RewriteProducts {
	type Cursor = ProductId;
	type Identifier = MigrationId<15>;

	fn id() -> Self::Identifier {
		MigrationId {
			pallet_id: *b"pallet-channels",
			version_from: 1,
			version_to: 1,
		}
	}

	fn step(
		mut cursor: Option<ProductId>,
		meter: &mut WeightMeter,
	) -> Result<Option<ProductId>, SteppedMigrationError> {
		// Finding the next key, reading it, writing it.
		let one = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(2, 1);
		if !meter.can_consume(one) {
			return Err(SteppedMigrationError::InsufficientWeight { required: one });
		}
		let mut keys: KeyPrefixIterator<ProductId> = match &cursor {
			Some(last) => Products::<Runtime>::iter_keys_from(Products::<Runtime>::hashed_key_for(last)),
			None => Products::<Runtime>::iter_keys(),
		};
		while meter.try_consume(one).is_ok() {
			let Some(id) = keys.next() else { return Ok(None) };
			// A changed type would be read in its old form here and written in its new one.
			if let Some(product) = Products::<Runtime>::get(&id) {
				Products::<Runtime>::insert(&id, product);
			}
			cursor = Some(id);
		}
		Ok(cursor)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		Ok(Census::take().encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let before = Census::decode(&mut &state[..]).map_err(|_| "the census from before does not decode")?;
		frame_support::ensure!(before == Census::take(), "products changed during the migration");
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use frame_support::weights::Weight;
	use sealane_primitives::directory::ProductStatus;

	fn product(number: u32) -> (ProductId, pallet_channels::Product) {
		let name = |text: &str| text.as_bytes().to_vec().try_into().expect("short");
		let spec = pallet_channels::ProductSpec {
			product_type: name("fund.bond"),
			risk: (number % 5) as u8 + 1,
			currency: *b"CNY",
			interface: name("funds"),
			status: ProductStatus::Open,
			offering: None,
		};
		(
			name(&alloc::format!("P{number}")),
			pallet_channels::Product {
				issuer: number,
				spec,
				versions: 1,
			},
		)
	}

	fn with_products(count: u32, run: impl FnOnce()) {
		sp_io::TestExternalities::default().execute_with(|| {
			for (id, product) in (0..count).map(product) {
				Products::<Runtime>::insert(id, product);
			}
			run();
		});
	}

	#[test]
	fn changes_nothing_over_as_many_steps_as_it_takes() {
		with_products(25, || {
			let before = Census::take();
			let one = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(2, 1);
			let (mut cursor, mut steps) = (None, 0);
			loop {
				// Room for ten products in each block.
				let mut meter = WeightMeter::with_limit(one.saturating_mul(10));
				cursor = RewriteProducts::step(cursor, &mut meter).expect("there is room");
				steps += 1;
				assert!(steps <= 4, "it goes round in circles");
				if cursor.is_none() {
					break;
				}
			}
			assert_eq!(steps, 3);
			assert_eq!(Census::take(), before);
		});
	}

	#[test]
	fn says_what_it_needs_where_there_is_no_room_at_all() {
		with_products(1, || {
			let mut meter = WeightMeter::with_limit(Weight::zero());
			assert!(matches!(
				RewriteProducts::step(None, &mut meter),
				Err(SteppedMigrationError::InsufficientWeight { .. })
			));
		});
	}

	#[test]
	fn a_census_sees_a_changed_product() {
		with_products(3, || {
			let before = Census::take();
			let (id, mut changed) = product(1);
			changed.spec.risk = 5;
			Products::<Runtime>::insert(id, changed);
			assert_ne!(Census::take(), before);
		});
	}
}
