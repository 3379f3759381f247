// SPDX-License-Identifier: Apache-2.0

//! Identifiers, all bounded by type so that storage and messages are.

use bounded_collections::{BoundedVec, ConstU32};

/// Number of a block of the consortium chain.
pub type BlockNumber = u32;
/// Unix time in milliseconds.
pub type Moment = u64;
/// SHA-256 output.
pub type Digest = [u8; 32];

/// An institution. Given by the chain at admission, never reused.
pub type MemberId = u32;
/// One running process of a member. Given by the chain at registration, never reused.
pub type NodeId = u32;
/// The right of one seller and one issuer to exchange payloads. Never reused.
pub type ChannelId = u32;
/// A join application, which may name several issuers.
pub type ApplicationId = u32;
/// A proposal for clauses.
pub type ProposalId = u32;
/// One ratified version of the clauses of a channel and scope; stamped on orders as `clause_version`.
/// `0` stands for "no clauses agreed".
pub type AgreementId = u32;
/// Counts the anchors of one node, from 0 without gaps.
pub type AnchorSequence = u64;

/// Longest PeerId in bytes (multihash form; an ed25519 PeerId has 38).
pub const MAX_PEER_ID_LEN: u32 = 64;
/// Longest multiaddress in bytes (text form).
pub const MAX_ADDRESS_LEN: u32 = 128;
/// Most addresses of one node.
pub const MAX_ADDRESSES: u32 = 4;
/// Longest identifier that a member chooses: interface, product, product type.
pub const MAX_NAME_LEN: u32 = 32;

/// PeerId as bytes (multihash), as `sp_core::OpaquePeerId` carries it.
pub type PeerIdBytes = BoundedVec<u8, ConstU32<MAX_PEER_ID_LEN>>;
/// One multiaddress in text form, e.g. `/ip4/127.0.0.1/tcp/30333`.
pub type Address = BoundedVec<u8, ConstU32<MAX_ADDRESS_LEN>>;
/// The addresses at which a node can be dialled.
pub type Addresses = BoundedVec<Address, ConstU32<MAX_ADDRESSES>>;
/// UTF-8 name chosen by a member.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME_LEN>>;
/// An issuer's entry point. Unique on the chain.
pub type InterfaceId = Name;
/// A product. Unique on the chain.
pub type ProductId = Name;
/// A class of products, e.g. `fund.bond`. Chosen by issuers.
pub type ProductType = Name;
