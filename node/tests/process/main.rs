// SPDX-License-Identifier: Apache-2.0

//! The node as a process: how it stops, how it starts on a damaged log, and how a network is founded.

#![allow(clippy::unwrap_used)]

mod damage;
mod genesis;
mod running;
mod stopping;
