// SPDX-License-Identifier: Apache-2.0

//! # What a check of evidence showed, in words
//!
//! [`sealane_verifier`] says in types what is proven. This crate says it to people: the same words for the command line, for the page that is
//! kept beside the evidence, and for the auditor's page in a browser. It reads no file and asks no node, and builds for any target that has an
//! allocator.
//!
//! * [`origin`]: from where a check without any node starts.
//! * [`report`]: what came out for one pack. [`judge`] makes it.
//! * [`steps`]: each thing that was checked, in English; [`words`] has the Chinese.
//! * [`times`]: the points of a record's timeline, and who says so.
//! * [`payload`]: what a party wrote, row by row.
//! * [`compare`]: what many packs show together.
//! * [`page`]: one page of HTML for one pack.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod checkpoint;
pub mod compare;
pub mod origin;
pub mod page;
pub mod payload;
pub mod report;
pub mod steps;
pub mod times;
pub mod words;

pub use checkpoint::{CheckpointReport, SignerReport};
pub use compare::{AuditReport, Comparison, Finding, FindingKind, Refused};
pub use origin::Origin;
pub use page::Page;
pub use report::{by_itself, judge, EvidenceReport, Judged, OfflineReport, PartiesReport};
pub use steps::Step;
