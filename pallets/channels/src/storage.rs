// SPDX-License-Identifier: Apache-2.0

//! What the pallet keeps.

use frame_support::pallet_macros::pallet_section;

/// Storage of the pallet.
#[pallet_section]
mod storage {
	/// Number of the next application.
	#[pallet::storage]
	pub type NextApplicationId<T> = StorageValue<_, ApplicationId, ValueQuery>;

	/// Number of the next channel.
	#[pallet::storage]
	pub type NextChannelId<T> = StorageValue<_, ChannelId, ValueQuery>;

	/// All applications ever filed.
	#[pallet::storage]
	pub type Applications<T: Config> = StorageMap<_, Twox64Concat, ApplicationId, ApplicationOf<T>>;

	/// All channels ever applied for: what every authorisation reads.
	// Hot: small and of fixed size. The signatures and reasons are in `ChannelDetails`.
	#[pallet::storage]
	pub type Channels<T> = StorageMap<_, Twox64Concat, ChannelId, Channel>;

	/// The credential, its signatures and the history of each channel.
	// Cold: read by people and written on changes only.
	#[pallet::storage]
	pub type ChannelDetails<T: Config> = StorageMap<_, Twox64Concat, ChannelId, DetailsOf<T>>;

	/// Where a granted channel stood, and on which terms, from version 1 on without gaps; how many there are is in its details.
	#[pallet::storage]
	pub type Standings<T> = StorageDoubleMap<_, Twox64Concat, ChannelId, Twox64Concat, u32, Standing>;

	/// The newest channel of each pair of seller and issuer.
	#[pallet::storage]
	pub type NewestChannel<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Twox64Concat, MemberId, ChannelId>;

	/// The channels of a member, as seller or as issuer, that have not ended, oldest first.
	#[pallet::storage]
	pub type LiveChannels<T: Config> =
		StorageMap<_, Twox64Concat, MemberId, BoundedVec<ChannelId, T::MaxChannelsPerMember>, ValueQuery>;

	/// The channels of a member that ended last, oldest first.
	// Apart from the live ones, so that an endless history never crowds out what is in use.
	#[pallet::storage]
	pub type EndedChannels<T: Config> =
		StorageMap<_, Twox64Concat, MemberId, BoundedVec<ChannelId, T::MaxEndedChannelsListed>, ValueQuery>;

	/// The channels whose time ends at a block or in a minute.
	// One key per channel, so that any number may end at the same time.
	#[pallet::storage]
	pub type Agenda<T> = StorageDoubleMap<_, Twox64Concat, Page, Twox64Concat, ChannelId, ()>;

	/// On which pages of the agenda a live channel is noted.
	#[pallet::storage]
	pub type ChannelDeadlines<T> = StorageMap<_, Twox64Concat, ChannelId, Deadlines>;

	/// How far the agenda is worked off.
	#[pallet::storage]
	pub type Cursor<T> = StorageValue<_, AgendaCursor>;

	/// The issuer that ids beginning so belong to.
	#[pallet::storage]
	pub type Prefixes<T> = StorageMap<_, Blake2_128Concat, Name, MemberId>;

	/// By what could be another's prefix: the issuers that hold longer prefixes beginning with it, and how many.
	// So that granting one looks at those in its way and not at all there are.
	#[pallet::storage]
	pub type LongerPrefixes<T> = StorageDoubleMap<_, Blake2_128Concat, Name, Twox64Concat, MemberId, u32, ValueQuery>;

	/// How many prefixes an issuer has.
	#[pallet::storage]
	pub type PrefixCount<T> = StorageMap<_, Twox64Concat, MemberId, u32, ValueQuery>;

	/// All interfaces ever registered.
	#[pallet::storage]
	pub type Interfaces<T> = StorageMap<_, Blake2_128Concat, InterfaceId, Interface>;

	/// The interfaces of an issuer that are in use.
	#[pallet::storage]
	pub type InterfacesOf<T: Config> =
		StorageMap<_, Twox64Concat, MemberId, BoundedVec<InterfaceId, T::MaxInterfacesPerIssuer>, ValueQuery>;

	/// All products ever registered.
	#[pallet::storage]
	pub type Products<T> = StorageMap<_, Blake2_128Concat, ProductId, Product>;

	/// What a product was and is for those who buy it, from version 1 on without gaps; how many there are is in the product.
	#[pallet::storage]
	pub type ProductVersions<T> = StorageDoubleMap<_, Blake2_128Concat, ProductId, Twox64Concat, u32, ProductVersion>;

	/// The products of an issuer that are not closed.
	// One key per product: an issuer may have thousands, and registering one must not rewrite the list.
	#[pallet::storage]
	pub type ProductsOf<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Blake2_128Concat, ProductId, ()>;

	/// How many products of an issuer are not closed.
	#[pallet::storage]
	pub type ProductCount<T> = StorageMap<_, Twox64Concat, MemberId, u32, ValueQuery>;

	/// The last block in which an issuer's catalogue changed: its interfaces and products.
	#[pallet::storage]
	pub type CatalogueRevisions<T> = StorageMap<_, Twox64Concat, MemberId, BlockNumber, ValueQuery>;

	/// The products of an issuer that were closed last, oldest first.
	#[pallet::storage]
	pub type ClosedProducts<T: Config> =
		StorageMap<_, Twox64Concat, MemberId, BoundedVec<ProductId, T::MaxClosedProductsListed>, ValueQuery>;
}
