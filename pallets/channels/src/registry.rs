// SPDX-License-Identifier: Apache-2.0

//! What others read: other pallets, the runtime API, the directory, people.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
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

	fn authorise(channel: ChannelId) -> Result<Authorisation, Refusal> {
		let it = Channels::<T>::get(channel).ok_or(Refusal::ChannelUnknown)?;
		Self::decide(
			channel,
			&it,
			(Self::block(), Self::moment()),
			&mut T::Members::ensure_role,
		)
	}

	fn product(product: &ProductId) -> Option<(MemberId, ProductType)> {
		Products::<T>::get(product).map(|p| (p.issuer, p.spec.product_type))
	}

	fn is_closed(product: &ProductId) -> bool {
		Products::<T>::get(product).is_none_or(|p| p.spec.status == ProductStatus::Closed)
	}
}

/// Where a channel stands: its number, itself, and what is allowed over it.
pub type Authorised = (ChannelId, Channel, Result<Authorisation, Refusal>);

impl<T: Config> Pallet<T> {
	/// The one place that decides. In this order: the channel's state and time, both members' standing, their roles.
	///
	/// A channel that was never granted answers [`Refusal::NotGranted`], however it ended. A party that lost the role
	/// of its side is no party any more: [`Refusal::NotAParty`].
	fn decide(
		channel: ChannelId,
		it: &Channel,
		(block, moment): (BlockNumber, Moment),
		ensure_role: &mut impl FnMut(MemberId, Role) -> Result<(), Refusal>,
	) -> Result<Authorisation, Refusal> {
		let terms = it.terms.ok_or(Refusal::NotGranted)?;
		match it.state_at(block, moment) {
			State::Granted => {}
			State::Suspended => return Err(Refusal::Suspended),
			State::Expired => return Err(Refusal::Expired),
			State::Revoked | State::Left => return Err(Refusal::Revoked),
			// Terms exist from the grant on, so these do not occur with them.
			State::Applied | State::Countersigned | State::Refused | State::Withdrawn => {
				return Err(Refusal::NotGranted)
			}
		}
		ensure_role(it.seller, Role::Seller)?;
		ensure_role(it.issuer, Role::Issuer)?;
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

	/// Where all channels of `member` stand that [`Pallet::channels_of`] lists, by the function that authorises each, with as few reads
	/// as it takes: each channel and each member once, the time once.
	pub fn standings_of(member: MemberId) -> Vec<Authorised> {
		let now = (Self::block(), Self::moment());
		let mut known = BTreeMap::new();
		let mut ensure_role = |member: MemberId, role: Role| {
			*known
				.entry((member, role as u8))
				.or_insert_with(|| T::Members::ensure_role(member, role))
		};
		Self::read_channels_of(member)
			.into_iter()
			.filter_map(|id| Some((id, Channels::<T>::get(id)?)))
			.map(|(id, it)| (id, it, Self::decide(id, &it, now, &mut ensure_role)))
			.collect()
	}

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

	/// The last block in which the interfaces or products of `issuer` changed.
	pub fn catalogue_revision(issuer: MemberId) -> BlockNumber {
		CatalogueRevisions::<T>::get(issuer)
	}

	/// `limit` products of `issuer` that are not closed, in no order, after what the page before gave as its second part. The last page
	/// also has those that were closed last, and nothing as its second part.
	pub fn products_page(issuer: MemberId, after: Option<Vec<u8>>, limit: u32) -> (Vec<ProductEntry>, Option<Vec<u8>>) {
		let mut ids = match after {
			Some(after) => ProductsOf::<T>::iter_key_prefix_from(issuer, after),
			None => ProductsOf::<T>::iter_key_prefix(issuer),
		};
		let page: Vec<_> = ids.by_ref().take(limit as usize).collect();
		let next = (page.len() == limit as usize).then(|| ids.last_raw_key().to_vec());
		let closed = match next {
			Some(_) => Default::default(),
			None => ClosedProducts::<T>::get(issuer),
		};
		let entry = |id: ProductId| Products::<T>::get(&id).map(|p| p.entry(id));
		(page.into_iter().chain(closed).filter_map(entry).collect(), next)
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
