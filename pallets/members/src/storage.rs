// SPDX-License-Identifier: Apache-2.0

//! What the pallet keeps.

use frame_support::pallet_macros::pallet_section;

/// Storage of the pallet.
#[pallet_section]
mod storage {
	/// The number that the next member gets.
	#[pallet::storage]
	pub type NextMemberId<T> = StorageValue<_, MemberId, ValueQuery>;

	/// The number that the next node gets.
	#[pallet::storage]
	pub type NextNodeId<T> = StorageValue<_, NodeId, ValueQuery>;

	/// All members there ever were.
	// Read when any transaction is validated, therefore without the names: those are in `Profiles`.
	#[pallet::storage]
	pub type Members<T: Config> = StorageMap<_, Twox64Concat, MemberId, Member<T::AccountId>>;

	/// Name, legal number and contact of all members there ever were.
	#[pallet::storage]
	pub type Profiles<T> = StorageMap<_, Twox64Concat, MemberId, Profile>;

	/// Under which names and legal numbers a member was and is known, from version 1 on without gaps.
	// Apart from `Profiles`: those are of today.
	#[pallet::storage]
	pub type Identities<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Twox64Concat, u32, MemberIdentity>;

	/// The newest version of a member's name and legal number.
	#[pallet::storage]
	pub type IdentityVersion<T> = StorageMap<_, Twox64Concat, MemberId, u32, ValueQuery>;

	/// The member that an account manages. Has one entry per member that has not left.
	#[pallet::storage]
	pub type Managers<T: Config> = CountedStorageMap<_, Blake2_128Concat, T::AccountId, MemberId>;

	/// The member of a legal number, of those that have not left.
	#[pallet::storage]
	pub type LegalIds<T> = StorageMap<_, Blake2_128Concat, LegalId, MemberId>;

	/// The block in which a member was taken back last, of those that have not left.
	#[pallet::storage]
	pub type Reinstated<T> = StorageMap<_, Twox64Concat, MemberId, BlockNumber>;

	/// The nodes of a member.
	#[pallet::storage]
	pub type NodesOf<T: Config> =
		StorageMap<_, Twox64Concat, MemberId, BoundedVec<NodeId, T::MaxNodesPerMember>, ValueQuery>;

	/// The nodes that are registered, counted.
	#[pallet::storage]
	pub type Nodes<T: Config> = CountedStorageMap<_, Twox64Concat, NodeId, Node<T::AccountId>>;

	/// All nodes that there ever were, and whose they are or were.
	#[pallet::storage]
	pub type NodeRecords<T> = StorageMap<_, Twox64Concat, NodeId, NodeRecord>;

	/// The member and node of a PeerId.
	#[pallet::storage]
	pub type Peers<T> = StorageMap<_, Blake2_128Concat, PeerIdBytes, (MemberId, NodeId)>;

	/// The member and node of a delegate.
	// Read when an off-chain worker's transaction is validated; a node's own record is ten times as big.
	#[pallet::storage]
	pub type Delegates<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, (MemberId, NodeId)>;

	/// All courier keys that a node ever had, by node and number, from 0 without gaps and in the order in which they begin. Kept
	/// after the node is gone: evidence refers to them.
	// Apart from the ring in `Nodes`, which every authorisation reads and which therefore has to stay small.
	#[pallet::storage]
	pub type KeyHistory<T> = StorageDoubleMap<_, Twox64Concat, NodeId, Twox64Concat, u32, CourierKey>;

	/// The keys that their member declared stolen, by node and number. Keys that ended in the ordinary way are not here.
	#[pallet::storage]
	pub type Compromises<T> = StorageDoubleMap<_, Twox64Concat, NodeId, Twox64Concat, u32, Compromise>;

	/// The node and number of a signing key. No signing key is ever taken twice.
	#[pallet::storage]
	pub type KeyOwners<T> = StorageMap<_, Blake2_128Concat, [u8; 32], (NodeId, u32)>;

	/// The accounts for which this pallet holds a provider reference, once and for ever.
	#[pallet::storage]
	pub type KnownAccounts<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ()>;

	/// What is left of a member's allowance; a member without an entry has all of it.
	#[pallet::storage]
	pub type MemberAllowances<T> = StorageMap<_, Twox64Concat, MemberId, Bucket>;

	/// What is left of a council member's allowance; one without an entry has all of it.
	#[pallet::storage]
	pub type CouncilAllowances<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Bucket>;

	/// Whether only registered nodes may stay connected.
	#[pallet::storage]
	pub type ConnectionsRestricted<T> = StorageValue<_, bool, ValueQuery>;

	/// The last block in which what partners know of a member changed: name, roles, standing, nodes, addresses, keys.
	// A block, not a counter: a reader that was on another branch sees at once what it may keep.
	#[pallet::storage]
	pub type Revisions<T> = StorageMap<_, Twox64Concat, MemberId, BlockNumber, ValueQuery>;

	/// Grows whenever the nodes that may be connected, or the policy, may have changed.
	#[pallet::storage]
	pub type PeersRevision<T> = StorageValue<_, u64, ValueQuery>;
}
