// SPDX-License-Identifier: Apache-2.0

//! A chain for tests: the local preset, blocks made as an author makes them, and institutions that join.

use crate::{
	configs::governance::CouncilInstance, genesis, AccountId, Address, Aura, Block, Channels, Executive, Header,
	Members, Runtime, RuntimeCall, RuntimeGenesisConfig, RuntimeOrigin, Session, Signature, SignedPayload, System,
	TxExtension, UncheckedExtrinsic, SLOT_DURATION_MS,
};
use codec::Encode;
use frame_support::{assert_ok, storage::with_transaction, traits::DisabledValidators};
use pallet_collective::RawOrigin;
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	credential::wrapped_for_wallets,
	ids::{ChannelId, MemberId, Moment, NodeId},
};
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_core::{ed25519, sr25519, Pair};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	generic::Era,
	traits::{Block as _, Header as _},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, BuildStorage, Digest, DigestItem, DispatchError, ExtrinsicInclusionMode, TransactionOutcome,
};
use std::cell::RefCell;

/// The slot of the first block: a moment in 2027.
pub const FIRST_SLOT: u64 = 900_000_000;
/// Milliseconds in a day.
pub const DAY_MS: Moment = 24 * 60 * 60 * 1_000;

/// The five councillors of the local preset.
pub const COUNCIL: [Sr25519Keyring; 5] = [
	Sr25519Keyring::Alice,
	Sr25519Keyring::Bob,
	Sr25519Keyring::Charlie,
	Sr25519Keyring::Dave,
	Sr25519Keyring::Eve,
];

/// The state at genesis of the local preset.
pub fn genesis_state() -> sp_io::TestExternalities {
	let json = genesis::get_preset(&PresetId::from(genesis::LOCAL)).expect("the preset is known");
	let mut value: serde_json::Value = serde_json::from_slice(&json).expect("presets are JSON");
	// Presets are patches: laid over the default, as the chain specification does it.
	let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default serialises");
	merge(&mut whole, value.take());
	let config: RuntimeGenesisConfig =
		serde_json::from_value(whole).expect("the preset fits the genesis of the runtime");
	sp_io::TestExternalities::new(config.build_storage().expect("the preset builds"))
}

/// The local preset in block 1, for calls that are dispatched directly.
pub fn local() -> sp_io::TestExternalities {
	let mut ext = genesis_state();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

thread_local! {
	/// What [`send`] put into the block under way.
	static SENT: RefCell<Vec<UncheckedExtrinsic>> = const { RefCell::new(Vec::new()) };
}

/// A chain whose blocks are made as an author makes them.
pub struct Chain {
	ext: sp_io::TestExternalities,
	head: Header,
	mode: ExtrinsicInclusionMode,
}

impl Chain {
	/// At genesis of the local preset.
	pub fn new() -> Self {
		let mut ext = genesis_state();
		let parent = ext.execute_with(|| System::block_hash(0));
		let head = Header::new(0, Default::default(), Default::default(), parent, Digest::default());
		Chain {
			ext,
			head,
			mode: ExtrinsicInclusionMode::AllExtrinsics,
		}
	}

	/// Makes the next block with the clock's inherent; `fill` puts extrinsics in.
	pub fn block<R>(&mut self, fill: impl FnOnce() -> R) -> R {
		let (number, parent) = (self.head.number + 1, self.parent());
		let authored = self.ext.execute_with(|| author(number, parent, fill));
		self.took(authored)
	}

	/// Makes the next block as [`Chain::block`] does, forgets what that did to the state, and imports the block as every other
	/// node does, with all that import checks.
	pub fn import<R>(&mut self, fill: impl FnOnce() -> R) -> R {
		let (number, parent) = (self.head.number + 1, self.parent());
		let authored = self.ext.execute_with(|| {
			// Not `with_transaction`: it notes its depth in the state, and so in the root.
			sp_io::storage::start_transaction();
			let authored = author(number, parent, fill);
			sp_io::storage::rollback_transaction();
			let block = Block::new(authored.head.clone(), authored.extrinsics.clone());
			Executive::execute_block(block.into());
			authored
		});
		self.took(authored)
	}

	fn took<R>(&mut self, authored: Authored<R>) -> R {
		self.ext
			.commit_all()
			.expect("nothing is left open at the end of a block");
		self.head = authored.head;
		self.mode = authored.mode;
		authored.result
	}

	/// What the newest block was allowed to hold.
	pub fn mode(&self) -> ExtrinsicInclusionMode {
		self.mode
	}

	/// Lets so many blocks pass of which nothing is seen: the next one has a number as much higher.
	pub fn skip(&mut self, blocks: u32) {
		self.pass(1);
		self.head.number += blocks;
		let number = self.head.number;
		self.look(|| System::set_block_number(number));
	}

	/// Makes blocks that hold nothing but the clock's inherent.
	pub fn pass(&mut self, blocks: u32) {
		for _ in 0..blocks {
			self.block(|| ());
		}
	}

	/// Looks at the state, or puts something in place, between two blocks.
	pub fn look<R>(&mut self, look: impl FnOnce() -> R) -> R {
		self.ext.execute_with(look)
	}

	fn parent(&self) -> crate::Hash {
		// The genesis of tests has a fixed hash instead of that of a header.
		match self.head.number {
			0 => *self.head.parent_hash(),
			_ => self.head.hash(),
		}
	}
}

/// A block that was made.
struct Authored<R> {
	head: Header,
	mode: ExtrinsicInclusionMode,
	extrinsics: Vec<UncheckedExtrinsic>,
	result: R,
}

/// Makes a block over the present state.
fn author<R>(number: u32, parent: crate::Hash, fill: impl FnOnce() -> R) -> Authored<R> {
	let slot = next_slot();
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())],
	};
	let mode = Executive::initialize_block(&Header::new(
		number,
		Default::default(),
		Default::default(),
		parent,
		digest,
	));
	let now = slot * SLOT_DURATION_MS;
	let clock = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(pallet_timestamp::Call::set { now }));
	assert_ok!(Executive::apply_extrinsic(clock.clone()).expect("the clock's inherent is valid"));
	SENT.set(vec![clock]);
	let result = fill();
	let head = Executive::finalize_block();
	Authored {
		head,
		mode,
		extrinsics: SENT.take(),
		result,
	}
}

