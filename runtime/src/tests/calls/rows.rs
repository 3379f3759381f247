// SPDX-License-Identifier: Apache-2.0

//! The rows: each call with its largest arguments and who may make it.

use super::{
	Row,
	Share::{MoreThanHalf, OneThird, TwoThirds},
	Who::{self, Account, Both, Council},
};
use crate::{AccountId, Runtime, RuntimeCall, Signature};
use frame_support::{traits::Get, BoundedVec};
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	calendar::{Calendar, Day, Exception, Hours, OffsetChange, Week, MAX_EXCEPTIONS, MAX_OFFSETS},
	clauses::{
		Clause, ClauseCode, Clauses, Condition, Date, RegionCode, TimeOfDay, UtcOffset, MAX_ALTERNATIVES, MAX_CLAUSES,
		MAX_SET,
	},
	directory::{CourierPolicy, ProductStatus, Scope},
	ids::{Address, Name, MAX_ADDRESSES, MAX_ADDRESS_LEN, MAX_NAME_LEN, MAX_PEER_ID_LEN},
};

/// The pallets of the consortium, in the order of the table.
pub const PALLETS: [&str; 7] = [
	"Members",
	"Channels",
	"Agreements",
	"Receipts",
	"Anchors",
	"Calendars",
	"Validators",
];

const MANAGER: Who = Account("manager of a member");
const SELLER: Who = Account("manager of the seller");
const ISSUER: Who = Account("manager of the issuer");
const PARTY: Who = Account("manager of either party");
const OTHER_PARTY: Who = Account("manager of the party that did not propose");
const DELEGATE: Who = Account("delegate of a node");
const ISSUING: Who = Account("manager of an issuer, or delegate of one of its nodes");

fn row(call: impl Into<RuntimeCall>, who: Who) -> Row {
	Row {
		call: call.into(),
		who,
		largest: "",
	}
}

impl Row {
	/// Says what makes the arguments large.
	fn with(mut self, largest: &'static str) -> Self {
		self.largest = largest;
		self
	}
}

fn account() -> AccountId {
	AccountId::new([0xff; 32])
}

fn bytes<B: Get<u32>>() -> BoundedVec<u8, B> {
	BoundedVec::truncate_from(vec![b'x'; B::get() as usize])
}

fn name() -> Name {
	BoundedVec::truncate_from(vec![b'x'; MAX_NAME_LEN as usize])
}

/// Every row there is.
pub fn rows() -> Vec<Row> {
	[
		members(),
		channels(),
		agreements(),
		receipts(),
		anchors(),
		calendars(),
		validators(),
	]
	.into_iter()
	.flatten()
	.collect()
}

fn members() -> Vec<Row> {
	use pallet_members::Call;
	let roles = Roles::of(&[Role::Seller, Role::Issuer]);
	let legal_id = pallet_members::LegalId::parse("5493001KJTIIGC8Y1R12").expect("a valid LEI");
	let addresses: sealane_primitives::ids::Addresses =
		BoundedVec::truncate_from(vec![
			Address::truncate_from(vec![b'x'; MAX_ADDRESS_LEN as usize]);
			MAX_ADDRESSES as usize
		]);
	let admit = Call::<Runtime>::admit {
		name: bytes(),
		legal_id,
		contact: bytes(),
		roles,
		manager: account(),
	};
	let register = Call::<Runtime>::register_node {
		peer: BoundedVec::truncate_from(vec![0xff; MAX_PEER_ID_LEN as usize]),
		addresses: addresses.clone(),
		signing: [1; 32],
		sealing: [2; 32],
		delegate: account(),
	};
	let announce = Call::<Runtime>::announce_keys {
		node: 0,
		signing: [1; 32],
		sealing: [2; 32],
		valid_from: u32::MAX,
		overlap: u32::MAX,
	};
	let (member, node, manager, delegate) = (0, 0, account(), account());
	vec![
		row(admit, Council(MoreThanHalf)).with("longest texts"),
		row(Call::<Runtime>::set_roles { member, roles }, Council(MoreThanHalf)),
		row(Call::<Runtime>::suspend { member }, Council(OneThird)),
		row(Call::<Runtime>::reinstate { member, since: 1 }, Council(MoreThanHalf)),
		row(Call::<Runtime>::exit {}, MANAGER).with("16 nodes"),
		row(Call::<Runtime>::remove { member }, Council(TwoThirds)).with("16 nodes"),
		row(
			Call::<Runtime>::set_manager {
				manager: manager.clone(),
			},
			MANAGER,
		),
		row(
			Call::<Runtime>::force_set_manager { member, manager },
			Council(TwoThirds),
		),
		row(Call::<Runtime>::update_contact { contact: bytes() }, MANAGER).with("longest text"),
		row(register, MANAGER).with("4 addresses"),
		row(Call::<Runtime>::set_addresses { node, addresses }, MANAGER).with("4 addresses"),
		row(announce, MANAGER),
		row(Call::<Runtime>::retire_keys { node, signing: [1; 32] }, MANAGER),
		row(Call::<Runtime>::set_delegate { node, delegate }, MANAGER),
		row(Call::<Runtime>::remove_node { node }, MANAGER),
		row(Call::<Runtime>::force_remove_node { node }, Council(TwoThirds)),
		row(
			Call::<Runtime>::set_connection_policy { restricted: true },
			Council(TwoThirds),
		),
		row(
			Call::<Runtime>::set_identity {
				member,
				name: bytes(),
				legal_id,
			},
			Council(MoreThanHalf),
		)
		.with("longest name"),
		row(
			Call::<Runtime>::report_compromise {
				node,
				signing: [1; 32],
				since: u32::MAX,
			},
			MANAGER,
		),
	]
}

