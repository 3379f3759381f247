// SPDX-License-Identifier: Apache-2.0

//! What one state says about a record. The same function reads a proof's trie nodes, when evidence is checked, and a node's own database, when it
//! is made: whatever the first asks for, the second has put into the proof.

use super::keys;
use crate::{
	pack::{AnchorReference, EvidencePack},
	rules::{Defect, Judge, Rule},
	verdict::{AgreedVersion, Facts, Grant, KnownBlock, KnownProduct, LegalNumber, Party, RuntimeFacts, Signer},
};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use codec::{Compact, Decode, DecodeAll};
use sealane_primitives::{
	directory::Scope,
	evidence::range::Range,
	ids::{AgreementId, BlockNumber, ChannelId, Digest, MemberId, NodeId, MAX_NAME_LEN},
	keys::{held, Compromise, CourierKey, NotHeld, DEFAULT_KEY_GRACE},
};

/// Where a pack has the trie nodes of its state.
pub(crate) const PROOF: &str = "chain.storage_proof";

/// A state that can be asked.
pub(crate) trait State {
	/// The value under `key`. `what` names it in a refusal.
	fn get(&self, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, Defect>;
	/// BLAKE2b-256 of the value under `key`.
	fn hash_of(&self, key: &[u8], what: &str) -> Result<Option<Digest>, Defect>;
}

/// What a pack claims of the state.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
	/// The anchor.
	pub anchor: AnchorReference,
	/// The way from its leaf to the root of its node's range.
	pub range: Option<Vec<Digest>>,
	/// Both signers: node and key.
	pub issuer: (NodeId, [u8; 32]),
	/// The same of the seller.
	pub seller: (NodeId, [u8; 32]),
	/// Numbers of the blocks that their attestations name.
	pub attested: [BlockNumber; 2],
	/// The members that the core names: issuer, seller.
	pub members: (MemberId, MemberId),
	/// The record's channel.
	pub channel: ChannelId,
	/// The clauses that the record names; 0 is none.
	pub clause_version: AgreementId,
	/// The product that the order names.
	pub product: Option<String>,
}

impl Claim {
	/// What this pack claims; `None` where it has no anchor.
	pub fn of(pack: &EvidencePack) -> Option<Self> {
		let batch = &pack.batch;
		let anchor = pack.anchor.as_ref()?;
		Some(Claim {
			anchor: anchor.reference,
			range: anchor.range.clone(),
			issuer: (batch.core.issuer_node, batch.issuer.key),
			seller: (batch.core.seller_node, batch.seller.key),
			attested: [batch.issuer.block.number, batch.seller.block.number],
			members: (batch.core.issuer, batch.core.seller),
			channel: pack.record.channel,
			clause_version: pack.record.clause_version,
			product: pack.product(),
		})
	}
}

/// Reads what a pack needs, and checks it against the claim. All of it is as of the anchor's block: whatever may change is kept as versions.
pub(crate) fn read(judge: Judge, state: &impl State, claim: &Claim) -> Result<Facts, Defect> {
	let reader = Reader { judge, state, claim };
	reader.anchor()?;
	let [issuer_block, seller_block] = claim.attested;
	let issuer_key = reader.key(Signer::Issuer, claim.issuer, issuer_block)?;
	let seller_key = reader.key(Signer::Seller, claim.seller, seller_block)?;
	let (issuer, issuer_removed) = reader.member_of(Signer::Issuer, claim.issuer.0)?;
	let (seller, seller_removed) = reader.member_of(Signer::Seller, claim.seller.0)?;
	judge.demand(Rule::MembersDiffer, issuer != seller, || {
		format!(
			"the issuer's node {} and the seller's node {} belong to one member, {issuer}",
			claim.issuer.0, claim.seller.0
		)
	})?;
	judge.demand(Rule::CoreMembers, claim.members == (issuer, seller), || {
		format!(
			"batch.core names the members {} and {}, but the nodes are of {issuer} and {seller}",
			claim.members.0, claim.members.1
		)
	})?;
	let (issuer_name, issuer_number) = reader.identity(issuer)?;
	let (seller_name, seller_number) = reader.identity(seller)?;
	let grant = reader.channel(issuer, seller)?;
	let agreed = reader.agreed()?;
	let product = reader.product(issuer)?;
	let runtime = reader.runtime()?;
	Ok(Facts {
		issuer: Party {
			node: claim.issuer.0,
			member: issuer,
			removed: issuer_removed,
			name: issuer_name,
			number: issuer_number,
			key: issuer_key.0,
			compromise: issuer_key.1,
		},
		seller: Party {
			node: claim.seller.0,
			member: seller,
			removed: seller_removed,
			name: seller_name,
			number: seller_number,
			key: seller_key.0,
			compromise: seller_key.1,
		},
		channel: claim.channel,
		grant,
		agreed,
		product,
		runtime,
	})
}

