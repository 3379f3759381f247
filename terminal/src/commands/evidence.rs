// SPDX-License-Identifier: Apache-2.0

use crate::{
	chain::ChainClient,
	error::{Error, Result},
	evidence::{self, AuditReport, EvidenceReport, FindingKind, OfflineReport, Origin},
	node::NodeArgs,
	output::{Output, Table},
};
use clap::{Args, Subcommand};
use sealane_primitives::evidence::entry::Part;
use sealane_terminal_core::files::write_private;
use sealane_verifier::{pack::text_field, EvidencePack};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
	/// Fetch the proof of one order's trade record
	Get(GetArgs),
	/// Cut personal parts out of a proof before it is shown to others; the rest verifies as before
	Withhold(WithholdArgs),
	/// Check a proof: offline from the chain specification, or against another node's chain state
	Verify(VerifyArgs),
	/// Check every proof in a folder or a set, and find overlaps, double records and gaps among them
	Audit(AuditArgs),
	/// Put many proofs into one file, a set, with what they share of the chain once
	Collect(CollectArgs),
	/// Take the proofs out of a set again
	Split(SplitArgs),
	/// Write a proof as a page for people, in Chinese and English
	Report(ReportArgs),
}

/// What an offline check starts from.
#[derive(Debug, Args)]
pub struct OfflineArgs {
	/// Raw chain specification of the network (`sealane-node export-chain-spec --raw`)
	#[arg(long, value_name = "FILE", required_unless_present = "checkpoint")]
	chain: Option<PathBuf>,
	#[command(flatten)]
	beside: BesideArgs,
}

/// What a check without a node may know besides.
#[derive(Debug, Args)]
pub struct BesideArgs {
	/// A checkpoint whose signers you rely on (`sealane checkpoint`): validators are followed from its block on
	#[arg(long, value_name = "FILE")]
	checkpoint: Option<PathBuf>,
	/// A block that you know from elsewhere, as NUMBER:HASH; a pack must not show another one under that number. May be given several times
	#[arg(long, value_name = "NUMBER:HASH")]
	known_block: Vec<String>,
}

impl BesideArgs {
	fn origin(&self, chain: Option<&PathBuf>) -> Result<Origin> {
		evidence::read_origin(
			chain.map(PathBuf::as_path),
			self.checkpoint.as_deref(),
			&self.known_block,
		)
	}
}

impl OfflineArgs {
	fn origin(&self) -> Result<Origin> {
		self.beside.origin(self.chain.as_ref())
	}
}

#[derive(Debug, Args)]
pub struct AuditArgs {
	/// Folder with evidence packs, *.json; or a set of them
	place: PathBuf,
	#[command(flatten)]
	offline: OfflineArgs,
}

#[derive(Debug, Args)]
pub struct CollectArgs {
	/// Evidence packs, and folders with such (*.json)
	#[arg(required = true)]
	places: Vec<PathBuf>,
	/// The set to write
	#[arg(short, long)]
	output: PathBuf,
}

#[derive(Debug, Args)]
pub struct SplitArgs {
	/// The set
	file: PathBuf,
	/// New or empty folder for the packs
	#[arg(short, long)]
	output: PathBuf,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
	/// The evidence pack
	file: PathBuf,
	#[command(flatten)]
	offline: OfflineArgs,
	/// The page to write
	#[arg(short, long)]
	output: PathBuf,
}

#[derive(Debug, Args)]
pub struct GetArgs {
	/// The order's id
	id: String,
	#[command(flatten)]
	node: NodeArgs,
	/// File to write; - for stdout
	#[arg(short, long)]
	output: PathBuf,
	/// The seller's number, on an issuer's node
	#[arg(long)]
	seller: Option<u32>,
	/// Parts whose values are left out: facts, customer, details, person. They are salted: whoever is shown the rest cannot guess them
	#[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = part)]
	without: Vec<Part>,
}

#[derive(Debug, Args)]
pub struct WithholdArgs {
	/// The evidence pack
	file: PathBuf,
	/// Parts whose values are left out: facts, customer, details, person
	#[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = part, default_value = "facts")]
	without: Vec<Part>,
	/// File to write; - for stdout
	#[arg(short, long)]
	output: PathBuf,
}

