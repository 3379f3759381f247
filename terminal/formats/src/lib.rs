// SPDX-License-Identifier: Apache-2.0

//! # Files of the trade
//!
//! Banks and issuers in China exchange fixed-width text files at the end of a day: **OFD** (the files of GB/T 39595, the
//! exchange of open-end fund business) and **WDEP** (the exchange of wealth products). This crate reads and writes them, record
//! by record in bounded memory, and maps them to Sealane's orders and confirmations without losing a byte.
//!
//! * [`dictionary`]: the fields of a version: names, kinds, widths, the layout of each kind of file.
//! * [`value`]: one field's bytes and its text or number.
//! * [`record`]: one line of a file.
//! * [`framing`]: what stands around the records: header, counts, trailer, index and count files.
//! * [`reader`], [`writer`]: a data file, record by record.
//! * [`name`], [`set`]: names of files, and when a set of files is complete.
//! * [`profile`]: what two partners agreed on: dialect, codes, settings. The version number alone chooses nothing.
//! * [`partners`]: the profiles of all partners.
//! * [`codes`]: tables of business, return and currency codes, as data.
//! * [`business`]: orders and confirmations as records, and back.
//! * [`check`]: files and folders, checked before anybody relies on them.
//! * [`iso20022`]: orders and confirmations as messages of ISO 20022.
//! * [`convert`]: from one format to another.
//! * [`ids`]: serial numbers for ids that a file has no room for.
//!
//! Everything that a file can get wrong is a [`Fault`] that names file, record, field, byte, value and rule. A file with a fault in its
//! frame is refused whole.

pub mod business;
pub mod check;
pub mod codes;
pub mod convert;
pub mod dictionary;
pub mod fault;
pub mod framing;
pub mod ids;
pub mod iso20022;
pub mod name;
pub mod partners;
pub mod profile;
pub mod reader;
pub mod record;
pub mod set;
mod toml_text;
pub mod value;
pub mod writer;

pub use dictionary::Dictionary;
pub use fault::Fault;
pub use partners::Partners;
pub use profile::Profile;
pub use reader::Reader;
pub use record::{Layout, Record};
pub use writer::Writer;
