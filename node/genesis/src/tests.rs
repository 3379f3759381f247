// SPDX-License-Identifier: Apache-2.0

use super::*;
use sp_core::{ed25519, sr25519, Pair};

/// The secrets of a founder.
struct Secrets {
	accounts: [sr25519::Pair; 4],
	others: [ed25519::Pair; 3],
}

impl Secrets {
	fn new(number: u8) -> Self {
		let seed = |key: u8| {
			let mut seed = [number + 1; 32];
			seed[0] = key;
			seed
		};
		Secrets {
			accounts: [0, 1, 2, 3].map(|key| sr25519::Pair::from_seed(&seed(key))),
			others: [4, 5, 6].map(|key| ed25519::Pair::from_seed(&seed(key))),
		}
	}

	fn keys(&self) -> Keys {
		let account = |i: usize| Key(self.accounts[i].public().0);
		let other = |i: usize| Key(self.others[i].public().0);
		Keys {
			manager: account(0),
			seat: account(1),
			delegate: account(2),
			authoring: account(3),
			finality: other(0),
			node: other(1),
			signing: other(2),
			sealing: Key(sp_crypto_hashing::sha2_256(&self.others[2].public().0)),
		}
	}

	fn sign(&self, key: KeyName, text: &str) -> Signature {
		let text = text.as_bytes();
		Signature(match key {
			KeyName::Manager => self.accounts[0].sign(text).0,
			KeyName::Seat => self.accounts[1].sign(text).0,
			KeyName::Delegate => self.accounts[2].sign(text).0,
			KeyName::Authoring => self.accounts[3].sign(text).0,
			KeyName::Finality => self.others[0].sign(text).0,
			KeyName::Node => self.others[1].sign(text).0,
			KeyName::Signing | KeyName::Sealing => self.others[2].sign(text).0,
		})
	}
}

fn plan() -> Plan {
	Plan::new("Test", "test_net", [9; 32], 4, true).unwrap()
}

/// Unified social credit codes with their check characters.
const LEGAL_IDS: [&str; 4] = [
	"91310000MA1TEXT01W",
	"91310000MA1TEXT020",
	"91310000MA1TEXT033",
	"91310000MA1TEXT046",
];

fn founder(number: u8, keys: Keys) -> Founder {
	Founder {
		name: format!("Founder {number}"),
		legal_id: LEGAL_IDS[usize::from(number)].into(),
		contact: "operations desk".into(),
		roles: vec!["seller".into()],
		addresses: vec![format!("/dns/node{number}.example/tcp/30333")],
		keys,
	}
}

fn signed(secrets: &Secrets, founder: Founder, plan: &Plan) -> FounderFile {
	let statement = founder.statement(plan);
	let mut file = FounderFile::new(founder);
	for key in KeyName::ALL.into_iter().filter(|key| *key != KeyName::Sealing) {
		file.prove(plan, key, secrets.sign(key, &statement)).unwrap();
	}
	file
}

fn file(number: u8) -> FounderFile {
	let secrets = Secrets::new(number);
	signed(&secrets, founder(number, secrets.keys()), &plan())
}

fn files(count: u8) -> Vec<FounderFile> {
	(0..count).map(file).collect()
}

#[test]
fn the_genesis_is_the_same_whatever_the_order() {
	let one = Founding::assemble(plan(), files(4)).unwrap();
	let mut turned = files(4);
	turned.reverse();
	let other = Founding::assemble(plan(), turned).unwrap();
	assert_eq!(one.patch().to_string(), other.patch().to_string());
	assert_eq!(one.statement([1; 32]), other.statement([1; 32]));
	assert_eq!(one.patch()["validators"]["floor"], 4);
	assert_eq!(one.patch()["councilMembership"]["members"].as_array().unwrap().len(), 4);
}

#[test]
fn fails_when_there_are_fewer_than_four() {
	for count in 0..4 {
		let error = Founding::assemble(plan(), files(count)).unwrap_err();
		assert!(
			matches!(error, GenesisError::TooFew { found, .. } if found == usize::from(count)),
			"{error}"
		);
	}
}

#[test]
fn fails_when_a_proof_is_missing() {
	for key in KeyName::ALL.into_iter().filter(|key| *key != KeyName::Sealing) {
		let mut all = files(4);
		all[2].proofs.remove(key.as_str());
		let error = Founding::assemble(plan(), all).unwrap_err();
		assert!(
			matches!(error, GenesisError::ProofMissing { key: missing, .. } if missing == key),
			"{error}"
		);
	}
}

#[test]
fn fails_when_a_founder_was_changed_after_it_signed_or_signed_for_another_plan() {
	let changes: [fn(&mut Founder); 6] = [
		|f| f.name.push('x'),
		|f| f.roles.push("issuer".into()),
		|f| f.addresses[0] = "/dns/thief.example/tcp/1".into(),
		|f| f.keys.sealing = Key([1; 32]),
		|f| f.keys.seat = Key(sr25519::Pair::from_seed(&[77; 32]).public().0),
		|f| f.contact = "somebody else".into(),
	];
	for change in changes {
		let mut all = files(4);
		change(&mut all[1].founder);
		let error = Founding::assemble(plan(), all).unwrap_err();
		assert!(matches!(error, GenesisError::ProofInvalid { .. }), "{error}");
	}
	let other = Plan::new("Test", "test_net", [9; 32], 4, false).unwrap();
	let error = Founding::assemble(other, files(4)).unwrap_err();
	assert!(matches!(error, GenesisError::ProofInvalid { .. }), "{error}");
}

