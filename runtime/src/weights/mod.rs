// SPDX-License-Identifier: Apache-2.0

//! Weights measured with this runtime by `scripts/weights`, one file per pallet of the consortium. Pallets of the polkadot-sdk use
//! those they come with.

pub mod pallet_agreements;
pub mod pallet_anchors;
pub mod pallet_channels;
pub mod pallet_members;
pub mod pallet_receipts;
pub mod pallet_validators;