fn channels() -> Vec<Row> {
	use pallet_channels::{Call, Cooperation, Credential, OfferingWindow, ProductSpec, Terms};
	let signature = Signature::Sr25519(Default::default());
	let cooperation = Cooperation {
		issuer: 0,
		credential: Credential {
			agreement_hash: [0; 32],
			valid_from: 0,
			valid_until: u64::MAX,
			seller_signature: signature.clone(),
		},
	};
	let most = <<Runtime as pallet_channels::Config>::MaxIssuersPerApplication as Get<u32>>::get() as usize;
	let cooperations = BoundedVec::truncate_from(vec![cooperation; most]);
	let terms = Terms {
		kinds: BusinessKinds::ALL,
		valid_until: Some(u32::MAX),
		orders_per_minute: Some(1),
	};
	let spec = ProductSpec {
		product_type: name(),
		risk: 5,
		currency: *b"CNY",
		interface: name(),
		status: ProductStatus::Open,
		offering: Some(OfferingWindow {
			from: 0,
			until: u64::MAX,
		}),
	};
	let (channel, node) = (0, 0);
	let status = ProductStatus::Closed;
	vec![
		row(Call::<Runtime>::apply { cooperations }, SELLER).with("32 issuers"),
		row(Call::<Runtime>::countersign { channel, signature }, ISSUER),
		row(
			Call::<Runtime>::refuse {
				channel,
				reason: bytes(),
			},
			ISSUER,
		)
		.with("longest reason"),
		row(Call::<Runtime>::withdraw { channel }, SELLER),
		row(Call::<Runtime>::grant { channel, terms }, Council(MoreThanHalf)),
		row(Call::<Runtime>::set_terms { channel, terms }, Council(MoreThanHalf)),
		row(
			Call::<Runtime>::suspend {
				channel,
				reason: bytes(),
			},
			Council(OneThird),
		)
		.with("longest reason"),
		row(Call::<Runtime>::resume { channel, since: 1 }, Council(MoreThanHalf)),
		row(
			Call::<Runtime>::revoke {
				channel,
				reason: bytes(),
			},
			Council(MoreThanHalf),
		)
		.with("longest reason"),
		row(Call::<Runtime>::leave { channel }, PARTY),
		row(Call::<Runtime>::register_interface { id: name(), node }, ISSUER),
		row(Call::<Runtime>::set_interface_node { id: name(), node }, ISSUER),
		row(Call::<Runtime>::retire_interface { id: name() }, ISSUER),
		row(
			Call::<Runtime>::register_product {
				id: name(),
				spec: spec.clone(),
			},
			ISSUER,
		),
		row(Call::<Runtime>::update_product { id: name(), spec }, ISSUER),
		row(Call::<Runtime>::set_product_status { id: name(), status }, ISSUER),
		row(
			Call::<Runtime>::grant_prefix {
				issuer: 0,
				prefix: name(),
			},
			Council(MoreThanHalf),
		)
		.with("longest prefix"),
		row(Call::<Runtime>::revoke_prefix { prefix: name() }, Council(MoreThanHalf)).with("longest prefix"),
	]
}

/// As many clauses as fit, each as long as it can be.
fn largest_clauses() -> Clauses {
	let regions: Vec<_> = (0..MAX_SET)
		.map(|i| RegionCode::new(&[b'R', b'0', b'A' + i as u8]).expect("three letters"))
		.collect();
	let any_of: Vec<_> = (0..MAX_ALTERNATIVES)
		.map(|_| Condition::RegionIn(regions.clone().try_into().expect("as many as the bound allows")))
		.collect();
	let clause = Clause {
		code: ClauseCode::new(&[b'c'; 32]).expect("32 letters"),
		any_of: any_of.try_into().expect("as many as the bound allows"),
	};
	vec![clause; MAX_CLAUSES as usize]
		.try_into()
		.expect("as many as the bound allows")
}