/// The value under `key`, all of it.
pub(crate) fn whole<T: Decode>(state: &impl State, key: &[u8], what: &str) -> Result<Option<T>, Defect> {
	let value = state.get(key, what)?;
	value
		.map(|bytes| T::decode_all(&mut &bytes[..]).map_err(|_| strange(what)))
		.transpose()
}

/// The first fields of the value under `key`: what comes after them may change without a change of this format.
pub(crate) fn begun<T: Decode>(state: &impl State, key: &[u8], what: &str) -> Result<Option<T>, Defect> {
	let value = state.get(key, what)?;
	value
		.map(|bytes| T::decode(&mut &bytes[..]).map_err(|_| strange(what)))
		.transpose()
}

/// Name and legal number of a member.
pub(crate) fn profile(
	state: &impl State,
	member: MemberId,
	what: &str,
) -> Result<Option<(String, LegalNumber)>, Defect> {
	let Some((name, number)) = begun::<(Vec<u8>, LegalId)>(state, &keys::profile(member), what)? else {
		return Ok(None);
	};
	named(&name, &number, what).map(Some)
}

fn named(name: &[u8], number: &LegalId, what: &str) -> Result<(String, LegalNumber), Defect> {
	let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| strange(what));
	let number = match number {
		LegalId::Lei(number) => LegalNumber::Lei(text(number)?),
		LegalId::CreditCode(number) => LegalNumber::CreditCode(text(number)?),
	};
	Ok((text(name)?, number))
}

struct Reader<'a, S> {
	judge: Judge,
	state: &'a S,
	claim: &'a Claim,
}

