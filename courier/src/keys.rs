// SPDX-License-Identifier: Apache-2.0

//! This node's courier keys: a file of mode 600 with one pair of seeds per key.
//!
//! ```json
//! { "version": 1, "keys": [ { "signing": "<64 hex digits>", "sealing": "<64 hex digits>" } ] }
//! ```
//! `signing` is an Ed25519 seed, `sealing` an X25519 secret. During a rotation the file holds both the old and the new
//! pair; which one signs is decided by the chain: the newest that is valid at the block.

use ed25519_zebra::{SigningKey, VerificationKey};
use hpke::{kem::X25519HkdfSha256, Deserializable, Kem, Serializable};
use rand::{rngs::OsRng, RngCore};
use sealane_primitives::{
	ids::{BlockNumber, Digest},
	keys::{CourierKey, Purpose},
	signature,
};
use serde::{Deserialize, Serialize};
use std::{
	fmt,
	io::{Read, Write},
	os::unix::fs::{MetadataExt, OpenOptionsExt},
	path::{Path, PathBuf},
};
use zeroize::{Zeroize, Zeroizing};

/// Longest key file, in bytes.
const MAX_FILE_LEN: u64 = 64 * 1024;

/// Blocks that a pair stays away from the ends of its time while another one holds: a partner whose newest block is some
/// blocks behind or ahead would refuse what it signed. Far below the shortest overlap that the chain takes, a minute.
pub const SETTLE_BLOCKS: BlockNumber = 8;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// Not readable or writable.
	#[error("key file {path}: {source}")]
	Io {
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: std::io::Error,
	},
	/// Others than the owner may read or write it.
	#[error("key file {path} has mode {mode:03o}; it must be 600 (chmod 600 {path})")]
	LaxMode {
		/// The file.
		path: PathBuf,
		/// Its mode.
		mode: u32,
	},
	/// Not a key file.
	#[error("key file {path}: {what}")]
	Malformed {
		/// The file.
		path: PathBuf,
		/// What is wrong; never the content.
		what: String,
	},
}

/// An X25519 secret of this node.
#[derive(Clone)]
pub struct SealingKey {
	secret: <X25519HkdfSha256 as Kem>::PrivateKey,
	public: [u8; 32],
}

impl SealingKey {
	/// The key of these 32 secret bytes.
	pub fn from_secret(secret: &[u8; 32]) -> Self {
		// Any 32 bytes are an X25519 secret: the length is the only check that `from_bytes` makes.
		let secret =
			<X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret).expect("an X25519 secret is any 32 bytes; qed");
		let mut public = [0; 32];
		X25519HkdfSha256::sk_to_pk(&secret).write_exact(&mut public);
		SealingKey { secret, public }
	}

	/// The public key.
	pub fn public(&self) -> [u8; 32] {
		self.public
	}

	pub(crate) fn secret(&self) -> &<X25519HkdfSha256 as Kem>::PrivateKey {
		&self.secret
	}
}

/// A pair of keys of this node.
#[derive(Clone)]
pub struct KeyPair {
	signing: SigningKey,
	signing_public: [u8; 32],
	/// The sealing key.
	pub sealing: SealingKey,
}

impl fmt::Debug for KeyPair {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "KeyPair({})", hex::encode(self.signing_public))
	}
}

impl KeyPair {
	/// The pair of these seeds.
	pub fn from_seeds(signing: &[u8; 32], sealing: &[u8; 32]) -> Self {
		let signing = SigningKey::from(*signing);
		let signing_public = VerificationKey::from(&signing).into();
		KeyPair {
			signing,
			signing_public,
			sealing: SealingKey::from_secret(sealing),
		}
	}

	/// The public signing key.
	pub fn signing_public(&self) -> [u8; 32] {
		self.signing_public
	}

	/// Shows that this node holds the pair: a signature over a statement that no purpose has, since those sign 32 bytes and this is
	/// text.
	pub fn prove(&self, statement: &[u8]) -> [u8; 64] {
		self.signing.sign(statement).into()
	}

	/// Sign `message` for `purpose`.
	pub fn sign(&self, purpose: Purpose, genesis: &Digest, message: &[u8]) -> [u8; 64] {
		self.signing.sign(&purpose.digest(genesis, message)).into()
	}
}

/// Whether one of `keys` that is valid at block `at` made this signature.
pub fn verify(
	keys: &[CourierKey],
	at: BlockNumber,
	purpose: Purpose,
	genesis: &Digest,
	message: &[u8],
	made: &[u8; 64],
) -> bool {
	let digest = purpose.digest(genesis, message);
	keys.iter()
		.filter(|key| key.is_valid_at(at))
		.any(|key| signature::verify(&key.signing, &digest, made))
}

