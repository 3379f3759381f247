// SPDX-License-Identifier: Apache-2.0

//! # The verifier for a browser
//!
//! The functions that the auditor's page calls. The module imports nothing: it can reach neither network nor clock nor page, and what it says
//! follows from the bytes that it was given. An instance serves one check and is thrown away with its memory.
//!
//! The order of calls is
//! 1. for each file [`input`], which says where to put its bytes, and [`give`], which says what they are;
//! 2. [`next`] until it gives 0: each time there is an answer, JSON in UTF-8, [`answer`] says where;
//! 3. [`show`] for a pack of which all is to be seen.
//!
//! [`check`] has what the answers say.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod check;
mod files;
mod view;

use alloc::vec::Vec;
use check::Check;
use core::cell::RefCell;
use files::Kind;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
	core::arch::wasm32::unreachable()
}

/// What one instance holds.
struct Instance {
	input: Vec<u8>,
	check: Check,
	answer: Vec<u8>,
}

/// A cell for a program of one thread.
struct OneThread<T>(T);

// SAFETY: the module has no shared memory, so that nobody else can run in it.
#[cfg(target_arch = "wasm32")]
unsafe impl<T> Sync for OneThread<T> {}

#[cfg(target_arch = "wasm32")]
static INSTANCE: OneThread<RefCell<Instance>> = OneThread(RefCell::new(Instance {
	input: Vec::new(),
	check: Check::new(),
	answer: Vec::new(),
}));

#[cfg(target_arch = "wasm32")]
fn with<T>(act: impl FnOnce(&mut Instance) -> T) -> T {
	act(&mut INSTANCE.0.borrow_mut())
}

#[cfg(not(target_arch = "wasm32"))]
fn with<T>(act: impl FnOnce(&mut Instance) -> T) -> T {
	std::thread_local! {
		static INSTANCE: OneThread<RefCell<Instance>> = const { OneThread(RefCell::new(Instance {
			input: Vec::new(),
			check: Check::new(),
			answer: Vec::new(),
		})) };
	}
	INSTANCE.with(|instance| act(&mut instance.0.borrow_mut()))
}

/// Makes room for a file of `length` bytes. Returns where they are to be put.
#[no_mangle]
pub extern "C" fn input(length: usize) -> *mut u8 {
	with(|instance| {
		instance.input = alloc::vec![0; length];
		instance.input.as_mut_ptr()
	})
}

/// Takes what was put there: 0 a pack or a set of packs, 1 a chain specification, 2 a checkpoint, 3 blocks that are known from elsewhere, one on
/// a line as `NUMBER:HASH`. Returns whether it is one of these.
#[no_mangle]
pub extern "C" fn give(kind: u32) -> bool {
	with(|instance| {
		let bytes = core::mem::take(&mut instance.input);
		Kind::of(kind).is_some_and(|kind| {
			instance.check.files.give(kind, bytes);
			true
		})
	})
}

/// Does the next piece of work. Returns the length of its answer; 0 where all is done.
#[no_mangle]
pub extern "C" fn next() -> usize {
	with(|instance| {
		instance.answer = instance.check.next().map_or_else(Vec::new, |step| view::json(&step));
		instance.answer.len()
	})
}

/// Checks one pack again. Returns the length of the answer that has all that is known of it; 0 where there is no such pack.
#[no_mangle]
pub extern "C" fn show(number: usize) -> usize {
	with(|instance| {
		instance.answer = instance
			.check
			.show(number)
			.map_or_else(Vec::new, |pack| view::json(&pack));
		instance.answer.len()
	})
}

/// Where the answer is.
#[no_mangle]
pub extern "C" fn answer() -> *const u8 {
	with(|instance| instance.answer.as_ptr())
}
