// SPDX-License-Identifier: Apache-2.0

//! What must hold of the state of the whole chain. Native only: tests call it after every step, and `sealane-check-state`
//! over the state of a real network.

use crate::{
	configs::governance::CouncilInstance, AccountId, Agreements, Anchors, Calendars, Channels, Members, Receipts,
	Runtime, Validators,
};
use frame_support::{ensure, traits::PalletsInfoAccess};
use sealane_primitives::traits::ChannelRegistry;
use sp_runtime::TryRuntimeError;
use std::collections::BTreeSet;

/// Looks at the state, and says what is wrong with it.
pub type Check = fn() -> Result<(), TryRuntimeError>;

/// The checks, each with the name of what it is about.
pub const CHECKS: [(&str, Check); 10] = [
	("members", Members::do_try_state),
	("channels", Channels::do_try_state),
	("agreements", Agreements::do_try_state),
	("receipts", Receipts::do_try_state),
	("anchors", Anchors::do_try_state),
	("calendars", Calendars::do_try_state),
	("validators", Validators::do_try_state),
	("council", check_council),
	("consensus", check_consensus),
	("authorisations", check_authorisations),
];

/// Checks the invariants of the consortium's pallets, each by its own numbered list, and those that lie between pallets.
///
/// # Errors
/// The first that does not hold.
pub fn check() -> Result<(), TryRuntimeError> {
	CHECKS.iter().try_for_each(|(_, check)| check())
}

/// The council votes with exactly the members that the membership pallet lists.
fn check_council() -> Result<(), TryRuntimeError> {
	let seats: BTreeSet<AccountId> = pallet_collective::Members::<Runtime, CouncilInstance>::get()
		.into_iter()
		.collect();
	let members: BTreeSet<AccountId> = pallet_membership::Members::<Runtime, CouncilInstance>::get()
		.into_iter()
		.collect();
	ensure!(
		seats == members,
		"council: the seats are not those of the membership pallet"
	);
	Ok(())
}

/// Blocks are authored and finalised by the validators of the session, one key each.
fn check_consensus() -> Result<(), TryRuntimeError> {
	let validators = pallet_session::Validators::<Runtime>::get();
	let authors = pallet_aura::Authorities::<Runtime>::decode_len().unwrap_or_default();
	ensure!(
		authors == validators.len(),
		"consensus: there are not as many authors as validators"
	);
	let disabled = pallet_session::DisabledValidators::<Runtime>::get();
	ensure!(
		disabled.iter().all(|(index, _)| (*index as usize) < validators.len()),
		"consensus: a validator is disabled that there is not"
	);
	Ok(())
}

/// Nothing travels to or from a member that is suspended or has left.
fn check_authorisations() -> Result<(), TryRuntimeError> {
	for (id, channel) in pallet_channels::Channels::<Runtime>::iter() {
		if <Channels as ChannelRegistry>::authorise(id).is_err() {
			continue;
		}
		for member in [channel.seller, channel.issuer] {
			let active = Members::member_entry(member).is_some_and(|entry| entry.active);
			ensure!(
				active,
				"authorisations: a channel of a member that is not active is authorised"
			);
		}
	}
	Ok(())
}

/// The names of all pallets and the prefix under which each keeps its state.
pub fn pallets() -> Vec<(&'static str, [u8; 16])> {
	crate::AllPalletsWithSystem::infos()
		.into_iter()
		.map(|info| (info.name, sp_io::hashing::twox_128(info.name.as_bytes())))
		.collect()
}
