// SPDX-License-Identifier: Apache-2.0

//! One file per call; `hook` for the off-chain worker, `views` for the questions that change nothing, `random` for sequences of
//! everything.

mod anchor;
mod cadence;
mod hook;
mod observer;
mod open_dispute;
mod random;
mod resolve_dispute;
mod set_policy;
mod setup;
mod views;
