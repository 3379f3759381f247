// SPDX-License-Identifier: Apache-2.0

//! How state moves from one version of the runtime to the next.

pub mod rewrite_products;

/// Run in one block at the upgrade. The first version has nothing to move.
pub type SingleBlock = ();

/// Run over several blocks after the upgrade, by `pallet-migrations`. While it runs, blocks take inherents only; orders travel
/// on, since they need no block, and their anchors follow.
#[cfg(not(any(feature = "next-version", test)))]
pub type MultiBlock = ();

/// What tests let fail.
#[cfg(all(test, not(feature = "next-version")))]
pub type MultiBlock = (crate::tests::migrations::Faulty,);

/// What the version that tests upgrade to has to move.
#[cfg(feature = "next-version")]
pub type MultiBlock = (rewrite_products::RewriteProducts,);
