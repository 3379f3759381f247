// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call and of the agenda, each over its longest path.

use crate::*;
use alloc::{format, vec, vec::Vec};
use codec::Decode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sealane_primitives::{
	business::BusinessKinds,
	credential::wrapped_for_wallets,
	directory::ProductStatus,
	ids::*,
	keys::DELEGATE_KEY_TYPE,
	traits::{BenchmarkSetup, MemberRegistry},
};
use sp_core::sr25519;
use sp_runtime::traits::TrailingZeroInput;

const DAY: Moment = 24 * 60 * 60 * 1_000;

struct Party<AccountId> {
	key: sr25519::Public,
	account: AccountId,
	member: MemberId,
	node: NodeId,
}

/// An active member with both roles, whose manager's key is in the keystore.
fn party<T: Config>(name: &'static str, index: u32) -> Party<T::AccountId>
where
	T::AccountId: From<sr25519::Public>,
{
	let seed = format!("//{name}//{index}").into_bytes();
	let key = sp_io::crypto::sr25519_generate(DELEGATE_KEY_TYPE, Some(seed));
	let manager = T::AccountId::from(key);
	let delegate: T::AccountId = account(name, index, 1);
	let member = T::BenchmarkSetup::member(&manager, &delegate);
	let node = T::Members::delegate_of(&delegate)
		.map(|(_, node)| node)
		.unwrap_or_default();
	Party {
		key,
		account: manager,
		member,
		node,
	}
}

fn signature<T: Config>(key: &sr25519::Public, seller: MemberId, issuer: MemberId, until: Moment) -> T::Signature
where
	T::Signature: From<sr25519::Signature>,
{
	let digest = Pallet::<T>::digest_to_sign(seller, issuer, &[7; 32], 0, until);
	sp_io::crypto::sr25519_sign(DELEGATE_KEY_TYPE, key, &wrapped_for_wallets(&digest))
		.expect("the key was generated here")
		.into()
}

fn cooperation<T: Config>(
	seller: &Party<T::AccountId>,
	issuer: &Party<T::AccountId>,
	until: Moment,
) -> Cooperation<T::Signature>
where
	T::Signature: From<sr25519::Signature>,
{
	let seller_signature = signature::<T>(&seller.key, seller.member, issuer.member, until);
	Cooperation {
		issuer: issuer.member,
		credential: Credential {
			agreement_hash: [7; 32],
			valid_from: 0,
			valid_until: until,
			seller_signature,
		},
	}
}

fn terms<T: Config>(after: BlockNumber) -> Terms {
	Terms {
		kinds: BusinessKinds::ALL,
		valid_until: Some(Pallet::<T>::block() + after),
		orders_per_minute: Some(1_000),
	}
}

fn reason() -> Reason {
	BoundedVec::truncate_from(vec![b'x'; MAX_REASON_LEN as usize])
}

fn id(letter: u8) -> Name {
	BoundedVec::truncate_from(vec![letter; MAX_NAME_LEN as usize])
}

fn spec(interface: InterfaceId) -> ProductSpec {
	ProductSpec {
		product_type: id(b't'),
		risk: 5,
		currency: *b"CNY",
		interface,
		status: ProductStatus::Open,
		offering: Some(OfferingWindow { from: 0, until: DAY }),
	}
}

/// Fills the lists of ended channels of a member, so that an end has to make room.
fn fill_ended<T: Config>(member: MemberId) {
	let ended: Vec<ChannelId> = (0..T::MaxEndedChannelsListed::get()).map(|n| 1_000_000 + n).collect();
	EndedChannels::<T>::insert(member, BoundedVec::truncate_from(ended));
}

/// Fills the list of live channels of a member, but for the channels of one application.
fn fill_live<T: Config>(member: MemberId) {
	let room = T::MaxIssuersPerApplication::get();
	let live: Vec<ChannelId> = (room..T::MaxChannelsPerMember::get()).map(|n| 2_000_000 + n).collect();
	LiveChannels::<T>::insert(member, BoundedVec::truncate_from(live));
}

/// A channel at `state`, whose credential ends `until`, among as many others as there can be on its lists.
fn channel_at<T: Config>(
	state: State,
	until: Moment,
) -> Result<(ChannelId, Party<T::AccountId>, Party<T::AccountId>), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let (seller, issuer) = (party::<T>("seller", 0), party::<T>("issuer", 0));
	for member in [seller.member, issuer.member] {
		fill_live::<T>(member);
	}
	let entry = cooperation::<T>(&seller, &issuer, until);
	Pallet::<T>::do_apply(seller.account.clone(), BoundedVec::truncate_from(vec![entry]))?;
	let channel = NewestChannel::<T>::get(seller.member, issuer.member)
		.ok_or(BenchmarkError::Stop("the application opened no channel"))?;
	if state != State::Applied {
		let signature = signature::<T>(&issuer.key, seller.member, issuer.member, until);
		Pallet::<T>::do_countersign(issuer.account.clone(), channel, signature)?;
	}
	if state.is_granted() {
		Pallet::<T>::do_grant(channel, terms::<T>(100))?;
	}
	if state == State::Suspended {
		Pallet::<T>::do_suspend(channel, reason())?;
	}
	for member in [seller.member, issuer.member] {
		fill_ended::<T>(member);
	}
	Ok((channel, seller, issuer))
}

