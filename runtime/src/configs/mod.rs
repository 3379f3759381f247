// SPDX-License-Identifier: Apache-2.0

//! How each pallet is set, by what it is for.

pub mod accounts;
pub mod consensus;
pub mod consortium;
pub mod emergency;
pub mod governance;
pub mod system;
