// SPDX-License-Identifier: Apache-2.0

//! What others read: other pallets, the runtime API, the directory, people.

use crate::*;
use alloc::vec::Vec;
use sealane_primitives::{
	business::Role,
	directory::{Authorisation, InterfaceEntry, ProductEntry, ProductStatus, Refusal},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};

impl<T: Config> ChannelRegistry for Pallet<T> {
	fn parties(channel: ChannelId) -> Option<(MemberId, MemberId)> {
		Channels::<T>::get(channel).map(|c| (c.seller, c.issuer))
	}

	fn between(seller: MemberId, issuer: MemberId) -> Option<ChannelId> {
		NewestChannel::<T>::get(seller, issuer)
	}

	/// The one place that decides. In this order: the channel's state and time, both members' standing, their roles.
	///
	/// A channel that was never granted answers [`Refusal::NotGranted`], however it ended. A party that lost the role
	/// of its side is no party any more: [`Refusal::NotAParty`].
	fn authorise(channel: ChannelId) -> Result<Authorisation, Refusal> {
		let it = Channels::<T>::get(channel).ok_or(Refusal::ChannelUnknown)?;
		let terms = it.terms.ok_or(Refusal::NotGranted)?;
		match it.state_at(Self::block(), Self::moment()) {
			State::Granted => {}
			State::Suspended => return Err(Refusal::Suspended),
			State::Expired => return Err(Refusal::Expired),
			State::Revoked | State::Left => return Err(Refusal::Revoked),
			// Terms exist from the grant on, so these do not occur with them.
			State::Applied | State::Countersigned | State::Refused | State::Withdrawn => {
				return Err(Refusal::NotGranted)
			}
		}
		for (member, role) in [(it.seller, Role::Seller), (it.issuer, Role::Issuer)] {
			T::Members::ensure_active(member)?;
			if !T::Members::has_role(member, role) {
				return Err(Refusal::NotAParty);
			}
		}
		let Terms {
			kinds,
			valid_until,
			orders_per_minute,
		} = terms;
		Ok(Authorisation {
			channel,
			kinds,
			valid_until,
			orders_per_minute,
		})
	}

	fn product(product: &ProductId) -> Option<(MemberId, ProductType)> {
		Products::<T>::get(product).map(|p| (p.issuer, p.spec.product_type))
	}

	fn is_closed(product: &ProductId) -> bool {
		Products::<T>::get(product).is_none_or(|p| p.spec.status == ProductStatus::Closed)
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn read_state(channel: ChannelId) -> Option<State> {
		Channels::<T>::get(channel).map(|c| c.state_at(Self::block(), Self::moment()))
	}

	pub(crate) fn read_channels_of(member: MemberId) -> Vec<ChannelId> {
		let mut channels = LiveChannels::<T>::get(member).into_inner();
		channels.extend(EndedChannels::<T>::get(member));
		channels
	}

	pub(crate) fn read_interfaces_of(issuer: MemberId) -> Vec<InterfaceEntry> {
		// One whose node was removed serves nobody until it gets another; those of a member that left never do.
		let served = |node| T::Members::owner_of(node) == Some(issuer);
		let mut interfaces: Vec<_> = InterfacesOf::<T>::get(issuer)
			.into_iter()
			.filter_map(|id| Interfaces::<T>::get(&id).map(|i| InterfaceEntry { id, node: i.node }))
			.filter(|entry| served(entry.node))
			.collect();
		interfaces.sort_by(|a, b| a.id.cmp(&b.id));
		interfaces
	}

	pub(crate) fn read_products_of(issuer: MemberId) -> Vec<ProductEntry> {
		// A member that left sells nothing, whatever it left behind in the register.
		if T::Members::ensure_active(issuer) == Err(Refusal::MemberUnknown) {
			return Vec::new();
		}
		let entry = |id: ProductId| Products::<T>::get(&id).map(|p| p.entry(id));
		let mut products: Vec<_> = ProductsOf::<T>::iter_key_prefix(issuer).filter_map(entry).collect();
		products.sort_by(|a, b| a.id.cmp(&b.id));
		products.extend(ClosedProducts::<T>::get(issuer).into_iter().filter_map(entry));
		products
	}
}
