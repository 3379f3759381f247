// SPDX-License-Identifier: Apache-2.0

//! What must hold of the pallet's storage after every call.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::Get};
use sealane_primitives::{clauses, directory::Scope, ids::*, traits::ChannelRegistry};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// The invariants, by number:
	///
	/// 1. Every open proposal has a number already given out, clauses, a party of its channel as author, and is listed once, in its
	///    author's list. No list is empty or names a proposal that is not open.
	/// 2. A joint proposal was accepted no earlier than it was filed, and nothing is filed in the future.
	/// 3. Clauses that are open or agreed pass validation.
	/// 4. Agreement numbers run from 1 to `LastAgreement` without gaps; each has a head and clauses, and the head says whether these
	///    are empty.
	/// 5. A version begins after the block of its ratification, which is not in the future.
	/// 6. For each channel and scope the versions run from 1 to `ScopeState::versions` without gaps, and their agreement numbers rise.
	/// 7. The timeline of a scope has as many periods as `ScopeState::periods` says, without gaps, with strictly rising first blocks
	///    and agreement numbers, each equal to its version's; the last one is the scope's newest version.
	/// 8. At most `MaxPending` periods of a scope have not begun.
	/// 9. `ScopeCount` is the number of live scopes of a channel and at most `MaxScopes`. A live scope has versions, and says from when
	///    its newest takes it out of force; a scope that is not live is out of force or of a closed product.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_proposals()?;
		Self::try_state_versions()?;
		Self::try_state_scopes()
	}

	fn try_state_proposals() -> Result<(), TryRuntimeError> {
		let mut listed = BTreeSet::new();
		for (channel, member, open) in OpenProposals::<T>::iter() {
			ensure!(
				!open.is_empty(),
				"agreements 1: an empty list of open proposals is stored"
			);
			for id in open {
				ensure!(listed.insert(id), "agreements 1: a proposal is listed twice");
				let proposal = Proposals::<T>::get(id).ok_or("agreements 1: a listed proposal is not open")?;
				ensure!(
					(proposal.channel, proposal.proposer) == (channel, member),
					"agreements 1: a proposal is in another party's list"
				);
			}
		}
		for (id, proposal) in Proposals::<T>::iter() {
			ensure!(
				id < NextProposal::<T>::get(),
				"agreements 1: a proposal's number was not given out yet"
			);
			ensure!(listed.contains(&id), "agreements 1: an open proposal is not listed");
			let (seller, issuer) =
				T::Channels::parties(proposal.channel).ok_or("agreements 1: a proposal's channel does not exist")?;
			ensure!(
				[seller, issuer].contains(&proposal.proposer),
				"agreements 1: a proposal's author is no party of its channel"
			);
			ensure!(
				proposal.filed_at <= Self::now(),
				"agreements 2: a proposal was filed in the future"
			);
			ensure!(
				proposal
					.joint_since
					.is_none_or(|joint| proposal.filed_at <= joint && joint <= Self::now()),
				"agreements 2: a proposal was accepted before it was filed, or in the future"
			);
			let clauses = ProposedClauses::<T>::get(id).ok_or("agreements 1: an open proposal has no clauses")?;
			ensure!(
				clauses::validate(&clauses).is_ok(),
				"agreements 3: proposed clauses break a rule"
			);
		}
		ensure!(
			ProposedClauses::<T>::iter_keys().count() == listed.len(),
			"agreements 1: clauses are stored for a proposal that is not open"
		);
		Ok(())
	}

	fn try_state_versions() -> Result<(), TryRuntimeError> {
		let last = LastAgreement::<T>::get() as usize;
		ensure!(
			Versions::<T>::iter_keys().count() == last,
			"agreements 4: the number of heads is not LastAgreement"
		);
		ensure!(
			AgreedClauses::<T>::iter_keys().count() == last,
			"agreements 4: the number of agreed clauses is not LastAgreement"
		);
		for id in 1..=LastAgreement::<T>::get() {
			let version = Versions::<T>::get(id).ok_or("agreements 4: a version has no head")?;
			let clauses = AgreedClauses::<T>::get(id).ok_or("agreements 4: a version has no clauses")?;
			ensure!(
				version.withdraws == clauses.is_empty(),
				"agreements 4: a head does not say whether its clauses are empty"
			);
			ensure!(
				clauses::validate(&clauses).is_ok(),
				"agreements 3: agreed clauses break a rule"
			);
			ensure!(
				version.ratified_at <= Self::now(),
				"agreements 5: a version was ratified in the future"
			);
			ensure!(
				version.ratified_at < version.from,
				"agreements 5: a version begins by its ratification"
			);
			ensure!(
				ByNumber::<T>::get((version.channel, &version.scope, version.number)) == Some(id),
				"agreements 6: a version is not found by its number"
			);
		}
		ensure!(
			ByNumber::<T>::iter_keys().count() == last,
			"agreements 6: a number leads to no version"
		);
		Ok(())
	}

	fn try_state_scopes() -> Result<(), TryRuntimeError> {
		let mut live = BTreeMap::<ChannelId, u32>::new();
		for (channel, scope, _) in LiveScopes::<T>::iter() {
			*live.entry(channel).or_default() += 1;
			ensure!(
				Scopes::<T>::contains_key(channel, &scope),
				"agreements 9: a live scope has no versions"
			);
		}
		let mut periods = 0;
		for (channel, scope, state) in Scopes::<T>::iter() {
			let newest = ByNumber::<T>::get((channel, &scope, state.versions))
				.and_then(Versions::<T>::get)
				.ok_or("agreements 6: a version is missing")?;
			let withdrawn = newest.withdraws.then_some(newest.from);
			match LiveScopes::<T>::get(channel, &scope) {
				Some(said) => ensure!(
					said == withdrawn,
					"agreements 9: a live scope does not say when it is taken out of force"
				),
				None => {
					let closed = matches!(&scope, Scope::Product(product) if T::Channels::is_closed(product));
					ensure!(
						closed || withdrawn.is_some_and(|from| from <= Self::now()),
						"agreements 9: a scope that may hold is not live"
					);
				}
			}
			periods += state.periods as usize;
			Self::try_state_scope(channel, &scope, state)?;
		}
		ensure!(
			Timeline::<T>::iter_keys().count() == periods,
			"agreements 7: a period lies outside its timeline"
		);
		ensure!(
			ScopeCount::<T>::iter()
				.filter(|(_, count)| *count > 0)
				.collect::<BTreeMap<_, _>>()
				== live,
			"agreements 9: ScopeCount is not the number of live scopes"
		);
		ensure!(
			live.values().all(|count| *count <= T::MaxScopes::get()),
			"agreements 9: a channel has more than MaxScopes live scopes"
		);
		Ok(())
	}

	fn try_state_scope(channel: ChannelId, scope: &Scope, state: ScopeState) -> Result<(), TryRuntimeError> {
		ensure!(
			state.versions > 0 && state.periods > 0,
			"agreements 6: a scope without versions is stored"
		);
		let mut newest = 0;
		for number in 1..=state.versions {
			let id = ByNumber::<T>::get((channel, scope, number)).ok_or("agreements 6: a version is missing")?;
			ensure!(
				newest < id,
				"agreements 6: the agreement numbers of a scope do not rise"
			);
			newest = id;
		}
		let (mut last, mut pending) = (Period { from: 0, agreement: 0 }, 0);
		for index in 0..state.periods {
			let period = Timeline::<T>::get((channel, scope, index)).ok_or("agreements 7: a period is missing")?;
			let version = Versions::<T>::get(period.agreement).ok_or("agreements 7: a period has no version")?;
			ensure!(
				(version.channel, &version.scope, version.from) == (channel, scope, period.from),
				"agreements 7: a period is not its version's"
			);
			ensure!(
				last.from < period.from && last.agreement < period.agreement,
				"agreements 7: the periods of a scope do not rise"
			);
			pending += u32::from(period.from > Self::now());
			last = period;
		}
		ensure!(
			last.agreement == newest,
			"agreements 7: the last period is not the newest version's"
		);
		ensure!(
			pending <= T::MaxPending::get(),
			"agreements 8: more than MaxPending periods have not begun"
		);
		Ok(())
	}
}