fn agreements() -> Vec<Row> {
	use pallet_agreements::Call;
	let propose = Call::<Runtime>::propose {
		channel: 0,
		scope: Scope::Product(name()),
		clauses: largest_clauses(),
		from: Some(u32::MAX),
	};
	let answer = Call::<Runtime>::counter_propose {
		proposal: 0,
		clauses: largest_clauses(),
		from: Some(u32::MAX),
	};
	let proposal = 0;
	vec![
		row(propose, PARTY).with("32 largest clauses"),
		row(answer, OTHER_PARTY).with("32 largest clauses"),
		row(Call::<Runtime>::accept { proposal }, OTHER_PARTY),
		row(Call::<Runtime>::withdraw { proposal }, PARTY),
		row(Call::<Runtime>::ratify { proposal }, Council(MoreThanHalf)).with("4 versions that wait"),
		row(
			Call::<Runtime>::refuse {
				proposal,
				reason: bytes(),
			},
			Council(MoreThanHalf),
		)
		.with("longest reason"),
	]
}

fn receipts() -> Vec<Row> {
	use pallet_receipts::{Call, NewReceipt, RevocationReason};
	let commitment = [0; 32];
	let most = <<Runtime as pallet_receipts::Config>::MaxBatch as Get<u32>>::get() as usize;
	let receipts = BoundedVec::truncate_from(vec![
		NewReceipt {
			commitment,
			accepted: true
		};
		most
	]);
	let commitments = BoundedVec::truncate_from(vec![commitment; most]);
	let reason = RevocationReason::Fraud;
	let force = Call::<Runtime>::force_revoke {
		issuer: 0,
		commitment,
		reason: RevocationReason::Order,
	};
	vec![
		row(
			Call::<Runtime>::issue {
				commitment,
				accepted: true,
			},
			ISSUING,
		),
		row(Call::<Runtime>::issue_batch { receipts }, ISSUING).with("1,024 receipts"),
		row(Call::<Runtime>::close { commitment }, ISSUING),
		row(Call::<Runtime>::close_batch { commitments }, ISSUING).with("1,024 receipts"),
		row(Call::<Runtime>::revoke { commitment, reason }, ISSUER),
		row(force, Council(MoreThanHalf)),
	]
}

fn anchors() -> Vec<Row> {
	use pallet_anchors::{Call, DisputeReason, Outcome};
	let (sequence, root) = (0, [0; 32]);
	let dispute = Call::<Runtime>::open_dispute {
		channel: 0,
		root,
		reason: DisputeReason::Other(0),
	};
	let resolve = Call::<Runtime>::resolve_dispute {
		dispute: 0,
		outcome: Outcome::Settled,
	};
	let policy = CourierPolicy {
		anchors_per_block: 1,
		max_age: 600_000,
		drain: crate::DAYS,
	};
	vec![
		row(Call::<Runtime>::anchor { sequence, root }, DELEGATE),
		row(dispute, PARTY).with("16 open disputes"),
		row(resolve, Both(MoreThanHalf, "manager of the party that opened it")),
		row(Call::<Runtime>::set_policy { policy }, Council(MoreThanHalf)),
	]
}

fn calendars() -> Vec<Row> {
	use pallet_calendars::Call;
	let time = |hour| TimeOfDay::new(hour, 0).expect("an hour of the day");
	let hours = Hours {
		order_until: time(15),
		deliver_until: time(20),
	};
	let exception = Exception {
		date: Date::MAX,
		day: Day::OpenWith(hours),
	};
	let change = OffsetChange {
		from: u64::MAX,
		offset: UtcOffset::UTC,
	};
	let calendar = Calendar {
		first: Date::MAX,
		last: Date::MAX,
		offset: UtcOffset::UTC,
		offsets: BoundedVec::truncate_from(vec![change; MAX_OFFSETS as usize]),
		week: Week::WORKING_DAYS,
		hours,
		exceptions: BoundedVec::truncate_from(vec![exception; MAX_EXCEPTIONS as usize]),
	};
	let announce = Call::<Runtime>::announce {
		product: Some(name()),
		calendar: Box::new(calendar),
		from: u32::MAX,
	};
	let withdraw = Call::<Runtime>::withdraw { product: Some(name()) };
	vec![
		row(announce, ISSUER).with("128 exceptions, 8 changes of the clocks"),
		row(withdraw, ISSUER),
	]
}

fn validators() -> Vec<Row> {
	use pallet_validators::Call;
	let validator = account();
	let add = Call::<Runtime>::add_validator {
		validator: validator.clone(),
	};
	let remove = Call::<Runtime>::remove_validator {
		validator: validator.clone(),
	};
	vec![
		row(add, Council(MoreThanHalf)),
		row(remove, Council(MoreThanHalf)),
		row(Call::<Runtime>::leave {}, Account("the validator")),
		row(Call::<Runtime>::pardon { validator }, Council(MoreThanHalf)),
		row(Call::<Runtime>::set_floor { floor: 1 }, Council(TwoThirds)),
	]
}
