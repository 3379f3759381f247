// SPDX-License-Identifier: Apache-2.0

//! What the calls on channels do.

use crate::*;
use frame_support::{
	pallet_prelude::*,
	traits::{Get, UnixTime},
};
use sealane_primitives::{
	business::Role,
	credential::{credential_digest, wrapped_for_wallets},
	ids::*,
	text::check_text,
	traits::MemberRegistry,
};
use sp_runtime::traits::{UniqueSaturatedInto, Verify, Zero};

impl<T: Config> Pallet<T> {
	/// The current block in the number type that members and nodes use. The one place that converts.
	pub(crate) fn block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// The chain's clock, Unix time in milliseconds.
	pub(crate) fn moment() -> Moment {
		T::Time::now().as_millis().unique_saturated_into()
	}

	/// Hash of the genesis block.
	fn genesis_hash() -> Digest {
		let hash = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		let (mut digest, bytes) = ([0; 32], hash.as_ref());
		let len = bytes.len().min(digest.len());
		digest[..len].copy_from_slice(&bytes[..len]);
		digest
	}

	pub(crate) fn digest_to_sign(
		seller: MemberId,
		issuer: MemberId,
		agreement_hash: &Digest,
		valid_from: Moment,
		valid_until: Moment,
	) -> Digest {
		credential_digest(
			&Self::genesis_hash(),
			seller,
			issuer,
			agreement_hash,
			valid_from,
			valid_until,
		)
	}

	/// Whether `signature` is that of `by` over `digest` as wallets wrap it. Bare it is worth nothing: 32 bytes may be the hash of a
	/// long transaction, so nobody should get used to signing such.
	fn is_signed_by(signature: &T::Signature, digest: &Digest, by: &T::AccountId) -> bool {
		signature.verify(&wrapped_for_wallets(digest)[..], by)
	}

