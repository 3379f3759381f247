// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::prelude::*;

#[test]
fn sends_all_at_once_and_then_idles() {
	let mut lane = SendLane::new(3, 0);
	assert_eq!(lane.next(0), Next::Send { first: 0, last: 2 });
	lane.sent(0, 1, 0);
	assert_eq!(lane.next(0), Next::Send { first: 2, last: 2 });
	lane.sent(2, 2, 0);
	assert_eq!(lane.next(0), Next::Idle);
	assert_eq!(lane.stored(2, 2), None);
	assert_eq!(lane.stored(0, 1), Some(3));
	assert!(lane.is_drained());
}

#[test]
fn backs_off_longer_each_time_and_wakes() {
	let mut lane = SendLane::new(1, 0);
	let mut now = 0;
	let mut pauses = Vec::new();
	for _ in 0..12 {
		lane.sent(0, 0, now);
		lane.failed(0, Obstacle::Unreachable, now, 1023);
		let Next::WaitUntil(at) = lane.next(now) else {
			panic!("must wait")
		};
		pauses.push(at - now);
		now = at;
	}
	assert!(pauses.windows(2).all(|w| w[0] <= w[1]));
	assert!(*pauses.last().unwrap() <= BACKOFF_MAX_MS);
	lane.sent(0, 0, now);
	lane.failed(0, Obstacle::Unreachable, now, 0);
	lane.wake();
	assert_eq!(lane.next(now), Next::Send { first: 0, last: 0 });
	assert_eq!(lane.obstacle().unwrap().1, 0, "remembers since when it waits");
}

#[test]
fn closed_lane_sends_nothing_until_reopened() {
	let mut lane = SendLane::new(2, 0);
	assert!(lane.close(Refusal::Suspended, 7));
	assert!(!lane.close(Refusal::Suspended, 8));
	assert_eq!(lane.closed(), Some((Refusal::Suspended, 7)));
	assert_eq!(lane.next(0), Next::Idle);
	assert!(lane.reopen());
	assert_eq!(lane.next(0), Next::Send { first: 0, last: 1 });
}

#[test]
fn impossible_place_is_not_believed() {
	let mut lane = SendLane::new(10, 5);
	lane.sent(5, 6, 0);
	assert_eq!(lane.expected(5, 11, 0, 0), Expectation::Impossible);
	assert_eq!(lane.acked(), 5);
}

#[test]
fn partner_that_lost_its_log_gets_all_of_it_again() {
	let mut lane = SendLane::new(10, 8);
	lane.sent(8, 9, 0);
	assert_eq!(lane.expected(8, 3, 0, 0), Expectation::Behind);
	let Next::WaitUntil(first_pause) = lane.next(0) else {
		panic!("waits a moment")
	};
	assert_eq!(lane.next(first_pause), Next::Send { first: 3, last: 9 });
	// Once more, before it has what it had: it may lie, and gets less and less often what it asks for.
	lane.sent(3, 3, first_pause);
	lane.stored(3, 3);
	lane.sent(4, 9, first_pause);
	assert_eq!(lane.expected(4, 0, first_pause, 0), Expectation::Behind);
	let Next::WaitUntil(second) = lane.next(first_pause) else {
		panic!("waits a moment")
	};
	assert!(second - first_pause > first_pause);
}

#[test]
fn partner_that_may_have_lost_its_log_is_asked_with_the_last_packet() {
	let mut lane = SendLane::new(10, 10);
	lane.probe();
	assert_eq!(lane.next(0), Next::Send { first: 9, last: 9 });
	lane.sent(9, 9, 0);
	assert_eq!(lane.expected(9, 4, 0, 0), Expectation::Behind);
	let Next::WaitUntil(at) = lane.next(0) else {
		panic!("waits a moment")
	};
	assert_eq!(lane.next(at), Next::Send { first: 4, last: 9 });
	let mut lane = SendLane::new(10, 10);
	lane.probe();
	lane.sent(9, 9, 0);
	assert_eq!(lane.stored(9, 9), Some(10), "it lost nothing");
}

#[test]
fn late_answer_does_not_turn_the_lane_back() {
	let mut lane = SendLane::new(4, 0);
	lane.sent(0, 1, 0);
	lane.sent(2, 3, 0);
	lane.stored(0, 1);
	assert_eq!(
		lane.expected(2, 0, 1, 0),
		Expectation::Fits,
		"said while the first was on its way"
	);
	assert_eq!(lane.acked(), 2);
}

#[test]
fn answers_without_progress_cost_a_growing_pause() {
	for answer in [0, 1, 2] {
		let mut lane = SendLane::new(4, 0);
		let (mut now, mut sent) = (0, 0);
		while now < 5_000 {
			match lane.next(now) {
				Next::Send { first, .. } => {
					lane.sent(first, first, now);
					sent += 1;
					match answer {
						0 => lane.busy(first, now, 1),
						it => {
							lane.expected(first, first + it % 2, now, 0);
						}
					}
				}
				Next::WaitUntil(at) => now = at,
				Next::Idle => panic!("has packets"),
			}
		}
		assert!(sent < 20, "{sent} envelopes in 5 s for answer {answer}");
	}
}

