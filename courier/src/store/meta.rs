// SPDX-License-Identifier: Apache-2.0

//! The file `meta`: which store this is, and the secret of its index.
//!
//! ```text
//! magic[8] "SEALMETA" ‖ u32 version ‖ u32 zero ‖ store id[16] ‖ index secret[16] ‖ zero[12] ‖ u32 CRC-32C
//! ```

use super::{
	disk::Disk,
	error::{io_error, OpenError},
	frame::{u32_at, u64_at, Damage, StoreId},
};
use crate::random::{self, Random};
use std::{fmt, path::Path};

const META_BYTES: usize = 64;
const META_MAGIC: [u8; 8] = *b"SEALMETA";
const META_VERSION: u32 = 1;

/// What a store keeps about itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Meta {
	/// Which store this is; random.
	pub store: StoreId,
	/// Key of the index's hash, so that nobody who chooses order ids can make them collide.
	pub index_secret: [u64; 2],
}

impl fmt::Debug for Meta {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Meta")
			.field("store", &self.store)
			.finish_non_exhaustive()
	}
}

impl Meta {
	/// Reads the file, or makes it where the store is new.
	pub(super) fn load_or_create(disk: &dyn Disk, folder: &Path, random: &dyn Random) -> Result<Self, OpenError> {
		let path = folder.join("meta");
		let names = disk.list(folder).map_err(io_error("listing", folder))?;
		if names.iter().any(|name| name == "meta") {
			return Self::load(disk, &path);
		}
		let random: [u8; 32] = random::bytes(random);
		let mut store = StoreId([0; 16]);
		store.0.copy_from_slice(&random[..16]);
		let meta = Self {
			store,
			index_secret: [u64_at(&random, 16), u64_at(&random, 24)],
		};

		// A crash leaves either no file of this name or a whole one.
		let fresh = folder.join("meta.new");
		let file = disk.create(&fresh).map_err(io_error("creating", &fresh))?;
		file.write_all_at(&meta.encode(), 0)
			.map_err(io_error("writing", &fresh))?;
		file.sync().map_err(io_error("syncing", &fresh))?;
		disk.rename(&fresh, &path).map_err(io_error("naming", &path))?;
		disk.sync_folder(folder).map_err(io_error("syncing", folder))?;
		Ok(meta)
	}

	fn load(disk: &dyn Disk, path: &Path) -> Result<Self, OpenError> {
		let file = disk.open(path).map_err(io_error("opening", path))?;
		let mut bytes = [0; META_BYTES];
		let read = file.read_at(&mut bytes, 0).map_err(io_error("reading", path))?;
		let corrupt = |damage| OpenError::Corrupt {
			file: path.to_path_buf(),
			offset: 0,
			position: 0,
			damage,
		};
		if read < META_BYTES {
			return Err(corrupt(Damage::Short {
				needed: META_BYTES as u64,
				available: read as u64,
			}));
		}
		Self::decode(&bytes).map_err(corrupt)
	}

	fn encode(&self) -> [u8; META_BYTES] {
		let mut out = [0; META_BYTES];
		out[0..8].copy_from_slice(&META_MAGIC);
		out[8..12].copy_from_slice(&META_VERSION.to_le_bytes());
		out[16..32].copy_from_slice(&self.store.0);
		out[32..40].copy_from_slice(&self.index_secret[0].to_le_bytes());
		out[40..48].copy_from_slice(&self.index_secret[1].to_le_bytes());
		let crc = crc32c::crc32c(&out[..60]);
		out[60..64].copy_from_slice(&crc.to_le_bytes());
		out
	}

	fn decode(bytes: &[u8; META_BYTES]) -> Result<Self, Damage> {
		let stored = u32_at(bytes, 60);
		let computed = crc32c::crc32c(&bytes[..60]);
		if stored != computed {
			return Err(Damage::Checksum { stored, computed });
		}
		if bytes[0..8] != META_MAGIC || u32_at(bytes, 8) != META_VERSION {
			return Err(Damage::Group("the store is of another version of this software"));
		}
		let mut store = StoreId([0; 16]);
		store.0.copy_from_slice(&bytes[16..32]);
		Ok(Self {
			store,
			index_secret: [u64_at(bytes, 32), u64_at(bytes, 40)],
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn survives_the_file_and_shows_no_secret() {
		let meta = Meta {
			store: StoreId([9; 16]),
			index_secret: [0xdead_beef, 42],
		};
		assert_eq!(Meta::decode(&meta.encode()), Ok(meta));
		assert!(!format!("{meta:?}").contains("3735928559"));
		let mut flipped = meta.encode();
		flipped[20] ^= 1;
		assert!(matches!(Meta::decode(&flipped), Err(Damage::Checksum { .. })));
	}
}
