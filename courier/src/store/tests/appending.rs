// SPDX-License-Identifier: Apache-2.0

//! What is appended is there, in order, in segments, and survives an orderly end.

use super::{super::*, *};
use std::sync::mpsc;
use tokio::sync::oneshot;

#[test]
fn positions_lead_to_the_records_before_and_after_a_restart() {
	let disk = FaultDisk::new();
	let (log, recovery) = open(&disk);
	assert!(recovery.created && !recovery.was_closed);
	let mut stored = Vec::new();
	for number in 0..40 {
		let records = call(number);
		let positions = log.append_blocking(records.clone()).expect("stored");
		stored.extend(positions.into_iter().zip(records));
	}
	let check = |log: &Log| {
		for (position, expected) in &stored {
			let record = log.read(*position).expect("reads");
			assert_eq!((record.kind, &record.payload), (expected.kind, &expected.payload));
		}
		assert_eq!(scanned(&log.reader()), (0..40).collect::<Vec<_>>());
	};
	check(&log);
	let tail = log.tail();
	drop(log);
	let (log, recovery) = open(&disk);
	assert!(recovery.was_closed && !recovery.created && recovery.cut.is_none());
	assert!(recovery.segments > 5, "{recovery:?}");
	assert!(recovery.tail > tail);
	assert_eq!(recovery.records, stored.len() as u64);
	check(&log);
}

#[test]
fn opening_and_closing_does_not_grow_the_log() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	log.append_blocking(call(1)).expect("stored");
	drop(log);
	let (log, first) = open(&disk);
	drop(log);
	let (_, second) = open(&disk);
	assert_eq!(first.tail, second.tail);
}

#[test]
fn segments_follow_each_other_without_a_gap() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	for number in 0..60 {
		log.append_blocking(call(number)).expect("stored");
	}
	let mut expected = 0;
	for path in disk
		.paths()
		.iter()
		.filter(|path| path.extension().is_some_and(|extension| extension == "seg"))
	{
		assert_eq!(*path, segment(expected));
		let length = disk.content(path).expect("exists").len() as u64;
		assert!(length <= (4 << 10) + 3_000);
		expected += length;
	}
	assert_eq!(expected, log.tail());
}

#[tokio::test]
async fn many_appends_share_a_sync() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let before = disk.syncs();
	let all: Vec<_> = (0..200).map(|number| log.append(call(number))).collect();
	let positions = futures::future::join_all(all).await;
	assert!(positions.iter().all(Result::is_ok));
	let syncs = disk.syncs() - before;
	assert!(syncs < 100, "{syncs} syncs for 200 calls");
	let mut calls = scanned(&log.reader());
	calls.sort_unstable();
	assert_eq!(calls, (0..200).collect::<Vec<_>>());
}

#[test]
fn callbacks_and_unwatched_appends() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let (sender, receiver) = mpsc::channel();
	log.append_nowait(call(1)).expect("queued");
	log.append_then(call(2), move |outcome| drop(sender.send(outcome)))
		.expect("queued");
	let positions = receiver.recv().expect("called").expect("stored");
	assert_eq!(positions.len(), call(2).len());
	log.close();
	assert_eq!(scanned(&log.reader()), [1, 2]);
	assert_eq!(log.append_blocking(call(3)), Err(AppendError::Closed));
}

#[test]
fn limits_are_refused_before_anything_is_queued() {
	let disk = FaultDisk::new();
	let (log, _) = open(&disk);
	let reserved = vec![RecordBuf::new(0, "x")];
	assert_eq!(log.append_blocking(reserved), Err(AppendError::ReservedKind));
	let large = vec![RecordBuf::new(1, vec![0; MAX_PAYLOAD_BYTES + 1])];
	let bytes = MAX_PAYLOAD_BYTES as u64 + 1;
	assert_eq!(
		log.append_blocking(large),
		Err(AppendError::TooLarge {
			bytes,
			limit: MAX_PAYLOAD_BYTES as u64
		})
	);
	let many = vec![RecordBuf::new(1, vec![0; MAX_PAYLOAD_BYTES]); 5];
	assert!(matches!(log.append_blocking(many), Err(AppendError::TooLarge { limit, .. }) if limit == 16 << 20));
	assert_eq!(log.append_blocking(Vec::new()), Ok(Vec::new()));
	assert_eq!(log.tail(), 0);
}

#[test]
fn a_full_queue_makes_callers_wait() {
	let disk = FaultDisk::new();
	let mut small = options(&disk);
	small.queue_bytes = 1_000;
	let (opened, _) = Opened::open(small, |_| {}).expect("opens");
	let (gate, turn) = mpsc::channel::<()>();
	let log = opened
		.start(Packer {
			turn: Some(turn),
			..Packer::default()
		})
		.expect("starts");
	let (first, _) = order("a");
	log.try_submit(first, 600).map_err(|(error, _)| error).expect("room");
	let (second, _) = order("b");
	let (error, second) = log.try_submit(second, 600).expect_err("no room");
	assert_eq!(error, AppendError::Busy);
	drop(gate);
	futures::executor::block_on(log.submit(second, 600)).expect("room again");
}