fn part(name: &str) -> std::result::Result<Part, String> {
	Part::named(name).ok_or_else(|| format!("one of {}", Part::ALL.map(Part::name).join(", ")))
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
	/// The evidence pack
	file: PathBuf,
	/// Raw chain specification of the network (`sealane-node export-chain-spec --raw`): everything is checked from it alone, and no
	/// node is asked
	#[arg(long, value_name = "FILE")]
	chain: Option<PathBuf>,
	#[command(flatten)]
	beside: BesideArgs,
	/// RPC URL of a node, best one that belongs to neither party; its final state must have the anchor and the keys
	#[arg(long, conflicts_with_all = ["chain", "checkpoint", "known_block"])]
	node_rpc: Option<String>,
	/// Genesis hash of the chain, 64 hexadecimal digits; that of the node, else that in the pack unless told
	#[arg(long, conflicts_with_all = ["chain", "checkpoint", "known_block"])]
	genesis: Option<String>,
}

#[derive(Serialize)]
struct Got {
	order: String,
	file: PathBuf,
	bytes: usize,
	/// What it does not show, by entry and part.
	withheld: Vec<String>,
}

impl EvidenceCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			EvidenceCommand::Get(args) => args.run(output).await,
			EvidenceCommand::Withhold(args) => args.run(output),
			EvidenceCommand::Verify(args) => args.run(output).await,
			EvidenceCommand::Audit(args) => args.run(output),
			EvidenceCommand::Collect(args) => args.run(output),
			EvidenceCommand::Split(args) => args.run(output),
			EvidenceCommand::Report(args) => args.run(output),
		}
	}
}

impl GetArgs {
	async fn run(self, output: Output) -> Result<()> {
		let pack = self.node.client()?.evidence(&self.id, self.seller).await?;
		let text = pack.0.get();
		if self.without.is_empty() {
			return hand_out(self.id, text, Vec::new(), self.output, output);
		}
		let pack = EvidencePack::from_json(text.as_bytes()).map_err(|defect| Error::node(defect.to_string()))?;
		let (text, withheld) = cut(pack, &self.without, &self.output)?;
		hand_out(self.id, &text, withheld, self.output, output)
	}
}

impl WithholdArgs {
	fn run(self, output: Output) -> Result<()> {
		let pack = evidence::read(&self.file)?;
		let order = text_field(&pack.record.order.bytes.0, "id").unwrap_or_default();
		let (text, withheld) = cut(pack, &self.without, &self.output)?;
		hand_out(order, &text, withheld, self.output, output)
	}
}

/// The pack without these parts, as text, and what it does not show. A pack that was damaged gets no new checksum: it is refused.
fn cut(pack: EvidencePack, without: &[Part], path: &Path) -> Result<(String, Vec<String>)> {
	pack.verify_local(&evidence::genesis_of(&pack))
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let pack = pack.without(without);
	let entries = [
		("order", &pack.record.order),
		("confirmation", &pack.record.confirmation),
	];
	let withheld = entries
		.into_iter()
		.flat_map(|(name, entry)| {
			entry
				.withheld
				.iter()
				.map(move |(part, _)| format!("{name}.{}", part.name()))
		})
		.collect();
	let text = pack.to_json().map_err(|error| unwritable(path, &error))?;
	Ok((text, withheld))
}

fn hand_out(order: String, text: &str, withheld: Vec<String>, file: PathBuf, output: Output) -> Result<()> {
	if file.as_os_str() == "-" {
		println!("{text}");
		return Ok(());
	}
	write_private(&file, text.as_bytes())?;
	let got = Got {
		order,
		bytes: text.len(),
		file,
		withheld,
	};
	output.result(&got, |g| {
		let withheld = match &g.withheld[..] {
			[] => String::new(),
			parts => format!(", without {}", parts.join(", ")),
		};
		format!("{}: {} bytes{withheld}", g.file.display(), g.bytes)
	});
	Ok(())
}

