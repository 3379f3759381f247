// SPDX-License-Identifier: Apache-2.0

//! What a file is, before its first line is believed: how long, in which encoding, and whether it is a file of orders at all.

use super::Format;
use crate::error::{Error, Result};
use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};
use std::{fs::File, io::Read, path::Path};

/// How a file's characters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Encoding {
	/// UTF-8, or UTF-16 with a byte order mark; a file that is something else is named and refused
	#[default]
	Auto,
	/// UTF-8
	#[value(name = "utf-8")]
	Utf8,
	/// GB18030, and so GBK and GB2312
	Gb18030,
}

/// A file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
	/// Its name and the hash of its content: the same file read again is known, another of the same name is not mistaken for it.
	pub source: String,
	/// Its length in bytes. What comes behind is not read: it was not part of the file that was looked at.
	pub length: u64,
	/// Whether it is a set of files of the trade, which may hold no order.
	pub is_set: bool,
	/// How it is decoded; none where it is UTF-8.
	decoder: Option<&'static encoding_rs::Encoding>,
}

const BLOCK: usize = 256 * 1024;

/// Looks at the whole file.
///
/// # Errors
/// It cannot be read, is empty, or is none of orders: its encoding or its shape is named.
pub fn inspect(file: &mut File, path: &Path, encoding: Encoding) -> Result<Inspected> {
	let mut hash = Sha256::new();
	let mut buffer = vec![0; BLOCK];
	let mut begin: Vec<u8> = Vec::new();
	let mut scan = Scan::default();
	let mut length = 0;
	loop {
		let read = file.read(&mut buffer).map_err(Error::file(path))?;
		if read == 0 {
			break;
		}
		let block = &buffer[..read];
		if begin.len() < 4_096 {
			begin.extend_from_slice(&block[..read.min(4_096)]);
		}
		hash.update(block);
		scan.take(block);
		length += read as u64;
	}
	let refused = |line: u64, reason: &str| Error::Format {
		path: path.into(),
		line,
		reason: reason.into(),
	};
	if begin.iter().all(u8::is_ascii_whitespace) {
		return Err(refused(0, "the file is empty"));
	}
	let decoder = match encoding {
		Encoding::Gb18030 => Some(GB18030),
		_ if begin.starts_with(b"\xff\xfe") => Some(UTF_16LE),
		_ if begin.starts_with(b"\xfe\xff") => Some(UTF_16BE),
		_ => None,
	};
	if decoder.is_none() {
		if let Some(reason) = scan.no_text(&begin) {
			return Err(refused(0, reason));
		}
		let first = begin
			.iter()
			.find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b));
		if first == Some(&b'[') && Format::of(path).is_ok_and(|format| format == Format::Ndjson) {
			return Err(refused(
				1,
				"a JSON array: write one object for each line, without brackets and commas around them",
			));
		}
	}
	Ok(Inspected {
		source: source(path, &hash.finalize()),
		length,
		is_set: false,
		decoder,
	})
}

/// The name of a file and the hash of its content.
fn source(path: &Path, hash: &[u8]) -> String {
	let name = path
		.file_name()
		.map(|n| n.to_string_lossy().into_owned())
		.unwrap_or_default();
	super::plain(format!("{name}@{}", hex::encode(&hash[..8])).chars())
}

impl Inspected {
	/// A set: its index, the hash over all its files, the index's length.
	pub(super) fn set(index: &Path, hash: &[u8], length: u64) -> Self {
		Inspected {
			source: source(index, hash),
			length,
			is_set: true,
			decoder: None,
		}
	}

	/// The file's text as UTF-8, from its beginning to the length that it had.
	pub fn text(&self, file: File) -> Text<File> {
		Text {
			input: file.take(self.length),
			decoder: self.decoder.map(|encoding| encoding.new_decoder()),
			encoded: Vec::new(),
			decoded: Vec::new(),
			at: 0,
			ended: false,
		}
	}
}

/// What the bytes of a file look like.
#[derive(Default)]
struct Scan {
	/// Lines with a byte beyond ASCII, and those of them that are UTF-8.
	beyond_ascii: u64,
	utf8: u64,
	zeros: u64,
	line: Vec<u8>,
}