/// The next slot whose author may author.
pub fn next_slot() -> u64 {
	let last = u64::from(pallet_aura::CurrentSlot::<Runtime>::get()).max(FIRST_SLOT);
	let authorities = Aura::authorities_len() as u64;
	(last + 1..)
		.find(|slot| !Session::is_disabled((slot % authorities) as u32))
		.expect("never are all disabled")
}

/// The origin of a motion that `ayes` of the five councillors voted for.
pub fn council(ayes: u32) -> RuntimeOrigin {
	RawOrigin::<AccountId, CouncilInstance>::Members(ayes, 5).into()
}

/// The key of a name.
pub fn key(name: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{name}"), None).expect("a path without odd characters is a key")
}

/// The public signing key of a courier, made of a name.
pub fn courier_key(name: &str) -> [u8; 32] {
	ed25519::Pair::from_seed(&sp_io::hashing::sha2_256(name.as_bytes()))
		.public()
		.0
}

/// The account of a key.
pub fn account(pair: &sr25519::Pair) -> AccountId {
	AccountId::new(pair.public().0)
}

/// A call, signed by a well-known account.
pub fn signed(who: Sr25519Keyring, call: RuntimeCall, nonce: u32) -> UncheckedExtrinsic {
	signed_by(&who.pair(), call, nonce)
}

/// A call, signed.
pub fn signed_by(who: &sr25519::Pair, call: RuntimeCall, nonce: u32) -> UncheckedExtrinsic {
	tipped_by(who, call, nonce, 0)
}

/// A call, signed, with a tip from the allowance.
pub fn tipped_by(who: &sr25519::Pair, call: RuntimeCall, nonce: u32, tip: u128) -> UncheckedExtrinsic {
	let extension: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		pallet_members::CheckTransactorNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(tip),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
	);
	let payload = SignedPayload::new(call.clone(), extension.clone()).expect("the extension has what it signs");
	let signature = payload.using_encoded(|bytes| who.sign(bytes));
	UncheckedExtrinsic::new_signed(
		call,
		Address::Id(account(who)),
		Signature::Sr25519(signature),
		extension,
	)
}

/// A call with the account's next nonce, as a wallet sends it.
pub fn next_by(who: &sr25519::Pair, call: RuntimeCall) -> UncheckedExtrinsic {
	signed_by(who, call, System::account_nonce(account(who)))
}

/// What the pool says to an extrinsic that came over the network. As in a node, validation leaves nothing behind: it begins
/// the next block to see what would be valid there.
pub fn validate(extrinsic: UncheckedExtrinsic) -> TransactionValidity {
	with_transaction(|| {
		let said = Executive::validate_transaction(TransactionSource::External, extrinsic, System::block_hash(0));
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(said))
	})
	.expect("the closure never fails")
}

