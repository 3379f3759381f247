// SPDX-License-Identifier: Apache-2.0

//! What must hold in every state.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Get};
use sealane_primitives::{ids::*, traits::ChannelRegistry};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage:
	///
	/// 1. The versions of a scope count from 1 without gaps, as many as are counted.
	/// 2. Their first blocks rise; only the newest may lie ahead, and not farther than is allowed.
	/// 3. Each is a calendar.
	/// 4. A product's calendar is announced by the product's issuer.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut scopes: BTreeMap<Scope, BTreeMap<u32, BlockNumber>> = BTreeMap::new();
		for (scope, number, version) in Calendars::<T>::iter() {
			ensure!(version.calendar.check().is_ok(), "3: version is no calendar");
			scopes.entry(scope).or_default().insert(number, version.from);
		}
		let now = Self::block();
		for (scope, count) in Versions::<T>::iter() {
			let versions = scopes.remove(&scope).unwrap_or_default();
			ensure!(count > 0, "1: a scope counts no versions");
			ensure!(versions.keys().copied().eq(1..=count), "1: versions have gaps");
			let from: alloc::vec::Vec<_> = versions.into_values().collect();
			ensure!(
				from.windows(2).all(|pair| pair[0] < pair[1]),
				"2: first blocks do not rise"
			);
			ensure!(
				from.iter().rev().skip(1).all(|from| *from <= now),
				"2: two versions lie ahead"
			);
			ensure!(
				from.iter().all(|from| *from <= now.saturating_add(T::MaxLead::get())),
				"2: a version lies too far ahead"
			);
			if let (issuer, Some(product)) = scope {
				let of = T::Channels::product(&product).map(|(of, _)| of);
				ensure!(of == Some(issuer), "4: a product's calendar is another's");
			}
		}
		ensure!(scopes.is_empty(), "1: versions that are not counted");
		Ok(())
	}
}