fn in_a_day<T: Config>() -> Moment {
	Pallet::<T>::moment() + DAY
}

/// An issuer whose ids may begin with whole ids only, so that the prefix is found last.
fn issuer_with_prefixes<T: Config>() -> Result<Party<T::AccountId>, BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
{
	let issuer = party::<T>("issuer", 0);
	for letter in [b'i', b'j', b'p', b'q'] {
		Pallet::<T>::add_prefix(issuer.member, id(letter))?;
	}
	Ok(issuer)
}

/// An issuer with two interfaces and a product at the first.
fn issuer_with_product<T: Config>() -> Result<Party<T::AccountId>, BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
{
	let issuer = issuer_with_prefixes::<T>()?;
	for interface in [id(b'i'), id(b'j')] {
		Pallet::<T>::add_interface(issuer.member, interface, issuer.node)?;
	}
	Pallet::<T>::add_product(issuer.member, id(b'p'), spec(id(b'i')))?;
	let closed = (0..T::MaxClosedProductsListed::get())
		.map(|n| id((n % 26) as u8 + b'A'))
		.collect();
	ClosedProducts::<T>::insert(issuer.member, BoundedVec::truncate_from(closed));
	Ok(issuer)
}

impl<T: Config> Pallet<T> {
	/// A granted channel between the two for the benchmarks of other pallets, which need no signatures.
	pub fn benchmark_channel(seller: MemberId, issuer: MemberId) -> ChannelId {
		let channel = NextChannelId::<T>::mutate(|next| core::mem::replace(next, next.saturating_add(1)));
		let application = NextApplicationId::<T>::mutate(|next| core::mem::replace(next, next.saturating_add(1)));
		let filed_at = Self::block();
		let terms = Terms {
			kinds: BusinessKinds::ALL,
			valid_until: None,
			orders_per_minute: None,
		};
		let credential_until = Moment::MAX;
		NewestChannel::<T>::insert(seller, issuer, channel);
		Channels::<T>::insert(
			channel,
			Channel {
				seller,
				issuer,
				state: State::Granted,
				credential_until,
				terms: Some(terms),
			},
		);
		for member in [seller, issuer] {
			LiveChannels::<T>::try_append(member, channel).expect("benchmarks open few channels");
		}
		let signed = |by| Signed {
			by,
			signature: T::Signature::decode(&mut TrailingZeroInput::zeroes()).expect("zeros are a signature"),
		};
		ChannelDetails::<T>::insert(
			channel,
			Details {
				application,
				agreement_hash: [7; 32],
				valid_from: 0,
				seller: signed(account("seller", 0, 0)),
				issuer: Some(signed(account("issuer", 0, 0))),
				applied_at: filed_at,
				granted_at: Some(filed_at),
				changed_at: filed_at,
				reason: None,
				standings: 1,
				suspension: None,
			},
		);
		Standings::<T>::insert(
			channel,
			1,
			Standing {
				from: filed_at,
				state: State::Granted,
				terms,
			},
		);
		Self::note_credential(channel, credential_until);
		let channels = BoundedVec::truncate_from(vec![channel]);
		Applications::<T>::insert(
			application,
			Application {
				seller,
				filed_at,
				channels,
			},
		);
		channel
	}
}

