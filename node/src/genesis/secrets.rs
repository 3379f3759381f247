// SPDX-License-Identifier: Apache-2.0

//! A founder's secrets: made where there are none, never overwritten, each in a file that its owner alone may read.

use sc_cli::Error;
use sc_keystore::{Keystore, LocalKeystore};
use sealane_courier::keys::KeyRing;
use sealane_genesis::{Key, KeyName, Keys, Signature};
use sealane_primitives::keys::DELEGATE_KEY_TYPE;
use sp_core::{
	crypto::{key_types, AccountId32, Ss58Codec},
	ed25519, sr25519, Pair,
};
use std::{
	fs::{DirBuilder, OpenOptions},
	io::Write,
	os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
	path::{Path, PathBuf},
};

/// File with the node's key, in the node's folder.
const NODE_KEY: &str = "node-key";
/// File with the courier's keys, in the node's folder.
const COURIER_KEY: &str = "courier-key.json";

fn fault(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
	move |error| Error::Input(format!("{}: {error}", path.display()))
}

/// What was made for a founder that is not complete yet. All of it is removed again where it is not [kept](Made::keep): a second try must find
/// the folders as the first one did.
#[derive(Default)]
pub struct Made {
	/// In the order in which they were made.
	paths: Vec<PathBuf>,
}

impl Made {
	/// A file or folder that was not there before.
	pub fn add(&mut self, path: &Path) {
		self.paths.push(path.into());
	}

	/// All is complete.
	pub fn keep(mut self) {
		self.paths.clear();
	}

	/// Makes a folder and its parents, for their owner alone.
	fn folder(&mut self, folder: &Path) -> Result<(), Error> {
		let missing: Vec<_> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
		for folder in missing.into_iter().rev() {
			DirBuilder::new().mode(0o700).create(folder).map_err(fault(folder))?;
			self.add(folder);
		}
		Ok(())
	}
}

impl Drop for Made {
	fn drop(&mut self) {
		for path in self.paths.drain(..).rev() {
			let removed = match path.is_dir() {
				true => std::fs::remove_dir_all(&path),
				false => std::fs::remove_file(&path),
			};
			if let Err(error) = removed {
				eprintln!("{}: cannot be removed: {error}", path.display());
			}
		}
	}
}

/// Writes a file where there is none.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
	let mut file = OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(mode)
		.open(path)
		.map_err(fault(path))?;
	file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
		// Half a file is none. Whoever could not write it may not be able to remove it either, and is told of the first.
		let _ = std::fs::remove_file(path);
		fault(path)(error)
	})
}

/// An account of the founder: its secret is at hand, or in a wallet.
pub enum Account {
	/// At hand.
	Held(Box<sr25519::Pair>),
	/// In a wallet.
	Elsewhere(Key),
}

impl Account {
	/// The account whose phrase is in `file`; where there is none, a new one is made and its phrase written.
	pub fn of_file(file: &Path, made: &mut Made) -> Result<Self, Error> {
		if file.exists() {
			let mode = std::fs::metadata(file).map_err(fault(file))?.mode() & 0o777;
			if mode & 0o077 != 0 {
				return Err(Error::Input(format!(
					"{} has mode {mode:03o}; it must be 600",
					file.display()
				)));
			}
			let phrase = std::fs::read_to_string(file).map_err(fault(file))?;
			// What is wrong with it is not said with its words.
			return sr25519::Pair::from_string(phrase.trim(), None)
				.map(|pair| Account::Held(Box::new(pair)))
				.map_err(|_| Error::Input(format!("{}: holds no phrase or seed", file.display())));
		}
		let (pair, phrase, _) = sr25519::Pair::generate_with_phrase(None);
		write_new(file, format!("{phrase}\n").as_bytes(), 0o600)?;
		made.add(file);
		Ok(Account::Held(Box::new(pair)))
	}

	/// The account of this address.
	pub fn of_address(address: &str) -> Result<Self, Error> {
		let account = AccountId32::from_ss58check(address)
			.map_err(|e| Error::Input(format!("account {address:?}: must be an SS58 address: {e}")))?;
		Ok(Account::Elsewhere(Key(account.into())))
	}

	/// Its public key.
	pub fn public(&self) -> Key {
		match self {
			Account::Held(pair) => Key(pair.public().0),
			Account::Elsewhere(key) => *key,
		}
	}
}

/// All that a founder holds.
pub struct Secrets {
	manager: Account,
	seat: Account,
	keystore: LocalKeystore,
	node: ed25519::Pair,
	courier: KeyRing,
	keys: Keys,
}

impl Secrets {
	/// Keystore, node's key and courier's keys.
	fn places(folder: &Path, id: &str) -> [PathBuf; 3] {
		let keystore = folder.join("chains").join(id).join("keystore");
		[keystore, folder.join(NODE_KEY), folder.join(COURIER_KEY)]
	}

	/// Refuses a folder that has keys.
	///
	/// # Errors
	/// Where they are.
	pub fn refuse_made(folder: &Path, id: &str) -> Result<(), Error> {
		match Self::places(folder, id).into_iter().find(|path| path.exists()) {
			None => Ok(()),
			Some(there) => Err(Error::Input(format!(
				"{} exists: a founder's keys are made once, in a folder without any",
				there.display()
			))),
		}
	}

