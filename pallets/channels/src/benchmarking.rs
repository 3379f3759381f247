// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call and of the agenda, each over its longest path.

use crate::{agenda::PAGES_TRIED, *};
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
	sp_io::crypto::sr25519_sign(DELEGATE_KEY_TYPE, key, &digest)
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

/// Fills the pages of the agenda from `first` on, so that a note goes to the last one that is tried, which is nearly full too.
fn fill_pages<T: Config>(first: Page) {
	let most = T::MaxChannelsPerPage::get();
	for by in 0..PAGES_TRIED {
		let count = match by + 1 == PAGES_TRIED {
			true => most.saturating_sub(T::MaxIssuersPerApplication::get()),
			false => most,
		};
		let notes = (0..count).map(|n| 3_000_000 + n).collect();
		Agenda::<T>::insert(first.later(by), BoundedVec::truncate_from(notes));
	}
}

/// Fills the pages on which the end of a credential, and the end of a grant with [`terms`] `after` as many blocks, are noted.
fn fill_agenda<T: Config>(credential: Moment, after: &[BlockNumber]) {
	fill_pages::<T>(Page::of_moment(credential));
	for blocks in after {
		fill_pages::<T>(Page::Block(Pallet::<T>::block() + blocks));
	}
}

/// A channel at `state`, whose credential ends `until`, among as many others as there can be on its lists and pages.
fn channel_at<T: Config>(
	state: State,
	until: Moment,
) -> Result<(ChannelId, Party<T::AccountId>, Party<T::AccountId>), BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
	T::Signature: From<sr25519::Signature>,
{
	let (seller, issuer) = (party::<T>("seller", 0), party::<T>("issuer", 0));
	fill_agenda::<T>(until, &[100, 200]);
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

/// An issuer with two interfaces and a product at the first.
fn issuer_with_product<T: Config>() -> Result<Party<T::AccountId>, BenchmarkError>
where
	T::AccountId: From<sr25519::Public>,
{
	let issuer = party::<T>("issuer", 0);
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
			},
		);
		Self::note_credential(channel, credential_until).expect("benchmarks open few channels");
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

	/// Each named issuer has a channel with the seller whose time is over and has to be ended first. Lists and pages are full.
	#[benchmark]
	fn apply(n: Linear<1, { T::MaxIssuersPerApplication::get() }>) -> Result<(), BenchmarkError> {
		let seller = party::<T>("seller", 0);
		let until = in_a_day::<T>();
		let issuers: Vec<_> = (0..n).map(|i| party::<T>("issuer", i)).collect();
		fill_agenda::<T>(until, &[100]);
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

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, channel);

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
		let issuer = party::<T>("issuer", 0);

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
		let full = (0..T::MaxChannelsPerPage::get()).collect();
		Agenda::<T>::insert(page, BoundedVec::truncate_from(full));
		let noted;

		#[block]
		{
			noted = Agenda::<T>::get(page).len();
		}

		assert_eq!(noted, T::MaxChannelsPerPage::get() as usize);
	}

	#[benchmark]
	fn agenda_note() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		let lapsed;

		#[block]
		{
			lapsed = Pallet::<T>::has_lapsed(channel);
		}

		assert!(!lapsed);
		Ok(())
	}

	#[benchmark]
	fn agenda_end() -> Result<(), BenchmarkError> {
		let (channel, ..) = channel_at::<T>(State::Granted, in_a_day::<T>())?;
		Channels::<T>::mutate(channel, |it| {
			if let Some(it) = it {
				it.credential_until = 0;
			}
		});

		#[block]
		{
			Pallet::<T>::expire_if_lapsed(channel);
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
