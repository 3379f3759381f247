// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and what its calls take.

use crate::state::State;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use scale_info::TypeInfo;
use sealane_primitives::{
	business::{BusinessKinds, Currency},
	directory::{ProductEntry, ProductStatus},
	ids::*,
};

/// Longest reason in bytes of UTF-8.
pub const MAX_REASON_LEN: u32 = 256;
/// Lowest and highest risk class of a product (R1 to R5).
pub const RISK_CLASSES: core::ops::RangeInclusive<u8> = 1..=5;

/// Why something was refused, suspended or revoked: UTF-8 for people, public for ever.
pub type Reason = BoundedVec<u8, ConstU32<MAX_REASON_LEN>>;

/// The seller's half of the credential of a cooperation agreement.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Credential<Signature> {
	/// Hash of the agreement's document, which stays with the two parties.
	pub agreement_hash: Digest,
	/// First moment in which the agreement holds, Unix time in milliseconds.
	pub valid_from: Moment,
	/// First moment in which it no longer holds, Unix time in milliseconds.
	pub valid_until: Moment,
	/// Signature of the seller's manager account over [`sealane_primitives::credential::credential_digest`].
	pub seller_signature: Signature,
}

/// One issuer named in an application.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Cooperation<Signature> {
	/// The issuer.
	pub issuer: MemberId,
	/// The credential of the agreement signed with it.
	pub credential: Credential<Signature>,
}

/// A party's signature over a credential, with the account that gave it: the member's manager may change later.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Signed<AccountId, Signature> {
	/// The account that signed.
	pub by: AccountId,
	/// Its signature.
	pub signature: Signature,
}

/// What the council grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Terms {
	/// The kinds of business that may travel; at least one.
	pub kinds: BusinessKinds,
	/// First block in which the grant no longer holds; `None` is as long as the credential.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute, at least 1; `None` is no limit.
	pub orders_per_minute: Option<u32>,
}

/// A channel: what is read whenever something wants to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Channel {
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// Where it stands, as last written. Time may have ended it since: see [`Channel::state_at`].
	pub state: State,
	/// First moment in which the credential no longer holds, Unix time in milliseconds.
	pub credential_until: Moment,
	/// What is granted; `None` as long as nothing ever was.
	pub terms: Option<Terms>,
}

impl Channel {
	/// What ended the channel's time by block `block` and moment `moment`, if anything did.
	pub fn lapsed_at(&self, block: BlockNumber, moment: Moment) -> Option<Lapse> {
		if !self.state.is_live() {
			return None;
		}
		let grant_ended = self
			.terms
			.and_then(|t| t.valid_until)
			.is_some_and(|until| block >= until);
		if grant_ended {
			Some(Lapse::Grant)
		} else if moment >= self.credential_until {
			Some(Lapse::Credential)
		} else {
			None
		}
	}

	/// Where the channel stands at block `block` and moment `moment`, whether or not its end was written yet.
	pub fn state_at(&self, block: BlockNumber, moment: Moment) -> State {
		match self.lapsed_at(block, moment) {
			Some(_) => State::Expired,
			None => self.state,
		}
	}

	/// Whether `member` is one of the two parties.
	pub fn is_party(&self, member: MemberId) -> bool {
		self.seller == member || self.issuer == member
	}
}

/// Whose time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Lapse {
	/// The grant reached its `valid_until`.
	Grant,
	/// The credential reached its `valid_until`.
	Credential,
}

/// A channel: what is read by people and for evidence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Details<AccountId, Signature> {
	/// The application that named it.
	pub application: ApplicationId,
	/// Hash of the cooperation agreement.
	pub agreement_hash: Digest,
	/// First moment in which the agreement holds, Unix time in milliseconds.
	pub valid_from: Moment,
	/// The seller's signature.
	pub seller: Signed<AccountId, Signature>,
	/// The issuer's signature, once it countersigned.
	pub issuer: Option<Signed<AccountId, Signature>>,
	/// Block of the application.
	pub applied_at: BlockNumber,
	/// Block of the grant.
	pub granted_at: Option<BlockNumber>,
	/// Block of the last change of state.
	pub changed_at: BlockNumber,
	/// Why it was refused, suspended or revoked last.
	pub reason: Option<Reason>,
	/// The number of its newest [`Standing`]; 0 as long as nothing was granted.
	pub standings: u32,
	/// Its newest suspension.
	pub suspension: Option<Suspension>,
}