	/// Makes the keys of a node in `folder`, for the chain `id`; `made` is told of every file.
	///
	/// # Errors
	/// There are keys already, or a file cannot be written.
	pub fn make(folder: &Path, id: &str, manager: Account, seat: Account, made: &mut Made) -> Result<Self, Error> {
		Self::refuse_made(folder, id)?;
		let [keystore, node_key, courier_key] = Self::places(folder, id);
		made.folder(&keystore)?;
		let (node, seed) = ed25519::Pair::generate();
		write_new(&node_key, hex::encode(seed).as_bytes(), 0o600)?;
		made.add(&node_key);
		let courier = KeyRing::append_generated(&courier_key);
		if courier_key.exists() {
			made.add(&courier_key);
		}
		let courier = courier.map_err(|e| Error::Input(e.to_string()))?;
		let (signing, sealing) = courier.public()[0];

		let failed = |e: &dyn std::fmt::Display| Error::Input(format!("{}: {e}", keystore.display()));
		let store = LocalKeystore::open(&keystore, None).map_err(|e| failed(&e))?;
		let account = |kind| store.sr25519_generate_new(kind, None).map_err(|e| failed(&e));
		let keys = Keys {
			manager: manager.public(),
			seat: seat.public(),
			delegate: Key(account(DELEGATE_KEY_TYPE)?.0),
			authoring: Key(account(key_types::AURA)?.0),
			finality: Key(store
				.ed25519_generate_new(key_types::GRANDPA, None)
				.map_err(|e| failed(&e))?
				.0),
			node: Key(node.public().0),
			signing: Key(signing),
			sealing: Key(sealing),
		};
		Ok(Secrets {
			manager,
			seat,
			keystore: store,
			node,
			courier,
			keys,
		})
	}

	/// The public keys.
	pub fn keys(&self) -> &Keys {
		&self.keys
	}

	/// The signature of a key; `None` for one that cannot sign or whose secret is elsewhere.
	pub fn sign(&self, key: KeyName, text: &str) -> Result<Option<Signature>, Error> {
		let text = text.as_bytes();
		let held = |account: &Account| match account {
			Account::Held(pair) => Some(Signature(pair.sign(text).0)),
			Account::Elsewhere(_) => None,
		};
		let stored = |kind, key: &Key| {
			let public = sr25519::Public::from_raw(key.0);
			let signature = self.keystore.sr25519_sign(kind, &public, text);
			signature.map(|made| made.map(|made| Signature(made.0)))
		};
		let of_keystore = |error: sp_keystore::Error| Error::Input(format!("keystore: {error}"));
		Ok(match key {
			KeyName::Manager => held(&self.manager),
			KeyName::Seat => held(&self.seat),
			KeyName::Delegate => stored(DELEGATE_KEY_TYPE, &self.keys.delegate).map_err(of_keystore)?,
			KeyName::Authoring => stored(key_types::AURA, &self.keys.authoring).map_err(of_keystore)?,
			KeyName::Finality => {
				let public = ed25519::Public::from_raw(self.keys.finality.0);
				let signature = self.keystore.ed25519_sign(key_types::GRANDPA, &public, text);
				signature.map_err(of_keystore)?.map(|made| Signature(made.0))
			}
			KeyName::Node => Some(Signature(self.node.sign(text).0)),
			KeyName::Signing => self.courier.pairs().first().map(|pair| Signature(pair.prove(text))),
			KeyName::Sealing => None,
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn files(folder: &Path) -> Vec<PathBuf> {
		let entries = std::fs::read_dir(folder).expect("a folder").flatten();
		let of = |path: PathBuf| match path.is_dir() {
			true => [vec![path.clone()], files(&path)].concat(),
			false => vec![path],
		};
		entries.flat_map(|entry| of(entry.path())).collect()
	}

	#[test]
	fn what_is_not_complete_leaves_nothing_and_what_was_there_stays() {
		let folder = tempfile::tempdir().expect("a folder");
		let (node, desk) = (folder.path().join("node"), folder.path().join("desk"));
		std::fs::create_dir(&desk).expect("made");
		std::fs::write(desk.join("note"), "of the operator").expect("written");
		let before = files(folder.path());
		let all = |made: &mut Made| -> Result<Secrets, Error> {
			let manager = Account::of_file(&desk.join("manager.key"), made)?;
			let seat = Account::of_file(&desk.join("seat.key"), made)?;
			Secrets::make(&node, "test_net", manager, seat, made)
		};
		let mut made = Made::default();
		all(&mut made).expect("the folder is empty");
		assert!(files(folder.path()).len() > before.len() + 6);
		drop(made);
		assert_eq!(files(folder.path()), before);

		// The same once more, and this time all goes well.
		let mut made = Made::default();
		all(&mut made).expect("the folder is empty again");
		made.keep();
		let kept = files(folder.path());
		let mut made = Made::default();
		let refused = all(&mut made).err().expect("the folder has keys").to_string();
		assert!(refused.contains("keys are made once"), "{refused}");
		drop(made);
		assert_eq!(files(folder.path()), kept, "an account that was there stays");
	}
}