/// Packs all submissions of a group into one record and numbers the records.
#[derive(Default)]
struct Packer {
	next_number: u64,
	waiting: Vec<(Reply, Position)>,
	/// Holds every cut back until there is a message, or nobody to send one.
	turn: Option<mpsc::Receiver<()>>,
}

type Reply = oneshot::Sender<Result<(Position, u64), AppendError>>;
type Order = (String, Reply);
type Answer = oneshot::Receiver<Result<(Position, u64), AppendError>>;

fn order(text: &str) -> (Order, Answer) {
	let (sender, receiver) = oneshot::channel();
	((text.to_string(), sender), receiver)
}

impl Cutter for Packer {
	type Submission = Order;

	fn cut(&mut self, group: &mut Vec<Order>, out: &mut RecordWriter<'_>) {
		if let Some(turn) = &self.turn {
			let _ = turn.recv();
		}
		if group.is_empty() {
			return;
		}
		let mut abandoned = out.begin(9).expect("kind 9");
		abandoned.put(b"never finished");
		drop(abandoned);
		let mut record = out.begin(7).expect("kind 7");
		record.put(&self.next_number.to_le_bytes());
		for (text, _) in group.iter() {
			record.put(text.as_bytes());
		}
		let position = record.finish().expect("small");
		self.waiting = group.drain(..).map(|(_, sender)| (sender, position)).collect();
		self.next_number += 1;
	}

	fn committed(&mut self, group: &Committed<'_>) {
		for (_, position) in &self.waiting {
			let record = group.record(*position).expect("in this group");
			assert_eq!(record.payload[..8], (self.next_number - 1).to_le_bytes());
		}
	}

	fn published(&mut self) {
		for (sender, position) in self.waiting.drain(..) {
			let _ = sender.send(Ok((position, self.next_number - 1)));
		}
	}

	fn refused(&mut self, error: &AppendError) {
		if !self.waiting.is_empty() {
			self.next_number -= 1;
		}
		for (sender, _) in self.waiting.drain(..) {
			let _ = sender.send(Err(error.clone()));
		}
	}

	fn rejected(&mut self, group: &mut Vec<Order>, error: &AppendError) {
		for (_, sender) in group.drain(..) {
			let _ = sender.send(Err(error.clone()));
		}
	}
}

#[test]
fn a_cutter_packs_what_gathered_and_counts_without_gaps() {
	let disk = FaultDisk::new();
	let (opened, _) = Opened::open(options(&disk), |_| {}).expect("opens");
	let (gate, turn) = mpsc::channel();
	let log = opened
		.start(Packer {
			turn: Some(turn),
			..Packer::default()
		})
		.expect("starts");
	let mut answers = Vec::new();
	for text in ["a", "b", "c", "d"] {
		let (order, answer) = order(text);
		log.try_submit(order, 100).map_err(|(error, _)| error).expect("queued");
		answers.push(answer);
	}
	// The first cut may have begun with "a" alone; what came while it waited is one group.
	drop(gate);
	let answers: Vec<_> = answers
		.into_iter()
		.map(|answer| answer.blocking_recv().expect("answered").expect("stored"))
		.collect();
	assert!(answers.last().expect("four").1 <= 3);
	let mut texts = String::new();
	for (expected, record) in log.scan(0, Position::MAX).enumerate() {
		let record = record.expect("reads");
		assert_eq!(record.payload[..8], (expected as u64).to_le_bytes());
		texts.push_str(std::str::from_utf8(&record.payload[8..]).expect("text"));
	}
	assert_eq!(texts, "abcd");
}

#[test]
fn a_refused_group_gives_its_number_back() {
	let disk = FaultDisk::new();
	let (opened, _) = Opened::open(options(&disk), |_| {}).expect("opens");
	let log = opened.start(Packer::default()).expect("starts");
	let send = |text: &str| {
		let (order, answer) = order(text);
		log.try_submit(order, 100).map_err(|(error, _)| error).expect("queued");
		answer.blocking_recv().expect("answered")
	};
	assert!(matches!(send("a"), Ok((_, 0))));
	disk.set_capacity(Some(disk.used()));
	assert!(matches!(send("b"), Err(AppendError::Full { .. })));
	disk.set_capacity(None);
	assert!(matches!(send("c"), Ok((_, 1))));
}

#[test]
fn a_panicking_cutter_freezes_the_log_and_leaves_nobody_waiting() {
	struct Bomb;
	impl Cutter for Bomb {
		type Submission = ();
		fn cut(&mut self, _: &mut Vec<()>, _: &mut RecordWriter<'_>) {
			panic!("a defect in the cutter");
		}
		fn committed(&mut self, _: &Committed<'_>) {}
		fn refused(&mut self, _: &AppendError) {}
		fn rejected(&mut self, _: &mut Vec<()>, _: &AppendError) {}
	}
	let disk = FaultDisk::new();
	let (opened, _) = Opened::open(options(&disk), |_| {}).expect("opens");
	let log = opened.start(Bomb).expect("starts");
	assert!(matches!(
		log.append_blocking(call(1)),
		Err(AppendError::Frozen(_) | AppendError::Closed)
	));
	assert!(matches!(log.append_blocking(call(2)), Err(AppendError::Frozen(_))));
	assert_eq!(log.frozen().as_deref(), Some("its writer thread panicked"));
}
