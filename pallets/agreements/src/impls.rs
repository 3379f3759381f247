// SPDX-License-Identifier: Apache-2.0

//! What the calls and the views do.

use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use sealane_primitives::{
	clauses::{self, Clauses, Facts},
	directory::{AgreementEntry, InForce, Refusal, Scope},
	ids::*,
	text::check_text,
	traits::{ChannelRegistry, MemberRegistry},
};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};

/// Most heads that [`Pallet::versions_of`] answers at once.
const VERSIONS_PER_PAGE: usize = 100;

/// A call whose origin is a party of the channel.
struct Caller {
	/// The party itself.
	member: MemberId,
	/// The issuer of the channel, the caller or its partner.
	issuer: MemberId,
}

// Calls.
impl<T: Config> Pallet<T> {
	/// Returns how many scopes were looked at to make room.
	pub(crate) fn do_propose(
		who: &T::AccountId,
		channel: ChannelId,
		scope: Scope,
		clauses: Clauses,
		from: Option<BlockNumber>,
	) -> Result<u32, DispatchError> {
		let caller = Self::negotiator(who, channel)?;
		Self::ensure_scope(&scope, caller.issuer)?;
		Self::ensure_terms(channel, &scope, &clauses, from)?;
		let swept = Self::ensure_room_for_scope(channel, &scope)?;

		let count = clauses.len() as u32;
		let proposal = Proposal {
			channel,
			scope: scope.clone(),
			proposer: caller.member,
			from,
			counters: None,
			filed_at: Self::now(),
			joint_since: None,
		};
		let id = Self::file(proposal, clauses)?;
		Self::deposit_event(Event::Proposed {
			proposal: id,
			channel,
			scope,
			proposer: caller.member,
			from,
			clauses: count,
		});
		Ok(swept)
	}

	pub(crate) fn do_counter_propose(
		who: &T::AccountId,
		replaces: ProposalId,
		clauses: Clauses,
		from: Option<BlockNumber>,
	) -> DispatchResult {
		let (caller, old) = Self::answerer(who, replaces)?;
		Self::ensure_terms(old.channel, &old.scope, &clauses, from)?;

		let count = clauses.len() as u32;
		Self::close(replaces, &old);
		let proposal = Proposal {
			channel: old.channel,
			scope: old.scope,
			proposer: caller.member,
			from,
			counters: Some(replaces),
			filed_at: Self::now(),
			joint_since: None,
		};
		let id = Self::file(proposal, clauses)?;
		Self::deposit_event(Event::Countered {
			proposal: id,
			replaces,
			channel: old.channel,
			proposer: caller.member,
			from,
			clauses: count,
		});
		Ok(())
	}

