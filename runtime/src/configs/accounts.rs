// SPDX-License-Identifier: Apache-2.0

//! Who transacts without an account of its own standing: a node's delegate, a signatory of an account of several, a proxy.
//! The table is that of [`pallet_members::Pallet::payer_of`]; `docs/operating/governance.md` shows it to operators.

use crate::{configs::system::ProxyType, AccountId, Proxy, Runtime, RuntimeCall};
use frame_support::{
	traits::{Contains, Get, InstanceFilter},
	weights::Weight,
};
use pallet_members::ActsThrough;
use sp_runtime::traits::{StaticLookup, Zero};

/// What a node does by itself, and nothing else: a stolen node must not be a stolen institution.
pub struct DelegateCalls;
impl Contains<RuntimeCall> for DelegateCalls {
	fn contains(call: &RuntimeCall) -> bool {
		use pallet_anchors::Call as Anchor;
		use pallet_receipts::Call as Receipt;
		matches!(
			call,
			RuntimeCall::Anchors(Anchor::anchor { .. })
				| RuntimeCall::Receipts(
					Receipt::issue { .. }
						| Receipt::issue_batch { .. }
						| Receipt::close { .. }
						| Receipt::close_batch { .. }
				)
		)
	}
}

/// What a suspended member still does: it ends what it has, for its customers' sake and its partners', and has it on record that it objects.
pub struct WhileSuspended;
impl Contains<RuntimeCall> for WhileSuspended {
	fn contains(call: &RuntimeCall) -> bool {
		use pallet_agreements::Call as Agreement;
		use pallet_anchors::Call as Anchor;
		use pallet_channels::Call as Channel;
		use pallet_receipts::Call as Receipt;
		matches!(
			call,
			RuntimeCall::Channels(Channel::leave { .. } | Channel::refuse { .. } | Channel::withdraw { .. })
				| RuntimeCall::Agreements(Agreement::withdraw { .. })
				| RuntimeCall::Receipts(Receipt::close { .. } | Receipt::close_batch { .. } | Receipt::revoke { .. })
				| RuntimeCall::Anchors(Anchor::open_dispute { .. } | Anchor::resolve_dispute { .. })
		)
	}
}

/// Signatories of multi-signature accounts, proxies, and signatories of an account that is a proxy.
///
/// A multi-signature account is the hash of its signatories and its threshold, so a call that names the others proves that its
/// signer is one of them. Proxies stand on the chain.
pub struct Through;

impl ActsThrough<AccountId, RuntimeCall> for Through {
	fn find<R>(who: &AccountId, call: &RuntimeCall, right: impl Fn(&AccountId) -> Option<R>) -> Option<R> {
		match call {
			RuntimeCall::Multisig(call) => {
				let (account, carried) = multisig(who, call)?;
				right(&account).or_else(|| match carried {
					// The one further step: an account of several that is the proxy. It lets signatories change without a motion.
					Some(RuntimeCall::Proxy(call)) => right(&represented(&account, call)?),
					_ => None,
				})
			}
			RuntimeCall::Proxy(call) => right(&represented(who, call)?),
			_ => None,
		}
	}

	fn weight(call: &RuntimeCall) -> Weight {
		let db = <Runtime as frame_system::Config>::DbWeight::get();
		// Seats, manager and member, of two accounts at most, and one account's proxies.
		let looked_up = db.reads(7);
		match call {
			// Sorting and hashing twenty accounts, 700 bytes, takes a few microseconds.
			RuntimeCall::Multisig(_) => looked_up.saturating_add(Weight::from_parts(20_000_000, 0)),
			RuntimeCall::Proxy(_) => looked_up,
			_ => Weight::zero(),
		}
	}
}

/// The account of several for which `who` signs, and the call that it carries where that is known.
fn multisig<'a>(
	who: &AccountId,
	call: &'a pallet_multisig::Call<Runtime>,
) -> Option<(AccountId, Option<&'a RuntimeCall>)> {
	use pallet_multisig::Call;
	let (threshold, others, carried) = match call {
		Call::as_multi_threshold_1 {
			other_signatories,
			call,
		} => (1, other_signatories, Some(&**call)),
		Call::as_multi {
			threshold,
			other_signatories,
			call,
			..
		} => (*threshold, other_signatories, Some(&**call)),
		Call::approve_as_multi {
			threshold,
			other_signatories,
			..
		}
		| Call::cancel_as_multi {
			threshold,
			other_signatories,
			..
		}
		| Call::poke_deposit {
			threshold,
			other_signatories,
			..
		} => (*threshold, other_signatories, None),
		_ => return None,
	};
	// As the call itself will ask: neither too many, nor unsorted, nor twice.
	let most = <<Runtime as pallet_multisig::Config>::MaxSignatories as Get<u32>>::get() as usize;
	if others.len() >= most || !others.is_sorted_by(|one, next| one < next) {
		return None;
	}
	let place = others.binary_search(who).err()?;
	let mut signatories = others.clone();
	signatories.insert(place, who.clone());
	let account = pallet_multisig::Pallet::<Runtime>::multi_account_id(&signatories, threshold);
	Some((account, carried))
}

/// The account for which `who` acts as a proxy, if it may make this call for it.
fn represented(who: &AccountId, call: &pallet_proxy::Call<Runtime>) -> Option<AccountId> {
	use pallet_proxy::Call;
	let (real, kind, carried) = match call {
		Call::proxy {
			real,
			force_proxy_type,
			call,
		} => (real, *force_proxy_type, Some(&**call)),
		Call::proxy_announced {
			delegate,
			real,
			force_proxy_type,
			call,
		} if account_of(delegate)? == *who => (real, *force_proxy_type, Some(&**call)),
		Call::announce { real, .. } | Call::remove_announcement { real, .. } => (real, None, None),
		_ => return None,
	};
	let real = account_of(real)?;
	let named = Proxy::find_proxy(&real, who, kind).ok()?;
	let at_once = matches!(call, Call::proxy { .. });
	let allowed = carried.is_none_or(|carried| ProxyType::filter(&named.proxy_type, carried))
		&& (!at_once || named.delay.is_zero());
	allowed.then_some(real)
}

fn account_of(address: &crate::Address) -> Option<AccountId> {
	<Runtime as frame_system::Config>::Lookup::lookup(address.clone()).ok()
}