impl Scan {
	fn take(&mut self, block: &[u8]) {
		for part in block.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
			self.zeros += part.iter().filter(|byte| **byte == 0).count() as u64;
			if self.line.len() < BLOCK {
				self.line.extend_from_slice(part);
			}
			if part.ends_with(b"\n") || part.ends_with(b"\r") {
				self.end_line();
			}
		}
	}

	fn end_line(&mut self) {
		if !self.line.is_ascii() {
			self.beyond_ascii += 1;
			self.utf8 += u64::from(std::str::from_utf8(&self.line).is_ok());
		}
		self.line.clear();
	}

	/// Why this is no UTF-8 text at all. Single broken lines are none of it: they are reported one by one.
	fn no_text(mut self, begin: &[u8]) -> Option<&'static str> {
		self.end_line();
		for (magic, what) in [
			(&b"%PDF"[..], "a PDF file, not a file of orders"),
			(b"PK\x03\x04", "a ZIP or XLSX file, not a file of orders"),
			(b"\x1f\x8b", "a gzip file: unpack it first"),
			(b"\xd0\xcf\x11\xe0", "an Excel file, not a file of orders"),
		] {
			if begin.starts_with(magic) {
				return Some(what);
			}
		}
		if self.zeros > 1 && self.zeros * 4 > begin.len() as u64 {
			return Some("UTF-16 without a byte order mark, or no text at all: write UTF-8");
		}
		if self.beyond_ascii > 0 && self.utf8 == 0 {
			let mut decoder = GB18030.new_decoder();
			let mut text = String::with_capacity(begin.len() * 3);
			let (_, _, broken) = decoder.decode_to_string(begin, &mut text, false);
			return Some(if broken {
				"not UTF-8 text"
			} else {
				"not UTF-8 text; it looks like GB18030 (GBK): give --encoding gb18030, or write UTF-8"
			});
		}
		None
	}
}

/// UTF-8 out of whatever the file holds.
pub struct Text<R> {
	input: std::io::Take<R>,
	decoder: Option<Decoder>,
	encoded: Vec<u8>,
	decoded: Vec<u8>,
	at: usize,
	ended: bool,
}

impl<R: Read> Read for Text<R> {
	fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
		let Some(decoder) = &mut self.decoder else {
			return self.input.read(out);
		};
		while self.at == self.decoded.len() && !self.ended {
			self.encoded.resize(BLOCK, 0);
			let read = self.input.read(&mut self.encoded)?;
			self.ended = read == 0;
			let most = decoder
				.max_utf8_buffer_length(read)
				.ok_or_else(|| std::io::Error::other("the file is too long"))?;
			self.decoded.resize(most, 0);
			// What is none of the encoding becomes U+FFFD; the reader makes a defect of its line.
			let (_, _, written, _) = decoder.decode_to_utf8(&self.encoded[..read], &mut self.decoded, self.ended);
			self.decoded.truncate(written);
			self.at = 0;
		}
		let ready = &self.decoded[self.at..];
		let count = ready.len().min(out.len());
		out[..count].copy_from_slice(&ready[..count]);
		self.at += count;
		Ok(count)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::io::{Seek, Write};

	fn look(name: &str, bytes: &[u8], encoding: Encoding) -> Result<String> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join(name);
		let mut file = std::fs::File::options()
			.create(true)
			.truncate(true)
			.read(true)
			.write(true)
			.open(&path)
			.unwrap();
		file.write_all(bytes).unwrap();
		file.rewind().unwrap();
		let inspected = inspect(&mut file, &path, encoding)?;
		file.rewind().unwrap();
		let mut text = String::new();
		inspected.text(file).read_to_string(&mut text).unwrap();
		Ok(text)
	}

	#[test]
	fn encodings_are_known_and_named() {
		let chinese = "id,note\n1,上海浦东支行\n";
		assert_eq!(look("a.csv", chinese.as_bytes(), Encoding::Auto).unwrap(), chinese);
		let gbk = GB18030.encode(chinese).0.into_owned();
		let error = look("a.csv", &gbk, Encoding::Auto).unwrap_err().to_string();
		assert!(error.contains("GB18030") && error.contains("a.csv"), "{error}");
		assert_eq!(look("a.csv", &gbk, Encoding::Gb18030).unwrap(), chinese);
		let mut utf16 = vec![0xff, 0xfe];
		utf16.extend(chinese.encode_utf16().flat_map(u16::to_le_bytes));
		assert_eq!(look("a.csv", &utf16, Encoding::Auto).unwrap(), chinese);
		let error = look("a.csv", &utf16[2..], Encoding::Auto).unwrap_err().to_string();
		assert!(error.contains("UTF-16"), "{error}");
	}

	#[test]
	fn what_is_no_file_of_orders_is_named() {
		for (name, bytes, word) in [
			("a.ndjson", &b"%PDF-1.7 \xff\n"[..], "PDF"),
			("a.csv", b"PK\x03\x04\x00\x00", "XLSX"),
			("a.json", b"[\n {\"id\":1}\n]\n", "array"),
			("a.json", b" \n\r\n", "empty"),
		] {
			let error = look(name, bytes, Encoding::Auto).unwrap_err().to_string();
			assert!(error.contains(word), "{name}: {error}");
		}
	}

	#[test]
	fn one_broken_line_among_others_is_not_the_whole_file() {
		let mut bytes = "一\n".as_bytes().to_vec();
		bytes.extend_from_slice(b"\xff\xfe\xfd\n");
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("a.ndjson");
		std::fs::write(&path, &bytes).unwrap();
		assert!(inspect(&mut File::open(&path).unwrap(), &path, Encoding::Auto).is_ok());
	}
}