#[test]
fn request_that_the_partner_waits_for_is_lost_after_a_while() {
	let mut lane = SendLane::new(2, 0);
	lane.sent(0, 0, 0);
	lane.sent(1, 1, 0);
	assert_eq!(lane.expected(1, 0, 100, 0), Expectation::Fits);
	assert_eq!(lane.in_flight(), 1, "may still arrive");
	lane.stored(1, 1);
	lane.extend(3);
	lane.sent(2, 2, LOST_AFTER_MS);
	lane.expected(2, 0, LOST_AFTER_MS, 0);
	assert_eq!(lane.next(LOST_AFTER_MS * 2), Next::Send { first: 0, last: 0 });
}

#[test]
fn what_stands_before_a_refused_packet_goes_by_itself() {
	let mut lane = SendLane::new(4, 0);
	lane.sent(0, 3, 0);
	lane.refused(0, 2, 0, 0);
	assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 0, last: 1 });
	lane.sent(0, 1, BACKOFF_MAX_MS);
	lane.stored(0, 1);
	assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 2, last: 2 });
	lane.sent(2, 2, BACKOFF_MAX_MS);
	lane.stored(2, 2);
	assert_eq!(lane.next(BACKOFF_MAX_MS), Next::Send { first: 3, last: 3 });
}

#[test]
fn only_what_was_sent_can_be_answered() {
	let mut lane = SendLane::new(3, 1);
	assert_eq!(lane.reached(), 3, "what was made before a start may have been sent");
	lane.extend(7);
	assert_eq!(lane.reached(), 3);
	lane.sent(3, 4, 0);
	lane.failed(3, Obstacle::Unreachable, 0, 0);
	assert_eq!(lane.reached(), 5);
}

#[derive(Clone, Debug)]
enum Happening {
	Cut(u8),
	Send(u8),
	Stored(u8),
	Lost(u8),
	Fails(u8),
	Busy(u8),
	Close,
	Reopen,
	Wake,
	Pass(u16),
}

fn happening() -> impl Strategy<Value = Happening> {
	use Happening::*;
	prop_oneof![
		3 => (1u8..5).prop_map(Cut),
		6 => (1u8..6).prop_map(Send),
		4 => any::<u8>().prop_map(Stored),
		1 => any::<u8>().prop_map(Lost),
		2 => any::<u8>().prop_map(Fails),
		1 => any::<u8>().prop_map(Busy),
		1 => Just(Close),
		1 => Just(Reopen),
		1 => Just(Wake),
		2 => any::<u16>().prop_map(Pass),
	]
}

proptest! {
	/// Whatever happens: a receiver that takes packets in order gets each of them, never more than a window is in flight, nothing
	/// that is on its way is sent again, and a lane left in peace drains.
	#[test]
	fn every_packet_arrives(happenings in proptest::collection::vec(happening(), 1..300)) {
		let mut lane = SendLane::new(0, 0);
		let (mut cut, mut now) = (0u64, 0u64);
		let mut flights: Vec<(u64, u64)> = Vec::new();
		let mut arrived = std::collections::BTreeSet::new();
		for happening in happenings {
			match happening {
				Happening::Cut(n) => {
					cut += u64::from(n);
					lane.extend(cut);
				},
				Happening::Send(n) => if let Next::Send { first, last } = lane.next(now) {
					let last = last.min(first + u64::from(n) - 1);
					prop_assert!(flights.iter().all(|(f, l)| last < *f || first > *l));
					prop_assert!(first >= lane.acked() && last < cut);
					prop_assert!((first..=last).all(|s| !arrived.contains(&s) || lane.acked() <= s));
					lane.sent(first, last, now);
					flights.push((first, last));
					prop_assert!(flights.len() <= MAX_IN_FLIGHT);
				},
				Happening::Stored(i) if !flights.is_empty() => {
					let (first, last) = flights.remove(usize::from(i) % flights.len());
					arrived.extend(first..=last);
					lane.stored(first, last);
				},
				Happening::Lost(i) if !flights.is_empty() => {
					// Arrived, but the answer did not: sent again, which the receiver recognises.
					let (first, _) = flights.remove(usize::from(i) % flights.len());
					lane.failed(first, Obstacle::Unreachable, now, u16::from(i));
				},
				Happening::Fails(i) if !flights.is_empty() => {
					let (first, _) = flights.remove(usize::from(i) % flights.len());
					lane.failed(first, Obstacle::Unreachable, now, u16::from(i));
				},
				Happening::Busy(i) if !flights.is_empty() => {
					let (first, _) = flights.remove(usize::from(i) % flights.len());
					lane.busy(first, now, u64::from(i));
				},
				Happening::Close => { lane.close(Refusal::Suspended, 1); },
				Happening::Reopen => { lane.reopen(); },
				Happening::Wake => lane.wake(),
				Happening::Pass(ms) => now += u64::from(ms),
				_ => (),
			}
			prop_assert!((0..lane.acked()).all(|s| arrived.contains(&s)), "acknowledged means arrived");
		}
		lane.reopen();
		for (first, last) in flights.drain(..) {
			lane.stored(first, last);
			arrived.extend(first..=last);
		}
		let mut steps = 0;
		while !lane.is_drained() {
			steps += 1;
			prop_assert!(steps < 10_000, "does not drain");
			match lane.next(now) {
				Next::Send { first, last } => {
					lane.sent(first, last, now);
					lane.stored(first, last);
					arrived.extend(first..=last);
				},
				Next::WaitUntil(at) => { prop_assert!(at > now); now = at },
				Next::Idle => prop_assert!(false, "idle with packets left"),
			}
		}
		prop_assert_eq!(arrived.len() as u64, cut);
	}
}