impl<S: State> Reader<'_, S> {
	/// The value under `key`.
	fn bytes(&self, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, Defect> {
		self.state.get(key, what)
	}

	fn whole<T: Decode>(&self, key: &[u8], what: &str) -> Result<Option<T>, Defect> {
		whole(self.state, key, what)
	}

	fn begun<T: Decode>(&self, key: &[u8], what: &str) -> Result<Option<T>, Defect> {
		begun(self.state, key, what)
	}

	fn anchor(&self) -> Result<(), Defect> {
		match &self.claim.range {
			Some(path) => self.anchor_in_range(path),
			None => self.anchor_itself(),
		}
	}

	/// One of all anchors of its node, by the range that the chain keeps of them.
	fn anchor_in_range(&self, path: &[Digest]) -> Result<(), Defect> {
		let AnchorReference {
			node,
			sequence,
			root,
			block_number,
			..
		} = self.claim.anchor;
		let what = format!("the range of node {node}");
		let range = self.begun::<Range>(&keys::range(node), &what)?.unwrap_or_default();
		if sequence >= range.count {
			let found = format!(
				"the chain has {} anchors of node {node}, so none with number {sequence}",
				range.count
			);
			return Err(Defect::new(Rule::StateAnchor, found));
		}
		let leads = range.proves(node, sequence, &root, block_number, path);
		self.judge.demand(Rule::StateRange, leads, || {
			format!(
				"anchor {sequence} and the {} hashes of anchor.range do not lead to {what}",
				path.len()
			)
		})
	}

	/// One of the last of its node, which the chain keeps one by one.
	fn anchor_itself(&self) -> Result<(), Defect> {
		let claimed = &self.claim.anchor;
		let what = format!("anchor {} of node {}", claimed.sequence, claimed.node);
		let found = self.begun::<(Digest, BlockNumber)>(&keys::anchor(claimed.node, claimed.sequence), &what)?;
		let (root, block) = found.ok_or_else(|| {
			let found =
				format!("the chain has no {what} among the last of that node, and the pack has no anchor.range");
			Defect::new(Rule::StateAnchor, found)
		})?;
		self.judge.demand(Rule::StateRoot, root == claimed.root, || {
			format!(
				"anchor.reference.root is {}, but the chain has {}",
				hex::encode(claimed.root),
				hex::encode(root)
			)
		})?;
		self.judge.demand(Rule::StateBlock, block == claimed.block_number, || {
			format!(
				"anchor.reference.block_number is {}, but the chain has the anchor in block {block}",
				claimed.block_number
			)
		})
	}

	/// The keys of which the signing key is one, which must count for an attestation that names block `attested`.
	fn key(
		&self,
		signer: Signer,
		(node, signing): (NodeId, [u8; 32]),
		attested: BlockNumber,
	) -> Result<(CourierKey, Option<Compromise>), Defect> {
		let who = signer.as_str();
		let what = format!("the {who}'s key");
		let unknown = || {
			format!(
				"batch.{who}.key {} is none that the chain knows of node {node}",
				hex::encode(signing)
			)
		};
		let owner = self.whole::<(NodeId, u32)>(&keys::owner(&signing), &what)?;
		let (of, number) = owner.ok_or_else(|| Defect::new(Rule::KeyOwner, unknown()))?;
		self.judge.demand(Rule::KeyNode, of == node, unknown)?;
		let key = self.whole::<CourierKey>(&keys::history(of, number), &what)?;
		let key = key.ok_or_else(|| Defect::new(Rule::KeyOwner, unknown()))?;
		self.judge.demand(Rule::KeyHistory, key.signing == signing, unknown)?;
		let compromise = self.whole::<Compromise>(&keys::compromise(of, number), &what)?;
		let anchored = self.claim.anchor.block_number;
		let counts = held(&key, None, attested, anchored, DEFAULT_KEY_GRACE);
		self.judge
			.demand(Rule::AttestedBefore, counts != Err(NotHeld::AttestedLater), || {
				format!("batch.{who}.block_number is {attested}, but the anchor is in block {anchored}")
			})?;
		let known = held(&key, compromise.as_ref(), attested, anchored, DEFAULT_KEY_GRACE);
		let stolen = matches!(known, Err(NotHeld::Compromised(_)));
		self.judge.demand(Rule::KeyCompromised, !stolen, || {
			let declared = compromise.map_or(anchored, |compromise| compromise.declared);
			format!(
				"batch.{who}.key of node {node} was declared stolen in block {declared}, and the anchor is in block {anchored}"
			)
		})?;
		let in_force = counts.is_ok() || counts == Err(NotHeld::AttestedLater);
		self.judge.demand(Rule::KeyInForce, in_force, || {
			let until = key
				.valid_until
				.map_or_else(|| " on".into(), |until| format!(" to before block {until}"));
			format!(
				"batch.{who}.key of node {node} holds from block {}{until}, but the attestation names block {attested}, and the anchor is in block {anchored}",
				key.valid_from
			)
		})?;
		Ok((key, compromise))
	}

	/// The member that runs a node, or ran it.
	fn member_of(&self, signer: Signer, node: NodeId) -> Result<(MemberId, bool), Defect> {
		let what = format!("the {}'s node {node}", signer.as_str());
		let record = self.begun::<(MemberId, BlockNumber, Option<BlockNumber>)>(&keys::node(node), &what)?;
		let (member, _, removed_at) =
			record.ok_or_else(|| Defect::new(Rule::NodeMember, format!("the chain does not know whose {what} is")))?;
		Ok((member, removed_at.is_some()))
	}

	/// Name and legal number that a member had.
	fn identity(&self, member: MemberId) -> Result<(String, LegalNumber), Defect> {
		let what = format!("name and number of member {member}");
		let found = self.in_force::<(Vec<u8>, LegalId)>(|version| keys::identity(member, version), &what)?;
		let (name, number) =
			found.ok_or_else(|| Defect::new(Rule::MemberProfile, format!("the chain does not have {what}")))?;
		named(&name, &number, &what)
	}

	/// What held at the anchor's block, of versions from 1 on, each with the first block at whose end it holds. Looked for at 1, 2, 4, 8 … until one
	/// does not hold yet, and then halfway between: a few keys show that there is no later one.
	fn in_force<T: Decode>(&self, key: impl Fn(u32) -> Vec<u8>, what: &str) -> Result<Option<T>, Defect> {
		let at = self.claim.anchor.block_number;
		let held = |version: u32| -> Result<Option<T>, Defect> {
			let what = format!("version {version} of {what}");
			let value = self.begun::<(BlockNumber, T)>(&key(version), &what)?;
			Ok(value.filter(|(from, _)| *from <= at).map(|(_, value)| value))
		};
		let (mut found, mut low, mut high) = (None, 0u32, 1u32);
		while let Some(value) = held(high)? {
			(found, low) = (Some(value), high);
			match high.checked_mul(2) {
				Some(next) => high = next,
				None => break,
			}
		}
		while high - low > 1 {
			let middle = low + (high - low) / 2;
			match held(middle)? {
				Some(value) => (found, low) = (Some(value), middle),
				None => high = middle,
			}
		}
		Ok(found)
	}

	fn channel(&self, issuer: MemberId, seller: MemberId) -> Result<Grant, Defect> {
		let id = self.claim.channel;
		let what = format!("channel {id}");
		let channel = self
			.begun::<Channel>(&keys::channel(id), &what)?
			.ok_or_else(|| Defect::new(Rule::Channel, format!("the chain has no {what}")))?;
		self.judge.demand(
			Rule::ChannelParties,
			(channel.issuer, channel.seller) == (issuer, seller),
			|| {
				format!(
				"channel {id} is of issuer {} and seller {}, but the signers' nodes are of issuer {issuer} and seller {seller}",
				channel.issuer, channel.seller
			)
			},
		)?;
		let (state, terms) = self
			.in_force::<(u8, Terms)>(|version| keys::standing(id, version), &format!("the terms of {what}"))?
			.ok_or_else(|| {
				let at = self.claim.anchor.block_number;
				Defect::new(Rule::ChannelGranted, format!("{what} was not granted by block {at}"))
			})?;
		Ok(Grant {
			state,
			kinds: terms.kinds,
			valid_until: terms.valid_until,
			orders_per_minute: terms.orders_per_minute,
		})
	}

	/// The clauses that the record names.
	fn agreed(&self) -> Result<Option<AgreedVersion>, Defect> {
		let id = self.claim.clause_version;
		if id == 0 {
			return Ok(None);
		}
		let what = format!("clause version {id}");
		let version = self
			.begun::<Version>(&keys::version(id), &what)?
			.ok_or_else(|| Defect::new(Rule::ClausesVersion, format!("the chain has no {what}")))?;
		let channel = self.claim.channel;
		self.judge
			.demand(Rule::ClausesChannel, version.channel == channel, || {
				format!(
					"{what} is of channel {}, the record of channel {channel}",
					version.channel
				)
			})?;
		let anchored = self.claim.anchor.block_number;
		self.judge.demand(Rule::ClausesFrom, version.from <= anchored, || {
			format!(
				"{what} holds from block {}, but the anchor is in block {anchored}",
				version.from
			)
		})?;
		let clauses = match version.withdraws {
			true => None,
			false => {
				let what = format!("the clauses of version {id}");
				let text = self.bytes(&keys::clauses(id), &what)?;
				Some(text.ok_or_else(|| Defect::new(Rule::ClausesText, format!("the chain does not have {what}")))?)
			}
		};
		Ok(Some(AgreedVersion {
			id,
			scope: version.scope,
			number: version.number,
			from: version.from,
			ratified_at: version.ratified_at,
			clauses,
		}))
	}

	/// The product that the order names, where the chain knows it.
	fn product(&self, issuer: MemberId) -> Result<Option<KnownProduct>, Defect> {
		let Some(id) = &self.claim.product else {
			return Ok(None);
		};
		if id.len() > MAX_NAME_LEN as usize {
			return Ok(None);
		}
		let what = format!("product {id:?}");
		let version = |version: u32| keys::product_version(id.as_bytes(), version);
		let Some(product) = self.in_force::<Product>(version, &what)? else {
			return Ok(None);
		};
		self.judge.demand(Rule::ProductIssuer, product.issuer == issuer, || {
			format!(
				"{what} is of member {}, but the issuer is member {issuer}",
				product.issuer
			)
		})?;
		let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| strange(&what));
		Ok(Some(KnownProduct {
			product_type: text(&product.product_type)?,
			risk: product.risk,
			currency: text(&product.currency)?,
		}))
	}

	fn runtime(&self) -> Result<RuntimeFacts, Defect> {
		let missing = |what: &str| Defect::new(Rule::Runtime, format!("the state does not have the runtime's {what}"));
		let (version, name) = self
			.begun::<(Compact<u32>, Vec<u8>)>(&keys::runtime(), "the runtime's version")?
			.ok_or_else(|| missing("version"))?;
		let code_hash = self
			.state
			.hash_of(keys::CODE, "the runtime's code")?
			.ok_or_else(|| missing("code"))?;
		Ok(RuntimeFacts {
			name: String::from_utf8(name).map_err(|_| strange("the runtime's name"))?,
			version: version.0,
			code_hash,
		})
	}
}

