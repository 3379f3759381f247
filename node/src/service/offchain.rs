// SPDX-License-Identifier: Apache-2.0

//! Runs the runtime's off-chain workers at every imported block, with the courier at hand.

use super::{FullBackend, FullClient, Pool};
use futures::FutureExt;
use sc_client_api::Backend as _;
use sc_network::service::traits::NetworkService;
use sc_service::{error::Error as ServiceError, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sealane_courier::Handle;
use sealane_primitives::courier_host::CourierExt;
use sp_externalities::Extension;
use sp_keystore::KeystorePtr;
use std::sync::{Arc, OnceLock};

/// Spawns the runner.
#[allow(clippy::too_many_arguments)]
pub fn start(
	task_manager: &TaskManager,
	client: Arc<FullClient>,
	backend: &FullBackend,
	pool: Arc<Pool>,
	keystore: KeystorePtr,
	network: Arc<dyn NetworkService>,
	is_validator: bool,
	courier: Option<Arc<OnceLock<Handle>>>,
) -> Result<(), ServiceError> {
	let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
		runtime_api_provider: client.clone(),
		keystore: Some(keystore),
		offchain_db: backend.offchain_storage(),
		transaction_pool: Some(OffchainTransactionPoolFactory::new(pool)),
		network_provider: Arc::new(network),
		is_validator,
		// The hooks talk to the courier, never to the web.
		enable_http_requests: false,
		// Until the courier runs there is none, as on a node that does not trade.
		custom_extensions: move |_| match courier.as_ref().and_then(|courier| courier.get()) {
			Some(handle) => vec![Box::new(CourierExt(Box::new(handle.host()))) as Box<dyn Extension>],
			None => Vec::new(),
		},
	})?;
	task_manager.spawn_handle().spawn(
		"offchain-workers-runner",
		"offchain-worker",
		workers.run(client, task_manager.spawn_handle()).boxed(),
	);
	Ok(())
}