/// Where a granted channel stands from some block on. Its parties never change: they are in [`Channel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Standing {
	/// The first block at whose end it holds. It does so until the next version does.
	pub from: BlockNumber,
	/// Granted, suspended, or how it ended. A time that ran out is written some blocks later: the terms and the credential
	/// say when it did.
	pub state: State,
	/// What is granted.
	pub terms: Terms,
}

/// For how long the council held a channel closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Suspension {
	/// Its first block.
	pub since: BlockNumber,
	/// The block in which the channel was resumed; `None` while it is suspended.
	pub ended: Option<BlockNumber>,
}

/// A join application.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Application<Channels> {
	/// The seller that filed it.
	pub seller: MemberId,
	/// Block in which it was filed.
	pub filed_at: BlockNumber,
	/// One channel per named issuer, in the order in which they were named.
	pub channels: Channels,
}

/// A page of the agenda.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Page {
	/// Grants that end at a block.
	Block(BlockNumber),
	/// Credentials that end in a minute, counted from the Unix epoch.
	Minute(u64),
}

/// The pages on which a live channel is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Deadlines {
	/// The page of its credential.
	pub credential: Page,
	/// The page of its grant; `None` where the terms name no end.
	pub grant: Option<Page>,
}

/// How far the agenda is worked off: every earlier page is empty.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct AgendaCursor {
	/// The oldest block whose page may hold something.
	pub block: BlockNumber,
	/// The oldest minute whose page may hold something.
	pub minute: u64,
}

/// An issuer's entry point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Interface {
	/// The issuer.
	pub issuer: MemberId,
	/// The issuer's node that serves it.
	pub node: NodeId,
	/// Whether it is out of use for good.
	pub retired: bool,
	/// Products that are not closed and take their orders here.
	pub products: u32,
}

/// When a product is offered: 认购期.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct OfferingWindow {
	/// First moment, Unix time in milliseconds.
	pub from: Moment,
	/// First moment after it, Unix time in milliseconds.
	pub until: Moment,
}

/// What an issuer says of a product.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ProductSpec {
	/// Its type, chosen by the issuer when it registers the product and for good.
	pub product_type: ProductType,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// Its currency, ISO 4217 in capital letters; for good, too.
	pub currency: Currency,
	/// The interface that takes its orders.
	pub interface: InterfaceId,
	/// Where it stands. It informs partners; the chain does not change it by the clock.
	pub status: ProductStatus,
	/// Its offering window, where it has one.
	pub offering: Option<OfferingWindow>,
}

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Product {
	/// The issuer.
	pub issuer: MemberId,
	/// What it says of the product.
	pub spec: ProductSpec,
	/// The number of the newest [`ProductVersion`].
	pub versions: u32,
}

/// What a product is for those who buy it, from some block on: what evidence proves of it. Interface and status are not in it:
/// they change often and say where and whether to send an order, not what was bought.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ProductVersion {
	/// The first block at whose end it holds. It does so until the next version does.
	pub from: BlockNumber,
	/// The issuer; the same in all versions.
	pub issuer: MemberId,
	/// Its type, which decides on the clauses that apply; the same in all versions.
	pub product_type: ProductType,
	/// Its currency; the same in all versions.
	pub currency: Currency,
	/// Its risk, 1 (R1) to 5 (R5).
	pub risk: u8,
	/// Its offering window, where it has one.
	pub offering: Option<OfferingWindow>,
}

impl Product {
	/// The product as partners see it in the directory.
	pub fn entry(self, id: ProductId) -> ProductEntry {
		let ProductSpec {
			product_type,
			risk,
			currency,
			interface,
			status,
			..
		} = self.spec;
		ProductEntry {
			id,
			product_type,
			risk,
			currency,
			status,
			interface,
		}
	}
}

/// What is wrong with one cooperation of an application.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum CooperationFault {
	/// The issuer is the applicant itself.
	IssuerIsApplicant,
	/// The issuer is no active member.
	IssuerNotActive,
	/// The member does not hold the role of an issuer.
	IssuerRoleMissing,
	/// A live channel between the two exists (or an earlier entry of the application names the same issuer).
	AlreadyExists,
	/// `valid_from` is not before `valid_until`.
	ValidityEmpty,
	/// `valid_until` is past.
	ValidityPast,
	/// The signature is not the applicant's over the credential.
	InvalidSignature,
	/// The issuer has its maximum of live channels.
	MaxChannelsExceeded,
}