pub(crate) fn strange(what: &str) -> Defect {
	Defect::new(
		Rule::StateValue,
		format!("the value of {what} in the state has an unknown form"),
	)
}

/// `pallet_members::Profile` holds it.
#[derive(Decode)]
enum LegalId {
	#[codec(index = 0)]
	Lei([u8; 20]),
	#[codec(index = 1)]
	CreditCode([u8; 18]),
}

/// The first fields of `pallet_channels::Channel`.
#[derive(Decode)]
struct Channel {
	seller: MemberId,
	issuer: MemberId,
}

/// `pallet_channels::Terms`.
#[derive(Decode)]
struct Terms {
	kinds: u16,
	valid_until: Option<BlockNumber>,
	orders_per_minute: Option<u32>,
}

/// `pallet_agreements::Version`.
#[derive(Decode)]
struct Version {
	channel: ChannelId,
	scope: Scope,
	number: u32,
	from: BlockNumber,
	ratified_at: BlockNumber,
	withdraws: bool,
}

/// The fields of `pallet_channels::ProductVersion` after the first.
#[derive(Decode)]
struct Product {
	issuer: MemberId,
	product_type: Vec<u8>,
	currency: [u8; 3],
	risk: u8,
}

/// A state of which every key that is asked for is noted.
struct Noted<'a, F> {
	get: F,
	keys: &'a core::cell::RefCell<Vec<Vec<u8>>>,
}