#[benchmarks(where T::AccountId: From<sr25519::Public>, T::Signature: From<sr25519::Signature>)]
mod benchmarks {
	use super::*;

	/// Each named issuer has a channel with the seller whose time is over and has to be ended first. Lists are full.
	#[benchmark]
	fn apply(n: Linear<1, { T::MaxIssuersPerApplication::get() }>) -> Result<(), BenchmarkError> {
		let seller = party::<T>("seller", 0);
		let until = in_a_day::<T>();
		let issuers: Vec<_> = (0..n).map(|i| party::<T>("issuer", i)).collect();
		for party in issuers.iter().chain([&seller]) {
			fill_live::<T>(party.member);
		}
		let entries: Vec<_> = issuers.iter().map(|i| cooperation::<T>(&seller, i, until)).collect();
		Pallet::<T>::do_apply(seller.account.clone(), BoundedVec::truncate_from(entries.clone()))?;
		for issuer in &issuers {
			let channel = NewestChannel::<T>::get(seller.member, issuer.member)
				.ok_or(BenchmarkError::Stop("the application opened no channel"))?;
			Pallet::<T>::do_countersign(
				issuer.account.clone(),
				channel,
				signature::<T>(&issuer.key, seller.member, issuer.member, until),
			)?;
			Pallet::<T>::do_grant(channel, terms::<T>(100))?;
			// Its time is over, though nothing wrote it.
			Channels::<T>::mutate(channel, |it| {
				if let Some(terms) = it.as_mut().and_then(|it| it.terms.as_mut()) {
					terms.valid_until = Some(0);
				}
			});
			fill_ended::<T>(issuer.member);
		}
		fill_ended::<T>(seller.member);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(seller.account.clone()),
			BoundedVec::truncate_from(entries),
		);

