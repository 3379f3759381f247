// SPDX-License-Identifier: Apache-2.0

//! # The store
//!
//! One append-only log of segments per node, and an index of order ids. The log is the truth; the index is rebuilt from it.
//!
//! ## In use
//! ```text
//! let (opened, recovery) = Opened::open(Options::new(folder), |record| rebuild(record))?;   // blocking, every record once, in order
//! let log: Log<MyCutter> = opened.start(MyCutter::new(state))?;                              // the writer thread
//!
//! log.submit(submission, bytes).await?;         // to the cutter, which answers by what the submission carries (a oneshot, say)
//! log.append(vec![RecordBuf::new(kind, payload)]).await? -> Vec<Position>                    // ready records, durable on return
//! log.append_blocking(..), log.append_nowait(..), log.append_then(.., |outcome| ..)
//!
//! log.read(position)? -> Record { position, kind, payload: Bytes }                           // checked; hot reads need no disk
//! log.scan(from, until) -> Iterator<Item = Result<Record, ReadError>>                        // `scan.position()` goes on later
//! log.tail(), log.watch() -> watch::Receiver<Position>                                       // the durable tail
//! log.reader() -> LogReader                                                                  // the same without the right to append
//!
//! impl Cutter for MyCutter {                    // on the writer thread, once per group: packing, counting and signing happen here
//!     type Submission = ..;
//!     fn cut(&mut self, group: &mut Vec<Submission>, out: &mut RecordWriter)   // out.next(), out.push(kind, bytes), out.begin(kind)
//!     fn committed(&mut self, group: &Committed)                               // on disk and readable: update indexes
//!     fn published(&mut self)                                                  // the tail shows it: answer
//!     fn refused(&mut self, error: &AppendError)                               // not on disk: take back counters, answer
//!     fn rejected(&mut self, group: &mut Vec<Submission>, error: &AppendError) // never cut: answer
//! }
//!
//! let index = Index::new(opened.reader().meta().index_secret);  let numbers = Numbers::default();   // packet number -> position
//! index.insert_many(&[(index.key(seller, id), Location::new(numbers.push(position), entry)?)]);      // one lock per 256
//! index.answer_many(&[(key, order, answer)]);  index.probe_many(&keys, |place, entry| ..);            // repeated ids of a batch
//! // a faster start: save a digest of each closed segment, and take it in the place of its records (see `Visitor`)
//! log.reader().closed_segments(), log.reader().save_sidecar(first, &digest)?
//!
//! index.find(key, |entry| read_and_compare(entry.order))? -> Option<Entry { order, answer }>
//! ```
//!
//! ## On disk
//! ```text
//! <folder>/lock                              held by the one process that has the store open
//! <folder>/meta                              which store this is, and the secret of its index (mode 600)
//! <folder>/log/00000000000000000000.seg      named by the position of its first byte
//! <folder>/log/00000000000000000000.idx      what the caller saved about a closed segment, to start faster; may be deleted
//! <folder>/log/*.new                         in the making; removed at the next opening
//! <folder>/log/salvaged                      ranges that a salvage gave up, if there ever was one
//! ```
//! A segment is a header and groups, a group is a header and records; the bytes are described in [`frame`]. A [`Position`] counts
//! every byte, headers too, so that the place of a record follows from its position alone, and it is the cursor of every stream.
//!
//! ## Why nothing acknowledged is lost, and nothing half done is found
//! 1. One thread writes. It builds a group in memory, writes it with one call, calls `fdatasync` once, and only then moves the tail
//!    and answers. A group is written only after the one before was synced.
//! 2. So after a crash at most the last group is incomplete. Its header says how many bytes and records follow, each record has its
//!    checksum: it is found whole, or it is cut. Nobody was told of it. The records of one call are in one group: all or none.
//! 3. A broken place with a later group behind it was durable once. That is damage: opening stops and names file and offset. A log
//!    closed in order, or idle for a moment ([`Options::mark_after`]), ends with an empty group, so its last records are covered too. Group headers repeat a random marker of
//!    their segment that nobody outside knows, so no payload can pose as a later group.
//! 4. A group that is found whole may have been only in the page cache when the process died. Recovery writes it once more and syncs
//!    before anybody reads it.
//! 5. A segment gets its name when its header is durable, and gets its first group when its name is.
//! 6. A failed `fdatasync` is final: the log is read-only until the process starts again, and step 4 settles what the disk has.
//! 7. A full disk refuses the group, cuts what was written of it, and leaves all that was acknowledged; the next group tries again.
//!
//! [`frame`]: self::frame

mod cache;
mod cutter;
pub mod disk;
mod error;
#[cfg(any(test, feature = "test-support"))]
pub mod fault;
pub mod frame;
mod host;
pub mod index;
mod log;
mod meta;
mod prepare;
mod queue;
mod reader;
mod recovery;
mod segments;
mod sidecar;
mod stats;
#[cfg(test)]
mod tests;
mod walk;
mod writer;

pub use self::{
	cutter::{Committed, Cutter, Mark, Plain, RecordBuilder, RecordWriter},
	error::{AppendError, OpenError, ReadError, SidecarError},
	frame::{Damage, Position, Record, StoreId, MAX_PAYLOAD_BYTES, RECORD_HEADER_BYTES},
	host::{Hosted, LogWriter, OwnThread, Step, WriterHost},
	index::{Entry, Index, Key, Location, Numbers},
	log::{bytes_on_disk, Log, Opened, Options},
	meta::Meta,
	queue::RecordBuf,
	reader::{LogReader, Scan},
	recovery::{Cut, Recovery},
	sidecar::{Sidecar, Visitor},
	stats::LogStats,
};
