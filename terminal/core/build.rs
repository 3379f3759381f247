// SPDX-License-Identifier: Apache-2.0

//! The migrations are part of the binary: a new one is a change of it.

fn main() {
	println!("cargo:rerun-if-changed=migrations");
}
