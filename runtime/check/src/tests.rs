// SPDX-License-Identifier: Apache-2.0

use crate::*;
use sealane_runtime::{genesis, BuildStorage, RuntimeGenesisConfig, Validators};
use sp_io::hashing::twox_128;

/// The state of the local preset at genesis.
fn local() -> StorageMap {
	let patch = genesis::get_preset(&genesis::LOCAL.into()).expect("the preset is known");
	let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default serialises");
	merge(&mut whole, serde_json::from_slice(&patch).expect("presets are JSON"));
	let config: RuntimeGenesisConfig = serde_json::from_value(whole).expect("the preset fits");
	config.build_storage().expect("the preset builds").top
}

/// All keys and values of the state under way.
fn pairs() -> StorageMap {
	let mut state = StorageMap::new();
	let mut last = Vec::new();
	while let Some(key) = sp_io::storage::next_key(&last) {
		let value = sp_io::storage::get(&key).expect("the key was just found");
		state.insert(key.clone(), value.to_vec());
		last = key;
	}
	state
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

fn hexed(state: &StorageMap) -> Vec<(String, String)> {
	let text = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
	state.iter().map(|(key, value)| (text(key), text(value))).collect()
}

#[test]
fn a_sound_state_passes_in_both_forms() {
	let state = local();
	let pairs = hexed(&state);
	let top: BTreeMap<_, _> = pairs.iter().cloned().collect();
	let specification =
		serde_json::json!({ "name": "any", "genesis": { "raw": { "top": top, "childrenDefault": {} } } });
	for json in [serde_json::json!(pairs), specification] {
		let read = read(json.to_string().as_bytes()).unwrap();
		assert_eq!(read, state);
		let report = check(read).unwrap();
		assert_eq!(report.checks.len(), invariants::CHECKS.len());
		assert!(report.keys["Validators"] >= 2, "{report:?}");
		assert!(!report.keys.contains_key("no pallet"), "{report:?}");
	}
}

#[test]
fn every_broken_check_is_named() {
	let mut ext = sp_io::TestExternalities::new(Storage {
		top: local(),
		children_default: Default::default(),
	});
	let state = ext.execute_with(|| {
		// A floor above the set, and a council that its membership does not know.
		pallet_validators::Floor::<Runtime>::put(Validators::validators().len() as u32 + 1);
		let prefix = [twox_128(b"CouncilMembership"), twox_128(b"Members")].concat();
		sp_io::storage::clear(&prefix);
		pairs()
	});
	match check(state) {
		Err(Error::Broken(lines)) => {
			assert_eq!(lines.len(), 2, "{lines:?}");
			assert!(
				lines[0].starts_with("validators: ") && lines[1].starts_with("council: "),
				"{lines:?}"
			);
		}
		other => panic!("{other:?}"),
	}
}

#[test]
fn a_state_of_another_version_is_refused() {
	let mut state = local();
	let key = [twox_128(b"System"), twox_128(b"LastRuntimeUpgrade")].concat();
	state.remove(&key);
	let refused = check(state).unwrap_err().to_string();
	assert_eq!(refused, "the state is of runtime unknown, this tool checks sealane 1");
}

#[test]
fn what_is_no_state_is_refused() {
	assert!(matches!(read(b"{}"), Err(Error::Form(_))));
	assert!(matches!(
		read(br#"{"genesis": {"runtimeGenesis": {}}}"#),
		Err(Error::Form(_))
	));
	assert!(matches!(
		read(br#"[["0x0g", "0x"]]"#),
		Err(Error::Hex { what: "key", .. })
	));
	assert!(matches!(
		read(br#"[["0x01", "0x1"]]"#),
		Err(Error::Hex { what: "value", .. })
	));
	assert!(matches!(
		read(br#"[["0x01", "0x"], ["0x01", "0x"]]"#),
		Err(Error::Duplicate(_))
	));
}