	/// The member that `who` manages.
	fn ensure_manager(who: &T::AccountId) -> Result<MemberId, Error<T>> {
		T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)
	}

	/// The member that `who` manages, which must be active and hold `role`.
	pub(crate) fn ensure_active_manager(who: &T::AccountId, role: Role) -> Result<MemberId, Error<T>> {
		let member = Self::ensure_manager(who)?;
		ensure!(T::Members::ensure_active(member).is_ok(), Error::<T>::MemberNotActive);
		ensure!(T::Members::has_role(member, role), Error::<T>::RoleMissing);
		Ok(member)
	}

	fn ensure_reason(reason: &Reason) -> Result<(), Error<T>> {
		check_text(reason).map_err(Error::<T>::InvalidReason)
	}

	fn ensure_channel(id: ChannelId) -> Result<Channel, Error<T>> {
		Channels::<T>::get(id).ok_or(Error::<T>::ChannelNotFound)
	}

	/// Moves a channel and writes both halves. An end also takes it off the lists and off the agenda.
	///
	/// `edit` sees the channel with its new state. Fails where the table of [`state`] has no way.
	fn advance(
		id: ChannelId,
		action: Action,
		edit: impl FnOnce(&mut Channel, &mut DetailsOf<T>) -> DispatchResult,
	) -> Result<Channel, DispatchError> {
		let mut channel = Self::ensure_channel(id)?;
		let from = channel.state_at(Self::block(), Self::moment());
		channel.state = transition(from, action).ok_or(Error::<T>::InvalidTransition(from, action))?;
		let mut details = ChannelDetails::<T>::get(id).ok_or(Error::<T>::ChannelNotFound)?;
		details.changed_at = Self::block();
		edit(&mut channel, &mut details)?;
		Self::write(id, channel, details);
		Ok(channel)
	}

	/// Writes a lapsed channel's end. Does nothing to one that has not lapsed; says whether it had.
	pub(crate) fn expire_if_lapsed(id: ChannelId) -> bool {
		let Some(mut channel) = Channels::<T>::get(id) else {
			return false;
		};
		let Some(lapse) = channel.lapsed_at(Self::block(), Self::moment()) else {
			return false;
		};
		let Some(mut details) = ChannelDetails::<T>::get(id) else {
			return false;
		};
		let old = core::mem::replace(&mut channel.state, State::Expired);
		details.changed_at = Self::block();
		Self::write(id, channel, details);
		Self::deposit_event(Event::Expired {
			channel: id,
			old,
			lapse,
		});
		true
	}

	/// Writes both halves of a channel that changed. What was granted once leaves a version of where it stands.
	fn write(id: ChannelId, channel: Channel, mut details: DetailsOf<T>) {
		if let Some(terms) = channel.terms {
			// One per change of a channel, each a block apart or a call: 2³² are never reached.
			details.standings = details.standings.saturating_add(1);
			let standing = Standing {
				from: Self::block(),
				state: channel.state,
				terms,
			};
			Standings::<T>::insert(id, details.standings, standing);
		}
		if !channel.state.is_live() {
			for member in [channel.seller, channel.issuer] {
				LiveChannels::<T>::mutate(member, |live| live.retain(|c| *c != id));
				EndedChannels::<T>::mutate(member, |ended| push_newest(ended, id));
			}
			Self::clear_deadlines(id);
		}
		Channels::<T>::insert(id, channel);
		ChannelDetails::<T>::insert(id, details);
	}

	pub(crate) fn do_apply(who: T::AccountId, cooperations: CooperationsOf<T>) -> DispatchResult {
		let seller = Self::ensure_active_manager(&who, Role::Seller)?;
		ensure!(!cooperations.is_empty(), Error::<T>::NoCooperation);
		let application = next::<T, NextApplicationId<T>>()?;
		let mut channels = BoundedVec::with_bounded_capacity(cooperations.len());
		for (position, cooperation) in cooperations.into_iter().enumerate() {
			// At most 255 entries: `integrity_test`.
			let reject = |fault| Error::<T>::CooperationRejected(position as u8, fault);
			Self::check_cooperation(&who, seller, &cooperation).map_err(reject)?;
			let id = next::<T, NextChannelId<T>>()?;
			LiveChannels::<T>::try_append(seller, id).map_err(|()| Error::<T>::MaxChannelsExceeded)?;
			LiveChannels::<T>::try_append(cooperation.issuer, id)
				.map_err(|()| reject(CooperationFault::MaxChannelsExceeded))?;
			Self::note_credential(id, cooperation.credential.valid_until);
			Self::open(id, application, seller, &who, cooperation);
			// One push per entry of a list with the same bound.
			channels.try_push(id).map_err(|_| Error::<T>::NumbersExhausted)?;
		}
		Applications::<T>::insert(
			application,
			Application {
				seller,
				filed_at: Self::block(),
				channels,
			},
		);
		Ok(())
	}

	fn open(
		id: ChannelId,
		application: ApplicationId,
		seller: MemberId,
		who: &T::AccountId,
		cooperation: Cooperation<T::Signature>,
	) {
		let Cooperation { issuer, credential } = cooperation;
		let Credential {
			agreement_hash,
			valid_from,
			valid_until,
			seller_signature,
		} = credential;
		NewestChannel::<T>::insert(seller, issuer, id);
		Channels::<T>::insert(
			id,
			Channel {
				seller,
				issuer,
				state: State::Applied,
				credential_until: valid_until,
				terms: None,
			},
		);
		let now = Self::block();
		ChannelDetails::<T>::insert(
			id,
			Details {
				application,
				agreement_hash,
				valid_from,
				seller: Signed {
					by: who.clone(),
					signature: seller_signature,
				},
				issuer: None,
				applied_at: now,
				granted_at: None,
				changed_at: now,
				reason: None,
				standings: 0,
				suspension: None,
			},
		);
		Self::deposit_event(Event::Applied {
			application,
			channel: id,
			seller,
			issuer,
			agreement_hash,
		});
	}

	/// Checks one entry of an application, the signature last because it costs most. Ends an older channel of the two
	/// whose time is over.
	fn check_cooperation(
		who: &T::AccountId,
		seller: MemberId,
		cooperation: &Cooperation<T::Signature>,
	) -> Result<(), CooperationFault> {
		let Cooperation { issuer, credential } = cooperation;
		ensure!(*issuer != seller, CooperationFault::IssuerIsApplicant);
		ensure!(
			T::Members::ensure_active(*issuer).is_ok(),
			CooperationFault::IssuerNotActive
		);
		ensure!(
			T::Members::has_role(*issuer, Role::Issuer),
			CooperationFault::IssuerRoleMissing
		);
		ensure!(
			credential.valid_from < credential.valid_until,
			CooperationFault::ValidityEmpty
		);
		ensure!(credential.valid_until > Self::moment(), CooperationFault::ValidityPast);
		if let Some(newest) = NewestChannel::<T>::get(seller, issuer) {
			Self::expire_if_lapsed(newest);
			let live = Channels::<T>::get(newest).is_some_and(|c| c.state.is_live());
			ensure!(!live, CooperationFault::AlreadyExists);
		}
		let digest = Self::digest_to_sign(
			seller,
			*issuer,
			&credential.agreement_hash,
			credential.valid_from,
			credential.valid_until,
		);
		ensure!(
			Self::is_signed_by(&credential.seller_signature, &digest, who),
			CooperationFault::InvalidSignature
		);
		Ok(())
	}

	pub(crate) fn do_countersign(who: T::AccountId, id: ChannelId, signature: T::Signature) -> DispatchResult {
		let issuer = Self::ensure_channel(id)?.issuer;
		ensure!(Self::ensure_manager(&who)? == issuer, Error::<T>::NotAuthorized);
		Self::ensure_active_manager(&who, Role::Issuer)?;
		Self::advance(id, Action::Countersign, |channel, details| {
			let digest = Self::digest_to_sign(
				channel.seller,
				channel.issuer,
				&details.agreement_hash,
				details.valid_from,
				channel.credential_until,
			);
			ensure!(
				Self::is_signed_by(&signature, &digest, &who),
				Error::<T>::InvalidSignature
			);
			details.issuer = Some(Signed { by: who, signature });
			Ok(())
		})?;
		Self::deposit_event(Event::Countersigned { channel: id, issuer });
		Ok(())
	}

	pub(crate) fn do_refuse(who: T::AccountId, id: ChannelId, reason: Reason) -> DispatchResult {
		Self::ensure_reason(&reason)?;
		let issuer = Self::ensure_channel(id)?.issuer;
		ensure!(Self::ensure_manager(&who)? == issuer, Error::<T>::NotAuthorized);
		Self::advance_with_reason(id, Action::Refuse, &reason)?;
		Self::deposit_event(Event::Refused { channel: id, reason });
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId, id: ChannelId) -> DispatchResult {
		let seller = Self::ensure_channel(id)?.seller;
		ensure!(Self::ensure_manager(&who)? == seller, Error::<T>::NotAuthorized);
		Self::advance(id, Action::Withdraw, |_, _| Ok(()))?;
		Self::deposit_event(Event::Withdrawn { channel: id });
		Ok(())
	}

	pub(crate) fn do_grant(id: ChannelId, terms: Terms) -> DispatchResult {
		terms.check(Self::block()).map_err(Error::<T>::InvalidTerms)?;
		let channel = Self::advance(id, Action::Grant, |channel, details| {
			ensure!(details.valid_from <= Self::moment(), Error::<T>::CredentialNotYetValid);
			Self::note_grant(id, terms.valid_until);
			channel.terms = Some(terms);
			details.granted_at = Some(Self::block());
			Ok(())
		})?;
		Self::deposit_event(Event::Granted {
			channel: id,
			seller: channel.seller,
			issuer: channel.issuer,
			terms,
		});
		Ok(())
	}

	pub(crate) fn do_set_terms(id: ChannelId, new: Terms) -> DispatchResult {
		new.check(Self::block()).map_err(Error::<T>::InvalidTerms)?;
		// A granted channel has terms; `replace` finds the old ones.
		let mut old = new;
		Self::advance(id, Action::SetTerms, |channel, _| {
			Self::note_grant(id, new.valid_until);
			old = channel.terms.replace(new).unwrap_or(new);
			Ok(())
		})?;
		Self::deposit_event(Event::TermsSet { channel: id, old, new });
		Ok(())
	}

	/// The channel was not resumed so lately that the smaller power would undo what the greater one did.
	pub(crate) fn ensure_rested(id: ChannelId) -> DispatchResult {
		let suspension = ChannelDetails::<T>::get(id).and_then(|details| details.suspension);
		let Some(Suspension { ended: Some(at), .. }) = suspension else {
			return Ok(());
		};
		let until = at.saturating_add(T::SuspensionRest::get());
		ensure!(Self::block() >= until, Error::<T>::ResumedLately);
		Ok(())
	}

	pub(crate) fn do_suspend(id: ChannelId, reason: Reason) -> DispatchResult {
		Self::ensure_reason(&reason)?;
		Self::advance(id, Action::Suspend, |_, details| {
			details.reason = Some(reason.clone());
			details.suspension = Some(Suspension {
				since: Self::block(),
				ended: None,
			});
			Ok(())
		})?;
		Self::deposit_event(Event::Suspended { channel: id, reason });
		Ok(())
	}

	pub(crate) fn do_resume(id: ChannelId, named: BlockNumber) -> DispatchResult {
		Self::advance(id, Action::Resume, |_, details| {
			// A channel that is suspended has a suspension.
			if let Some(suspension) = &mut details.suspension {
				let since = suspension.since;
				ensure!(named == since, Error::<T>::AnotherSuspension);
				suspension.ended = Some(Self::block());
			}
			details.reason = None;
			Ok(())
		})?;
		Self::deposit_event(Event::Resumed { channel: id });
		Ok(())
	}

	pub(crate) fn do_revoke(id: ChannelId, reason: Reason) -> DispatchResult {
		Self::ensure_reason(&reason)?;
		let old = Self::ensure_channel(id)?.state;
		Self::advance_with_reason(id, Action::Revoke, &reason)?;
		Self::deposit_event(Event::Revoked {
			channel: id,
			old,
			reason,
		});
		Ok(())
	}

	pub(crate) fn do_leave(who: T::AccountId, id: ChannelId) -> DispatchResult {
		let by = Self::ensure_manager(&who)?;
		ensure!(Self::ensure_channel(id)?.is_party(by), Error::<T>::NotAuthorized);
		Self::advance(id, Action::Leave, |_, _| Ok(()))?;
		Self::deposit_event(Event::Left { channel: id, by });
		Ok(())
	}

	fn advance_with_reason(id: ChannelId, action: Action, reason: &Reason) -> DispatchResult {
		Self::advance(id, action, |_, details| {
			details.reason = Some(reason.clone());
			Ok(())
		})?;
		Ok(())
	}

	pub(crate) fn do_integrity_test() {
		let issuers = T::MaxIssuersPerApplication::get();
		assert!(
			(1..=255).contains(&issuers),
			"MaxIssuersPerApplication must be 1 to 255, is {issuers}"
		);
		assert!(
			issuers <= T::MaxChannelsPerMember::get(),
			"MaxIssuersPerApplication ({issuers}) must not exceed MaxChannelsPerMember ({})",
			T::MaxChannelsPerMember::get(),
		);
		for (name, value) in [
			("MaxEndedChannelsListed", T::MaxEndedChannelsListed::get()),
			("MaxInterfacesPerIssuer", T::MaxInterfacesPerIssuer::get()),
			("MaxProductsPerIssuer", T::MaxProductsPerIssuer::get()),
			("MaxPrefixesPerIssuer", T::MaxPrefixesPerIssuer::get()),
			("MaxClosedProductsListed", T::MaxClosedProductsListed::get()),
		] {
			assert!(value > 0, "{name} must not be 0");
		}
		let block = T::BlockWeights::get().max_block;
		let apply = T::WeightInfo::apply(issuers);
		assert!(
			apply.all_lte(block),
			"an application with {issuers} issuers ({apply:?}) must fit into a block ({block:?})"
		);
		let one = T::WeightInfo::agenda_base()
			.saturating_add(T::WeightInfo::agenda_page())
			.saturating_add(T::WeightInfo::agenda_end());
		assert!(
			one.all_lte(block),
			"ending one channel ({one:?}) must fit into a block ({block:?})"
		);
	}
}

/// The next number of a counter, which it moves on.
fn next<T: Config, Counter: frame_support::StorageValue<u32, Query = u32>>() -> Result<u32, Error<T>> {
	Counter::try_mutate(|next| {
		let id = *next;
		*next = id.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		Ok(id)
	})
}

/// Appends to a list of the newest entries; the oldest one makes room.
pub(crate) fn push_newest<V, S: Get<u32>>(list: &mut BoundedVec<V, S>, value: V) {
	if list.is_full() && !list.is_empty() {
		list.remove(0);
	}
	// Room was made above; a bound of 0 is excluded by `integrity_test`.
	let _ = list.try_push(value);
}