impl VerifyArgs {
	async fn run(self, output: Output) -> Result<()> {
		let pack = evidence::read(&self.file)?;
		if self.chain.is_some() || self.beside.checkpoint.is_some() || !self.beside.known_block.is_empty() {
			let origin = self.beside.origin(self.chain.as_ref())?;
			output.result(&evidence::verify_offline(&pack, &origin)?, human);
			return Ok(());
		}
		let chain = match &self.node_rpc {
			Some(url) => Some(ChainClient::connect(url).await?),
			None => None,
		};
		let genesis = match (&self.genesis, &chain) {
			(Some(text), _) => {
				let mut hash = [0; 32];
				hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash)
					.map_err(|e| Error::invalid("genesis", text.as_str(), format!("64 hexadecimal digits: {e}")))?;
				hash
			}
			(None, Some(chain)) => chain.genesis(),
			(None, None) => evidence::genesis_of(&pack),
		};
		let report = evidence::verify(&pack, &genesis, chain.as_ref()).await?;
		output.result(&report, human);
		if chain.is_none() {
			// Anybody with two keys of his own makes such a pack: a script must not take it for verified.
			return Err(Error::ByItselfOnly(
				"whether the chain has the anchor and the keys was not checked; --chain checks it from the chain \
				 specification, --node-rpc asks a node"
					.into(),
			));
		}
		Ok(())
	}
}

