// SPDX-License-Identifier: Apache-2.0

//! The node as a process: how it stops, and how it starts on a damaged log.

#![allow(clippy::unwrap_used)]

mod damage;
mod running;
mod stopping;
