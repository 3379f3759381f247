// SPDX-License-Identifier: Apache-2.0

//! # Channels
//!
//! Who may exchange payloads with whom.
//!
//! ## Overview
//!
//! A bank that wants to sell the products of several issuers files one application. For each issuer it hands in the
//! credential of the cooperation agreement the two signed: the agreement's hash, how long it holds, and the bank's signature.
//! Each issuer countersigns or refuses. Once both signatures are on chain the council may grant the *channel*: the
//! right of these two, and of nobody else, to exchange payloads of the granted kinds of business. The council can
//! suspend, resume and revoke it, its time can run out, and either party can leave. The payloads never touch the chain.
//!
//! The pallet also keeps what a seller must know to address an issuer: the issuer's interfaces, each served by one of its
//! nodes, and its products.
//!
//! ## Example
//!
//! From the application to the grant, as a test runs it:
#![doc = docify::embed!("src/tests/grant.rs", opens_the_channel_once_both_signed_and_the_council_decided)]
//!
//! ## Design goals
//!
//! 1. **One function decides.** [`Pallet::authorise`](sealane_primitives::traits::ChannelRegistry::authorise) is what the
//!    off-chain worker of the sender, the runtime API and the receiver's node ask. It reads state, terms, the clock and the
//!    standing of both members, so a suspension or the end of a term works from the block in which it holds, written or not.
//! 2. **A number means one thing for ever.** Channel numbers are not reused. An ended channel keeps its record, so that
//!    packets that come late get a reason and evidence keeps its context; the pair applies anew and gets a new number.
//! 3. **Both signed.** No grant without the seller's and the issuer's signature over the same credential, checked on
//!    chain against the accounts that managed the two members at that time.
//! 4. **Time ends what nobody ends.** A grant has at most the life of its credential. `authorise` knows at once; an
//!    agenda writes the end and emits [`Event::Expired`]: that of a grant in the same block, that of a credential once its
//!    minute is over, later where blocks are full. Any number may end at the same time.
//! 5. **One power, one origin.** Granting (and amending what was granted), suspending, resuming and revoking are four
//!    powers, so that stopping may take fewer votes than opening.
//! 6. **Ids mean what they seem.** Interface and product ids are unique on the chain, plain ASCII, and never reused, not even
//!    after retirement: an order of last year names the same product as its evidence. They begin with a prefix that the
//!    council granted to their issuer, so nobody takes another's names.
//! 7. **The past is fixed.** A product keeps its type and currency; its risk and offering, and where a granted channel stands and
//!    on which terms, are kept as versions with their first blocks, for ever.
//!
//! ## What a proof of state shows
//!
//! A verifier without a runtime reads these maps; the prefix is that of pallet `Channels` and the map. Their layout is part of
//! the format of evidence.
//!
//! | map | key, each part hashed by | value | shows |
//! |---|---|---|---|
//! | `Channels` | channel (`u32`), `Twox64Concat` | [`Channel`] | the two parties, the first two fields (`u32` each): they never change |
//! | `Standings` | channel, version (`u32` each), both `Twox64Concat` | [`Standing`] | whether it was granted, and the terms |
//! | `ProductVersions` | product's id (bytes), `Blake2_128Concat`; version (`u32`), `Twox64Concat` | [`ProductVersion`] | issuer, type, currency, risk |
//!
//! Version *v* held at block *n* if its first block, `from`, is not after *n* and version *v* + 1 is absent or begins after
//! *n*. Versions count from 1 without gaps.
//!
//! ## Terminology
//!
//! * **Application**: a seller's request that names issuers; it becomes one channel per issuer.
//! * **Credential**: hash and validity of a cooperation agreement, signed by both parties.
//! * **Live**: not ended. See [`state`] for all states and what leads from one to the other.
//! * **Lapsed**: live as written, but its time is over.
//! * **Page**: what the agenda holds for one block (grants) or one minute (credentials).

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agenda;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod catalogue;
mod errors;
mod events;
mod genesis;
mod impls;
#[cfg(test)]
mod mock;
mod prefixes;
mod registry;
pub mod state;
mod storage;
#[cfg(test)]
mod tests;
// In every build with `std`, so that tools can check a state that they loaded; never in the wasm of a normal build.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