/// What is wrong with the terms of a grant.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum TermsFault {
	/// No kind of business is named.
	KindsEmpty,
	/// A bit is set that stands for no kind of business.
	KindsUnknown,
	/// `valid_until` is not after the current block.
	ValidUntilPast,
	/// A rate of 0; suspend the channel instead.
	RateZero,
}

/// Which identifier is wrong.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum IdentifierField {
	/// An interface's id.
	Interface,
	/// A product's id.
	Product,
	/// A product's type.
	ProductType,
	/// A prefix of ids.
	Prefix,
}

/// What is wrong with an identifier.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum IdentifierFault {
	/// It has no characters.
	Empty,
	/// It has a byte above 127: look-alikes of other scripts would pass for another's product.
	NotAscii,
	/// It has a character other than letters, digits, `.`, `_`, `-` and `:`.
	ForbiddenCharacter,
	/// It does not begin with a letter or a digit.
	ForbiddenStart,
}

/// Checks an identifier that a member chose: letters, digits, `.`, `_`, `-`, `:`, and a letter or a digit first, so that it
/// reads the same everywhere and needs no escaping in URLs, file names and CSV.
pub fn check_identifier(id: &[u8]) -> Result<(), IdentifierFault> {
	let first = id.first().ok_or(IdentifierFault::Empty)?;
	if !id.is_ascii() {
		return Err(IdentifierFault::NotAscii);
	}
	if !id
		.iter()
		.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':'))
	{
		return Err(IdentifierFault::ForbiddenCharacter);
	}
	if !first.is_ascii_alphanumeric() {
		return Err(IdentifierFault::ForbiddenStart);
	}
	Ok(())
}

impl Terms {
	/// Checks the terms for a grant at block `now`.
	pub fn check(&self, now: BlockNumber) -> Result<(), TermsFault> {
		if self.kinds == BusinessKinds::NONE {
			return Err(TermsFault::KindsEmpty);
		}
		if !self.kinds.is_valid() {
			return Err(TermsFault::KindsUnknown);
		}
		if self.valid_until.is_some_and(|until| until <= now) {
			return Err(TermsFault::ValidUntilPast);
		}
		if self.orders_per_minute == Some(0) {
			return Err(TermsFault::RateZero);
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn identifiers_are_named_with_their_fault() {
		assert_eq!(check_identifier(b"fund.bond-1_A:2"), Ok(()));
		assert_eq!(check_identifier(b""), Err(IdentifierFault::Empty));
		assert_eq!(check_identifier("基金".as_bytes()), Err(IdentifierFault::NotAscii));
		assert_eq!(check_identifier(&[0xff]), Err(IdentifierFault::NotAscii));
		assert_eq!(check_identifier(b"a b"), Err(IdentifierFault::ForbiddenCharacter));
		assert_eq!(check_identifier(b"a/b"), Err(IdentifierFault::ForbiddenCharacter));
		assert_eq!(check_identifier(b".a"), Err(IdentifierFault::ForbiddenStart));
	}

	#[test]
	fn terms_are_named_with_their_fault() {
		let good = Terms {
			kinds: BusinessKinds::ALL,
			valid_until: Some(11),
			orders_per_minute: Some(1),
		};
		assert_eq!(good.check(10), Ok(()));
		assert_eq!(
			Terms {
				kinds: BusinessKinds::NONE,
				..good
			}
			.check(10),
			Err(TermsFault::KindsEmpty)
		);
		assert_eq!(
			Terms {
				kinds: BusinessKinds(1 << 15),
				..good
			}
			.check(10),
			Err(TermsFault::KindsUnknown)
		);
		assert_eq!(good.check(11), Err(TermsFault::ValidUntilPast));
		assert_eq!(
			Terms {
				orders_per_minute: Some(0),
				..good
			}
			.check(10),
			Err(TermsFault::RateZero)
		);
	}

	proptest! {
		#[test]
		fn time_only_ever_ends_a_channel(
			state in proptest::sample::select(State::ALL.to_vec()),
			until in proptest::option::of(0u32..8),
			credential_until in 0u64..8,
			block in 0u32..8,
			moment in 0u64..8,
		) {
			let terms = state.is_granted().then_some(Terms {
				kinds: BusinessKinds::ALL,
				valid_until: until,
				orders_per_minute: None,
			});
			let channel = Channel { seller: 1, issuer: 2, state, credential_until, terms };
			let now = channel.state_at(block, moment);
			prop_assert!(now == state || (state.is_live() && now == State::Expired));
			if now == State::Expired {
				// Once ended, it stays ended.
				prop_assert_eq!(channel.state_at(block + 1, moment + 1), State::Expired);
			}
		}
	}
}
