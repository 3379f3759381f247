// SPDX-License-Identifier: Apache-2.0

//! Who did or saw what: one line of JSON per request that changes or shows business data, in a file per day.
//!
//! `audit/<YYYY-MM-DD>.ndjson` in the node's folder, mode 600, days in UTC. A line holds time, name of the token, client's address, method, path
//! and query (which may name an order), status, and how many entries were taken or shown. It holds no payload. Requests of the scope `monitor` show no
//! business data and are left out; what came without a valid token is counted, once a minute, so that a stranger cannot fill the disk.

use serde::Serialize;
use std::{
	fs::{self, File, OpenOptions},
	io::{self, BufWriter, Write},
	net::SocketAddr,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicBool, AtomicU64, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};
use time::{macros::format_description, OffsetDateTime};
use tokio::sync::{mpsc, oneshot};

/// Folder in the node's folder.
pub const AUDIT_FOLDER: &str = "audit";
/// Lines that may wait for the disk; a request waits while there is no room.
const QUEUE_LINES: usize = 4_096;
/// Longest time between a line and its sync.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// How often requests without a valid token are counted.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// Longest path that a line repeats, in bytes.
const MAX_PATH: usize = 512;

/// One request, as the log has it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
	/// When it was answered, RFC 3339 in UTC.
	pub at: String,
	/// Name of the token; `None` for the count of requests without a valid one.
	pub token: Option<Arc<str>>,
	/// Address of the client.
	pub client: Option<SocketAddr>,
	/// Method.
	pub method: String,
	/// Path and query: the cursor says from where on events were seen.
	pub path: String,
	/// Status of the answer.
	pub status: u16,
	/// Entries that were taken, or shown at least: a long page is written while it is read.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub entries: Option<u64>,
	/// How many requests this line counts, where it is more than one.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub count: Option<u64>,
}

impl Line {
	/// A line of this moment.
	pub fn now(method: &str, path: &str, status: u16) -> Self {
		let mut end = path.len().min(MAX_PATH);
		while !path.is_char_boundary(end) {
			end -= 1;
		}
		Line {
			at: stamp(OffsetDateTime::now_utc()),
			token: None,
			client: None,
			method: method.into(),
			path: path[..end].into(),
			status,
			entries: None,
			count: None,
		}
	}
}

fn stamp(at: OffsetDateTime) -> String {
	let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
	at.format(format).unwrap_or_default()
}

/// How many entries an answer took or shows; put into its extensions by those who know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entries(pub u64);

enum Message {
	Line(Line),
	Close(oneshot::Sender<()>),
}

/// The log. Cloning gives the same.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
	sender: mpsc::Sender<Message>,
	failing: Arc<AtomicBool>,
	strangers: Arc<AtomicU64>,
}

impl Audit {
	/// Opens the log in the node's folder; files older than `keep_days` are removed, today and at each change of day.
	pub fn open(folder: &Path, keep_days: u32) -> io::Result<Self> {
		let mut writer = Writer::open(folder.join(AUDIT_FOLDER), keep_days)?;
		let (sender, mut receiver) = mpsc::channel(QUEUE_LINES);
		let audit = Audit {
			sender,
			failing: Arc::default(),
			strangers: Arc::default(),
		};
		let (failing, strangers) = (audit.failing.clone(), audit.strangers.clone());
		std::thread::Builder::new().name("audit".into()).spawn(move || {
			while let Some(message) = receiver.blocking_recv() {
				let mut message = Some(message);
				while let Some(next) = message {
					match next {
						Message::Line(line) => writer.note(&line, &failing),
						Message::Close(done) => {
							writer.note_strangers(&strangers, &failing);
							writer.sync(&failing);
							// Whoever waited may be gone.
							let _ = done.send(());
							return;
						}
					}
					if writer.counted.elapsed() >= COUNT_EVERY {
						writer.note_strangers(&strangers, &failing);
					}
					message = receiver.try_recv().ok();
				}
				writer.sync(&failing);
			}
		})?;
		Ok(audit)
	}

	/// Adds a line. Waits while there is no room.
	pub async fn note(&self, line: Line) {
		// The thread lives as long as a sender, or was told to close at the stop.
		let _ = self.sender.send(Message::Line(line)).await;
	}

	/// Counts a request without a valid token.
	pub fn stranger(&self) {
		self.strangers.fetch_add(1, Ordering::Relaxed);
	}

	/// Whether the last write failed.
	pub fn is_failing(&self) -> bool {
		self.failing.load(Ordering::Relaxed)
	}

	/// Writes what waits, and ends the log.
	pub async fn close(&self) {
		let (done, closed) = oneshot::channel();
		if self.sender.send(Message::Close(done)).await.is_ok() {
			let _ = closed.await;
		}
	}
}

struct Writer {
	folder: PathBuf,
	keep_days: u32,
	day: String,
	file: BufWriter<File>,
	synced: Instant,
	counted: Instant,
}

