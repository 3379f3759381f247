// SPDX-License-Identifier: Apache-2.0

//! The demo: the whole path of the mission on real processes, every figure checked.
//!
//! * [`figures`]: what is counted, and what must add up;
//! * `story`: the steps up to trading; `trade`: orders and their figures; `proofs`: evidence, refusal, search; `page`: what stays;
//! * `doors`: what a person opens in a browser where the network is left running;
//! * `view`: what one sees.

mod doors;
pub mod figures;
mod page;
mod proofs;
mod story;
mod trade;
mod view;

pub use figures::{Figures, TradeFigures};

use crate::{
	consortium::{Consortium, Plan},
	error::{Error, Result},
	process::Process,
	terminals::{Door, Terminals},
};
use sealane_sample::{self as sample, Manifest, SampleSize};
use std::{
	path::{Path, PathBuf},
	time::Instant,
};
use view::View;

/// Seed of the demo's customers and orders.
const SEED: u64 = 1;

/// How the demo runs.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
	/// Print one JSON object with the figures as the last line of stdout, and nothing else there
	#[arg(long)]
	json: bool,
	/// Leave the network running at the end, and print where it is
	#[arg(long)]
	keep: bool,
	/// Lines of orders of both banks together
	#[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
	orders: u64,
	/// New or empty folder for everything; a temporary one unless told
	#[arg(long)]
	dir: Option<PathBuf>,
}

/// A running demo: everything that the steps need.
struct Demo {
	view: View,
	folder: PathBuf,
	sample: PathBuf,
	manifest: Manifest,
	consortium: Consortium,
	terminals: Terminals,
	/// The issuer terminals, in the order of the issuers, with their doors where everything is left running.
	issuers: Vec<(Process, Option<Door>)>,
	markers: proofs::Markers,
	/// Everything is left running in the end.
	keep: bool,
}

/// Runs the demo.
///
/// # Errors
/// A step failed, or a figure does not add up.
pub async fn run(args: DemoArgs) -> Result<()> {
	let started = Instant::now();
	let view = View::new(args.json, started);
	// Removed when this function is left in any way, an interruption included, unless it is kept on purpose.
	let mut temporary = None;
	let folder = match &args.dir {
		Some(dir) => own_folder(dir)?,
		None => {
			let made = tempfile::Builder::new().prefix("sealane-demo-").tempdir();
			let made = made.map_err(Error::io("cannot make a temporary folder"))?;
			temporary.insert(made).path().to_path_buf()
		}
	};
	view.title(&folder);
	let result = steps(&args, view, &folder, started).await;
	match (result, temporary) {
		(Err(error), Some(temporary)) => {
			let kept = temporary.keep();
			Err(Error::Unexpected(format!(
				"{error}\nlogs and data are kept in {}",
				kept.display()
			)))
		}
		(result, Some(temporary)) => {
			if args.keep {
				// Whoever keeps the network keeps its folder; the output has said where it is.
				let _ = temporary.keep();
			}
			result
		}
		(result, None) => result,
	}
}

/// The folder that `--dir` names: new or empty, as an absolute path.
fn own_folder(dir: &Path) -> Result<PathBuf> {
	std::fs::create_dir_all(dir).map_err(Error::io(format!("cannot make {}", dir.display())))?;
	let mut entries = std::fs::read_dir(dir).map_err(Error::io(format!("cannot read {}", dir.display())))?;
	if entries.next().is_some() {
		return Err(Error::Unexpected(format!(
			"--dir {}: must be new or empty",
			dir.display()
		)));
	}
	dir.canonicalize()
		.map_err(Error::io(format!("cannot find {}", dir.display())))
}

async fn steps(args: &DemoArgs, view: View, folder: &Path, started: Instant) -> Result<()> {
	view.chapter("Input");
	let sample = folder.join("sample");
	let mut size = SampleSize::of_orders(args.orders);
	// Enough that each clause has a customer who fails it, however few the orders are.
	size.customers = size.customers.max(480);
	let manifest = sample::write(SEED, size, &sample)?;
	let markers = proofs::Markers::plant(&sample, &manifest)?;
	view.step(
		"M1 M17",
		format!(
			"{} lines of orders of two banks, {} customers, rules of three issuers (seed {SEED})",
			view::thousands(manifest.total.read),
			view::thousands(manifest.sellers.iter().map(|s| s.customers).sum()),
		),
	);
	view.note(format!(
		"{} orders carry a marker that only their two parties may ever hold",
		markers.planted()
	));

	view.chapter("Network");
	view.working("starting six nodes");
	let consortium = Consortium::start(folder, Plan::FiveAndAnOutsider).await?;
	let terminals = Terminals::new(&folder.join("terminals"))?;
	let mut demo = Demo {
		view,
		folder: folder.into(),
		sample,
		manifest,
		consortium,
		terminals,
		issuers: Vec::new(),
		markers,
		keep: args.keep,
	};
	demo.open_network().await?;
	demo.register_customers().await?;

	demo.view.chapter("Trading");
	let trade = demo.trade().await?;
	demo.show(&trade);

	demo.view.chapter("Proof");
	let evidence_verified = demo.verify_evidence().await?;
	let refused_without_grant = demo.refuse_outsider().await?;
	let leaked_payload_bytes = demo.search_everywhere().await?;
	demo.close_one_receipt().await?;
	demo.consortium.ensure_running()?;

	let figures = Figures::new(
		&trade,
		evidence_verified,
		refused_without_grant,
		leaked_payload_bytes,
		started.elapsed().as_secs_f64(),
	);
	let checks = figures::checks(&figures, &trade, &demo.manifest);
	let failed = demo.view.checks(&checks);
	demo.view.chapter("To read");
	demo.write_page(&page::place(args.dir.as_deref().map(|_| folder))?)
		.await?;
	if args.keep {
		demo.keep().await?;
	}
	if args.json {
		let line = serde_json::to_string(&figures).map_err(|e| Error::Unexpected(format!("figures: {e}")))?;
		println!("{line}");
	}
	if failed > 0 {
		return Err(Error::Unexpected(format!(
			"{failed} of {} figures do not add up; see above",
			checks.len()
		)));
	}
	Ok(())
}

impl Demo {
	/// Leaves everything running and says where it is.
	async fn keep(mut self) -> Result<()> {
		let doors = self.open_doors().await?;
		let Demo {
			view,
			folder,
			consortium,
			issuers,
			..
		} = self;
		let places: Vec<_> = consortium
			.institutions
			.iter()
			.map(|i| (i.name, i.node.rpc_url(), i.node.api_url(), i.node.gateway_file()))
			.collect();
		let mut pids = consortium.detach();
		pids.extend(issuers.into_iter().map(|(terminal, _)| terminal.detach()));
		pids.extend(doors.terminals.into_iter().map(Process::detach));
		let file = folder.join("pids");
		let text: String = pids.iter().map(|pid| format!("{pid}\n")).collect();
		std::fs::write(&file, text).map_err(Error::io(format!("cannot write {}", file.display())))?;
		view.kept(&places, &doors.links, &file, &folder);
		Ok(())
	}
}
