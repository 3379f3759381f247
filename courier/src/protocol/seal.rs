// SPDX-License-Identifier: Apache-2.0

//! HPKE (RFC 9180), base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, one shot per envelope, in place.
//!
//! The sender is authenticated by the signatures on the packets inside, so base mode is enough; the genesis hash in
//! `info` keeps an envelope of one chain from being opened on another.

use super::WireError;
use crate::keys::SealingKey;
use hpke::{
	aead::{Aead, AeadTag, AesGcm256, ChaCha20Poly1305},
	kdf::HkdfSha256,
	kem::X25519HkdfSha256,
	Deserializable, Kem, OpModeR, OpModeS, Serializable,
};
use rand::{rngs::OsRng, RngCore as _};
use sealane_primitives::ids::Digest;

/// Length of the encapsulated key, in bytes.
pub const ENC_LEN: usize = 32;
/// Length of the tag, in bytes.
pub const TAG_LEN: usize = 16;

const INFO_TAG: &[u8; 17] = b"sealane/1/courier";

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

/// The operating system's generator in the version of the trait that `hpke` wants.
struct SystemRng;

impl hpke::rand_core::RngCore for SystemRng {
	fn next_u32(&mut self) -> u32 {
		OsRng.next_u32()
	}

	fn next_u64(&mut self) -> u64 {
		OsRng.next_u64()
	}

	fn fill_bytes(&mut self, dest: &mut [u8]) {
		OsRng.fill_bytes(dest)
	}
}

impl hpke::rand_core::CryptoRng for SystemRng {}

fn info(genesis: &Digest) -> [u8; 49] {
	let mut info = [0; 49];
	info[..17].copy_from_slice(INFO_TAG);
	info[17..].copy_from_slice(genesis);
	info
}

/// Seal `plaintext` in place to the X25519 key `to`; gives the encapsulated key and the tag.
pub fn seal(
	suite: Suite,
	genesis: &Digest,
	aad: &[u8],
	to: &[u8; 32],
	plaintext: &mut [u8],
) -> Result<([u8; ENC_LEN], [u8; TAG_LEN]), WireError> {
	fn with<A: Aead>(
		info: &[u8],
		aad: &[u8],
		to: &[u8; 32],
		plaintext: &mut [u8],
	) -> Result<([u8; ENC_LEN], [u8; TAG_LEN]), WireError> {
		let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(to).map_err(|_| WireError::Seal)?;
		let (enc, tag) = hpke::single_shot_seal_in_place_detached::<A, HkdfSha256, X25519HkdfSha256, _>(
			&OpModeS::Base,
			&to,
			info,
			plaintext,
			aad,
			&mut SystemRng,
		)
		.map_err(|_| WireError::Seal)?;
		let (mut enc_bytes, mut tag_bytes) = ([0; ENC_LEN], [0; TAG_LEN]);
		enc.write_exact(&mut enc_bytes);
		tag.write_exact(&mut tag_bytes);
		Ok((enc_bytes, tag_bytes))
	}
	let info = info(genesis);
	match suite {
		Suite::ChaCha20Poly1305 => with::<ChaCha20Poly1305>(&info, aad, to, plaintext),
		Suite::Aes256Gcm => with::<AesGcm256>(&info, aad, to, plaintext),
	}
}

/// Open `ciphertext` in place with one of this node's keys.
pub fn open(
	suite: Suite,
	genesis: &Digest,
	aad: &[u8],
	enc: &[u8],
	key: &SealingKey,
	ciphertext: &mut [u8],
	tag: &[u8],
) -> Result<(), WireError> {
	fn with<A: Aead>(
		info: &[u8],
		aad: &[u8],
		enc: &[u8],
		key: &SealingKey,
		ciphertext: &mut [u8],
		tag: &[u8],
	) -> Result<(), WireError> {
		let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(enc).map_err(|_| WireError::Seal)?;
		let tag = AeadTag::<A>::from_bytes(tag).map_err(|_| WireError::Seal)?;
		hpke::single_shot_open_in_place_detached::<A, HkdfSha256, X25519HkdfSha256>(
			&OpModeR::Base,
			key.secret(),
			&enc,
			info,
			ciphertext,
			aad,
			&tag,
		)
		.map_err(|_| WireError::Seal)
	}
	let info = info(genesis);
	match suite {
		Suite::ChaCha20Poly1305 => with::<ChaCha20Poly1305>(&info, aad, enc, key, ciphertext, tag),
		Suite::Aes256Gcm => with::<AesGcm256>(&info, aad, enc, key, ciphertext, tag),
	}
}
