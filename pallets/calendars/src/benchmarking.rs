// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of every call: for all products of an issuer, since a product costs one more read, which the weights add.

use crate::*;
use alloc::{boxed::Box, vec::Vec};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use sealane_primitives::{
	calendar::{Calendar, Day, Exception, Hours, OffsetChange, Week, MAX_EXCEPTIONS, MAX_OFFSETS},
	clauses::{Date, TimeOfDay, UtcOffset},
	traits::BenchmarkSetup,
};

/// The largest calendar: an exception on each of its first days, as many changes of the offset as there may be.
fn largest() -> Box<Calendar> {
	let time = |hour| TimeOfDay::new(hour, 0).expect("an hour of the day");
	let hours = Hours {
		order_until: time(15),
		deliver_until: time(20),
	};
	let date = |day: u32| Date::from_days_since_epoch(20_000 + day as i32).expect("in range");
	let exceptions: Vec<_> = (0..MAX_EXCEPTIONS)
		.map(|day| Exception {
			date: date(day),
			day: Day::OpenWith(hours),
		})
		.collect();
	let offsets: Vec<_> = (0..MAX_OFFSETS)
		.map(|from| OffsetChange {
			from: from.into(),
			offset: UtcOffset::UTC,
		})
		.collect();
	Box::new(Calendar {
		first: date(0),
		last: date(365),
		offset: UtcOffset::UTC,
		offsets: offsets.try_into().expect("no more than the bound"),
		week: Week::WORKING_DAYS,
		hours,
		exceptions: exceptions.try_into().expect("no more than the bound"),
	})
}

fn manager<T: Config>() -> T::AccountId {
	let manager: T::AccountId = account("manager", 0, 0);
	T::BenchmarkSetup::member(&manager, &account("delegate", 0, 0));
	manager
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn announce() -> Result<(), BenchmarkError> {
		let manager = manager::<T>();
		// One that waits, and is replaced.
		let from = Pallet::<T>::block() + 2;
		Pallet::<T>::do_announce(manager.clone(), None, *largest(), from)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), None, largest(), from);

		assert_eq!(Calendars::<T>::iter().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let manager = manager::<T>();
		let from = Pallet::<T>::block() + 2;
		Pallet::<T>::do_announce(manager.clone(), None, *largest(), from)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), None);

		assert_eq!(Calendars::<T>::iter().count(), 0);
		Ok(())
	}

	impl_benchmark_test_suite! {
		Pallet,
		crate::mock::new_test_ext(),
		crate::mock::Test,
	}
}
