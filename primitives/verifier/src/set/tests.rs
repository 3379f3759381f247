// SPDX-License-Identifier: Apache-2.0

//! What many packs are together: no more and no less than each by itself.

use super::*;
use crate::{
	sample::{checkpoint::forced, records, spec, vectors, Sample},
	Genesis, Verifier,
};
use std::time::Duration;

fn genesis() -> Genesis {
	Genesis::from_spec(spec().as_bytes()).expect("raw")
}

/// A set gives each pack back as it was, and holds what they share once.
#[test]
fn a_set_gives_each_pack_back() {
	let sample = Sample::new();
	let packs = vec![
		sample.whole(),
		sample.pack.clone(),
		sample.changed(|chain| chain.storage_proof.reverse()),
		forced().whole(),
		sample.whole(),
	];
	let set = EvidenceSet::new(packs.clone());
	let json = set.to_json().expect("serialises");
	let read = EvidenceSet::from_json(json.as_bytes()).expect("readable");
	assert_eq!(read, set);
	assert_eq!(read.packs().collect::<Vec<_>>(), packs);
	let alone: usize = packs.iter().map(|pack| pack.to_json().expect("serialises").len()).sum();
	assert!(json.len() < alone / 2, "{} bytes of {alone}", json.len());
	for (find, put, rule) in [
		("\"headers\":[\"", "\"headers\":[\"0", Rule::FileForm),
		("sealane-evidence-set/1", "sealane-evidence-set/2", Rule::Format),
		("\"nodes\":[", "\"note\":[],\"nodes\":[", Rule::FileFields),
		("\"before\":[", "\"before\":[4000,", Rule::FileForm),
		("\"before\":[", "\"before\":[null,", Rule::FileForm),
		("\"finality\":[0", "\"finality\":[4000", Rule::FileForm),
		("\"finality\":[0", "\"finality\":[4294967296", Rule::FileForm),
	] {
		let changed = json.replacen(find, put, 1);
		assert_ne!(changed, json, "{find}");
		assert_eq!(
			EvidenceSet::from_json(changed.as_bytes()).expect_err(put).rule,
			rule,
			"{put}"
		);
	}
}

/// How long this thread has run, on Linux: the machine may be busy with something else. Zero elsewhere.
fn on_processor() -> Duration {
	let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
	let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
	Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Every record of many batches, each proven by itself and all in one file. `SEALANE_RECORDS=10000` measures, on this one chain of four validators.
#[test]
fn many_records_are_proven_in_one_set() {
	const BATCH: u32 = 500;
	let wanted = std::env::var("SEALANE_RECORDS").ok().and_then(|text| text.parse().ok());
	let wanted: u32 = wanted.unwrap_or(20);
	let packs: Vec<EvidencePack> = (0..wanted.div_ceil(BATCH))
		.flat_map(|batch| records(batch as u8, BATCH.min(wanted - batch * BATCH)))
		.collect();
	let files: Vec<Vec<u8>> = packs
		.iter()
		.map(|pack| serde_json::to_vec(pack).expect("serialises"))
		.collect();
	let genesis = genesis();
	let verifier = Verifier::new(&genesis);
	let begin = on_processor();
	for file in &files {
		verifier.verify_file(file).expect("sound");
	}
	let alone = on_processor() - begin;
	let json = EvidenceSet::new(packs).to_json().expect("serialises");
	let begin = on_processor();
	let set = EvidenceSet::from_json(json.as_bytes()).expect("readable");
	let session = verifier.session();
	let verified = set.packs().filter(|pack| session.verify(pack).is_ok()).count();
	let together = on_processor() - begin;
	assert_eq!(verified, wanted as usize);
	let bytes: usize = files.iter().map(Vec::len).sum();
	assert!(json.len() < bytes, "{} bytes of {bytes}", json.len());
	println!(
		"{wanted} records: {} bytes a pack, {:.0} packs a second of one processor; in one set {} bytes a record, {:.0} a second, {together:.1?} in all",
		bytes / files.len(),
		files.len() as f64 / alone.as_secs_f64(),
		json.len() / files.len(),
		files.len() as f64 / together.as_secs_f64(),
	);
}

/// What one pack has shown of the chain is not taken for another's: in one session each gets the verdict that it gets alone.
#[test]
fn a_session_judges_each_pack_as_it_is_alone() {
	let (base, genesis) = (vectors::base(), genesis());
	let verifier = Verifier::new(&genesis);
	let session = verifier.session();
	let mut judged = 0;
	for vector in vectors::all().iter().filter(|vector| vector.known_blocks.is_empty()) {
		let Ok(pack) = EvidencePack::from_json(&vector.file(&base)) else {
			continue;
		};
		let alone = verifier.verify(&pack);
		assert_eq!(session.verify(&pack), alone, "{}", vector.name);
		assert_eq!(session.verify(&pack), alone, "{} once more", vector.name);
		judged += 1;
	}
	assert!(judged > 150, "{judged} packs");
}
