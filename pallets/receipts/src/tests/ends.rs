// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::assert_ok;
use sealane_primitives::{
	ids::Digest,
	registration::{self, Ends},
	traits::RegistrationRegistry,
};

fn ends(list: &[Digest]) -> Ends {
	list.iter().fold(Ends::default(), |ends, it| ends.and(it))
}

#[test]
fn nodes_hear_of_what_ended_and_of_nothing_else() {
	test(|| {
		assert_ok!(ReceiptsPallet::issue_batch(
			by(ISSUER),
			batch(&[(1, true), (2, true), (3, false), (4, true)])
		));
		assert_eq!(ReceiptsPallet::ends(ISSUER), Ends::default());
		assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(1)));
		// A rejected one was never registered; what was closed ended before it was found wrong.
		for n in [3, 1, 2] {
			assert_ok!(ReceiptsPallet::revoke(
				by(ISSUER),
				commitment(n),
				RevocationReason::Fraud
			));
		}
		assert_ok!(ReceiptsPallet::close_batch(by(ISSUER), commitments(&[4, 4, 1])));
		let ended = [1, 2, 4].map(commitment);
		assert_eq!(ReceiptsPallet::ends(ISSUER), ends(&ended));
		assert_eq!(ReceiptsPallet::ended(ISSUER, 0), Some(ended.to_vec()));
		assert_eq!(ReceiptsPallet::ended(ISSUER, 2), Some(vec![commitment(4)]));
		assert_eq!(ReceiptsPallet::ended(ISSUER, 3), Some(vec![]));
		assert_eq!(ReceiptsPallet::ended(ISSUER, u32::MAX), Some(vec![]));
		assert_eq!(ReceiptsPallet::ends(OTHER_ISSUER), Ends::default());
		let outcomes = [1, 3, 9].map(|n| ReceiptsPallet::outcome(ISSUER, &commitment(n)));
		assert_eq!(outcomes, [Some(true), Some(false), None]);
	});
}

#[test]
fn what_ended_long_ago_is_not_told_any_more() {
	test(|| {
		let commitment = |n: u32| registration::commitment(&[7; 32], ISSUER, SELLER, &n.to_le_bytes());
		let all = KEPT_ENDS + 3;
		for n in 0..all {
			assert_ok!(ReceiptsPallet::issue(by(ISSUER), commitment(n), true));
			assert_ok!(ReceiptsPallet::close(by(ISSUER), commitment(n)));
		}
		assert_eq!(ReceiptsPallet::ends(ISSUER).count, all);
		assert_eq!(ReceiptsPallet::ended(ISSUER, 2), None);
		let kept = ReceiptsPallet::ended(ISSUER, 3).expect("the last are kept");
		assert_eq!(kept.len() as u32, KEPT_ENDS);
		assert_eq!(
			(kept[0], kept.last().copied()),
			(commitment(3), Some(commitment(all - 1)))
		);
		assert_eq!(Ended::<Test>::iter().count() as u32, KEPT_ENDS, "and no more of them");
	});
}