	pub(crate) fn do_accept(who: &T::AccountId, id: ProposalId) -> DispatchResult {
		let (caller, mut proposal) = Self::answerer(who, id)?;
		let channel = proposal.channel;
		proposal.joint_since = Some(Self::now());
		Proposals::<T>::insert(id, proposal);
		Self::deposit_event(Event::Accepted {
			proposal: id,
			channel,
			by: caller.member,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(who: &T::AccountId, id: ProposalId) -> DispatchResult {
		let proposal = Proposals::<T>::get(id).ok_or(Error::<T>::ProposalNotFound)?;
		let by = match Self::party(who, proposal.channel) {
			Ok(caller) => caller.member,
			// What both have left behind would stay for ever.
			Err(_) if Self::ensure_not_ended(proposal.channel).is_err() => {
				T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)?
			}
			Err(error) => return Err(error),
		};
		Self::close(id, &proposal);
		Self::deposit_event(Event::Withdrawn {
			proposal: id,
			channel: proposal.channel,
			by,
			joint: proposal.joint_since.is_some(),
		});
		Ok(())
	}

	/// Returns how many scopes were looked at to make room.
	pub(crate) fn do_ratify(id: ProposalId) -> Result<u32, DispatchError> {
		let proposal = Self::joint(id)?;
		Self::ensure_not_ended(proposal.channel)?;
		// Checked again: since the proposal was filed, another one may have been ratified for the same scope.
		let clauses = ProposedClauses::<T>::get(id).ok_or(Error::<T>::ProposalNotFound)?;
		let Proposal {
			channel,
			ref scope,
			from,
			..
		} = proposal;
		let covered = Self::is_covered(channel, scope);
		ensure!(covered || !clauses.is_empty(), Error::<T>::NothingToWithdraw);
		let swept = Self::ensure_room_for_scope(channel, scope)?;

		let now = Self::now();
		let earliest = now.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		let from = from.map_or(earliest, |wanted| wanted.max(earliest));
		let agreement = LastAgreement::<T>::get()
			.checked_add(1)
			.ok_or(Error::<T>::NumbersExhausted)?;
		let (number, replaces) = Self::extend_timeline(channel, scope, agreement, from)?;
		Self::keep_live(channel, scope, clauses.is_empty().then_some(from));

		let version = Version {
			channel,
			scope: scope.clone(),
			number,
			from,
			ratified_at: now,
			withdraws: clauses.is_empty(),
		};
		LastAgreement::<T>::put(agreement);
		ByNumber::<T>::insert((channel, scope, number), agreement);
		Versions::<T>::insert(agreement, version);
		AgreedClauses::<T>::insert(agreement, clauses);
		Self::close(id, &proposal);
		Self::deposit_event(Event::Ratified {
			agreement,
			proposal: id,
			channel,
			scope: proposal.scope,
			version: number,
			from,
			replaces,
		});
		Ok(swept)
	}

	pub(crate) fn do_refuse(id: ProposalId, reason: Reason) -> DispatchResult {
		let proposal = Self::joint(id)?;
		check_text(&reason).map_err(Error::<T>::InvalidReason)?;
		Self::close(id, &proposal);
		Self::deposit_event(Event::Refused {
			proposal: id,
			channel: proposal.channel,
			reason,
		});
		Ok(())
	}
}

// Who may, and what is well-formed.
impl<T: Config> Pallet<T> {
	/// The current block in the chain's common number type. The one place that converts.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// The party of `channel` that `who` manages.
	fn party(who: &T::AccountId, channel: ChannelId) -> Result<Caller, DispatchError> {
		let (seller, issuer) = T::Channels::parties(channel).ok_or(Error::<T>::ChannelNotFound)?;
		let member = T::Members::member_of(who).ok_or(Error::<T>::NotAuthorized)?;
		ensure!(member == seller || member == issuer, Error::<T>::NotAuthorized);
		Ok(Caller { member, issuer })
	}

	/// The party that `who` manages, provided that it may negotiate on `channel` now.
	fn negotiator(who: &T::AccountId, channel: ChannelId) -> Result<Caller, DispatchError> {
		let caller = Self::party(who, channel)?;
		ensure!(T::Members::ensure_active(caller.member).is_ok(), Error::<T>::NotActive);
		Self::ensure_not_ended(channel)?;
		Ok(caller)
	}

	/// The party that `who` manages and the proposal `id`, provided that this party may answer it now.
	fn answerer(who: &T::AccountId, id: ProposalId) -> Result<(Caller, Proposal), DispatchError> {
		let proposal = Proposals::<T>::get(id).ok_or(Error::<T>::ProposalNotFound)?;
		let caller = Self::negotiator(who, proposal.channel)?;
		ensure!(proposal.joint_since.is_none(), Error::<T>::AlreadyJoint);
		ensure!(proposal.proposer != caller.member, Error::<T>::OwnProposal);
		Ok((caller, proposal))
	}

	/// The proposal `id`, provided that both parties submitted it.
	fn joint(id: ProposalId) -> Result<Proposal, DispatchError> {
		let proposal = Proposals::<T>::get(id).ok_or(Error::<T>::ProposalNotFound)?;
		ensure!(proposal.joint_since.is_some(), Error::<T>::NotJoint);
		Ok(proposal)
	}

	/// Parties may agree before the council grants their channel and while it is suspended, but not on one that is over.
	fn ensure_not_ended(channel: ChannelId) -> DispatchResult {
		match T::Channels::authorise(channel) {
			Err(Refusal::ChannelUnknown | Refusal::Revoked | Refusal::Expired | Refusal::MemberUnknown) => {
				Err(Error::<T>::ChannelEnded.into())
			}
			_ => Ok(()),
		}
	}

	/// A product must be the issuer's. A type is a name: the two may agree on it before its first product exists.
	fn ensure_scope(scope: &Scope, issuer: MemberId) -> DispatchResult {
		match scope {
			Scope::All => {}
			Scope::ProductType(name) => {
				ensure!(
					!name.is_empty() && core::str::from_utf8(name).is_ok(),
					Error::<T>::InvalidProductType
				)
			}
			Scope::Product(product) => {
				let (owner, _) = T::Channels::product(product).ok_or(Error::<T>::ProductNotFound)?;
				ensure!(owner == issuer, Error::<T>::ProductOfAnotherIssuer);
			}
		}
		Ok(())
	}

	/// Clauses and first block of a proposal.
	fn ensure_terms(channel: ChannelId, scope: &Scope, clauses: &Clauses, from: Option<BlockNumber>) -> DispatchResult {
		// Asked whether there are clauses or not, so that one weight fits both.
		let covered = Self::is_covered(channel, scope);
		ensure!(covered || !clauses.is_empty(), Error::<T>::NothingToWithdraw);
		clauses::validate(clauses).map_err(|invalid| Error::<T>::InvalidClause(invalid.into()))?;
		if let Some(from) = from {
			let now = Self::now();
			ensure!(from > now, Error::<T>::FromInPast);
			ensure!(from - now <= T::MaxLead::get(), Error::<T>::FromTooFar);
		}
		Ok(())
	}

	/// A channel's live scopes are limited; one of them may always get another version. Where there are too many, those that are
	/// over make room. Returns how many were looked at for that.
	fn ensure_room_for_scope(channel: ChannelId, scope: &Scope) -> Result<u32, DispatchError> {
		if LiveScopes::<T>::contains_key(channel, scope) || ScopeCount::<T>::get(channel) < T::MaxScopes::get() {
			return Ok(0);
		}
		let swept = Self::sweep(channel);
		ensure!(
			ScopeCount::<T>::get(channel) < T::MaxScopes::get(),
			Error::<T>::MaxScopesExceeded
		);
		Ok(swept)
	}

	/// Takes the scopes off a channel's live ones that are over: taken out of force, or of a product that is closed. Returns how
	/// many were looked at.
	pub(crate) fn sweep(channel: ChannelId) -> u32 {
		let now = Self::now();
		let all: Vec<_> = LiveScopes::<T>::iter_prefix(channel).collect();
		let looked_at = all.len() as u32;
		let mut left = looked_at;
		for (scope, withdrawn) in all {
			let closed = matches!(&scope, Scope::Product(product) if T::Channels::is_closed(product));
			if closed || withdrawn.is_some_and(|from| from <= now) {
				LiveScopes::<T>::remove(channel, scope);
				Self::touch(channel);
				left -= 1;
			}
		}
		ScopeCount::<T>::insert(channel, left);
		looked_at
	}

	/// Whether the newest version of the scope has clauses, in force or waiting for its block.
	fn is_covered(channel: ChannelId, scope: &Scope) -> bool {
		let state = Scopes::<T>::get(channel, scope);
		ByNumber::<T>::get((channel, scope, state.versions))
			.and_then(Versions::<T>::get)
			.is_some_and(|newest| !newest.withdraws)
	}
}

// Bookkeeping.
impl<T: Config> Pallet<T> {
	/// Store a new proposal under the next number, in its author's list.
	fn file(proposal: Proposal, clauses: Clauses) -> Result<ProposalId, DispatchError> {
		let id = NextProposal::<T>::get();
		let next = id.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		OpenProposals::<T>::try_mutate(proposal.channel, proposal.proposer, |open| open.try_push(id))
			.map_err(|_| Error::<T>::MaxOpenProposalsExceeded)?;
		NextProposal::<T>::put(next);
		Proposals::<T>::insert(id, proposal);
		ProposedClauses::<T>::insert(id, clauses);
		Ok(id)
	}

	/// Remove a proposal that is no longer open.
	fn close(id: ProposalId, proposal: &Proposal) {
		Proposals::<T>::remove(id);
		ProposedClauses::<T>::remove(id);
		OpenProposals::<T>::mutate_exists(proposal.channel, proposal.proposer, |slot| {
			if let Some(open) = slot {
				open.retain(|other| *other != id);
				if open.is_empty() {
					*slot = None;
				}
			}
		});
	}

	/// Let `agreement` hold for the scope from block `from` on, which lies in the future. Answers its number within the scope and
	/// the version that holds until then.
	///
	/// Periods that begin at `from` or later are dropped: they have not begun, so nothing that ever held is lost.
	fn extend_timeline(
		channel: ChannelId,
		scope: &Scope,
		agreement: AgreementId,
		from: BlockNumber,
	) -> Result<(u32, Option<AgreementId>), DispatchError> {
		let mut state = Scopes::<T>::get(channel, scope);
		let mut replaces = None;
		while let Some(last) = state.periods.checked_sub(1) {
			let Some(period) = Timeline::<T>::get((channel, scope, last)) else {
				break;
			};
			if period.from < from {
				replaces = Some(period.agreement);
				break;
			}
			Timeline::<T>::remove((channel, scope, last));
			state.periods = last;
			Self::deposit_event(Event::Superseded {
				agreement: period.agreement,
				by: agreement,
				from: period.from,
			});
		}
		ensure!(
			Self::pending(channel, scope, state.periods) < T::MaxPending::get(),
			Error::<T>::MaxPendingExceeded
		);

		Timeline::<T>::insert((channel, scope, state.periods), Period { from, agreement });
		state.periods = state.periods.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		state.versions = state.versions.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
		Scopes::<T>::insert(channel, scope, state);
		Self::touch(channel);
		Ok((state.versions, replaces))
	}

	/// Tells both parties that what is in force, or will be, changed.
	pub(crate) fn touch(channel: ChannelId) {
		Revisions::<T>::insert(channel, Self::now());
	}

	/// Keeps a scope that has a new version among the live ones; from `withdrawn` on that takes it out of force.
	pub(crate) fn keep_live(channel: ChannelId, scope: &Scope, withdrawn: Option<BlockNumber>) {
		if !LiveScopes::<T>::contains_key(channel, scope) {
			ScopeCount::<T>::mutate(channel, |count| *count = count.saturating_add(1));
		}
		LiveScopes::<T>::insert(channel, scope, withdrawn);
	}

	/// How many of the first `periods` periods have not begun; counts no farther than the limit.
	fn pending(channel: ChannelId, scope: &Scope, periods: u32) -> u32 {
		let now = Self::now();
		(0..periods)
			.rev()
			.take(T::MaxPending::get() as usize)
			.take_while(|index| Timeline::<T>::get((channel, scope, *index)).is_some_and(|period| period.from > now))
			.count() as u32
	}
}

// Reads for the runtime and for views.
impl<T: Config> Pallet<T> {
	/// The version that holds for exactly this scope at block `at`, `None` where there is none or the scope was taken out of force.
	///
	/// Bisects the timeline: as many reads as the binary logarithm of the number of versions.
	pub fn in_force(channel: ChannelId, scope: &Scope, at: BlockNumber) -> Option<AgreementId> {
		let mut begun = 0;
		let mut end = Scopes::<T>::get(channel, scope).periods;
		while begun < end {
			let middle = begun + (end - begun) / 2;
			if Timeline::<T>::get((channel, scope, middle))?.from <= at {
				begun = middle + 1;
			} else {
				end = middle;
			}
		}
		// `begun` counts the periods that began by `at`: the last of them holds.
		let period = Timeline::<T>::get((channel, scope, begun.checked_sub(1)?))?;
		let version = Versions::<T>::get(period.agreement)?;
		(!version.withdraws).then_some(period.agreement)
	}

	/// What holds for a product at block `at`: its own version, else that of its type, else that for all.
	pub fn in_force_for_product(channel: ChannelId, product: &ProductId, at: BlockNumber) -> Option<AgreementEntry> {
		let find = |scope: Scope| Self::in_force(channel, &scope, at);
		let id = find(Scope::Product(product.clone()))
			.or_else(|| T::Channels::product(product).and_then(|(_, class)| find(Scope::ProductType(class))))
			.or_else(|| find(Scope::All))?;
		Self::agreement(id).map(|(_, entry)| entry)
	}

	/// The versions in force on a channel at block `at`, at most one per scope, ordered by scope. Of products that are closed they may
	/// be missing: nothing is ordered of those any more.
	pub fn agreements_in_force(channel: ChannelId, at: BlockNumber) -> Vec<AgreementEntry> {
		let mut entries: Vec<_> = LiveScopes::<T>::iter_key_prefix(channel)
			.filter_map(|scope| Self::in_force(channel, &scope, at))
			.filter_map(|id| Self::agreement(id).map(|(_, entry)| entry))
			.collect();
		entries.sort_by(|a, b| a.scope.cmp(&b.scope));
		entries
	}

	/// The last block in which what is in force on a channel, or will be, changed by a call.
	pub fn revision_of(channel: ChannelId) -> BlockNumber {
		Revisions::<T>::get(channel)
	}

	/// The numbers of the versions in force on a channel at block `at`, ordered by scope, and the block in which the next one begins.
	pub fn in_force_on(channel: ChannelId, at: BlockNumber) -> InForce {
		let mut scopes: Vec<Scope> = LiveScopes::<T>::iter_key_prefix(channel).collect();
		scopes.sort();
		let begins = |scope: &Scope| Self::next_period(channel, scope, at);
		InForce {
			next_change: scopes.iter().filter_map(begins).min(),
			agreements: scopes
				.iter()
				.filter_map(|scope| Self::in_force(channel, scope, at))
				.collect(),
		}
	}

	/// The first block after `at` in which a period of the scope begins.
	fn next_period(channel: ChannelId, scope: &Scope, at: BlockNumber) -> Option<BlockNumber> {
		// At most `MaxPending` periods have not begun, and they are the last.
		(0..Scopes::<T>::get(channel, scope).periods)
			.rev()
			.map_while(|index| Timeline::<T>::get((channel, scope, index)))
			.map(|period| period.from)
			.take_while(|from| *from > at)
			.last()
	}

	/// The version with this number, in force or past, and its channel.
	pub fn agreement(id: AgreementId) -> Option<(ChannelId, AgreementEntry)> {
		let version = Versions::<T>::get(id)?;
		let clauses = AgreedClauses::<T>::get(id)?;
		let entry = AgreementEntry {
			id,
			scope: version.scope,
			version: version.number,
			from: version.from,
			clauses,
		};
		Some((version.channel, entry))
	}

	/// The open proposals of a channel, by number.
	pub fn open_proposals(channel: ChannelId) -> Vec<ProposalEntry> {
		let mut entries: Vec<_> = OpenProposals::<T>::iter_prefix_values(channel)
			.flatten()
			.filter_map(|id| {
				let proposal = Proposals::<T>::get(id)?;
				let clauses = ProposedClauses::<T>::get(id)?;
				Some(ProposalEntry { id, proposal, clauses })
			})
			.collect();
		entries.sort_by_key(|entry| entry.id);
		entries
	}

	/// Heads of the versions of a channel and scope, a page from version number `first` on.
	pub(crate) fn version_heads(channel: ChannelId, scope: &Scope, first: u32) -> Vec<(AgreementId, Version)> {
		let newest = Scopes::<T>::get(channel, scope).versions;
		(first.max(1)..=newest)
			.take(VERSIONS_PER_PAGE)
			.filter_map(|number| {
				let id = ByNumber::<T>::get((channel, scope, number))?;
				Some((id, Versions::<T>::get(id)?))
			})
			.collect()
	}

	/// What the clauses of `subject` say about `facts`.
	pub(crate) fn evaluate(subject: Subject, facts: &Facts) -> WhatIf {
		let clauses = match subject {
			Subject::Proposal(id) => ProposedClauses::<T>::get(id),
			Subject::Agreement(id) => AgreedClauses::<T>::get(id),
			Subject::Clauses(clauses) => match clauses::validate(&clauses) {
				Err(invalid) => return WhatIf::Invalid(invalid.into()),
				Ok(()) => Some(clauses),
			},
		};
		clauses.map_or(WhatIf::NotFound, |clauses| {
			WhatIf::Verdict(clauses::evaluate(&clauses, facts))
		})
	}
}
