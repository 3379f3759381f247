// SPDX-License-Identifier: Apache-2.0

//! HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export only (section 5.3): key and nonce of the AEAD are exported
//! from the context, one envelope per context, sealed in place.
//!
//! Export only, because the AEAD is where the time goes and HPKE crates bring slow ones. The sender is authenticated by the
//! signatures on the packets inside, so base mode is enough; the genesis hash in `info` keeps an envelope of one chain from being
//! opened on another.

use super::WireError;
use crate::{
	keys::SealingKey,
	random::{self, Random},
};
use hpke::{
	aead::ExportOnlyAead, kdf::HkdfSha256, kem::X25519HkdfSha256, Deserializable, Kem, OpModeR, OpModeS, Serializable,
};
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_256_GCM, CHACHA20_POLY1305};
use sealane_primitives::ids::Digest;
use zeroize::Zeroizing;

/// Length of the encapsulated key, in bytes.
pub const ENC_LEN: usize = 32;
/// Length of the tag, in bytes.
pub const TAG_LEN: usize = 16;

const INFO_TAG: &[u8; 17] = b"sealane/2/courier";

/// AEAD of the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Suite {
	/// ChaCha20-Poly1305: fast everywhere.
	ChaCha20Poly1305 = 0,
	/// AES-256-GCM: faster where the processor has AES instructions.
	Aes256Gcm = 1,
}

impl Suite {
	/// The suite with that number on the wire.
	pub const fn from_u8(number: u8) -> Option<Self> {
		match number {
			0 => Some(Suite::ChaCha20Poly1305),
			1 => Some(Suite::Aes256Gcm),
			_ => None,
		}
	}
}

/// This node's randomness in the version of the trait that `hpke` wants.
struct HpkeRng<'a>(&'a dyn Random);

impl hpke::rand_core::RngCore for HpkeRng<'_> {
	fn next_u32(&mut self) -> u32 {
		u32::from_le_bytes(random::bytes(self.0))
	}

	fn next_u64(&mut self) -> u64 {
		u64::from_le_bytes(random::bytes(self.0))
	}

	fn fill_bytes(&mut self, dest: &mut [u8]) {
		self.0.fill(dest)
	}
}

impl hpke::rand_core::CryptoRng for HpkeRng<'_> {}

fn info(genesis: &Digest) -> [u8; 49] {
	let mut info = [0; 49];
	info[..17].copy_from_slice(INFO_TAG);
	info[17..].copy_from_slice(genesis);
	info
}

/// What is exported from a context for an AEAD: 32 bytes of key and 12 of nonce.
type Exported = Zeroizing<[u8; 44]>;

impl Suite {
	/// The exporter's context: each AEAD has its own keys.
	const fn label(self) -> &'static [u8] {
		match self {
			Suite::ChaCha20Poly1305 => b"sealane/2/chacha20-poly1305",
			Suite::Aes256Gcm => b"sealane/2/aes-256-gcm",
		}
	}

	fn key(self, exported: &Exported) -> Result<(LessSafeKey, Nonce), WireError> {
		let algorithm = match self {
			Suite::ChaCha20Poly1305 => &CHACHA20_POLY1305,
			Suite::Aes256Gcm => &AES_256_GCM,
		};
		let key = UnboundKey::new(algorithm, &exported[..32]).map_err(|_| WireError::Seal)?;
		let nonce = Nonce::try_assume_unique_for_key(&exported[32..]).map_err(|_| WireError::Seal)?;
		Ok((LessSafeKey::new(key), nonce))
	}
}

/// Seal `plaintext` in place to the X25519 key `to`; gives the encapsulated key and the tag. `random` makes
/// the ephemeral key.
pub fn seal(
	random: &dyn Random,
	suite: Suite,
	genesis: &Digest,
	aad: &[u8],
	to: &[u8; 32],
	plaintext: &mut [u8],
) -> Result<([u8; ENC_LEN], [u8; TAG_LEN]), WireError> {
	let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to).map_err(|_| WireError::Seal)?;
	let (enc, context) = hpke::setup_sender::<ExportOnlyAead, HkdfSha256, X25519HkdfSha256, _>(
		&OpModeS::Base,
		&to,
		&info(genesis),
		&mut HpkeRng(random),
	)
	.map_err(|_| WireError::Seal)?;
	let mut exported = Zeroizing::new([0; 44]);
	context
		.export(suite.label(), &mut *exported)
		.map_err(|_| WireError::Seal)?;
	let (key, nonce) = suite.key(&exported)?;
	let sealed = key
		.seal_in_place_separate_tag(nonce, Aad::from(aad), plaintext)
		.map_err(|_| WireError::Seal)?;
	let (mut enc_bytes, mut tag) = ([0; ENC_LEN], [0; TAG_LEN]);
	enc.write_exact(&mut enc_bytes);
	tag.copy_from_slice(sealed.as_ref());
	Ok((enc_bytes, tag))
}

/// Open `sealed`, ciphertext and tag, in place with one of this node's keys. The plaintext is what was before the tag.
pub fn open(
	suite: Suite,
	genesis: &Digest,
	aad: &[u8],
	enc: &[u8],
	key: &SealingKey,
	sealed: &mut [u8],
) -> Result<(), WireError> {
	let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(enc).map_err(|_| WireError::Seal)?;
	let context = hpke::setup_receiver::<ExportOnlyAead, HkdfSha256, X25519HkdfSha256>(
		&OpModeR::Base,
		key.secret(),
		&enc,
		&info(genesis),
	)
	.map_err(|_| WireError::Seal)?;
	let mut exported = Zeroizing::new([0; 44]);
	context
		.export(suite.label(), &mut *exported)
		.map_err(|_| WireError::Seal)?;
	let (key, nonce) = suite.key(&exported)?;
	key.open_in_place(nonce, Aad::from(aad), sealed)
		.map_err(|_| WireError::Seal)?;
	Ok(())
}