/// All pairs of this node, oldest first.
#[derive(Clone, Debug)]
pub struct KeyRing {
	pairs: Vec<KeyPair>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
	version: u32,
	keys: Vec<Seeds>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
	signing: String,
	sealing: String,
}

impl Drop for Seeds {
	fn drop(&mut self) {
		self.signing.zeroize();
		self.sealing.zeroize();
	}
}

/// The content of a key file that [`KeyRing::load`] takes.
fn read(path: &Path) -> Result<File, KeyError> {
	let text = Zeroizing::new(std::fs::read(path).map_err(|source| KeyError::Io {
		path: path.to_owned(),
		source,
	})?);
	serde_json::from_slice(&text).map_err(|_| KeyError::Malformed {
		path: path.to_owned(),
		what: "not a key file".into(),
	})
}

fn to_text(path: &Path, file: &File) -> Result<Zeroizing<Vec<u8>>, KeyError> {
	let text = serde_json::to_vec_pretty(file).map_err(|error| KeyError::Malformed {
		path: path.to_owned(),
		what: error.to_string(),
	})?;
	Ok(Zeroizing::new(text))
}

/// Replaces the key file in one step; a crash leaves the old or the new one.
fn replace(path: &Path, text: &[u8]) -> Result<(), KeyError> {
	let io = |source| KeyError::Io {
		path: path.to_owned(),
		source,
	};
	let fresh = path.with_extension("new");
	// A leftover of a crash is in the way of `create_new`, which is what guarantees the mode.
	match std::fs::remove_file(&fresh) {
		Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
		_ => (),
	}
	let mut file = std::fs::OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(0o600)
		.open(&fresh)
		.map_err(io)?;
	file.write_all(text).and_then(|()| file.sync_all()).map_err(io)?;
	std::fs::rename(&fresh, path).map_err(io)?;
	if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
		std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(io)?;
	}
	Ok(())
}

impl KeyRing {
	/// A ring of these pairs, oldest first.
	pub fn new(pairs: Vec<KeyPair>) -> Self {
		KeyRing { pairs }
	}

	/// A ring with one new pair, in memory only.
	pub fn generate() -> Self {
		let (mut signing, mut sealing) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
		OsRng.fill_bytes(&mut *signing);
		OsRng.fill_bytes(&mut *sealing);
		KeyRing {
			pairs: vec![KeyPair::from_seeds(&signing, &sealing)],
		}
	}

	/// Read the key file.
	pub fn load(path: &Path) -> Result<Self, KeyError> {
		let io = |source| KeyError::Io {
			path: path.to_owned(),
			source,
		};
		let malformed = |what: &str| KeyError::Malformed {
			path: path.to_owned(),
			what: what.into(),
		};
		let file = std::fs::File::open(path).map_err(io)?;
		let meta = file.metadata().map_err(io)?;
		let mode = meta.mode() & 0o777;
		if mode & 0o077 != 0 {
			return Err(KeyError::LaxMode {
				path: path.to_owned(),
				mode,
			});
		}
		if meta.len() > MAX_FILE_LEN {
			return Err(malformed("longer than 65536 bytes"));
		}
		let mut text = Zeroizing::new(Vec::with_capacity(meta.len() as usize));
		file.take(MAX_FILE_LEN).read_to_end(&mut text).map_err(io)?;
		// The parser's message may quote the text; only the place is safe to show.
		let content: File = serde_json::from_slice(&text).map_err(|error| {
			malformed(&format!(
				"not a key file (line {}, column {})",
				error.line(),
				error.column()
			))
		})?;
		if content.version != 1 {
			return Err(malformed(&format!("version {}; 1 is known", content.version)));
		}
		if content.keys.is_empty() {
			return Err(malformed("holds no key"));
		}
		let seed = |text: &str, name: &str, i: usize| -> Result<Zeroizing<[u8; 32]>, KeyError> {
			let mut seed = Zeroizing::new([0; 32]);
			hex::decode_to_slice(text, &mut *seed)
				.map_err(|_| malformed(&format!("`{name}` of key {i} is not 64 hex digits")))?;
			Ok(seed)
		};
		let mut pairs = Vec::with_capacity(content.keys.len());
		for (i, seeds) in content.keys.iter().enumerate() {
			let signing = seed(&seeds.signing, "signing", i)?;
			let sealing = seed(&seeds.sealing, "sealing", i)?;
			pairs.push(KeyPair::from_seeds(&signing, &sealing));
		}
		Ok(KeyRing { pairs })
	}

	/// Read the key file, or make one with a new pair where there is none.
	pub fn load_or_generate(path: &Path) -> Result<Self, KeyError> {
		match Self::load(path) {
			Err(KeyError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
				Self::append_generated(path)
			}
			other => other,
		}
	}

