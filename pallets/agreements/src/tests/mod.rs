// SPDX-License-Identifier: Apache-2.0

//! One file per call; `views` for the questions that change nothing, `random` for sequences of everything.

mod accept;
mod counter_propose;
mod propose;
mod random;
mod ratify;
mod refuse;
mod setup;
mod views;
mod withdraw;
