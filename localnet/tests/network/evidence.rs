// SPDX-License-Identifier: Apache-2.0

//! A trade is proven from the chain specification alone, and from a checkpoint that members signed, without any node, after the validators changed.
//! A second verifier, written from the document, says the same of this pack and of a thousand changed ones.

use crate::common::{confirming, open_network, order_at, purchase, LIMIT};
use sealane_localnet::{
	binaries::Binaries,
	consortium::{Consortium, Plan},
	terminals::{Args, Terminals},
	wait::{until, Look},
	Error, Result,
};
use sealane_operator::chain::{ChainClient, Until};
use sealane_sdk::types::OrderStage;
use sealane_verifier::EvidencePack;
use serde_json::Value;
use std::{
	ffi::OsStr,
	path::{Path, PathBuf},
	process::Command,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_trade_is_proven_offline_after_the_validators_changed() {
	let folder = tempfile::tempdir().unwrap();
	let network = open_network(folder.path(), Plan::Five).await.unwrap();
	let terminals = Terminals::new(&folder.path().join("terminals")).unwrap();
	a_validator_leaves(&network).await.unwrap();
	let checkpoint = members_sign(&network, &terminals, folder.path()).await.unwrap();

	let (seller, issuer) = (network.sellers().next().unwrap(), network.issuers().next().unwrap());
	let (client, id) = (seller.client().unwrap(), "after-the-change");
	confirming(issuer, async {
		client.submit_orders(&[purchase(id, issuer)], id).await?;
		order_at(&client, id, OrderStage::Finalised).await
	})
	.await
	.unwrap();

	let file = folder.path().join("evidence.json");
	let get = Args::new("evidence get")
		.with(id)
		.option("--node", seller.node.folder())
		.option("--output", &file);
	terminals.json::<Value>(get).await.unwrap();
	// From here on no node is asked; there is none any more.
	let spec = folder.path().join("specification.json");
	std::fs::copy(network.chain_spec(), &spec).unwrap();
	let names = [issuer.name, seller.name];
	drop(network);
	let report: Value = terminals.json(offline(&file, &spec)).await.unwrap();
	let proven = &report["offline"];
	assert_eq!(proven["validators"], 4, "one of five left: {report}");
	assert!(proven["votes"].as_u64() >= Some(3), "{report}");
	assert_eq!(
		proven["validator_changes"].as_array().map(Vec::len),
		Some(1),
		"{report}"
	);
	assert!(
		proven["validator_changes"][0].as_u64() < report["anchor"]["block"].as_u64(),
		"{report}"
	);
	println!(
		"{} bytes of evidence: {report}",
		std::fs::metadata(&file).unwrap().len()
	);

	let signed_after: Vec<&str> = proven["signed_after"]
		.as_array()
		.map(|times| times.iter().filter_map(Value::as_str).collect())
		.unwrap_or_default();
	assert_eq!(signed_after.len(), 2, "{report}");
	let made_at = proven["made_at"].as_str().unwrap();
	assert!(signed_after.iter().all(|time| *time < made_at), "{report}");
	let pack = EvidencePack::from_json(&std::fs::read(&file).unwrap()).unwrap();
	let votes = &pack.chain.as_ref().unwrap().finality;
	println!(
		"final blocks: {:?}",
		votes
			.iter()
			.map(|block| (block.header.len(), block.justification.len()))
			.collect::<Vec<_>>()
	);
	let parties = &report["parties"];
	assert_eq!(
		[&parties["issuer"]["name"], &parties["seller"]["name"]],
		names,
		"{report}"
	);
	let judge = SecondVerifier::new(&spec, &checkpoint);
	judge.expects(&file, 0);
	let report: Value = terminals.json(from_checkpoint(&file, &checkpoint)).await.unwrap();
	let proven = &report["offline"];
	let signers = proven["checkpoint"]["signers"].as_array().map(Vec::len);
	assert_eq!((signers, &proven["validators"]), (Some(2), &Value::from(4)), "{report}");
	assert_eq!(proven["validator_changes"], serde_json::json!([]), "{report}");
	assert_eq!(
		proven["compared_with"],
		serde_json::json!([proven["checkpoint"]["block"]]),
		"{report}"
	);
	let sound = folder.path().join("sound.json");
	std::fs::copy(&file, &sound).unwrap();
	judge.agrees_on_changed(&sound);

	let refused = forgeries(&pack);
	assert_eq!(refused.len(), 5);
	for (forged, expected) in refused {
		std::fs::write(&file, forged.to_json().unwrap()).unwrap();
		let output = terminals.output(&offline(&file, &spec)).await.unwrap();
		let error = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
		assert_eq!(output.status.code(), Some(9), "{expected}: {error}");
		assert!(error.contains(expected), "{error}\nlacks {expected}");
		judge.expects(&file, 9);
	}
}

/// Two members sign a checkpoint of the newest final block, each against its own node.
async fn members_sign(network: &Consortium, terminals: &Terminals, folder: &Path) -> Result<PathBuf> {
	let (block, _) = network.chain().final_block().await?;
	let whole = folder.join("checkpoint.json");
	let mut collect = Args::new("checkpoint collect").option("--output", &whole);
	for who in network.institutions.iter().take(2) {
		let chain = ChainClient::connect(&who.node.rpc_url()).await?;
		until(&format!("{} has block {block} final", who.name), LIMIT, || async {
			let (at, _) = chain.final_block().await?;
			Ok(if at >= block {
				Look::Found(())
			} else {
				Look::NotYet(format!("block {at}"))
			})
		})
		.await?;
		let part = folder.join(format!("checkpoint-{}.json", who.key));
		let sign = Args::new("checkpoint sign")
			.option("--rpc", who.node.rpc_url())
			.option("--suri", who.suri.as_str())
			.option("--block", block.to_string())
			.option("--output", &part);
		let signed: Value = terminals.json(sign).await?;
		assert_eq!(signed["signers"][0]["member"], who.member, "{signed}");
		collect = collect.with(&part);
	}
	let collected: Value = terminals.json(collect).await?;
	assert_eq!(collected["signers"].as_array().map(Vec::len), Some(2), "{collected}");
	assert_eq!(
		(&collected["block"], &collected["validator_set"]),
		(&Value::from(block), &Value::from(1))
	);
	let verify = Args::new("checkpoint verify")
		.with(&whole)
		.option("--chain", network.chain_spec());
	let verified: Value = terminals.json(verify).await?;
	assert_eq!(verified, collected);
	Ok(whole)
}

fn from_checkpoint(file: &Path, checkpoint: &Path) -> Args {
	Args::new("evidence verify")
		.with(file)
		.option("--checkpoint", checkpoint)
}

/// The verifier in Python, which is written from the document alone.
struct SecondVerifier {
	specification: PathBuf,
	checkpoint: PathBuf,
	/// Whether Python and its library for signatures are there.
	runs: bool,
}

impl SecondVerifier {
	fn new(specification: &Path, checkpoint: &Path) -> Self {
		let has = |library: &str| {
			let import = format!("import {library}");
			Command::new("python3")
				.args(["-c", &import])
				.output()
				.is_ok_and(|output| output.status.success())
		};
		let runs = has("nacl") || has("cryptography");
		if !runs {
			println!("skipped: the second verifier, since python3 or its library nacl is not installed");
		}
		SecondVerifier {
			specification: specification.into(),
			checkpoint: checkpoint.into(),
			runs,
		}
	}

	/// That it ends with this code for the pack, from the specification and from the checkpoint.
	fn expects(&self, pack: &Path, code: i32) {
		for (option, from) in [("--chain", &self.specification), ("--checkpoint", &self.checkpoint)] {
			// What was changed before the checkpoint is not looked at from there.
			if self.runs && (option == "--chain" || code == 0) {
				self.ends(
					"docs/evidence/verify.py",
					&[pack.as_ref(), option.as_ref(), from.as_ref()],
					code,
				);
			}
		}
	}

	/// That both verifiers come to one verdict on changed packs: a thousand, or as many as `SEALANE_MUTATIONS` says.
	fn agrees_on_changed(&self, pack: &Path) {
		if !self.runs {
			return;
		}
		let count = std::env::var_os("SEALANE_MUTATIONS").unwrap_or_else(|| "1000".into());
		let program = Binaries::find().unwrap().terminal;
		let arguments: [&OsStr; 9] = [
			pack.as_ref(),
			"--chain".as_ref(),
			self.specification.as_ref(),
			"--checkpoint".as_ref(),
			self.checkpoint.as_ref(),
			"--sealane".as_ref(),
			program.as_ref(),
			"--count".as_ref(),
			&count,
		];
		self.ends("scripts/evidence-mutations", &arguments, 0);
	}

	fn ends(&self, program: &str, arguments: &[&OsStr], code: i32) {
		let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(program);
		let output = Command::new("python3").arg(program).args(arguments).output().unwrap();
		let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
		println!("{said}");
		assert_eq!(output.status.code(), Some(code), "{said}");
	}
}

fn offline(file: &Path, spec: &PathBuf) -> Args {
	Args::new("evidence verify").with(file).option("--chain", spec)
}

/// The last institution's validator leaves; returns when the others vote without it.
async fn a_validator_leaves(network: &Consortium) -> Result<()> {
	let chain = network.chain();
	let leaver = network
		.issuers()
		.last()
		.ok_or_else(|| Error::Unexpected("a network without issuers".into()))?;
	let call = chain.call("Validators", "leave", &[]).await?;
	{
		let _turn = network.own_turn().await;
		chain.submit(&call, &leaver.signer.0, Until::InBlock).await?;
	}
	until("the validators change", LIMIT, || async {
		let set: Option<u64> = chain.storage("Grandpa", "CurrentSetId", &[]).await?;
		Ok(match set {
			Some(1..) => Look::Found(()),
			set => Look::NotYet(format!("set {}", set.unwrap_or_default())),
		})
	})
	.await
}

/// Changed packs, each with its checksum made anew, and what a verifier must say of them.
fn forgeries(pack: &EvidencePack) -> Vec<(EvidencePack, &'static str)> {
	let forge = |change: fn(&mut EvidencePack)| {
		let mut forged = pack.clone();
		change(&mut forged);
		EvidencePack::new(forged.record, forged.batch, forged.anchor, forged.chain)
	};
	vec![
		(
			forge(|pack| {
				if let Some(chain) = &mut pack.chain {
					chain.finality.remove(0);
				}
			}),
			"under validator set 0",
		),
		(
			forge(|pack| {
				if let Some(node) = pack.chain.as_mut().and_then(|chain| chain.storage_proof.last_mut()) {
					node[5] ^= 1;
				}
			}),
			"chain.storage_proof does not lead from state root",
		),
		(
			forge(|pack| {
				if let Some(anchor) = &mut pack.anchor {
					anchor.reference.block_hash[0] ^= 1;
				}
			}),
			"anchor.reference is in block",
		),
		(
			forge(|pack| {
				if let Some(before) = pack.chain.as_mut().and_then(|chain| chain.before.as_mut()) {
					before.remove(0);
				}
			}),
			"chain.before has ",
		),
		(forge(|pack| pack.chain = None), "chain is missing"),
	]
}