	/// Add a new pair to the key file (made where there is none): the first step of a rotation.
	pub fn append_generated(path: &Path) -> Result<Self, KeyError> {
		let io = |source| KeyError::Io {
			path: path.to_owned(),
			source,
		};
		let mut file = match std::fs::metadata(path) {
			Ok(_) => {
				Self::load(path)?;
				read(path)?
			}
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => File {
				version: 1,
				keys: Vec::new(),
			},
			Err(error) => return Err(io(error)),
		};
		let (mut signing, mut sealing) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
		OsRng.fill_bytes(&mut *signing);
		OsRng.fill_bytes(&mut *sealing);
		file.keys.push(Seeds {
			signing: hex::encode(*signing),
			sealing: hex::encode(*sealing),
		});
		replace(path, &to_text(path, &file)?)?;
		Self::load(path)
	}

	/// Remove the pair whose public signing key is `signing` from the key file: the last step of a rotation.
	///
	/// Fails where there is no such pair, or no other.
	pub fn remove(path: &Path, signing: &[u8; 32]) -> Result<Self, KeyError> {
		let malformed = |what: &str| KeyError::Malformed {
			path: path.to_owned(),
			what: what.into(),
		};
		let ring = Self::load(path)?;
		let index = ring.pairs.iter().position(|pair| pair.signing_public == *signing);
		let index =
			index.ok_or_else(|| malformed(&format!("holds no pair with the signing key {}", hex::encode(signing))))?;
		if ring.pairs.len() == 1 {
			return Err(malformed("holds no other pair; a node needs one"));
		}
		let mut file = read(path)?;
		file.keys.remove(index);
		replace(path, &to_text(path, &file)?)?;
		Self::load(path)
	}

	/// The pairs, oldest first.
	pub fn pairs(&self) -> &[KeyPair] {
		&self.pairs
	}

	/// The public keys as JSON, to be registered on chain: `[{"signing":"…","sealing":"…"}]`, oldest first.
	pub fn public_json(&self) -> String {
		let keys: Vec<_> = self
			.public()
			.iter()
			.map(|(signing, sealing)| {
				format!(
					"{{\"signing\":\"{}\",\"sealing\":\"{}\"}}",
					hex::encode(signing),
					hex::encode(sealing)
				)
			})
			.collect();
		format!("[{}]", keys.join(","))
	}

	/// The public keys: (signing, sealing).
	pub fn public(&self) -> Vec<([u8; 32], [u8; 32])> {
		self.pairs
			.iter()
			.map(|pair| (pair.signing_public, pair.sealing.public))
			.collect()
	}

	/// The pair to sign with at block `at`: of those that the chain lists as valid, the newest that has held for
	/// [`SETTLE_BLOCKS`]; the newest of all where none has.
	pub fn signer(&self, listed: &[CourierKey], at: BlockNumber) -> Option<&KeyPair> {
		listed
			.iter()
			.filter(|key| key.is_valid_at(at))
			.filter_map(|key| {
				self.pairs
					.iter()
					.find(|p| p.signing_public == key.signing)
					.map(|p| (key.valid_from, p))
			})
			.max_by_key(|(from, _)| (from.saturating_add(SETTLE_BLOCKS) <= at, *from))
			.map(|(_, pair)| pair)
	}

	/// The secret of the sealing key that starts with `prefix`.
	pub fn opener(&self, prefix: &[u8; 8]) -> Option<&SealingKey> {
		self.pairs
			.iter()
			.map(|pair| &pair.sealing)
			.find(|key| key.public.starts_with(prefix))
	}

	/// The public key of the pair that made this signature.
	pub fn maker(&self, purpose: Purpose, genesis: &Digest, message: &[u8], made: &[u8; 64]) -> Option<[u8; 32]> {
		let digest = purpose.digest(genesis, message);
		let publics = self.pairs.iter().map(|pair| pair.signing_public);
		publics
			.into_iter()
			.find(|public| signature::verify(public, &digest, made))
	}

	/// Whether the ring has the key that the chain lists.
	pub fn holds(&self, listed: &CourierKey) -> bool {
		self.pairs
			.iter()
			.any(|p| p.signing_public == listed.signing && p.sealing.public == listed.sealing)
	}
}

/// Whether `key` holds at block `at` and for [`SETTLE_BLOCKS`] more.
pub fn holds_on(key: &CourierKey, at: BlockNumber) -> bool {
	key.is_valid_at(at) && key.is_valid_at(at.saturating_add(SETTLE_BLOCKS))
}

