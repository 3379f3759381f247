// SPDX-License-Identifier: Apache-2.0

//! End-to-end tests over real node processes. One program, so that they overlap: most of the time a network waits for blocks.

mod channels;
mod clients;
mod commands;
mod common;
mod connections;
mod console;
mod council;
mod evidence;
mod finality;
mod flow;
mod operator;
mod polkadot_js;
mod recovery;
mod registrations;
mod rotation;
mod trading;
mod upgrade;
