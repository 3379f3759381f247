// SPDX-License-Identifier: Apache-2.0

//! When something goes wrong: safe mode, paused calls, failed migrations. What stands still, and that the way back stays open.

use crate::{
	configs::{
		governance::{CallPause, CallRelease, SafeModeEntry, SafeModeExtension, SafeModeRelease},
		system::RuntimeBlockWeights,
	},
	no_token::NoToken,
	AccountId, BlockNumber, MultiBlockMigrations, Restraint, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason,
	SafeMode, System, DAYS,
};
use frame_support::{
	defensive,
	migrations::{FailedMigrationHandler, FailedMigrationHandling, MultiStepMigrator},
	parameter_types,
	traits::{ConstU32, Contains},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureWithSuccess};
use pallet_migrations::{Cursor, MigrationCursor};
use sp_runtime::Perbill;

parameter_types! {
	pub const SafeModeDuration: BlockNumber = DAYS;
	pub MaxMigrationWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
	/// Blocks after which a migration that is not done is given up. While one runs no block takes an extrinsic, so nobody could
	/// stop it.
	pub const MaxMigrationBlocks: BlockNumber = DAYS;
}

/// What goes on in safe mode: time, consensus, governance, evidence, and what only takes away. Trading permissions are not
/// extended.
pub struct SafeModeCalls;
impl Contains<RuntimeCall> for SafeModeCalls {
	fn contains(call: &RuntimeCall) -> bool {
		takes_away(call)
			|| matches!(
				call,
				RuntimeCall::System(..)
				| RuntimeCall::Timestamp(..)
				| RuntimeCall::Session(..)
				| RuntimeCall::Grandpa(..)
				| RuntimeCall::Validators(..)
				| RuntimeCall::Council(..)
				| RuntimeCall::CouncilMembership(..)
				| RuntimeCall::Scheduler(..)
				| RuntimeCall::Preimage(..)
				| RuntimeCall::Whitelist(..)
				| RuntimeCall::SafeMode(..)
				| RuntimeCall::TxPause(..)
				| RuntimeCall::MultiBlockMigrations(..)
				| RuntimeCall::Anchors(..)
				| RuntimeCall::Utility(..)
				// A seat of the council may be an account of several, or act through a proxy. What they carry is filtered too.
				| RuntimeCall::Multisig(..)
				| RuntimeCall::Proxy(..)
			)
	}
}

impl pallet_safe_mode::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = NoToken;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WhitelistedCalls = SafeModeCalls;
	type EnterDuration = SafeModeDuration;
	type ExtendDuration = SafeModeDuration;
	// Nobody enters by deposit: only the council.
	type EnterDepositAmount = ();
	type ExtendDepositAmount = ();
	type ForceEnterOrigin = EnsureWithSuccess<SafeModeEntry, AccountId, SafeModeDuration>;
	type ForceExtendOrigin = EnsureWithSuccess<SafeModeExtension, AccountId, SafeModeDuration>;
	type ForceExitOrigin = SafeModeRelease;
	type ForceDepositOrigin = EnsureRoot<AccountId>;
	type Notify = Restraint;
	type ReleaseDelay = ();
	type WeightInfo = crate::weights::pallet_safe_mode::WeightInfo<Runtime>;
}

/// Calls that must never be paused, lest a pause could not be undone.
pub struct NeverPaused;
impl Contains<pallet_tx_pause::RuntimeCallNameOf<Runtime>> for NeverPaused {
	fn contains(name: &pallet_tx_pause::RuntimeCallNameOf<Runtime>) -> bool {
		const PALLETS: [&[u8]; 8] = [
			b"System",
			b"Timestamp",
			b"Council",
			b"CouncilMembership",
			b"SafeMode",
			b"Grandpa",
			// Seats act through them.
			b"Multisig",
			b"Proxy",
		];
		PALLETS.contains(&name.0.as_slice())
	}
}