impl<F: Fn(&[u8]) -> Result<Option<Vec<u8>>, String>> State for Noted<'_, F> {
	fn get(&self, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, Defect> {
		self.keys.borrow_mut().push(key.to_vec());
		(self.get)(key).map_err(|error| Defect::new(Rule::TriePath, format!("{what} cannot be read: {error}")))
	}

	fn hash_of(&self, key: &[u8], what: &str) -> Result<Option<Digest>, Defect> {
		Ok(self.get(key, what)?.map(|value| sp_crypto_hashing::blake2_256(&value)))
	}
}

/// Asks a live state with `get` for what a check of this pack reads. Returns what it says, and the keys that were asked for.
///
/// # Errors
/// The state does not bear the pack out, or the pack has no anchor.
pub fn ask(
	pack: &EvidencePack,
	get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, String>,
) -> Result<(Facts, Vec<Vec<u8>>), Defect> {
	ask_with(Judge::default(), pack, get)
}

/// The same by other rules.
pub(crate) fn ask_with(
	judge: Judge,
	pack: &EvidencePack,
	get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, String>,
) -> Result<(Facts, Vec<Vec<u8>>), Defect> {
	let claim =
		Claim::of(pack).ok_or_else(|| Defect::new(Rule::AnchorMissing, "the pack has no anchor".to_string()))?;
	let keys = core::cell::RefCell::default();
	let facts = read(judge, &Noted { get, keys: &keys }, &claim)?;
	Ok((facts, keys.into_inner()))
}

