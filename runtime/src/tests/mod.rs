// SPDX-License-Identifier: Apache-2.0

//! What only the composition can show: the presets build, powers lie where the table says, outsiders stay outside.

use crate::{
	configs::governance::CouncilInstance, genesis, AccountId, Address, Executive, Members, Runtime, RuntimeCall,
	RuntimeGenesisConfig, RuntimeOrigin, Signature, SignedPayload, System, TxExtension, UncheckedExtrinsic, Validators,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	traits::{Currency, ReservableCurrency},
};
use pallet_collective::RawOrigin;
use sealane_primitives::business::{Role, Roles};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::traits::Hash as _;
use sp_runtime::{
	generic::Era,
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
	BuildStorage, DispatchError,
};

fn local() -> sp_io::TestExternalities {
	let json = genesis::get_preset(&PresetId::from(genesis::LOCAL)).expect("the preset is known");
	let mut value: serde_json::Value = serde_json::from_slice(&json).expect("presets are JSON");
	// Presets are patches: laid over the default, as the chain specification does it.
	let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default serialises");
	merge(&mut whole, value.take());
	let config: RuntimeGenesisConfig =
		serde_json::from_value(whole).expect("the preset fits the genesis of the runtime");
	let mut ext = sp_io::TestExternalities::new(config.build_storage().expect("the preset builds"));
	ext.execute_with(|| System::set_block_number(1));
	ext
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

/// The origin of a motion that `ayes` of the five councillors voted for.
fn council(ayes: u32) -> RuntimeOrigin {
	RawOrigin::<AccountId, CouncilInstance>::Members(ayes, 5).into()
}

fn admit(origin: RuntimeOrigin, manager: Sr25519Keyring, roles: &[Role]) -> frame_support::dispatch::DispatchResult {
	Members::admit(
		origin,
		b"Test Bank".to_vec().try_into().expect("short"),
		pallet_members::LegalId::parse("5493001KJTIIGC8Y1R12").expect("a valid LEI"),
		b"operations desk".to_vec().try_into().expect("short"),
		Roles::of(roles),
		manager.to_account_id(),
	)
}

fn signed(who: Sr25519Keyring, call: RuntimeCall, nonce: u32) -> UncheckedExtrinsic {
	let extension: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
	);
	let payload = SignedPayload::new(call.clone(), extension.clone()).expect("the extension has what it signs");
	let signature = payload.using_encoded(|bytes| who.sign(bytes));
	UncheckedExtrinsic::new_signed(
		call,
		Address::Id(who.to_account_id()),
		Signature::Sr25519(signature),
		extension,
	)
}

fn validate(who: Sr25519Keyring) -> Result<(), TransactionValidityError> {
	let remark = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
	let genesis = System::block_hash(0);
	Executive::validate_transaction(TransactionSource::External, signed(who, remark, 0), genesis).map(drop)
}

#[test]
fn local_preset_seats_five_councillors_who_validate() {
	local().execute_with(|| {
		let mut five: Vec<AccountId> = [Alice, Bob, Charlie, Dave, Eve]
			.iter()
			.map(|k| k.to_account_id())
			.collect();
		five.sort();
		assert_eq!(pallet_collective::Members::<Runtime, CouncilInstance>::get(), five);
		let mut validators = pallet_validators::Validators::<Runtime>::get().into_inner();
		validators.sort();
		assert_eq!(validators, five);
		assert_eq!(pallet_session::Validators::<Runtime>::get().len(), 5);
	});
}

#[test]
fn development_preset_builds() {
	assert!(genesis::get_preset(&PresetId::from(genesis::DEVELOPMENT)).is_some());
	assert_eq!(genesis::preset_names().len(), 2);
}

#[test]
fn a_majority_admits_and_less_does_not() {
	local().execute_with(|| {
		assert_noop!(admit(council(2), Ferdie, &[Role::Seller]), DispatchError::BadOrigin);
		assert_noop!(
			admit(RuntimeOrigin::signed(Alice.to_account_id()), Ferdie, &[Role::Seller]),
			DispatchError::BadOrigin
		);
		assert_ok!(admit(council(3), Ferdie, &[Role::Seller]));
	});
}

