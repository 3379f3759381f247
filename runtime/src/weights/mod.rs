// SPDX-License-Identifier: Apache-2.0

//! Weights measured with this runtime by `scripts/weights`, one file per pallet, the SDK's too; the checks before a call in
//! `frame_system_extensions`, a block and an extrinsic by themselves in `block`.

pub mod block;
pub mod frame_system;
pub mod frame_system_extensions;
pub mod pallet_agreements;
pub mod pallet_anchors;
pub mod pallet_calendars;
pub mod pallet_channels;
pub mod pallet_collective;
pub mod pallet_members;
pub mod pallet_membership;
pub mod pallet_migrations;
pub mod pallet_multisig;
pub mod pallet_preimage;
pub mod pallet_proxy;
pub mod pallet_receipts;
pub mod pallet_safe_mode;
pub mod pallet_scheduler;
pub mod pallet_session;
pub mod pallet_timestamp;
pub mod pallet_transaction_payment;
pub mod pallet_tx_pause;
pub mod pallet_utility;
pub mod pallet_validators;
pub mod pallet_whitelist;