impl pallet_tx_pause::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PauseOrigin = CallPause;
	type UnpauseOrigin = CallRelease;
	type WhitelistedCalls = NeverPaused;
	type MaxNameLen = ConstU32<64>;
	type WeightInfo = crate::weights::pallet_tx_pause::WeightInfo<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = crate::migrations::MultiBlock;
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	type FailedMigrationHandler = SafeModeAndCouncil;
	type MaxServiceWeight = MaxMigrationWeight;
	type WeightInfo = crate::weights::pallet_migrations::WeightInfo<Runtime>;
}

/// A failed migration must not leave a chain that trades on half-moved state, nor one that nobody can mend: safe mode until
/// the council ends it, and blocks take extrinsics, so that it can. Kept stuck, the chain would take inherents only, for ever.
pub struct SafeModeAndCouncil;
impl FailedMigrationHandler for SafeModeAndCouncil {
	fn failed(_: Option<u32>) -> FailedMigrationHandling {
		let held = match SafeMode::is_entered() {
			true => <SafeMode as frame_support::traits::SafeMode>::extend(BlockNumber::MAX),
			false => <SafeMode as frame_support::traits::SafeMode>::enter(BlockNumber::MAX),
		};
		if held.is_err() {
			defensive!("safe mode is entered where it is not, and prolonged where it is; neither is refused");
		}
		FailedMigrationHandling::ForceUnstuck
	}
}

/// Runs migrations, and treats one as failed that takes longer than [`MaxMigrationBlocks`] or is stuck, whatever its own handler
/// and limits say: the dead man's switch that comes with every upgrade.
pub struct Migrator;
impl Migrator {
	fn is_overdue() -> bool {
		match Cursor::<Runtime>::get() {
			None => false,
			Some(MigrationCursor::Stuck) => true,
			Some(MigrationCursor::Active(at)) => {
				System::block_number().saturating_sub(at.started_at) > MaxMigrationBlocks::get()
			}
		}
	}
}
impl MultiStepMigrator for Migrator {
	fn ongoing() -> bool {
		MultiBlockMigrations::ongoing()
	}

	fn step() -> Weight {
		let db = <Runtime as frame_system::Config>::DbWeight::get();
		if !Self::is_overdue() {
			return MultiBlockMigrations::step().saturating_add(db.reads(1));
		}
		log::error!(target: "runtime", "a migration is stuck or not done in time; it is given up, and safe mode entered");
		SafeModeAndCouncil::failed(None);
		Cursor::<Runtime>::kill();
		// The cursor and safe mode.
		db.reads_writes(2, 2)
	}
}

/// What only ends or holds something, or keeps a thief from going on. Channels carry payloads in safe mode too, so the council
/// must be able to close them without opening everything first; and a theft does not wait for safe mode to end.
fn takes_away(call: &RuntimeCall) -> bool {
	use pallet_agreements::Call as Agreement;
	use pallet_channels::Call as Channel;
	use pallet_members::Call as Member;
	use pallet_receipts::Call as Receipt;
	match call {
		RuntimeCall::Members(call) => matches!(
			call,
			Member::suspend { .. }
				| Member::remove { .. }
				| Member::force_remove_node { .. }
				| Member::force_set_manager { .. }
				| Member::set_connection_policy { restricted: true }
				| Member::set_manager { .. }
				| Member::set_delegate { .. }
				| Member::remove_node { .. }
				| Member::retire_keys { .. }
				| Member::report_compromise { .. }
				// The only keys of a node cannot be retired before there are others.
				| Member::announce_keys { .. }
		),
		RuntimeCall::Channels(call) => matches!(
			call,
			Channel::suspend { .. }
				| Channel::revoke { .. }
				| Channel::leave { .. }
				| Channel::refuse { .. }
				| Channel::withdraw { .. }
				| Channel::revoke_prefix { .. }
		),
		RuntimeCall::Agreements(call) => matches!(call, Agreement::withdraw { .. } | Agreement::refuse { .. }),
		RuntimeCall::Receipts(call) => matches!(
			call,
			Receipt::revoke { .. } | Receipt::force_revoke { .. } | Receipt::close { .. } | Receipt::close_batch { .. }
		),
		_ => false,
	}
}