		assert_eq!(NextChannelId::<T>::get(), 2 * n);
		Ok(())
	}

	#[benchmark]
	fn countersign() -> Result<(), BenchmarkError> {
		let until = in_a_day::<T>();
		let (channel, seller, issuer) = channel_at::<T>(State::Applied, until)?;
		let signature = signature::<T>(&issuer.key, seller.member, issuer.member, until);

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), channel, signature);

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Countersigned));
		Ok(())
	}

	#[benchmark]
	fn refuse() -> Result<(), BenchmarkError> {
		let (channel, _, issuer) = channel_at::<T>(State::Countersigned, in_a_day::<T>())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), channel, reason());

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Refused));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let (channel, seller, _) = channel_at::<T>(State::Countersigned, in_a_day::<T>())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(seller.account.clone()), channel);

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Withdrawn));
		Ok(())
	}

	#[benchmark]
	fn grant() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Countersigned, in_a_day::<T>())?;
		let origin = T::GrantOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel, terms::<T>(100));

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Granted));
		Ok(())
	}

	#[benchmark]
	fn set_terms() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		let origin = T::GrantOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let new = terms::<T>(200);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel, new);

		assert_eq!(Channels::<T>::get(channel).and_then(|c| c.terms), Some(new));
		Ok(())
	}

	#[benchmark]
	fn suspend() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		let origin = T::SuspendOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel, reason());

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Suspended));
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Suspended, in_a_day::<T>())?;
		let origin = T::ResumeOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let since = Pallet::<T>::block();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel, since);

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Granted));
		Ok(())
	}

	#[benchmark]
	fn revoke() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		let origin = T::RevokeOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel, reason());

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Revoked));
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		let (channel, _, issuer) = channel_at::<T>(State::Granted, in_a_day::<T>())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), channel);

		assert_eq!(Pallet::<T>::read_state(channel), Some(State::Left));
		Ok(())
	}

	#[benchmark]
	fn register_interface() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_prefixes::<T>()?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), id(b'i'), issuer.node);

		assert!(Interfaces::<T>::contains_key(id(b'i')));
		Ok(())
	}

	#[benchmark]
	fn set_interface_node() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_product::<T>()?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), id(b'i'), issuer.node);

		assert_eq!(Interfaces::<T>::get(id(b'i')).map(|i| i.node), Some(issuer.node));
		Ok(())
	}

	#[benchmark]
	fn retire_interface() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_product::<T>()?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), id(b'j'));

		assert_eq!(Interfaces::<T>::get(id(b'j')).map(|i| i.retired), Some(true));
		Ok(())
	}

	#[benchmark]
	fn register_product() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_product::<T>()?;

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), id(b'q'), spec(id(b'i')));

		assert!(Products::<T>::contains_key(id(b'q')));
		Ok(())
	}

	/// Moves to another interface and closes.
	#[benchmark]
	fn update_product() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_product::<T>()?;
		let new = ProductSpec {
			status: ProductStatus::Closed,
			risk: 1,
			..spec(id(b'j'))
		};

		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.account.clone()), id(b'p'), new.clone());

		assert_eq!(Products::<T>::get(id(b'p')).map(|p| p.spec), Some(new));
		Ok(())
	}

	#[benchmark]
	fn set_product_status() -> Result<(), BenchmarkError> {
		let issuer = issuer_with_product::<T>()?;

		#[extrinsic_call]
		_(
			RawOrigin::Signed(issuer.account.clone()),
			id(b'p'),
			ProductStatus::Closed,
		);

		assert_eq!(ProductCount::<T>::get(issuer.member), 0);
		Ok(())
	}

	/// The longest prefix, among as many of the same issuer that begin with it or it with them.
	#[benchmark]
	fn grant_prefix() -> Result<(), BenchmarkError> {
		let issuer = party::<T>("issuer", 0);
		let origin = T::GrantOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		for len in (1..MAX_NAME_LEN).take(T::MaxPrefixesPerIssuer::get() as usize - 1) {
			Pallet::<T>::add_prefix(issuer.member, BoundedVec::truncate_from(vec![b'i'; len as usize]))?;
		}

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, issuer.member, id(b'i'));

		assert_eq!(Prefixes::<T>::get(id(b'i')), Some(issuer.member));
		Ok(())
	}

	#[benchmark]
	fn revoke_prefix() -> Result<(), BenchmarkError> {
		issuer_with_prefixes::<T>()?;
		let origin = T::GrantOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id(b'i'));

		assert!(!Prefixes::<T>::contains_key(id(b'i')));
		Ok(())
	}

	#[benchmark]
	fn agenda_base() {
		Cursor::<T>::put(AgendaCursor::default());

		#[block]
		{
			let cursor = Cursor::<T>::get();
			let _ = Pallet::<T>::moment();
			Cursor::<T>::set(cursor);
		}
	}

	#[benchmark]
	fn agenda_page() {
		let page = Page::Block(7);
		Agenda::<T>::insert(page, 3_000_000, ());
		let noted;

		#[block]
		{
			noted = Agenda::<T>::iter_key_prefix(page).next();
		}

		assert_eq!(noted, Some(3_000_000));
	}

	/// With the step to the next note of the page.
	#[benchmark]
	fn agenda_end() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		Channels::<T>::mutate(channel, |it| {
			if let Some(it) = it {
				it.credential_until = 0;
			}
		});

		let page = Page::of_moment(in_a_day::<T>());
		Agenda::<T>::insert(page, 3_000_000, ());

		#[block]
		{
			let mut notes = Agenda::<T>::iter_key_prefix(page);
			let _ = notes.next();
			Pallet::<T>::expire_if_lapsed(channel);
			let _ = notes.next();
		}

		assert!(!ChannelDeadlines::<T>::contains_key(channel));
		Ok(())
	}

	impl_benchmark_test_suite! {
		Pallet,
		crate::mock::benchmark_ext(),
		crate::mock::Test,
	}
}
