// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::records::CutBatch;

const LANE: LaneId = LaneId {
	channel: 1,
	from: 2,
	to: 1,
};

fn half(seed: u8) -> Half {
	Half {
		hash: [seed; 32],
		key: [seed; 32],
		block: 5,
	}
}

/// A batch of the issuer that is made at `since`.
fn made(batches: &mut Batches, sequence: u64, since: Moment) {
	batches.made(Waiting {
		id: (LANE, sequence),
		core: [sequence as u8; 32],
		halves: [Some(half(1)), None],
		since,
	});
}

/// An anchor over all that is ready now.
fn cut(batches: &Batches, sequence: AnchorSequence) -> AnchorCut {
	let cut = |batch: &Waiting| CutBatch {
		lane: batch.id.0,
		sequence: batch.id.1,
		halves: batch.mask(),
		leaf: [0; 32],
	};
	AnchorCut {
		at: 1,
		block: 10,
		sequence,
		blinding_seed: [0; 32],
		batches: batches.ready().iter().map(cut).collect(),
		renewed: Vec::new(),
		root: [0; 32],
	}
}

fn end(sequence: AnchorSequence, how: AnchorEnd) -> AnchorFinal {
	AnchorFinal {
		at: 2,
		sequence,
		block: 11,
		how,
	}
}

fn ready(batches: &Batches) -> Vec<(u64, u8)> {
	batches.ready().iter().map(|batch| (batch.id.1, batch.mask())).collect()
}

fn sellers() -> Option<(Side, Half)> {
	Some((Side::Seller, half(2)))
}

#[test]
fn a_batch_that_is_not_delivered_is_anchored_alone_once_and_later_with_both_halves() {
	let mut batches = Batches::default();
	made(&mut batches, 0, 100);
	made(&mut batches, 1, 200);
	batches.give_up_waiting(100);
	assert_eq!(ready(&batches), []);
	batches.give_up_waiting(101);
	batches.give_up_waiting(150);
	assert_eq!(ready(&batches), [(0, 0b01)]);
	let first = cut(&batches, 7);
	assert_eq!(
		batches.anchor_cut(1, &first),
		[((LANE, 0), BatchMark::AnchoredAlone(7))]
	);
	batches.give_up_waiting(150);
	assert_eq!(ready(&batches), [], "once");

	let mark = batches.delivered((LANE, 0), sellers(), BatchMark::AnchoredAlone(7));
	assert_eq!(mark, Some(BatchMark::Signed));
	assert_eq!(
		batches.delivered((LANE, 1), sellers(), BatchMark::Unsigned),
		Some(BatchMark::Signed)
	);
	assert_eq!(ready(&batches), [(0, 0b11), (1, 0b11)]);
	assert_eq!(batches.anchored_before(&(LANE, 0)), Some(7));
	let second = cut(&batches, 8);
	let both = [0, 1].map(|sequence| ((LANE, sequence), BatchMark::Anchored(8)));
	assert_eq!(batches.anchor_cut(2, &second), both);
	// The first anchor does not count, which changes nothing any more; the second does not either, and both wait again.
	assert_eq!(batches.anchor_final(&end(7, AnchorEnd::Foreign)), []);
	let again = [0, 1].map(|sequence| ((LANE, sequence), BatchMark::Signed));
	assert_eq!(batches.anchor_final(&end(8, AnchorEnd::Lapsed)), again);
	assert_eq!(ready(&batches), [(0, 0b11), (1, 0b11)]);
}

#[test]
fn a_half_that_comes_while_the_other_is_being_anchored_is_not_lost() {
	let mut batches = Batches::default();
	made(&mut batches, 0, 100);
	batches.give_up_waiting(101);
	let alone = cut(&batches, 7);
	batches.delivered((LANE, 0), sellers(), BatchMark::Unsigned);
	assert_eq!(ready(&batches), [(0, 0b11)]);
	assert_eq!(
		batches.anchor_cut(1, &alone),
		[],
		"its mark says already that both are here"
	);
	assert_eq!(ready(&batches), [(0, 0b11)]);
	assert_eq!(batches.anchored_before(&(LANE, 0)), Some(7));
}

#[test]
fn a_withheld_half_may_come_before_and_after_the_anchor() {
	let mut batches = Batches::default();
	for sequence in 0..3 {
		made(&mut batches, sequence, 100);
	}
	let withheld = |batches: &mut Batches, sequence| {
		let mark = batches.delivered((LANE, sequence), None, BatchMark::Unsigned);
		assert_eq!(mark, Some(BatchMark::Disputed));
	};
	withheld(&mut batches, 0);
	withheld(&mut batches, 1);
	assert_eq!(batches.withheld_lanes().collect::<Vec<_>>(), [LANE]);
	assert_eq!(batches.withheld_from(&(LANE, 1)), Some((LANE, 1)));
	let whole = |sequence| Waiting {
		id: (LANE, sequence),
		core: [sequence as u8; 32],
		halves: [Some(half(1)), Some(half(2))],
		since: 300,
	};
	batches.completed(70, whole(0), BatchMark::Disputed);
	assert_eq!(ready(&batches), [(1, 0b01), (0, 0b11)]);
	let first = cut(&batches, 7);
	batches.anchor_cut(1, &first);
	batches.anchor_final(&end(7, AnchorEnd::Final));
	batches.completed(71, whole(1), BatchMark::AnchoredAlone(7));
	assert_eq!(ready(&batches), [(1, 0b11)]);
	assert_eq!(batches.withheld_lanes().count(), 0);
	let positions = [0, 1, 2].map(|sequence| batches.given_later(&(LANE, sequence)));
	assert_eq!(positions, [Some(70), Some(71), None]);
}

#[test]
fn a_partner_that_withholds_every_half_takes_bounded_room() {
	let mut batches = Batches::default();
	let all = MAX_WITHHELD as u64 + 100;
	for sequence in 0..all {
		made(&mut batches, sequence, 100);
		batches.delivered((LANE, sequence), None, BatchMark::Unsigned);
	}
	assert_eq!(batches.withheld[&LANE].len(), MAX_WITHHELD);
	assert_eq!(
		batches.withheld_from(&(LANE, 0)),
		Some((LANE, 100)),
		"the newest are asked for"
	);
	assert_eq!(
		batches.ready().len() as u64,
		all,
		"all are anchored with the half that is here"
	);
}

#[test]
fn keys_are_needed_until_the_anchor_is_final() {
	let mut batches = Batches::default();
	made(&mut batches, 0, 100);
	assert_eq!((batches.signed_by(&[1; 32]), batches.signed_by(&[2; 32])), (1, 0));
	batches.give_up_waiting(101);
	assert_eq!(batches.signed_by(&[1; 32]), 1, "counted once");
	batches.delivered((LANE, 0), sellers(), BatchMark::Unsigned);
	assert_eq!(batches.signed_by(&[2; 32]), 1);
	let first = cut(&batches, 7);
	batches.anchor_cut(1, &first);
	assert_eq!(batches.signed_by(&[1; 32]), 1);
	batches.anchor_final(&end(7, AnchorEnd::Final));
	assert_eq!(batches.signed_by(&[1; 32]), 0);
}

#[test]
fn the_first_core_of_a_lane_follows_zeros() {
	let mut batches = Batches::default();
	assert_eq!(batches.last_core(&LANE), Some([0; 32]));
	batches.set_last_core(LANE, Some([5; 32]));
	assert_eq!(batches.last_core(&LANE), Some([5; 32]));
	batches.set_last_core(LANE, None);
	assert_eq!(batches.last_core(&LANE), None);
}