/// A part of the state that a pack shows, and the block whose state it is.
pub struct Shown<'a> {
	/// The block. Nothing says yet that it is one of a chain.
	pub block: KnownBlock,
	state: super::trie::Partial<'a>,
}

impl<'a> Shown<'a> {
	/// What the chain's part of a pack shows; `None` where the pack has none.
	///
	/// # Errors
	/// The last header of `chain.finality` is none.
	pub fn of(pack: &'a EvidencePack) -> Result<Option<Self>, Defect> {
		let Some((part, last)) = pack.chain.as_ref().and_then(|part| Some((part, part.finality.last()?))) else {
			return Ok(None);
		};
		let field = || format!("chain.finality[{}].header", part.finality.len() - 1);
		let header: super::Header = super::header::decode_exactly(&last.header, field)?;
		Ok(Some(Shown {
			block: KnownBlock {
				number: header.number,
				hash: header.hash(),
			},
			state: super::trie::Partial::new(Judge::default(), PROOF, header.state_root, &part.storage_proof),
		}))
	}

	/// The value under `key`, if the pack shows it.
	///
	/// # Errors
	/// It is not shown.
	pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Defect> {
		State::get(&self.state, key, "what the pack shows of the state")
	}
}

/// Of the trie nodes of a larger proof, those that a check of this pack needs, as it wants them.
///
/// # Errors
/// The nodes do not bear the pack out.
pub fn minimal(root: [u8; 32], proof: &[Vec<u8>], pack: &EvidencePack) -> Result<Vec<Vec<u8>>, Defect> {
	minimal_with(Judge::default(), root, proof, pack)
}

/// The same by other rules.
pub(crate) fn minimal_with(
	judge: Judge,
	root: [u8; 32],
	proof: &[Vec<u8>],
	pack: &EvidencePack,
) -> Result<Vec<Vec<u8>>, Defect> {
	let claim =
		Claim::of(pack).ok_or_else(|| Defect::new(Rule::AnchorMissing, "the pack has no anchor".to_string()))?;
	let partial = super::trie::Partial::new(judge, PROOF, root, proof);
	read(judge, &partial, &claim)?;
	Ok(partial.needed().into_iter().map(<[u8]>::to_vec).collect())
}

impl State for super::trie::Partial<'_> {
	fn get(&self, key: &[u8], what: &str) -> Result<Option<Vec<u8>>, Defect> {
		Ok(self.get(key, what)?.map(<[u8]>::to_vec))
	}

	fn hash_of(&self, key: &[u8], what: &str) -> Result<Option<Digest>, Defect> {
		self.hash_of(key, what)
	}
}
