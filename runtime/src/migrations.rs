// SPDX-License-Identifier: Apache-2.0

//! How state moves from one version of the runtime to the next.

/// Run in one block at the upgrade. The first version has nothing to move.
pub type SingleBlock = ();

/// Run over several blocks after the upgrade, by `pallet-migrations`.
pub type MultiBlock = ();
