// SPDX-License-Identifier: Apache-2.0

//! The command that makes sample input.

use crate::error::Result;
use clap::Args;
use sealane_sample::{self as sample, SampleSize};
use sealane_terminal_core::output::{thousands, Table};
use std::path::PathBuf;

/// What to make.
#[derive(Debug, Args)]
pub struct SampleArgs {
	/// The same seed and sizes give the same files
	#[arg(long, default_value_t = 1)]
	seed: u64,
	/// Folder for the files
	#[arg(long)]
	out: PathBuf,
	/// Lines of orders in all files together
	#[arg(long, default_value_t = 20_000)]
	orders: u64,
	/// Customers of both banks together; a twentieth of the orders unless told
	#[arg(long)]
	customers: Option<u64>,
}

impl SampleArgs {
	/// Writes the files and prints their true counts.
	///
	/// # Errors
	/// A size is out of range, the folder holds a sample already, or a file cannot be written.
	pub fn run(self) -> Result<()> {
		let mut size = SampleSize::of_orders(self.orders);
		size.customers = self.customers.unwrap_or(size.customers);
		let manifest = sample::write(self.seed, size, &self.out)?;
		let columns = [
			"file",
			">read",
			">malformed",
			">duplicates",
			">unqualified",
			">submitted",
			">confirmed",
			">rejected",
		];
		let mut table = Table::new(&columns);
		let mut row = |name: String, c: &sample::Counts| {
			let counts = [
				c.read,
				c.malformed,
				c.duplicates,
				c.unqualified,
				c.submitted,
				c.confirmed,
				c.rejected,
			];
			table.row(std::iter::once(name).chain(counts.map(thousands)));
		};
		for file in &manifest.files {
			row(format!("{}/{}", file.seller, file.file), &file.counts);
		}
		row("total".into(), &manifest.total);
		println!("{table}");
		Ok(())
	}
}
