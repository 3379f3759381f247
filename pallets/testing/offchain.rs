// SPDX-License-Identifier: Apache-2.0

//! How the mocks of pallets with an off-chain worker sign, submit and author: one module of each, over its `Test` runtime.

use super::{RuntimeCall, RuntimeOrigin, System, Test};
use codec::{Decode, Encode};
use frame_support::traits::OffchainWorker;
use frame_system::{
	offchain::{AppCrypto, CreateSignedTransaction, CreateTransactionBase, SigningTypes},
	CheckNonce,
};
use sealane_primitives::{ids::BlockNumber, keys::DELEGATE_KEY_TYPE};
use sp_core::offchain::{TransactionPool, TransactionPoolExt};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Checkable, Dispatchable, IdentityLookup, Verify},
	AccountId32, DispatchError, DispatchResult, MultiSignature, TransactionOutcome,
};
use std::sync::{Arc, Mutex};

pub type AccountId = AccountId32;
pub type Extrinsic = generic::UncheckedExtrinsic<AccountId, RuntimeCall, MultiSignature, CheckNonce<Test>>;
pub type Block = generic::Block<generic::Header<BlockNumber, BlakeTwo256>, Extrinsic>;

impl SigningTypes for Test {
	type Public = <MultiSignature as Verify>::Signer;
	type Signature = MultiSignature;
}

impl<C> CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extrinsic = Extrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> CreateSignedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_signed_transaction<A: AppCrypto<Self::Public, Self::Signature>>(
		call: RuntimeCall,
		public: Self::Public,
		account: AccountId,
		nonce: Self::Nonce,
	) -> Option<Extrinsic> {
		let payload = generic::SignedPayload::new(call, CheckNonce::from(nonce)).ok()?;
		let signature = payload.using_encoded(|bytes| A::sign(bytes, public))?;
		let (call, extension, _) = payload.deconstruct();
		Some(Extrinsic::new_signed(call, account, signature, extension))
	}
}

/// A pool that holds one extrinsic per account and nonce, as the real one does, and refuses what collides.
#[derive(Clone, Default)]
pub struct FakePool(Arc<Mutex<Vec<Extrinsic>>>);

impl FakePool {
	fn with<R>(&self, edit: impl FnOnce(&mut Vec<Extrinsic>) -> R) -> R {
		edit(&mut self.0.lock().expect("no test panics while it holds the lock"))
	}

	/// The extrinsics that wait.
	pub fn waiting(&self) -> Vec<Extrinsic> {
		self.with(|waiting| waiting.clone())
	}

	/// Takes all that wait, as a block author does.
	pub fn take(&self) -> Vec<Extrinsic> {
		self.with(std::mem::take)
	}
}

impl TransactionPool for FakePool {
	fn submit_transaction(&mut self, bytes: Vec<u8>) -> Result<(), ()> {
		let extrinsic = Extrinsic::decode(&mut &bytes[..]).expect("only extrinsics are submitted");
		self.with(|waiting| {
			if waiting.iter().any(|other| signer(other) == signer(&extrinsic)) {
				return Err(());
			}
			waiting.push(extrinsic);
			Ok(())
		})
	}
}

/// Signer and nonce of a signed extrinsic.
pub fn signer(extrinsic: &Extrinsic) -> (AccountId, u32) {
	match &extrinsic.preamble {
		generic::Preamble::Signed(who, _, extension) => (who.clone(), extension.0),
		other => panic!("{other:?} is not signed"),
	}
}

/// Gives a node a pool, and a keystore with the delegate key made of `seed`; the pool, and the delegate's account.
pub fn equip(ext: &mut sp_io::TestExternalities, seed: &str) -> (FakePool, AccountId) {
	let (pool, keystore) = (FakePool::default(), MemoryKeystore::new());
	let key = keystore
		.sr25519_generate_new(DELEGATE_KEY_TYPE, Some(seed))
		.expect("the seed is well-formed");
	ext.register_extension(TransactionPoolExt::new(pool.clone()));
	ext.register_extension(KeystoreExt::new(keystore));
	(pool, AccountId::new(key.0))
}

/// Runs the off-chain worker of a pallet on the state of block `at`, and throws away what it wrote there, as a node does.
pub fn work<Pallet: OffchainWorker<BlockNumber>>(ext: &mut sp_io::TestExternalities, at: BlockNumber) {
	ext.execute_with(|| {
		System::set_block_number(at);
		frame_support::storage::with_transaction(|| {
			Pallet::offchain_worker(at);
			TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
		})
		.expect("the worker returns")
	})
}

/// Authors block `at` from the pool: checks signatures and nonces, dispatches. Answers the results.
pub fn author(ext: &mut sp_io::TestExternalities, pool: &FakePool, at: BlockNumber) -> Vec<DispatchResult> {
	let extrinsics = pool.take();
	ext.execute_with(|| {
		System::set_block_number(at);
		extrinsics.into_iter().map(apply).collect()
	})
}

/// Applies an extrinsic as a block would: with a good signature and the account's next nonce.
pub fn apply(extrinsic: Extrinsic) -> DispatchResult {
	let (who, nonce) = signer(&extrinsic);
	assert_eq!(System::account_nonce(&who), nonce, "the nonce is the account's next");
	let checked = extrinsic
		.check(&IdentityLookup::default())
		.expect("the signature is the account's");
	System::inc_account_nonce(&who);
	checked
		.function
		.dispatch(RuntimeOrigin::signed(who))
		.map(|_| ())
		.map_err(|failed| failed.error)
}
