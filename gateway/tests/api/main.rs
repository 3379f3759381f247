// SPDX-License-Identifier: Apache-2.0

//! The HTTP API over real connections. One program, so that it is linked once.

mod access;
mod common;
mod courier;
mod document;
mod evidence;
mod reading;
mod starting;
mod stopping;
mod submit;
mod tls;
