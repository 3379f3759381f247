// SPDX-License-Identifier: Apache-2.0

//! What can be wrong with a call.

use frame_support::pallet_macros::pallet_section;

/// The errors, imported into the pallet.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The account manages no member, or not the one that may do this.
		NotAuthorized,
		/// The member is not admitted, or suspended.
		MemberNotActive,
		/// The member does not hold the role that this takes: seller to apply, issuer to keep interfaces and products.
		RoleMissing,
		/// The application names no issuer.
		NoCooperation,
		/// The entry of the application at this position (from 0) cannot be accepted.
		CooperationRejected(u8, CooperationFault),
		/// There is no such channel.
		ChannelNotFound,
		/// A channel that stands there does not allow that action.
		InvalidTransition(State, Action),
		/// The channel is suspended since another block than the one that was named.
		AnotherSuspension,
		/// The channel was resumed less than `SuspensionRest` ago: to suspend it again takes as much.
		ResumedLately,
		/// The signature is not the caller's over the credential.
		InvalidSignature,
		/// The credential's validity has not begun.
		CredentialNotYetValid,
		/// The terms cannot be granted.
		InvalidTerms(TermsFault),
		/// The reason cannot be read by people.
		InvalidReason(TextFault),
		/// An identifier breaks the rules.
		InvalidIdentifier(IdentifierField, IdentifierFault),
		/// The risk is not 1 (R1) to 5 (R5).
		InvalidRisk,
		/// The currency is not three capital letters.
		InvalidCurrency,
		/// The offering window ends before it begins.
		InvalidOfferingWindow,
		/// An interface or a product with this id exists or existed, of this issuer or of another.
		AlreadyExists,
		/// The id begins with no prefix that is granted to the issuer.
		PrefixNotGranted,
		/// The prefix begins with one of another issuer, or one of another issuer begins with it, or it is granted already.
		PrefixTaken,
		/// Nobody has this prefix.
		PrefixNotFound,
		/// The issuer has its maximum of prefixes.
		MaxPrefixesExceeded,
		/// There is no such interface.
		InterfaceNotFound,
		/// The interface is out of use for good.
		InterfaceRetired,
		/// Products that are not closed take their orders at this interface.
		InterfaceInUse,
		/// There is no such product.
		ProductNotFound,
		/// The product is closed for good.
		ProductClosed,
		/// A product's type stays what it was registered with: it decides on the clauses that apply, of the past too.
		ProductTypeFixed,
		/// A product's currency stays what it was registered with.
		CurrencyFixed,
		/// The node is not one of the issuer's.
		NodeNotOwned,
		/// The seller has its maximum of live channels.
		MaxChannelsExceeded,
		/// The issuer has its maximum of interfaces.
		MaxInterfacesExceeded,
		/// The issuer has its maximum of products.
		MaxProductsExceeded,
		/// All numbers are given out.
		NumbersExhausted,
	}
}
