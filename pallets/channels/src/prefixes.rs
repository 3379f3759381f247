// SPDX-License-Identifier: Apache-2.0

//! Whose ids begin how: prefixes that the council grants to issuers.
//!
//! Ids of interfaces and products are unique on the chain, and an order names a product by its id alone. So that nobody takes the
//! names of another, an issuer may only register ids that begin with a prefix granted to it, and no prefix begins with
//! another issuer's. A whole id is a prefix, too.

use crate::*;
use frame_support::{pallet_prelude::*, traits::Get};
use sealane_primitives::{business::Role, ids::*, traits::MemberRegistry};

/// The first `len` bytes of a name.
fn head(name: &[u8], len: usize) -> Name {
	Name::truncate_from(name.get(..len).unwrap_or(name).to_vec())
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_grant_prefix(issuer: MemberId, prefix: Name) -> DispatchResult {
		ensure!(T::Members::ensure_active(issuer).is_ok(), Error::<T>::MemberNotActive);
		ensure!(T::Members::has_role(issuer, Role::Issuer), Error::<T>::RoleMissing);
		Self::add_prefix(issuer, prefix)
	}

	/// Grants a prefix to a member that is known to be an issuer.
	pub(crate) fn add_prefix(issuer: MemberId, prefix: Name) -> DispatchResult {
		check_identifier(&prefix).map_err(|fault| Error::<T>::InvalidIdentifier(IdentifierField::Prefix, fault))?;
		ensure!(!Prefixes::<T>::contains_key(&prefix), Error::<T>::PrefixTaken);
		// Neither does it begin with another's, nor does another's begin with it.
		let begins_with_anothers = (1..prefix.len())
			.filter_map(|len| Prefixes::<T>::get(head(&prefix, len)))
			.any(|holder| holder != issuer);
		ensure!(!begins_with_anothers, Error::<T>::PrefixTaken);
		let begins_anothers = LongerPrefixes::<T>::iter_key_prefix(&prefix).any(|holder| holder != issuer);
		ensure!(!begins_anothers, Error::<T>::PrefixTaken);
		PrefixCount::<T>::try_mutate(issuer, |count| {
			ensure!(*count < T::MaxPrefixesPerIssuer::get(), Error::<T>::MaxPrefixesExceeded);
			*count += 1;
			Ok::<_, DispatchError>(())
		})?;

		for len in 1..prefix.len() {
			LongerPrefixes::<T>::mutate(head(&prefix, len), issuer, |count| *count = count.saturating_add(1));
		}
		Prefixes::<T>::insert(&prefix, issuer);
		Self::deposit_event(Event::PrefixGranted { issuer, prefix });
		Ok(())
	}

	pub(crate) fn do_revoke_prefix(prefix: Name) -> DispatchResult {
		let issuer = Prefixes::<T>::take(&prefix).ok_or(Error::<T>::PrefixNotFound)?;
		for len in 1..prefix.len() {
			LongerPrefixes::<T>::mutate_exists(head(&prefix, len), issuer, |count| {
				*count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
			});
		}
		PrefixCount::<T>::mutate_exists(issuer, |count| {
			*count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
		});
		Self::deposit_event(Event::PrefixRevoked { issuer, prefix });
		Ok(())
	}

	/// `id` begins with a prefix of `issuer`.
	pub(crate) fn ensure_prefix(issuer: MemberId, id: &Name) -> Result<(), Error<T>> {
		let granted = (1..=id.len()).any(|len| Prefixes::<T>::get(head(id, len)) == Some(issuer));
		ensure!(granted, Error::<T>::PrefixNotGranted);
		Ok(())
	}
}