impl Writer {
	fn open(folder: PathBuf, keep_days: u32) -> io::Result<Self> {
		fs::create_dir_all(&folder)?;
		let day = today();
		let file = BufWriter::new(append(&folder, &day)?);
		let writer = Writer {
			folder,
			keep_days,
			day,
			file,
			synced: Instant::now(),
			counted: Instant::now(),
		};
		writer.drop_old();
		Ok(writer)
	}

	fn note(&mut self, line: &Line, failing: &AtomicBool) {
		let written = self.turn().and_then(|()| {
			serde_json::to_writer(&mut self.file, line)?;
			self.file.write_all(b"\n")
		});
		self.report(written, failing);
		if self.synced.elapsed() >= SYNC_EVERY {
			self.sync(failing);
		}
	}

	fn note_strangers(&mut self, strangers: &AtomicU64, failing: &AtomicBool) {
		self.counted = Instant::now();
		let count = strangers.swap(0, Ordering::Relaxed);
		if count > 0 {
			let mut line = Line::now("", "", 401);
			line.count = Some(count);
			self.note(&line, failing);
		}
	}

	fn sync(&mut self, failing: &AtomicBool) {
		let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
		self.synced = Instant::now();
		self.report(synced, failing);
	}

	fn report(&self, result: io::Result<()>, failing: &AtomicBool) {
		let was = failing.swap(result.is_err(), Ordering::Relaxed);
		if let (Err(error), false) = (result, was) {
			log::error!("the audit log in {} cannot be written: {error}", self.folder.display());
		}
	}

	/// The file of a new day.
	fn turn(&mut self) -> io::Result<()> {
		let day = today();
		if day != self.day {
			self.file.flush()?;
			self.file = BufWriter::new(append(&self.folder, &day)?);
			self.day = day;
			self.drop_old();
		}
		Ok(())
	}

	fn drop_old(&self) {
		let oldest = OffsetDateTime::now_utc() - time::Duration::days(self.keep_days.into());
		let oldest = day_of(oldest);
		let Ok(entries) = fs::read_dir(&self.folder) else {
			return;
		};
		for entry in entries.flatten() {
			let name = entry.file_name().to_string_lossy().into_owned();
			let is_day = name.len() == "2026-01-31.ndjson".len() && name.ends_with(".ndjson");
			if is_day && name.as_str() < oldest.as_str() {
				if let Err(error) = fs::remove_file(entry.path()) {
					log::warn!("the audit log {name} cannot be removed: {error}");
				}
			}
		}
	}
}

fn today() -> String {
	day_of(OffsetDateTime::now_utc())
}

fn day_of(at: OffsetDateTime) -> String {
	at.format(format_description!("[year]-[month]-[day]"))
		.unwrap_or_default()
}

fn append(folder: &Path, day: &str) -> io::Result<File> {
	let mut options = OpenOptions::new();
	options.append(true).create(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	options.open(folder.join(format!("{day}.ndjson")))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn lines(folder: &Path) -> Vec<serde_json::Value> {
		let text = fs::read_to_string(folder.join(AUDIT_FOLDER).join(format!("{}.ndjson", today()))).unwrap();
		text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
	}

	#[tokio::test]
	async fn lines_are_written_in_order_and_strangers_are_counted() {
		let folder = tempfile::tempdir().unwrap();
		let audit = Audit::open(folder.path(), 400).unwrap();
		for number in 0..5_000u64 {
			let mut line = Line::now("POST", "/v1/orders", 200);
			line.token = Some("desk".into());
			line.entries = Some(number);
			audit.note(line).await;
		}
		for _ in 0..1_000 {
			audit.stranger();
		}
		audit.close().await;
		let lines = lines(folder.path());
		assert_eq!(lines.len(), 5_001);
		assert!(lines[..5_000]
			.iter()
			.enumerate()
			.all(|(number, line)| line["entries"] == number && line["token"] == "desk"));
		assert_eq!(
			(&lines[5_000]["count"], &lines[5_000]["status"]),
			(&1_000.into(), &401.into())
		);
		assert!(!audit.is_failing());
	}

	#[tokio::test]
	async fn a_second_start_goes_on_and_old_days_go() {
		let folder = tempfile::tempdir().unwrap();
		let audit_folder = folder.path().join(AUDIT_FOLDER);
		fs::create_dir_all(&audit_folder).unwrap();
		fs::write(audit_folder.join("2020-01-31.ndjson"), "{}\n").unwrap();
		fs::write(audit_folder.join("notes.txt"), "kept").unwrap();
		for _ in 0..2 {
			let audit = Audit::open(folder.path(), 30).unwrap();
			audit.note(Line::now("GET", &"/ü".repeat(400), 200)).await;
			audit.close().await;
		}
		assert_eq!(lines(folder.path()).len(), 2);
		assert!(!audit_folder.join("2020-01-31.ndjson").exists() && audit_folder.join("notes.txt").exists());
		use std::os::unix::fs::PermissionsExt;
		let file = audit_folder.join(format!("{}.ndjson", today()));
		assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
	}
}