#[test]
fn a_third_suspends_and_a_majority_reinstates() {
	local().execute_with(|| {
		assert_ok!(admit(council(3), Ferdie, &[Role::Seller]));
		let member = pallet_members::Managers::<Runtime>::get(Ferdie.to_account_id()).expect("just admitted");
		assert_noop!(Members::suspend(council(1), member), DispatchError::BadOrigin);
		assert_ok!(Members::suspend(council(2), member));
		assert_noop!(Members::reinstate(council(2), member), DispatchError::BadOrigin);
		assert_ok!(Members::reinstate(council(3), member));
	});
}

#[test]
fn safe_mode_is_entered_by_a_third_and_left_by_two_thirds() {
	local().execute_with(|| {
		assert_ok!(crate::SafeMode::force_enter(council(2)));
		assert_noop!(crate::SafeMode::force_exit(council(3)), DispatchError::BadOrigin);
		assert_ok!(crate::SafeMode::force_exit(council(4)));
	});
}

#[test]
fn validators_never_fall_below_the_floor() {
	local().execute_with(|| {
		for validator in [Bob, Charlie, Dave, Eve] {
			assert_ok!(Validators::remove_validator(council(3), validator.to_account_id()));
		}
		assert!(Validators::remove_validator(council(3), Alice.to_account_id()).is_err());
	});
}

#[test]
fn an_account_of_no_member_is_refused_at_validation() {
	local().execute_with(|| {
		assert_ok!(validate(Alice));
		assert!(matches!(
			validate(Ferdie),
			Err(TransactionValidityError::Invalid(
				InvalidTransaction::Payment | InvalidTransaction::BadSigner
			))
		));
		assert_ok!(admit(council(3), Ferdie, &[Role::Seller]));
		assert_ok!(validate(Ferdie));
		let member = pallet_members::Managers::<Runtime>::get(Ferdie.to_account_id()).expect("just admitted");
		assert_ok!(Members::suspend(council(2), member));
		assert!(validate(Ferdie).is_err());
	});
}

#[test]
fn nobody_but_root_sets_code() {
	local().execute_with(|| {
		for origin in [council(5), RuntimeOrigin::signed(Alice.to_account_id())] {
			assert_noop!(System::set_code(origin, vec![0]), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn root_is_dispatched_for_two_thirds_only() {
	local().execute_with(|| {
		let call = RuntimeCall::System(frame_system::Call::set_storage {
			items: vec![(b"k".to_vec(), b"v".to_vec())],
		});
		let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
		assert_noop!(
			crate::Whitelist::whitelist_call(council(3), hash),
			DispatchError::BadOrigin
		);
		assert_ok!(crate::Whitelist::whitelist_call(council(4), hash));
		assert!(crate::Whitelist::dispatch_whitelisted_call_with_preimage(council(3), Box::new(call.clone())).is_err());
		assert_ok!(crate::Whitelist::dispatch_whitelisted_call_with_preimage(
			council(4),
			Box::new(call)
		));
		assert_eq!(frame_support::storage::unhashed::get_raw(b"k"), Some(b"v".to_vec()));
	});
}

#[test]
fn there_is_no_token() {
	use crate::no_token::NoToken;
	let alice = Alice.to_account_id();
	local().execute_with(|| {
		assert_ok!(NoToken::reserve(&alice, 0));
		assert!(NoToken::reserve(&alice, 1).is_err());
		assert!(<NoToken as Currency<_>>::transfer(
			&alice,
			&Bob.to_account_id(),
			1,
			frame_support::traits::ExistenceRequirement::AllowDeath
		)
		.is_err());
		assert_eq!(<NoToken as Currency<_>>::total_issuance(), 0);
	});
}

#[test]
fn what_a_call_may_take_fits_its_allowance() {
	use frame_support::dispatch::GetDispatchInfo;
	local().execute_with(|| {
		let max = pallet_members_allowance();
		let hashes = vec![[0u8; 32]; 4_096].try_into().expect("the bound");
		let call = RuntimeCall::Anchors(pallet_anchors::Call::anchor_packed { sequence: 0, hashes });
		let info = call.get_dispatch_info();
		assert!(
			info.call_weight.ref_time() < max,
			"{} of {max}",
			info.call_weight.ref_time()
		);
	});
}

fn pallet_members_allowance() -> u64 {
	<Runtime as pallet_members::Config>::MaxAllowance::get()
}
