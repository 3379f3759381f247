// SPDX-License-Identifier: Apache-2.0

//! What the calls do.

use crate::*;
use frame_support::{pallet_prelude::*, traits::Get};
use sealane_primitives::{
	business::Role,
	calendar::{Announced, Calendar, Timetable},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::traits::UniqueSaturatedInto;

impl<T: Config> Pallet<T> {
	/// The current block in the number type that members and nodes use. The one place that converts.
	pub(crate) fn block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// The issuer that `who` manages, if it may speak of this product now.
	fn ensure_issuer(who: &T::AccountId, product: Option<&ProductId>) -> Result<MemberId, Error<T>> {
		let issuer = T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(T::Members::ensure_active(issuer).is_ok(), Error::<T>::MemberNotActive);
		ensure!(T::Members::has_role(issuer, Role::Issuer), Error::<T>::RoleMissing);
		if let Some(product) = product {
			let of = T::Channels::product(product).map(|(of, _)| of);
			ensure!(of == Some(issuer), Error::<T>::NotTheIssuer);
		}
		Ok(issuer)
	}

	pub(crate) fn do_announce(
		who: T::AccountId,
		product: Option<ProductId>,
		calendar: Calendar,
		from: BlockNumber,
	) -> DispatchResult {
		let issuer = Self::ensure_issuer(&who, product.as_ref())?;
		calendar.check().map_err(Error::<T>::Invalid)?;
		let (now, scope) = (Self::block(), (issuer, product));
		let newest = Versions::<T>::get(&scope);
		let replaced = Self::waits(&scope, newest);
		// What holds is relied on; where nothing holds yet, nobody relies on anything.
		let holds = newest > u32::from(replaced);
		let earliest = match holds {
			true => now.saturating_add(T::MinNotice::get()),
			false => now.saturating_add(1),
		};
		ensure!(from >= earliest, Error::<T>::TooSoon);
		ensure!(from <= now.saturating_add(T::MaxLead::get()), Error::<T>::TooLate);
		let version = match replaced {
			true => newest,
			// One per block at most in 2³² blocks: the number is never reached.
			false => newest.saturating_add(1),
		};
		Versions::<T>::insert(&scope, version);
		Calendars::<T>::insert(&scope, version, Version { from, calendar });
		let (issuer, product) = scope;
		Self::deposit_event(Event::Announced {
			issuer,
			product,
			version,
			from,
			replaced,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId, product: Option<ProductId>) -> DispatchResult {
		let issuer = Self::ensure_issuer(&who, product.as_ref())?;
		let scope = (issuer, product);
		let version = Versions::<T>::get(&scope);
		ensure!(Self::waits(&scope, version), Error::<T>::NothingWaits);
		Calendars::<T>::remove(&scope, version);
		match version.checked_sub(1).filter(|before| *before > 0) {
			Some(before) => Versions::<T>::insert(&scope, before),
			None => Versions::<T>::remove(&scope),
		}
		let (issuer, product) = scope;
		Self::deposit_event(Event::Withdrawn {
			issuer,
			product,
			version,
		});
		Ok(())
	}

	/// Whether the newest version of a scope does not hold yet.
	fn waits(scope: &Scope, newest: u32) -> bool {
		Calendars::<T>::get(scope, newest).is_some_and(|version| version.from > Self::block())
	}

	/// The version of a scope that holds in this block: its newest, or the one before.
	fn in_force(scope: &Scope, newest: u32) -> Option<Announced> {
		let candidates = [Some(newest), newest.checked_sub(1)].into_iter().flatten();
		candidates
			.filter_map(|number| Self::announced(scope, number))
			.find(|version| version.from <= Self::block())
	}

	fn announced(scope: &Scope, version: u32) -> Option<Announced> {
		let Version { from, calendar } = Calendars::<T>::get(scope, version)?;
		Some(Announced {
			product: scope.1.clone(),
			version,
			from,
			calendar,
		})
	}

	pub(crate) fn timetable_of(issuer: MemberId, product: Option<ProductId>) -> Timetable {
		let general = Self::timetable_of_scope((issuer, None));
		let own = match product {
			Some(product) => Self::timetable_of_scope((issuer, Some(product))),
			None => return general,
		};
		// Once a product has a calendar of its own, its issuer's has nothing to say of it any more.
		let next = match (&own.in_force, own.next, general.next) {
			(Some(_), next, _) | (None, next, None) => next,
			(None, Some(own), Some(general)) if own.from <= general.from => Some(own),
			(None, _, general) => general,
		};
		Timetable {
			issuer,
			in_force: own.in_force.or(general.in_force),
			next,
		}
	}

	fn timetable_of_scope(scope: Scope) -> Timetable {
		let newest = Versions::<T>::get(&scope);
		Timetable {
			issuer: scope.0,
			in_force: Self::in_force(&scope, newest),
			next: Self::announced(&scope, newest).filter(|version| version.from > Self::block()),
		}
	}
}
