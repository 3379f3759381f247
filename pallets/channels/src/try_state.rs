// SPDX-License-Identifier: Apache-2.0

//! What must hold in every state.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{directory::ProductStatus, ids::*};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage:
	///
	/// 1. Numbers in use are below the counters; every channel has both halves and belongs to its application.
	/// 2. Seller and issuer of a channel differ; a pair has at most one channel that is live as written, its newest.
	/// 3. A channel has terms exactly if it was granted; terms are sound; nothing is granted without both signatures; one that
	///    is suspended has a suspension that has not ended, and one that is granted none.
	/// 4. A member's list of live channels holds exactly its live ones, each once.
	/// 5. A member's list of ended channels holds its own that ended, each once.
	/// 6. A live channel is noted on exactly the pages that its deadlines name, those of its ends; nothing else is noted.
	/// 7. Ids and specs of interfaces and products keep the rules; an issuer's list of interfaces holds exactly those in use.
	/// 8. An interface counts the products that are not closed and use it; those are of the same issuer, and it is in use.
	/// 9. An issuer's index and count of products agree with its products that are not closed; the list of closed ones
	///    holds closed ones, each once.
	/// 10. A product's versions and a channel's standings have no gap, begin in their order and not in the future; the newest
	///     says what the product or the channel itself says.
	/// 11. No prefix begins with another issuer's; prefixes and their counts agree.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_channels()?;
		Self::try_lists()?;
		Self::try_agenda()?;
		Self::try_interfaces()?;
		Self::try_products()?;
		Self::try_versions()?;
		Self::try_prefixes()
	}

	fn try_channels() -> Result<(), TryRuntimeError> {
		let (next_channel, next_application) = (NextChannelId::<T>::get(), NextApplicationId::<T>::get());
		for (id, it) in Channels::<T>::iter() {
			ensure!(id < next_channel, "1: channel number not below the counter");
			let details = ChannelDetails::<T>::get(id).ok_or("1: channel without details")?;
			let application = Applications::<T>::get(details.application).ok_or("1: channel without application")?;
			ensure!(application.channels.contains(&id), "1: channel not in its application");
			ensure!(application.seller == it.seller, "1: application of another seller");
			ensure!(
				details.application < next_application,
				"1: application number not below the counter"
			);

			ensure!(it.seller != it.issuer, "2: channel with oneself");
			let newest = NewestChannel::<T>::get(it.seller, it.issuer).ok_or("2: pair without newest channel")?;
			ensure!(id <= newest, "2: channel newer than the newest");
			ensure!(id == newest || !it.state.is_live(), "2: live channel is not the newest");

			ensure!(
				it.terms.is_some() == details.granted_at.is_some(),
				"3: terms without grant or grant without terms"
			);
			ensure!(!it.state.is_granted() || it.terms.is_some(), "3: granted without terms");
			ensure!(!it.state.is_pending() || it.terms.is_none(), "3: pending with terms");
			let held = details.suspension.is_some_and(|suspension| suspension.ended.is_none());
			ensure!(
				held || it.state != State::Suspended,
				"3: suspended without a suspension"
			);
			ensure!(!held || it.state != State::Granted, "3: granted under a suspension");
			ensure!(
				it.terms.is_none() || details.issuer.is_some(),
				"3: granted without countersignature"
			);
			ensure!(
				(it.state != State::Applied) || details.issuer.is_none(),
				"3: countersigned but only applied"
			);
			if let Some(terms) = it.terms {
				let since = details.granted_at.unwrap_or_default();
				ensure!(terms.check(since).is_ok(), "3: unsound terms");
			}
		}
		ensure!(
			ChannelDetails::<T>::iter_keys().all(Channels::<T>::contains_key),
			"1: details without channel"
		);
		for (seller, issuer, id) in NewestChannel::<T>::iter() {
			let it = Channels::<T>::get(id).ok_or("2: newest channel does not exist")?;
			ensure!(
				(it.seller, it.issuer) == (seller, issuer),
				"2: newest channel of another pair"
			);
		}
		Ok(())
	}

	fn try_lists() -> Result<(), TryRuntimeError> {
		let mut live: BTreeMap<MemberId, Vec<ChannelId>> = BTreeMap::new();
		for (id, it) in Channels::<T>::iter().filter(|(_, it)| it.state.is_live()) {
			live.entry(it.seller).or_default().push(id);
			live.entry(it.issuer).or_default().push(id);
		}
		for (member, listed) in LiveChannels::<T>::iter() {
			let mut expected = live.remove(&member).unwrap_or_default();
			expected.sort_unstable();
			let mut listed = listed.into_inner();
			listed.sort_unstable();
			ensure!(listed == expected, "4: list of live channels is wrong");
		}
		ensure!(live.is_empty(), "4: member without list of live channels");
		for (member, listed) in EndedChannels::<T>::iter() {
			for (position, id) in listed.iter().enumerate() {
				let it = Channels::<T>::get(id).ok_or("5: listed channel does not exist")?;
				ensure!(it.is_party(member), "5: listed channel of others");
				ensure!(!it.state.is_live(), "5: live channel listed as ended");
				ensure!(!listed[..position].contains(id), "5: channel listed twice");
			}
		}
		Ok(())
	}

	fn try_agenda() -> Result<(), TryRuntimeError> {
		let mut notes = 0usize;
		for (id, it) in Channels::<T>::iter() {
			let Some(Deadlines { credential, grant }) = ChannelDeadlines::<T>::get(id) else {
				ensure!(!it.state.is_live(), "6: live channel without deadlines");
				continue;
			};
			ensure!(it.state.is_live(), "6: ended channel with deadlines");
			ensure!(
				credential == Page::of_moment(it.credential_until),
				"6: noted elsewhere than where its credential ends"
			);
			ensure!(
				grant == it.terms.and_then(|t| t.valid_until).map(Page::Block),
				"6: noted elsewhere than where its grant ends"
			);
			for page in [Some(credential), grant].into_iter().flatten() {
				ensure!(Agenda::<T>::contains_key(page, id), "6: not noted on its page");
				notes += 1;
			}
		}
		ensure!(
			Agenda::<T>::iter_keys().count() == notes,
			"6: something is noted that no deadline names"
		);
		ensure!(
			ChannelDeadlines::<T>::iter_keys().all(Channels::<T>::contains_key),
			"6: deadlines without channel"
		);
		Ok(())
	}

	fn try_interfaces() -> Result<(), TryRuntimeError> {
		let mut in_use = 0usize;
		for (id, it) in Interfaces::<T>::iter() {
			ensure!(check_identifier(&id).is_ok(), "7: interface id breaks the rules");
			let listed = InterfacesOf::<T>::get(it.issuer).contains(&id);
			ensure!(listed != it.retired, "7: list of interfaces is wrong");
			in_use += usize::from(!it.retired);
		}
		let listed: usize = InterfacesOf::<T>::iter_values().map(|ids| ids.len()).sum();
		ensure!(listed == in_use, "7: list of interfaces names others");
		Ok(())
	}

	fn try_products() -> Result<(), TryRuntimeError> {
		let mut users: BTreeMap<InterfaceId, u32> = BTreeMap::new();
		let mut counts: BTreeMap<MemberId, u32> = BTreeMap::new();
		for (id, Product { issuer, spec, .. }) in Products::<T>::iter() {
			ensure!(check_identifier(&id).is_ok(), "7: product id breaks the rules");
			ensure!(Self::ensure_spec(&spec).is_ok(), "7: product breaks the rules");
			let interface = Interfaces::<T>::get(&spec.interface).ok_or("8: product without interface")?;
			ensure!(interface.issuer == issuer, "8: product at another issuer's interface");
			let open = spec.status != ProductStatus::Closed;
			ensure!(
				ProductsOf::<T>::contains_key(issuer, &id) == open,
				"9: index of products is wrong"
			);
			if open {
				ensure!(!interface.retired, "8: product at a retired interface");
				*users.entry(spec.interface).or_default() += 1;
				*counts.entry(issuer).or_default() += 1;
			}
		}
		for (id, it) in Interfaces::<T>::iter() {
			ensure!(
				it.products == users.get(&id).copied().unwrap_or(0),
				"8: interface miscounts its products"
			);
		}
		for (issuer, count) in ProductCount::<T>::iter() {
			ensure!(
				count == counts.remove(&issuer).unwrap_or(0),
				"9: issuer's products are miscounted"
			);
			ensure!(
				count <= T::MaxProductsPerIssuer::get(),
				"9: issuer has too many products"
			);
			ensure!(
				ProductsOf::<T>::iter_key_prefix(issuer).count() == count as usize,
				"9: index names others"
			);
		}
		ensure!(counts.is_empty(), "9: issuer's products are not counted");
		for (issuer, ids) in ClosedProducts::<T>::iter() {
			for (position, id) in ids.iter().enumerate() {
				let product = Products::<T>::get(id).ok_or("9: listed product does not exist")?;
				ensure!(product.issuer == issuer, "9: listed product of others");
				ensure!(
					product.spec.status == ProductStatus::Closed,
					"9: open product listed as closed"
				);
				ensure!(!ids[..position].contains(id), "9: product listed twice");
			}
		}
		Ok(())
	}

	fn try_versions() -> Result<(), TryRuntimeError> {
		let now = Self::block();
		let mut count = 0usize;
		for (id, product) in Products::<T>::iter() {
			let mut last = 0;
			for version in 1..=product.versions {
				count += 1;
				let it = ProductVersions::<T>::get(&id, version).ok_or("10: product's version is missing")?;
				ensure!(last <= it.from && it.from <= now, "10: product's versions do not rise");
				last = it.from;
				ensure!(
					(it.issuer, &it.product_type, it.currency)
						== (product.issuer, &product.spec.product_type, product.spec.currency),
					"10: what is fixed of a product changed"
				);
				ensure!(
					version < product.versions || (it.risk, it.offering) == (product.spec.risk, product.spec.offering),
					"10: product's newest version is not what it is"
				);
			}
			ensure!(product.versions > 0, "10: product without a version");
		}
		ensure!(
			ProductVersions::<T>::iter_keys().count() == count,
			"10: version of no product"
		);
		let mut count = 0usize;
		for (id, details) in ChannelDetails::<T>::iter() {
			let channel = Channels::<T>::get(id).ok_or("1: details without channel")?;
			ensure!(
				channel.terms.is_some() == (details.standings > 0),
				"10: standings without grant or grant without standing"
			);
			let mut last = 0;
			for version in 1..=details.standings {
				count += 1;
				let it = Standings::<T>::get(id, version).ok_or("10: channel's standing is missing")?;
				ensure!(last <= it.from && it.from <= now, "10: channel's standings do not rise");
				last = it.from;
				ensure!(
					version < details.standings || (it.state, Some(it.terms)) == (channel.state, channel.terms),
					"10: channel's newest standing is not where it stands"
				);
			}
		}
		ensure!(
			Standings::<T>::iter_keys().count() == count,
			"10: standing of no channel"
		);
		Ok(())
	}

	fn try_prefixes() -> Result<(), TryRuntimeError> {
		let all: Vec<(Name, MemberId)> = Prefixes::<T>::iter().collect();
		let mut longer: BTreeMap<(Name, MemberId), u32> = BTreeMap::new();
		let mut counts: BTreeMap<MemberId, u32> = BTreeMap::new();
		for (prefix, issuer) in &all {
			ensure!(check_identifier(prefix).is_ok(), "11: prefix breaks the rules");
			let clash = all
				.iter()
				.any(|(other, holder)| holder != issuer && prefix.starts_with(other));
			ensure!(!clash, "11: prefix begins with another issuer's");
			*counts.entry(*issuer).or_default() += 1;
			for len in 1..prefix.len() {
				let head = Name::truncate_from(prefix[..len].to_vec());
				*longer.entry((head, *issuer)).or_default() += 1;
			}
		}
		ensure!(
			LongerPrefixes::<T>::iter()
				.map(|(name, issuer, count)| ((name, issuer), count))
				.collect::<BTreeMap<_, _>>()
				== longer,
			"11: longer prefixes are miscounted"
		);
		ensure!(
			PrefixCount::<T>::iter().collect::<BTreeMap<_, _>>() == counts,
			"11: prefixes are miscounted"
		);
		ensure!(
			counts.values().all(|count| *count <= T::MaxPrefixesPerIssuer::get()),
			"11: issuer has too many prefixes"
		);
		Ok(())
	}
}