/// Puts a call into the block that is being made.
pub fn send(who: &sr25519::Pair, call: RuntimeCall) -> ApplyExtrinsicResult {
	let extrinsic = next_by(who, call);
	// What is refused an author leaves out, with all that trying it left in the state.
	sp_io::storage::start_transaction();
	let answer = Executive::apply_extrinsic(extrinsic.clone());
	if answer.is_ok() {
		sp_io::storage::commit_transaction();
		SENT.with_borrow_mut(|sent| sent.push(extrinsic));
	} else {
		sp_io::storage::rollback_transaction();
	}
	answer
}

/// An institution with one node.
pub struct Institution {
	/// Acts for it.
	pub manager: sr25519::Pair,
	/// Signs for its node.
	pub delegate: sr25519::Pair,
	/// Its number.
	pub member: MemberId,
	/// Its node's number.
	pub node: NodeId,
}

impl Institution {
	/// The manager's origin.
	pub fn origin(&self) -> RuntimeOrigin {
		RuntimeOrigin::signed(account(&self.manager))
	}
}

/// A valid LEI made of a number.
pub fn lei(seed: u32) -> pallet_members::LegalId {
	(0..100)
		.find_map(|check| pallet_members::LegalId::parse(&format!("529900SEAL{seed:08}{check:02}")).ok())
		.expect("one of the hundred check numbers fits")
}

/// Admits an institution by the council's majority and registers its node.
pub fn join(name: &str, roles: &[Role]) -> Institution {
	let (manager, delegate) = (key(name), key(&format!("{name}/delegate")));
	let member = pallet_members::NextMemberId::<Runtime>::get();
	assert_ok!(Members::admit(
		council(3),
		name.as_bytes().to_vec().try_into().expect("short"),
		lei(member),
		b"operations desk".to_vec().try_into().expect("short"),
		Roles::of(roles),
		account(&manager),
	));
	let node = pallet_members::NextNodeId::<Runtime>::get();
	let courier = courier_key(&format!("{name}/courier"));
	assert_ok!(Members::register_node(
		RuntimeOrigin::signed(account(&manager)),
		pallet_members::network::peer_of_key(&courier),
		Default::default(),
		courier,
		courier,
		account(&delegate),
	));
	Institution {
		manager,
		delegate,
		member,
		node,
	}
}

/// A cooperation of the two, signed by the seller, that holds from yesterday on for `days` days.
pub fn cooperation(
	seller: &Institution,
	issuer: &Institution,
	days: Moment,
) -> pallet_channels::Cooperation<Signature> {
	let now = pallet_timestamp::Now::<Runtime>::get();
	let (valid_from, valid_until) = (now.saturating_sub(DAY_MS), now + days * DAY_MS);
	let agreement_hash = [issuer.member as u8; 32];
	let digest = Channels::credential_digest(seller.member, issuer.member, agreement_hash, valid_from, valid_until);
	pallet_channels::Cooperation {
		issuer: issuer.member,
		credential: pallet_channels::Credential {
			agreement_hash,
			valid_from,
			valid_until,
			seller_signature: Signature::Sr25519(seller.manager.sign(&wrapped_for_wallets(&digest))),
		},
	}
}

/// The signature of `who` under the credential of a channel.
pub fn countersignature(who: &sr25519::Pair, channel: ChannelId) -> Option<Signature> {
	let it = pallet_channels::Channels::<Runtime>::get(channel)?;
	let details = pallet_channels::ChannelDetails::<Runtime>::get(channel)?;
	let digest = Channels::credential_digest(
		it.seller,
		it.issuer,
		details.agreement_hash,
		details.valid_from,
		it.credential_until,
	);
	Some(Signature::Sr25519(who.sign(&wrapped_for_wallets(&digest))))
}

/// Terms for every kind of business, without end or rate.
pub const TERMS: pallet_channels::Terms = pallet_channels::Terms {
	kinds: BusinessKinds::ALL,
	valid_until: None,
	orders_per_minute: None,
};

/// A granted channel between the two.
pub fn open_channel(seller: &Institution, issuer: &Institution) -> ChannelId {
	let entries = vec![cooperation(seller, issuer, 30)];
	assert_ok!(Channels::apply(seller.origin(), entries.try_into().expect("one fits")));
	let channel = Channels::newest_channel(seller.member, issuer.member).expect("just applied for");
	let signature = countersignature(&issuer.manager, channel).expect("the channel exists");
	assert_ok!(Channels::countersign(issuer.origin(), channel, signature));
	assert_ok!(Channels::grant(council(3), channel, TERMS));
	channel
}
