// SPDX-License-Identifier: Apache-2.0

//! What only the composition can show: the presets build, powers lie where the table says, outsiders stay outside, nobody
//! floods the others, and no sequence of calls breaks what the pallets promise together.

mod admission;
mod anchors;
mod calls;
mod cost;
mod deadlock;
mod departure;
mod directory;
mod emergency;
mod equivocation;
mod evidence;
mod flood;
pub mod migrations;
mod powers;
mod presets;
mod privacy;
mod random;
mod rotation;
mod seats;
mod sessions;
mod setup;
mod token;
mod votes;

use setup::{council, local, signed};