use frame_support::pallet_macros::import_section;
pub use genesis::{GenesisInterface, GenesisPrefix, GenesisProduct};
pub use pallet::*;
pub use registry::Authorised;
pub use state::{transition, Action, State};
pub use types::*;
pub use weights::WeightInfo;

#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(storage::storage)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::UnixTime, DefaultNoBound};
	use frame_system::pallet_prelude::*;
	use sealane_primitives::{
		directory::{Authorisation, InterfaceEntry, ProductEntry, ProductStatus, Refusal},
		ids::*,
		text::TextFault,
		traits::{ChannelRegistry, MemberRegistry},
	};
	use sp_runtime::traits::{IdentifyAccount, Verify};

	/// The cooperations of one application.
	pub type CooperationsOf<T> =
		BoundedVec<Cooperation<<T as Config>::Signature>, <T as Config>::MaxIssuersPerApplication>;
	/// The channels of one application.
	pub type ApplicationOf<T> = Application<BoundedVec<ChannelId, <T as Config>::MaxIssuersPerApplication>>;
	/// The cold half of a channel.
	pub type DetailsOf<T> = Details<<T as frame_system::Config>::AccountId, <T as Config>::Signature>;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The members: who manages whom, who is active, who runs which node.
		type Members: MemberRegistry<Self::AccountId>;

		/// The chain's clock, for the validity of credentials.
		type Time: UnixTime;

		/// A signature that a manager account gives off chain.
		type Signature: Parameter + MaxEncodedLen + Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>>;

		/// May grant channels and amend the terms of a grant.
		type GrantOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// May suspend channels.
		type SuspendOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// May resume suspended channels.
		type ResumeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// May revoke channels and decline applications.
		type RevokeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Blocks from a channel's resumption on in which [`Config::SuspendOrigin`] alone does not suspend it again.
		#[pallet::constant]
		type SuspensionRest: Get<BlockNumber>;

		/// Most issuers that one application names; 1 to 255.
		#[pallet::constant]
		type MaxIssuersPerApplication: Get<u32>;

		/// Most live channels of one member.
		#[pallet::constant]
		type MaxChannelsPerMember: Get<u32>;

		/// Most ended channels of one member that its directory still lists, the newest ones.
		#[pallet::constant]
		type MaxEndedChannelsListed: Get<u32>;

		/// Most interfaces of one issuer that are in use.
		#[pallet::constant]
		type MaxInterfacesPerIssuer: Get<u32>;

		/// Most products of one issuer that are not closed.
		#[pallet::constant]
		type MaxProductsPerIssuer: Get<u32>;

		/// Most closed products of one issuer that the directory still lists, the newest ones.
		#[pallet::constant]
		type MaxClosedProductsListed: Get<u32>;

		/// Most prefixes of ids that one issuer holds.
		#[pallet::constant]
		type MaxPrefixesPerIssuer: Get<u32>;

		/// Weights of the calls and of the agenda.
		type WeightInfo: WeightInfo;

		/// Puts members in place for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	#[pallet::genesis_config]
	#[derive(DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Prefixes of ids that issuers have from the start.
		pub prefixes: Vec<GenesisPrefix>,
		/// Interfaces that exist from the start.
		pub interfaces: Vec<GenesisInterface>,
		/// Products that exist from the start.
		pub products: Vec<GenesisProduct>,
		#[doc(hidden)]
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::build_genesis(&self.prefixes, &self.interfaces, &self.products)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Writes the ends that time brought.
		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::work_off_agenda(remaining)
		}

		fn integrity_test() {
			Self::do_integrity_test()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Apply for one channel with each named issuer. All entries must be good, else none is taken.
		///
		/// ## Origin
		/// The manager of an active member with the role of a seller.
		///
		/// ## Details
		/// Each credential must still hold or begin to hold later, and carry the caller's signature over
		/// [`Pallet::credential_digest`]. Between two members there is at most one live channel; one whose time is over
		/// does not count and is ended on the way.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::NoCooperation`],
		/// [`Error::CooperationRejected`] with the position of the entry and its fault, [`Error::MaxChannelsExceeded`],
		/// [`Error::NumbersExhausted`].
		///
		/// ## Events
		/// [`Event::Applied`] per issuer; [`Event::Expired`] where an older channel was ended.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::apply(cooperations.len() as u32))]
		pub fn apply(origin: OriginFor<T>, cooperations: CooperationsOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_apply(who, cooperations)
		}

		/// Sign the credential as its issuer.
		///
		/// ## Origin
		/// The manager of the channel's issuer, which must be active.
		///
		/// ## Details
		/// The signature is the caller's over the same [`Pallet::credential_digest`] that the seller signed.
		///
		/// ## Errors
		/// [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`],
		/// [`Error::InvalidTransition`], [`Error::InvalidSignature`].
		///
		/// ## Events
		/// [`Event::Countersigned`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::countersign())]
		pub fn countersign(origin: OriginFor<T>, channel: ChannelId, signature: T::Signature) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_countersign(who, channel, signature)
		}

		/// Decline an application, or take the countersignature back before the grant.
		///
		/// ## Origin
		/// The manager of the channel's issuer.
		///
		/// ## Errors
		/// [`Error::InvalidReason`], [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::Refused`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::refuse())]
		pub fn refuse(origin: OriginFor<T>, channel: ChannelId, reason: Reason) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_refuse(who, channel, reason)
		}

		/// Take an application back before the grant.
		///
		/// ## Origin
		/// The manager of the channel's seller.
		///
		/// ## Errors
		/// [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::Withdrawn`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(who, channel)
		}

		/// Open a channel whose credential both parties have signed.
		///
		/// ## Origin
		/// [`Config::GrantOrigin`].
		///
		/// ## Details
		/// The issuer must have countersigned and the credential must hold now.
		///
		/// ## Errors
		/// [`Error::InvalidTerms`], [`Error::ChannelNotFound`], [`Error::InvalidTransition`],
		/// [`Error::CredentialNotYetValid`].
		///
		/// ## Events
		/// [`Event::Granted`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::grant())]
		pub fn grant(origin: OriginFor<T>, channel: ChannelId, terms: Terms) -> DispatchResult {
			T::GrantOrigin::ensure_origin(origin)?;
			Self::do_grant(channel, terms)
		}

		/// Amend the terms of a grant, suspended or not.
		///
		/// ## Origin
		/// [`Config::GrantOrigin`].
		///
		/// ## Errors
		/// [`Error::InvalidTerms`], [`Error::ChannelNotFound`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::TermsSet`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_terms())]
		pub fn set_terms(origin: OriginFor<T>, channel: ChannelId, terms: Terms) -> DispatchResult {
			T::GrantOrigin::ensure_origin(origin)?;
			Self::do_set_terms(channel, terms)
		}

		/// Hold a channel closed until it is resumed. Its time runs on.
		///
		/// ## Origin
		/// [`Config::SuspendOrigin`], or [`Config::ResumeOrigin`], which may undo it.
		///
		/// ## Details
		/// One that was resumed less than [`Config::SuspensionRest`] ago is suspended by [`Config::ResumeOrigin`] only.
		///
		/// ## Errors
		/// [`Error::InvalidReason`], [`Error::ChannelNotFound`], [`Error::InvalidTransition`], [`Error::ResumedLately`].
		///
		/// ## Events
		/// [`Event::Suspended`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::suspend())]
		pub fn suspend(origin: OriginFor<T>, channel: ChannelId, reason: Reason) -> DispatchResult {
			if T::ResumeOrigin::ensure_origin(origin.clone()).is_err() {
				T::SuspendOrigin::ensure_origin(origin)?;
				Self::ensure_rested(channel)?;
			}
			Self::do_suspend(channel, reason)
		}

		/// Open a suspended channel again.
		///
		/// ## Origin
		/// [`Config::ResumeOrigin`].
		///
		/// ## Details
		/// `since` is the first block of the suspension, as [`ChannelDetails`] tells: what was decided about one suspension never
		/// ends a later one.
		///
		/// ## Errors
		/// [`Error::ChannelNotFound`], [`Error::InvalidTransition`], [`Error::AnotherSuspension`].
		///
		/// ## Events
		/// [`Event::Resumed`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, channel: ChannelId, since: BlockNumber) -> DispatchResult {
			T::ResumeOrigin::ensure_origin(origin)?;
			Self::do_resume(channel, since)
		}

		/// End a channel for good, or decline an application.
		///
		/// ## Origin
		/// [`Config::RevokeOrigin`].
		///
		/// ## Errors
		/// [`Error::InvalidReason`], [`Error::ChannelNotFound`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::Revoked`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::revoke())]
		pub fn revoke(origin: OriginFor<T>, channel: ChannelId, reason: Reason) -> DispatchResult {
			T::RevokeOrigin::ensure_origin(origin)?;
			Self::do_revoke(channel, reason)
		}

		/// End a granted channel as one of its parties.
		///
		/// ## Origin
		/// The manager of the channel's seller or issuer.
		///
		/// ## Errors
		/// [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::InvalidTransition`].
		///
		/// ## Events
		/// [`Event::Left`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>, channel: ChannelId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who, channel)
		}

		/// Open an entry point, served by one of the issuer's nodes.
		///
		/// ## Origin
		/// The manager of an active member with the role of an issuer.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::InvalidIdentifier`],
		/// [`Error::PrefixNotGranted`], [`Error::AlreadyExists`], [`Error::NodeNotOwned`], [`Error::MaxInterfacesExceeded`].
		///
		/// ## Events
		/// [`Event::InterfaceRegistered`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::register_interface())]
		pub fn register_interface(origin: OriginFor<T>, id: InterfaceId, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_interface(who, id, node)
		}

		/// Let another node of the issuer serve an interface.
		///
		/// ## Origin
		/// The manager of the interface's issuer, which must be active.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::InterfaceNotFound`],
		/// [`Error::InterfaceRetired`], [`Error::NodeNotOwned`].
		///
		/// ## Events
		/// [`Event::InterfaceNodeSet`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::set_interface_node())]
		pub fn set_interface_node(origin: OriginFor<T>, id: InterfaceId, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_interface_node(who, id, node)
		}

		/// Take an interface out of use for good. Its id is not given out again.
		///
		/// ## Origin
		/// The manager of the interface's issuer, which must be active.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::InterfaceNotFound`],
		/// [`Error::InterfaceRetired`], [`Error::InterfaceInUse`].
		///
		/// ## Events
		/// [`Event::InterfaceRetired`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::retire_interface())]
		pub fn retire_interface(origin: OriginFor<T>, id: InterfaceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retire_interface(who, id)
		}

		/// Register a product of the caller's institution.
		///
		/// ## Origin
		/// The manager of an active member with the role of an issuer.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::InvalidIdentifier`],
		/// [`Error::PrefixNotGranted`], [`Error::InvalidRisk`], [`Error::InvalidCurrency`],
		/// [`Error::InvalidOfferingWindow`], [`Error::AlreadyExists`],
		/// [`Error::ProductClosed`], [`Error::InterfaceNotFound`], [`Error::InterfaceRetired`],
		/// [`Error::MaxProductsExceeded`].
		///
		/// ## Events
		/// [`Event::ProductRegistered`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::register_product())]
		pub fn register_product(origin: OriginFor<T>, id: ProductId, spec: ProductSpec) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_product(who, id, spec)
		}

		/// Replace what is said of a product. The status `closed` is final, type and currency are so from the start.
		///
		/// ## Origin
		/// The manager of the product's issuer, which must be active.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::ProductNotFound`],
		/// [`Error::ProductClosed`], [`Error::ProductTypeFixed`], [`Error::CurrencyFixed`], [`Error::InvalidRisk`],
		/// [`Error::InvalidOfferingWindow`], [`Error::InterfaceNotFound`], [`Error::InterfaceRetired`].
		///
		/// ## Events
		/// [`Event::ProductUpdated`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::update_product())]
		pub fn update_product(origin: OriginFor<T>, id: ProductId, spec: ProductSpec) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update_product(who, id, spec)
		}

		/// Set the status of a product. The status `closed` is final.
		///
		/// ## Origin
		/// The manager of the product's issuer, which must be active.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::ProductNotFound`],
		/// [`Error::ProductClosed`].
		///
		/// ## Events
		/// [`Event::ProductStatusSet`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::set_product_status())]
		pub fn set_product_status(origin: OriginFor<T>, id: ProductId, status: ProductStatus) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_product_status(who, id, status)
		}

		/// Let an issuer register interfaces and products whose ids begin so.
		///
		/// ## Origin
		/// [`Config::GrantOrigin`].
		///
		/// ## Details
		/// No prefix begins with another issuer's. Letters count as they are written: `NW` is not `nw`.
		///
		/// ## Errors
		/// [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::InvalidIdentifier`], [`Error::PrefixTaken`],
		/// [`Error::MaxPrefixesExceeded`].
		///
		/// ## Events
		/// [`Event::PrefixGranted`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::grant_prefix())]
		pub fn grant_prefix(origin: OriginFor<T>, issuer: MemberId, prefix: Name) -> DispatchResult {
			T::GrantOrigin::ensure_origin(origin)?;
			Self::do_grant_prefix(issuer, prefix)
		}

		/// Let nobody register ids that begin so any more. Those that do stay their issuer's.
		///
		/// ## Origin
		/// [`Config::GrantOrigin`].
		///
		/// ## Errors
		/// [`Error::PrefixNotFound`].
		///
		/// ## Events
		/// [`Event::PrefixRevoked`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::revoke_prefix())]
		pub fn revoke_prefix(origin: OriginFor<T>, prefix: Name) -> DispatchResult {
			T::GrantOrigin::ensure_origin(origin)?;
			Self::do_revoke_prefix(prefix)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What is allowed over `channel` now.
		pub fn authorisation(channel: ChannelId) -> Result<Authorisation, Refusal> {
			<Self as ChannelRegistry>::authorise(channel)
		}

		/// Where `channel` stands now, lapsed ones as expired.
		pub fn state_of(channel: ChannelId) -> Option<State> {
			Self::read_state(channel)
		}

		/// The channels of `member`: the live ones, then those that ended last, each oldest first.
		pub fn channels_of(member: MemberId) -> Vec<ChannelId> {
			Self::read_channels_of(member)
		}

		/// The newest channel of the two.
		pub fn newest_channel(seller: MemberId, issuer: MemberId) -> Option<ChannelId> {
			NewestChannel::<T>::get(seller, issuer)
		}

		/// The interfaces of `issuer` that are in use, sorted by id.
		pub fn interfaces_of(issuer: MemberId) -> Vec<InterfaceEntry> {
			Self::read_interfaces_of(issuer)
		}

		/// The products of `issuer` that are not closed, sorted by id, then those that were closed last.
		pub fn products_of(issuer: MemberId) -> Vec<ProductEntry> {
			Self::read_products_of(issuer)
		}

		/// A product with its issuer and offering window, closed or not.
		pub fn product_details(product: ProductId) -> Option<Product> {
			Products::<T>::get(product)
		}

		/// What a product was or is, by version from 1 on.
		pub fn product_version(product: ProductId, version: u32) -> Option<ProductVersion> {
			ProductVersions::<T>::get(product, version)
		}

		/// Where a granted channel stood or stands, by version from 1 on.
		pub fn standing(channel: ChannelId, version: u32) -> Option<Standing> {
			Standings::<T>::get(channel, version)
		}

		/// The issuer that ids beginning with exactly this prefix belong to.
		pub fn prefix_holder(prefix: Name) -> Option<MemberId> {
			Prefixes::<T>::get(prefix)
		}

		/// The 32 bytes that both parties sign for a cooperation agreement; moments are Unix time in milliseconds. They are signed
		/// between `<Bytes>` and `</Bytes>`, as wallets do by themselves.
		pub fn credential_digest(
			seller: MemberId,
			issuer: MemberId,
			agreement_hash: Digest,
			valid_from: Moment,
			valid_until: Moment,
		) -> Digest {
			Self::digest_to_sign(seller, issuer, &agreement_hash, valid_from, valid_until)
		}
	}
}