impl AuditArgs {
	fn run(self, output: Output) -> Result<()> {
		let report = evidence::audit(&self.place, &self.offline.origin()?)?;
		let grave = report.findings.iter().filter(|finding| finding.kind.is_grave()).count();
		let refused = report.refused.len();
		output.result(&report, audited);
		if refused + grave > 0 {
			return Err(Error::NotVerified(format!(
				"{refused} of {} files; {grave} contradictions among the others",
				report.files
			)));
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Collected {
	file: PathBuf,
	packs: usize,
	bytes: usize,
}

fn unwritable(path: &Path, error: &impl std::fmt::Display) -> Error {
	Error::Format {
		path: path.into(),
		line: 0,
		reason: error.to_string(),
	}
}

impl CollectArgs {
	fn run(self, output: Output) -> Result<()> {
		let set = evidence::collect(&self.places)?;
		let text = set.to_json().map_err(|e| unwritable(&self.output, &e))?;
		write_private(&self.output, text.as_bytes())?;
		let collected = Collected {
			packs: set.len(),
			bytes: text.len(),
			file: self.output,
		};
		output.result(&collected, |c| {
			format!("{}: {} packs, {} bytes", c.file.display(), c.packs, c.bytes)
		});
		Ok(())
	}
}

impl SplitArgs {
	fn run(self, output: Output) -> Result<()> {
		let set = evidence::read_set(&self.file)?;
		std::fs::create_dir_all(&self.output).map_err(Error::file(&self.output))?;
		let mut there = std::fs::read_dir(&self.output).map_err(Error::file(&self.output))?;
		if there.next().is_some() {
			let rule = "a new or empty folder: no file is overwritten";
			return Err(Error::invalid("output", self.output.display().to_string(), rule));
		}
		let mut bytes = 0;
		for (number, pack) in set.packs().enumerate() {
			let path = self.output.join(format!("{number:06}.json"));
			let text = pack.to_json().map_err(|e| unwritable(&path, &e))?;
			write_private(&path, text.as_bytes())?;
			bytes += text.len();
		}
		let split = Collected {
			packs: set.len(),
			bytes,
			file: self.output,
		};
		output.result(&split, |c| {
			format!("{}: {} packs, {} bytes", c.file.display(), c.packs, c.bytes)
		});
		Ok(())
	}
}

/// What an audit found.
fn audited(report: &AuditReport) -> String {
	let mut table = Table::new(&["", ""]);
	for refused in &report.refused {
		table.row(["refused", &format!("{}: {}", refused.file, refused.defect)]);
	}
	for finding in &report.findings {
		let kind = match finding.kind {
			FindingKind::Overlap => "overlap",
			FindingKind::OtherHistory => "other history",
			FindingKind::TwoRecords => "two records",
			FindingKind::Double => "double",
			FindingKind::Gap => "gap",
		};
		table.row([kind, &format!("{} ({})", finding.found, finding.files.join(", "))]);
	}
	let counts = format!(
		"{} files, {} verified, of {} batches",
		report.files, report.verified, report.batches
	);
	if table.is_empty() {
		return counts;
	}
	format!("{table}\n{counts}")
}

#[derive(Serialize)]
struct Written {
	file: PathBuf,
	bytes: usize,
}

impl ReportArgs {
	fn run(self, output: Output) -> Result<()> {
		let mut sources = Vec::new();
		if let Some(path) = &self.offline.chain {
			sources.push((evidence::SPECIFICATION, path.as_path()));
		}
		if let Some(path) = &self.offline.beside.checkpoint {
			sources.push((evidence::CHECKPOINT, path.as_path()));
		}
		let html = evidence::page(&self.file, &self.offline.origin()?, &sources)?;
		write_private(&self.output, html.as_bytes())?;
		let written = Written {
			bytes: html.len(),
			file: self.output,
		};
		output.result(&written, |w| format!("{}: {} bytes", w.file.display(), w.bytes));
		Ok(())
	}
}

/// The steps, each with what holds.
fn human(report: &EvidenceReport) -> String {
	let mut table = Table::new(&["", ""]);
	for step in &report.steps {
		table.row([step.about, &step.holds]);
	}
	let scope = match (&report.offline, &report.chain) {
		(Some(offline), _) => offline_scope(offline),
		(None, Some(_)) => "verified against the state of a live node".to_string(),
		(None, None) => {
			"verified by itself: whether the chain has the anchor, the keys and these parties was not checked"
				.to_string()
		}
	};
	let mut notes = String::new();
	for warning in &report.warnings {
		notes += &format!("\nnote: {warning}");
	}
	for thing in &report.not_shown {
		notes += &format!("\nnot shown: {thing}");
	}
	format!("{table}{notes}\n{scope}")
}

/// From what it was verified, and with what the chain was compared.
fn offline_scope(offline: &OfflineReport) -> String {
	let from = match (&offline.network, &offline.checkpoint) {
		(Some(_), Some(_)) => "the chain specification and the checkpoint alone",
		(None, _) => "the checkpoint alone",
		(Some(_), None) => "the chain specification alone",
	};
	let compared = match &offline.compared_with[..] {
		[] => "compared with no block known from elsewhere (--known-block, --checkpoint)".to_string(),
		blocks => {
			let blocks: Vec<_> = blocks.iter().map(u32::to_string).collect();
			format!("the same as known from elsewhere in block {}", blocks.join(", "))
		}
	};
	let vouched = offline.checkpoint.as_ref().map(|checkpoint| {
		let signers: Vec<String> = checkpoint.signers.iter().map(|signer| signer.text()).collect();
		format!(
			"; block {} is as these signed it: {}",
			checkpoint.block,
			signers.join(", ")
		)
	});
	format!("verified from {from}; {compared}{}", vouched.unwrap_or_default())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_pack_cut_for_others_verifies_and_a_damaged_one_is_not_made_sound() {
		let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/evidence");
		let whole = std::fs::read_to_string(documents.join("offline.json")).unwrap();
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("pack.json");
		let (facts, customer) = ("1990-05-20", "C-0003");
		assert!(whole.contains(facts) && whole.contains(customer));
		std::fs::write(&file, &whole).unwrap();
		let quiet = Output {
			json: true,
			quiet: true,
		};
		let withhold = |without: &[Part], name: &str| {
			let output = folder.path().join(name);
			let args = WithholdArgs {
				file: file.clone(),
				without: without.to_vec(),
				output: output.clone(),
			};
			args.run(quiet).map(|()| output)
		};
		let cut = withhold(&[Part::Facts, Part::Customer], "cut.json").unwrap();
		let text = std::fs::read_to_string(&cut).unwrap();
		assert!(!text.contains(facts) && !text.contains(customer), "{text}");
		let origin = evidence::read_origin(Some(&documents.join("chain-spec.json")), None, &[]).unwrap();
		let report = evidence::verify_offline(&evidence::read(&cut).unwrap(), &origin).unwrap();
		let before = evidence::verify_offline(&evidence::read(&file).unwrap(), &origin).unwrap();
		assert_eq!((report.leaf, report.batch_root), (before.leaf, before.batch_root));

		std::fs::write(&file, whole.replace("4000.00", "5000.00")).unwrap();
		assert!(matches!(
			withhold(&[Part::Facts], "no.json"),
			Err(Error::NotVerified(_))
		));
		assert!(!folder.path().join("no.json").exists());
	}
}