#[test]
fn fails_when_a_key_is_well_known() {
	let secrets = Secrets::new(0);
	let alice = Key(sp_keyring::Sr25519Keyring::Alice.to_raw_public());
	let bob = Key(sp_keyring::Ed25519Keyring::Bob.to_raw_public());
	let changes: [fn(&mut Keys, [Key; 2]); 4] = [
		|keys, known| keys.seat = known[0],
		|keys, known| keys.manager = known[0],
		|keys, known| keys.authoring = known[0],
		|keys, known| keys.finality = known[1],
	];
	for change in changes {
		let mut keys = secrets.keys();
		change(&mut keys, [alice, bob]);
		let error = FounderFile::new(founder(0, keys)).check(&plan()).unwrap_err();
		assert!(matches!(error, GenesisError::WellKnown { .. }), "{error}");
	}
	let delegate = sr25519::Pair::from_string("//Alice//delegate", None).unwrap();
	assert!(is_well_known(&delegate.public().0));
	let state = [&[1; 7][..], &alice.0, &[2; 9]].concat();
	assert_eq!(holds_well_known(&state), Some(alice.0));
	assert_eq!(holds_well_known(&state[..38]), None);
}

#[test]
fn fails_when_a_key_stands_in_two_places() {
	// Of two founders that share what is no secret of either: the second signs with the first one's node.
	let (first, second) = (Secrets::new(0), Secrets::new(1));
	let mut shared = Secrets::new(1);
	shared.others[1] = first.others[1];
	let mut all = files(4);
	all[1] = signed(&shared, founder(1, shared.keys()), &plan());
	let error = Founding::assemble(plan(), all).unwrap_err();
	assert!(
		matches!(error, GenesisError::Double { key: KeyName::Node, .. }),
		"{error}"
	);

	// Of one founder that takes its manager's account for the seat.
	let mut lazy = Secrets::new(1);
	lazy.accounts[1] = second.accounts[0].clone();
	let mut all = files(4);
	all[1] = signed(&lazy, founder(1, lazy.keys()), &plan());
	let error = Founding::assemble(plan(), all).unwrap_err();
	assert!(matches!(error, GenesisError::Double { .. }), "{error}");

	let mut all = files(4);
	all[1] = all[0].clone();
	assert!(Founding::assemble(plan(), all).is_err());
}

#[test]
fn fails_when_a_value_breaks_a_rule() {
	let changes: [fn(&mut Founder); 10] = [
		|f| f.name = " x".into(),
		|f| f.name = "a\u{202e}b".into(),
		|f| f.contact = String::new(),
		|f| f.roles = Vec::new(),
		|f| f.roles = vec!["king".into()],
		|f| f.addresses = Vec::new(),
		|f| f.legal_id = "9".repeat(21),
		|f| f.legal_id = String::new(),
		|f| f.legal_id = "91310000ma1text01w".into(),
		|f| f.legal_id = "91310000MA1TEXT02W".into(),
	];
	for change in changes {
		let secrets = Secrets::new(0);
		let mut changed = founder(0, secrets.keys());
		change(&mut changed);
		let file = signed(&secrets, changed, &plan());
		assert!(
			matches!(file.check(&plan()), Err(GenesisError::Invalid { .. })),
			"{file:?}"
		);
	}
	for (name, id, floor) in [
		("", "x", 4),
		("N", "", 4),
		("N", "A b", 4),
		("N", "local", 4),
		("N", "x", 3),
	] {
		assert!(
			Plan::new(name, id, [0; 32], floor, true).is_err(),
			"{name} {id} {floor}"
		);
	}
	let high = Plan::new("Test", "test_net", [9; 32], 5, true).unwrap();
	let all = (0..4).map(|n| {
		let secrets = Secrets::new(n);
		signed(&secrets, founder(n, secrets.keys()), &high)
	});
	assert!(Founding::assemble(high.clone(), all.collect()).is_err());
}

#[test]
fn files_are_read_as_they_were_written_and_never_overwritten() {
	let folder = tempfile::tempdir().unwrap();
	let (plan_file, founder_file) = (folder.path().join("plan.json"), folder.path().join("founder.json"));
	plan().write(&plan_file).unwrap();
	assert_eq!(Plan::read(&plan_file).unwrap(), plan());
	assert!(plan().write(&plan_file).is_err());
	let written = file(3);
	written.write(&founder_file, false).unwrap();
	assert_eq!(FounderFile::read(&founder_file).unwrap(), written);
	assert!(written.write(&founder_file, false).is_err());
	assert!(Plan::read(&founder_file).is_err() && FounderFile::read(&plan_file).is_err());
	std::fs::write(&founder_file, vec![b' '; 100_000]).unwrap();
	assert!(FounderFile::read(&founder_file).is_err());
}

#[test]
fn a_wallets_signature_is_read_with_the_kind_in_front() {
	let digits = "ab".repeat(64);
	let expected = Signature([0xab; 64]);
	assert_eq!(format!("0x{digits}").parse(), Ok(expected));
	assert_eq!(format!("0x01{digits}").parse(), Ok(expected));
	assert!(format!("0x00{digits}").parse::<Signature>().is_err());
	assert!(digits.parse::<Signature>().is_err());
}
