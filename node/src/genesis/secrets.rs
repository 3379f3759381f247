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
	path::Path,
};

/// File with the node's key, in the node's folder.
const NODE_KEY: &str = "node-key";
/// File with the courier's keys, in the node's folder.
const COURIER_KEY: &str = "courier-key.json";

fn fault(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
	move |error| Error::Input(format!("{}: {error}", path.display()))
}

/// Writes a file where there is none.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
	let mut file = OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(mode)
		.open(path)
		.map_err(fault(path))?;
	file.write_all(bytes)
		.and_then(|()| file.sync_all())
		.map_err(fault(path))
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
	pub fn of_file(file: &Path) -> Result<Self, Error> {
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
	/// Makes the keys of a node in `folder`, for the chain `id`.
	///
	/// # Errors
	/// There are keys already, or a file cannot be written.
	pub fn make(folder: &Path, id: &str, manager: Account, seat: Account) -> Result<Self, Error> {
		let keystore = folder.join("chains").join(id).join("keystore");
		let (node_key, courier_key) = (folder.join(NODE_KEY), folder.join(COURIER_KEY));
		if let Some(there) = [&keystore, &node_key, &courier_key]
			.into_iter()
			.find(|path| path.exists())
		{
			return Err(Error::Input(format!(
				"{} exists: a founder's keys are made once, in a folder without any",
				there.display()
			)));
		}
		DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(&keystore)
			.map_err(fault(&keystore))?;
		let (node, seed) = ed25519::Pair::generate();
		write_new(&node_key, hex::encode(seed).as_bytes(), 0o600)?;
		let courier = KeyRing::append_generated(&courier_key).map_err(|e| Error::Input(e.to_string()))?;
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