/// The key to seal to: of those valid at block `at`, the newest.
pub fn sealing_key(listed: &[CourierKey], at: BlockNumber) -> Option<[u8; 32]> {
	listed
		.iter()
		.filter(|key| key.is_valid_at(at))
		.max_by_key(|key| key.valid_from)
		.map(|key| key.sealing)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	fn listed(pair: &KeyPair, from: BlockNumber, until: Option<BlockNumber>) -> CourierKey {
		CourierKey {
			signing: pair.signing_public(),
			sealing: pair.sealing.public(),
			valid_from: from,
			valid_until: until,
		}
	}

	#[test]
	fn generates_once_and_loads_again() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("courier.json");
		let made = KeyRing::load_or_generate(&path).unwrap();
		assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
		assert_eq!(KeyRing::load_or_generate(&path).unwrap().public(), made.public());
		let rotated = KeyRing::append_generated(&path).unwrap();
		assert_eq!(rotated.public().len(), 2);
		assert_eq!(rotated.public()[0], made.public()[0]);
	}

	#[test]
	fn removes_the_pair_named_and_never_the_last() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("courier.json");
		let old = KeyRing::append_generated(&path).unwrap().public()[0];
		let new = KeyRing::append_generated(&path).unwrap().public()[1];
		let unknown = KeyRing::remove(&path, &[7; 32]).unwrap_err().to_string();
		assert!(unknown.contains(&"07".repeat(32)), "{unknown}");
		assert_eq!(KeyRing::remove(&path, &old.0).unwrap().public(), [new]);
		assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
		let last = KeyRing::remove(&path, &new.0).unwrap_err().to_string();
		assert!(last.contains("no other pair"), "{last}");
		assert_eq!(KeyRing::load(&path).unwrap().public(), [new]);
	}

	#[test]
	fn fails_when_others_may_read_it() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("courier.json");
		KeyRing::load_or_generate(&path).unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
		assert!(matches!(
			KeyRing::load(&path),
			Err(KeyError::LaxMode { mode: 0o640, .. })
		));
	}

	#[test]
	fn error_never_shows_the_content() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("courier.json");
		std::fs::write(&path, "{ \"version\": 1, \"keys\": [ \"SECRETSECRET\" ] }").unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		let error = KeyRing::load(&path).unwrap_err().to_string();
		assert!(!error.contains("SECRET"), "{error}");
	}

	#[test]
	fn new_pair_signs_at_once_where_no_other_holds() {
		let (old, new) = (KeyRing::generate(), KeyRing::generate());
		let ring = KeyRing::new(vec![old.pairs[0].clone(), new.pairs[0].clone()]);
		let signer = |listed: &[CourierKey], at| ring.signer(listed, at).map(KeyPair::signing_public);
		let first = [listed(&old.pairs[0], 7, None)];
		assert_eq!(signer(&first, 6), None);
		assert_eq!(signer(&first, 7), Some(old.pairs[0].signing_public()));
		// Retired in the block in which its successor begins.
		let stolen = [listed(&old.pairs[0], 7, Some(10)), listed(&new.pairs[0], 10, None)];
		assert_eq!(signer(&stolen, 10), Some(new.pairs[0].signing_public()));
	}

	#[test]
	fn newest_valid_pair_signs_and_old_one_still_verifies() {
		let (old, new) = (KeyRing::generate(), KeyRing::generate());
		let ring = KeyRing::new(vec![old.pairs[0].clone(), new.pairs[0].clone()]);
		let listed = [listed(&old.pairs[0], 0, Some(20)), listed(&new.pairs[0], 10, None)];
		let signer = |at| ring.signer(&listed, at).unwrap().signing_public();
		assert_eq!(signer(9), old.pairs[0].signing_public());
		// A partner that is not quite at block 10 yet knows the old one only.
		assert_eq!(signer(10 + SETTLE_BLOCKS - 1), old.pairs[0].signing_public());
		assert_eq!(signer(10 + SETTLE_BLOCKS), new.pairs[0].signing_public());
		assert_eq!(signer(20), new.pairs[0].signing_public());
		// What the old one signed is signed anew before its end.
		assert!(holds_on(&listed[0], 19 - SETTLE_BLOCKS) && !holds_on(&listed[0], 20 - SETTLE_BLOCKS));
		assert!(!holds_on(&listed[1], 9) && holds_on(&listed[1], BlockNumber::MAX));
		let signature = old.pairs[0].sign(Purpose::Packet, &[1; 32], b"m");
		let check = |at, purpose, genesis| verify(&listed, at, purpose, genesis, b"m", &signature);
		assert!(check(19, Purpose::Packet, &[1; 32]));
		assert!(!check(20, Purpose::Packet, &[1; 32]));
		assert!(!check(19, Purpose::Receipt, &[1; 32]));
		assert!(!check(19, Purpose::Packet, &[2; 32]));
	}
}
