// SPDX-License-Identifier: Apache-2.0

//! The number under which the law knows an institution: see [`sealane_primitives::legal_id`].

pub use sealane_primitives::legal_id::{LegalId, LegalIdFault};

/// A valid LEI made of a number, for tests and benchmarks.
#[cfg(any(test, feature = "runtime-benchmarks"))]
pub fn sample_lei(seed: u32) -> LegalId {
	let mut lei = *b"529900SEAL0000000000";
	let mut rest = seed;
	for place in (10..18).rev() {
		lei[place] = b'0' + (rest % 10) as u8;
		rest /= 10;
	}
	// 4,294,967,295 has ten digits: the two highest go before the others.
	lei[8] = b'A' + (rest % 10) as u8;
	lei[9] = b'A' + (rest / 10 % 10) as u8;
	let with = |check: u8| {
		(lei[18], lei[19]) = (b'0' + check / 10, b'0' + check % 10);
		LegalId::Lei(lei)
	};
	(2..99)
		.map(with)
		.find(|id| id.validate().is_ok())
		.expect("one of 97 check numbers fits capital letters and digits; qed")
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn samples_are_valid_and_differ(a in any::<u32>(), b in any::<u32>()) {
			prop_assert_eq!(sample_lei(a).validate(), Ok(()));
			prop_assert_eq!(a == b, sample_lei(a) == sample_lei(b));
		}

		/// MOD 97-10 finds every single wrong digit and every swap of two neighbouring digits.
		#[test]
		fn single_mistakes_are_found(seed in any::<u32>(), place in 11usize..20, digit in b'0'..=b'9') {
			let LegalId::Lei(good) = sample_lei(seed) else { unreachable!("samples are LEIs; qed") };
			let mut wrong = good;
			wrong[place] = digit;
			prop_assert_eq!(LegalId::Lei(wrong).validate().is_ok(), wrong == good);
			let mut swapped = good;
			swapped.swap(place - 1, place);
			prop_assert_eq!(LegalId::Lei(swapped).validate().is_ok(), swapped == good);
		}
	}
}
