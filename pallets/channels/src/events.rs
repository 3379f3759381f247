// SPDX-License-Identifier: Apache-2.0

//! What the pallet tells the world. The events are the business API of the chain: ids, old and new values.

use frame_support::pallet_macros::pallet_section;

/// The events, imported into the pallet.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A seller applied for a channel with an issuer.
		Applied {
			/// The application.
			application: ApplicationId,
			/// The channel.
			channel: ChannelId,
			/// The seller.
			seller: MemberId,
			/// The issuer.
			issuer: MemberId,
			/// Hash of the cooperation agreement.
			agreement_hash: Digest,
		},
		/// The issuer signed the credential too.
		Countersigned {
			/// The channel.
			channel: ChannelId,
			/// The issuer.
			issuer: MemberId,
		},
		/// The issuer declined.
		Refused {
			/// The channel.
			channel: ChannelId,
			/// Why.
			reason: Reason,
		},
		/// The seller took its application back.
		Withdrawn {
			/// The channel.
			channel: ChannelId,
		},
		/// Payloads may travel.
		Granted {
			/// The channel.
			channel: ChannelId,
			/// The seller.
			seller: MemberId,
			/// The issuer.
			issuer: MemberId,
			/// What is allowed.
			terms: Terms,
		},
		/// The terms of a grant were amended.
		TermsSet {
			/// The channel.
			channel: ChannelId,
			/// What was allowed.
			old: Terms,
			/// What is allowed.
			new: Terms,
		},
		/// The channel is closed for the time being.
		Suspended {
			/// The channel.
			channel: ChannelId,
			/// Why.
			reason: Reason,
		},
		/// The channel is open again.
		Resumed {
			/// The channel.
			channel: ChannelId,
		},
		/// The council ended the channel, or declined the application.
		Revoked {
			/// The channel.
			channel: ChannelId,
			/// Where it stood.
			old: State,
			/// Why.
			reason: Reason,
		},
		/// A party ended the channel.
		Left {
			/// The channel.
			channel: ChannelId,
			/// The party.
			by: MemberId,
		},
		/// The channel's time ran out.
		Expired {
			/// The channel.
			channel: ChannelId,
			/// Where it stood.
			old: State,
			/// Whose time ran out.
			lapse: Lapse,
		},
		/// An issuer has a new entry point.
		InterfaceRegistered {
			/// The interface.
			id: InterfaceId,
			/// The issuer.
			issuer: MemberId,
			/// The node that serves it.
			node: NodeId,
		},
		/// Another node serves an interface.
		InterfaceNodeSet {
			/// The interface.
			id: InterfaceId,
			/// The node that served it.
			old: NodeId,
			/// The node that serves it.
			new: NodeId,
		},
		/// An interface is out of use for good.
		InterfaceRetired {
			/// The interface.
			id: InterfaceId,
		},
		/// An issuer has a new product.
		ProductRegistered {
			/// The product.
			id: ProductId,
			/// The issuer.
			issuer: MemberId,
			/// What the issuer says of it.
			spec: ProductSpec,
		},
		/// What an issuer says of its product changed.
		ProductUpdated {
			/// The product.
			id: ProductId,
			/// What the issuer said.
			old: ProductSpec,
			/// What it says.
			new: ProductSpec,
		},
		/// Ids that begin so are an issuer's from now on.
		PrefixGranted {
			/// The issuer.
			issuer: MemberId,
			/// How its ids may begin.
			prefix: Name,
		},
		/// No more ids may begin so. Those that do stay.
		PrefixRevoked {
			/// The issuer.
			issuer: MemberId,
			/// How its ids could begin.
			prefix: Name,
		},
		/// A product stands elsewhere.
		ProductStatusSet {
			/// The product.
			id: ProductId,
			/// Where it stood.
			old: ProductStatus,
			/// Where it stands.
			new: ProductStatus,
		},
	}
}
