// SPDX-License-Identifier: Apache-2.0

//! Who holds the seats of the council, and who acts for a seat or an institution: no motion leaves a council that cannot
//! decide; accounts of several people, and accounts with proxies, do what seats and managers do, on the allowance of the seat or
//! member; outsiders stay outside.

use super::{
	emergency::{motion, motion_of},
	setup::*,
};
use crate::{
	configs::{
		governance::{CouncilInstance, MIN_SEATS},
		system::ProxyType,
	},
	genesis, AccountId, CouncilMembership, Members, Runtime, RuntimeCall, RuntimeGenesisConfig, RuntimeOrigin, System,
};
use codec::Encode;
use frame_support::{assert_ok, dispatch::GetDispatchInfo, weights::Weight};
use pallet_membership::Call as Seat;
use pallet_multisig::{Call as Multisig, Timepoint};
use sealane_primitives::business::Role;
use sp_core::sr25519;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

fn filtered() -> DispatchError {
	frame_system::Error::<Runtime>::CallFiltered.into()
}

fn seats() -> Vec<AccountId> {
	pallet_collective::Members::<Runtime, CouncilInstance>::get()
}

fn named(names: &[&str]) -> Vec<AccountId> {
	names.iter().map(|name| account(&key(name))).collect()
}

/// With fewer than the floor nothing is taken away, with more down to the floor.
#[test]
fn no_motion_leaves_fewer_seats_than_the_floor() {
	let mut chain = Chain::new();
	chain.block(|| {
		assert_ok!(motion(
			4,
			Seat::remove_member {
				who: COUNCIL[4].to_account_id().into()
			}
		));
		assert_eq!(seats().len(), MIN_SEATS);
		for keyring in &COUNCIL[..4] {
			let who = keyring.to_account_id().into();
			assert_eq!(motion(4, Seat::remove_member { who }), Err(filtered()));
		}
		// Nor in a batch, one after the other.
		let all = COUNCIL[..4].iter().map(|keyring| {
			Seat::remove_member {
				who: keyring.to_account_id().into(),
			}
			.into()
		});
		let batch = pallet_utility::Call::force_batch { calls: all.collect() };
		assert_ok!(motion(4, batch));
		assert_eq!(seats().len(), MIN_SEATS);
	});
	chain.block(|| {
		for members in [Vec::new(), named(&["one"]), named(&["one", "two", "three"])] {
			assert_eq!(motion(4, Seat::reset_members { members }), Err(filtered()));
		}
		// Four places for one account: nobody would ever have two thirds.
		let members = named(&["one", "one", "one", "one"]);
		assert_eq!(motion(4, Seat::reset_members { members }), Err(filtered()));
		assert_eq!(seats().len(), MIN_SEATS);
		assert_ok!(motion(
			4,
			Seat::reset_members {
				members: named(&["one", "two", "three", "four"])
			}
		));
	});
	// Those who were put in can decide, the same day.
	chain.pass(1);
	let four = ["one", "two", "three", "four"].map(key);
	chain.block(|| {
		let remark = frame_system::Call::remark_with_event { remark: vec![1] };
		assert_eq!(decide(&four[..3], remark), Err(DispatchError::BadOrigin));
		assert_ok!(decide(
			&four[..3],
			Seat::add_member {
				who: COUNCIL[0].to_account_id().into()
			}
		));
	});
}

/// A council of one, as a network for development has it.
#[test]
fn the_only_seat_does_not_remove_itself() {
	let mut chain = Chain::new();
	chain.look(|| {
		let alone = vec![COUNCIL[0].to_account_id()];
		assert_ok!(CouncilMembership::reset_members(RuntimeOrigin::root(), alone));
	});
	chain.block(|| {
		for call in [
			Seat::remove_member {
				who: COUNCIL[0].to_account_id().into(),
			},
			Seat::reset_members { members: Vec::new() },
		] {
			let call: RuntimeCall = call.into();
			let propose = pallet_collective::Call::<Runtime, CouncilInstance>::propose {
				threshold: 1,
				length_bound: call.encoded_size() as u32,
				proposal: Box::new(call),
			};
			assert_ok!(send(&COUNCIL[0].pair(), propose.into()).expect("valid"));
			assert_eq!(seats().len(), 1);
		}
	});
}

/// A seat is not given away by who holds it, or by who stole its key.
#[test]
fn a_seat_alone_does_not_change_its_account() {
	let mut chain = Chain::new();
	chain.block(|| {
		let new = account(&key("outsider"));
		let change = Seat::<Runtime, CouncilInstance>::change_key {
			new: new.clone().into(),
		};
		assert_eq!(send(&COUNCIL[0].pair(), change.into()).expect("valid"), Err(filtered()));
		assert!(!seats().contains(&new));
		let swap = Seat::swap_member {
			remove: COUNCIL[0].to_account_id().into(),
			add: new.clone().into(),
		};
		assert_ok!(motion_of(&COUNCIL[1..], swap));
		assert!(seats().contains(&new));
	});
}

/// As a node builds it from a chain specification.
#[test]
fn a_genesis_without_a_council_does_not_build() {
	let built = |config: &RuntimeGenesisConfig| {
		let json = serde_json::to_vec(config).expect("a genesis serialises");
		sp_io::TestExternalities::default().execute_with(|| genesis::build_state(json))
	};
	let mut config = RuntimeGenesisConfig::default();
	let refused = built(&config).expect_err("nobody could ever make a motion");
	assert!(refused.contains("no seats"), "{refused}");
	config.council_membership.members = named(&["one"]).try_into().expect("one fits");
	assert_eq!(built(&config), Ok(()));
}

/// Several people that sign as one account.
struct Several {
	people: Vec<sr25519::Pair>,
	threshold: u16,
}

impl Several {
	fn new(name: &str, people: usize, threshold: u16) -> Self {
		let mut people: Vec<_> = (0..people).map(|n| key(&format!("{name}/{n}"))).collect();
		people.sort_by_key(account);
		Several { people, threshold }
	}

	fn account(&self) -> AccountId {
		let accounts: Vec<_> = self.people.iter().map(account).collect();
		pallet_multisig::Pallet::<Runtime>::multi_account_id(&accounts, self.threshold)
	}

	fn others(&self, person: usize) -> Vec<AccountId> {
		let others = self.people.iter().enumerate().filter(|(n, _)| *n != person);
		others.map(|(_, pair)| account(pair)).collect()
	}

	fn as_multi(&self, person: usize, timepoint: Option<Timepoint<u32>>, call: &RuntimeCall) -> RuntimeCall {
		Multisig::as_multi {
			threshold: self.threshold,
			other_signatories: self.others(person),
			maybe_timepoint: timepoint,
			call: Box::new(call.clone()),
			max_weight: call.get_dispatch_info().call_weight,
		}
		.into()
	}

	fn approve(&self, person: usize, call: &RuntimeCall) -> RuntimeCall {
		Multisig::approve_as_multi {
			threshold: self.threshold,
			other_signatories: self.others(person),
			maybe_timepoint: None,
			call_hash: sp_io::hashing::blake2_256(&call.encode()),
			max_weight: Weight::zero(),
		}
		.into()
	}

	/// The first approves by hash, the others sign the whole, all through pool and block.
	fn send(&self, call: impl Into<RuntimeCall>) {
		let call = call.into();
		let first = self.approve(0, &call);
		assert_ok!(validate(next_by(&self.people[0], first.clone())));
		assert_ok!(send(&self.people[0], first).expect("valid"));
		let when = Timepoint {
			height: System::block_number(),
			index: System::extrinsic_index().unwrap_or_default() - 1,
		};
		for person in 1..usize::from(self.threshold) {
			let next = self.as_multi(person, Some(when), &call);
			assert_ok!(validate(next_by(&self.people[person], next.clone())));
			assert_ok!(send(&self.people[person], next).expect("valid"));
		}
	}
}

/// Proposes, votes and closes, each seat by what `by` does.
fn decide_by<S>(ayes: &[S], call: impl Into<RuntimeCall>, by: impl Fn(&S, RuntimeCall)) -> Result<(), DispatchError> {
	type Council = pallet_collective::Call<Runtime, CouncilInstance>;
	let call = call.into();
	let (length_bound, weight) = (call.encoded_size() as u32, call.get_dispatch_info().call_weight);
	let hash = BlakeTwo256::hash_of(&call);
	let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
	let propose = Council::propose {
		threshold: ayes.len() as u32,
		proposal: Box::new(call),
		length_bound,
	};
	by(&ayes[0], propose.into());
	for seat in ayes {
		let vote = Council::vote {
			proposal: hash,
			index,
			approve: true,
		};
		by(seat, vote.into());
	}
	let close = Council::close {
		proposal_hash: hash,
		index,
		proposal_weight_bound: weight,
		length_bound,
	};
	by(&ayes[0], close.into());
	let executed = System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			crate::RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) => Some(result),
			_ => None,
		});
	executed.expect("the motion was closed")
}

fn decide(ayes: &[sr25519::Pair], call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	decide_by(ayes, call, |who, call| {
		assert_ok!(send(who, call).expect("valid"));
	})
}

/// All seats become accounts of several people who never had a right of their own: they go on deciding, in safe mode too.
#[test]
fn seats_of_several_people_decide() {
	let mut chain = Chain::new();
	let boards: Vec<_> = (0..5).map(|n| Several::new(&format!("board {n}"), 3, 2)).collect();
	chain.block(|| {
		let members = boards.iter().map(Several::account).collect();
		assert_ok!(motion(4, Seat::reset_members { members }));
		assert_ok!(crate::SafeMode::force_enter(RuntimeOrigin::root()));
	});
	chain.pass(1);
	chain.import(|| {
		let exit = pallet_safe_mode::Call::force_exit {};
		assert_ok!(decide_by(&boards[..4], exit, |board, call| board.send(call)));
		assert!(!crate::SafeMode::is_entered());
		// Who held the seats before is an outsider now.
		assert_eq!(
			send(
				&COUNCIL[0].pair(),
				frame_system::Call::remark { remark: Vec::new() }.into()
			),
			Err(InvalidTransaction::BadSigner.into())
		);
	});
}

/// The seat is an account that nobody has a key of; officers are its proxies, one by one or as an account of several. They change
/// without a motion.
#[test]
fn a_seat_with_proxies_decides_and_changes_them_by_itself() {
	let mut chain = Chain::new();
	let (officer, clerk) = (key("officer"), key("clerk"));
	let board = Several::new("board", 2, 2);
	// A seat makes the account while it can, and has a motion put it into its place.
	let pure = chain.block(|| {
		let create = pallet_proxy::Call::create_pure {
			proxy_type: ProxyType::Any,
			delay: 0,
			index: 0,
		};
		assert_ok!(send(&COUNCIL[0].pair(), create.into()).expect("valid"));
		let created = System::events().into_iter().find_map(|record| match record.event {
			crate::RuntimeEvent::Proxy(pallet_proxy::Event::PureCreated { pure, .. }) => Some(pure),
			_ => None,
		});
		let pure = created.expect("it was created");
		let name = |who: AccountId, proxy_type| pallet_proxy::Call::proxy {
			real: pure.clone().into(),
			force_proxy_type: None,
			call: Box::new(
				pallet_proxy::Call::add_proxy {
					delegate: who.into(),
					proxy_type,
					delay: 0,
				}
				.into(),
			),
		};
		for call in [
			name(account(&officer), ProxyType::Any),
			name(board.account(), ProxyType::Council),
		] {
			assert_ok!(send(&COUNCIL[0].pair(), call.into()).expect("valid"));
		}
		let swap = Seat::swap_member {
			remove: COUNCIL[0].to_account_id().into(),
			add: pure.clone().into(),
		};
		assert_ok!(motion_of(&COUNCIL[1..], swap));
		pure
	});
	chain.pass(1);
	let through = |call: RuntimeCall| -> RuntimeCall {
		pallet_proxy::Call::proxy {
			real: pure.clone().into(),
			force_proxy_type: None,
			call: Box::new(call),
		}
		.into()
	};
	let motion = |number: u8| -> RuntimeCall {
		let remark: RuntimeCall = frame_system::Call::remark { remark: vec![number] }.into();
		pallet_collective::Call::<Runtime, CouncilInstance>::propose {
			threshold: 2,
			length_bound: remark.encoded_size() as u32,
			proposal: Box::new(remark),
		}
		.into()
	};
	let open = || pallet_collective::Proposals::<Runtime, CouncilInstance>::get().len();
	chain.import(|| {
		assert_ok!(validate(next_by(&officer, through(motion(1)))));
		assert_ok!(send(&officer, through(motion(1))).expect("valid"));
		assert_eq!(open(), 1);
		// Several people that are one proxy; an approval by hash does not show for whom it is, so they sign the whole.
		let call = through(motion(2));
		assert_ok!(send(&board.people[0], board.as_multi(0, None, &call)).expect("valid"));
		let when = Timepoint {
			height: System::block_number(),
			index: System::extrinsic_index().unwrap_or_default() - 1,
		};
		assert_ok!(send(&board.people[1], board.as_multi(1, Some(when), &call)).expect("valid"));
		assert_eq!(open(), 2);
		// A proxy for the council's business has no other.
		let add = pallet_proxy::Call::add_proxy {
			delegate: account(&clerk).into(),
			proxy_type: ProxyType::Any,
			delay: 0,
		};
		assert_eq!(
			validate(next_by(
				&board.people[0],
				board.as_multi(0, None, &through(add.clone().into()))
			))
			.map(drop),
			Err(InvalidTransaction::BadSigner.into())
		);
		// The officer hands over to the clerk.
		assert_ok!(send(&officer, through(add.into())).expect("valid"));
		let remove = pallet_proxy::Call::remove_proxy {
			delegate: account(&officer).into(),
			proxy_type: ProxyType::Any,
			delay: 0,
		};
		assert_ok!(send(&clerk, through(remove.into())).expect("valid"));
		assert_eq!(
			validate(next_by(&officer, through(motion(3)))).map(drop),
			Err(InvalidTransaction::BadSigner.into())
		);
		assert_ok!(send(&clerk, through(motion(3))).expect("valid"));
		assert_eq!(open(), 3);
	});
}

/// An institution run by several people, and one whose clerk may do its daily business.
#[test]
fn managers_may_be_several_people_or_have_proxies() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let (board, clerk) = (Several::new("bank board", 3, 2), key("clerk"));
	let contact = |text: &str| -> RuntimeCall {
		pallet_members::Call::update_contact {
			contact: text.as_bytes().to_vec().try_into().expect("short"),
		}
		.into()
	};
	chain.block(|| {
		let manager = board.account();
		assert_ok!(send(&bank.manager, pallet_members::Call::set_manager { manager }.into()).expect("valid"));
	});
	chain.import(|| {
		board.send(contact("first desk"));
		let add = pallet_proxy::Call::add_proxy {
			delegate: account(&clerk).into(),
			proxy_type: ProxyType::Consortium,
			delay: 0,
		};
		board.send(add);
	});
	let shown = |chain: &mut Chain| chain.look(|| Members::profile(bank.member).expect("a member").contact);
	assert_eq!(shown(&mut chain).to_vec(), b"first desk");
	let through = |call: RuntimeCall| -> RuntimeCall {
		pallet_proxy::Call::proxy {
			real: board.account().into(),
			force_proxy_type: None,
			call: Box::new(call),
		}
		.into()
	};
	chain.import(|| {
		assert_ok!(validate(next_by(&clerk, through(contact("second desk")))));
		assert_ok!(send(&clerk, through(contact("second desk"))).expect("valid"));
		// The clerk is not the institution.
		for call in [
			pallet_members::Call::set_manager {
				manager: account(&clerk),
			},
			pallet_members::Call::exit {},
		] {
			assert_eq!(
				send(&clerk, through(call.into())),
				Err(InvalidTransaction::BadSigner.into())
			);
		}
	});
	assert_eq!(shown(&mut chain).to_vec(), b"second desk");
	// Suspended, neither has a right.
	chain.block(|| {
		assert_ok!(motion(2, pallet_members::Call::suspend { member: bank.member }));
		let refused = Err(InvalidTransaction::BadSigner.into());
		assert_eq!(send(&clerk, through(contact("third desk"))), refused);
		assert_eq!(
			send(&board.people[0], board.approve(0, &contact("third desk"))),
			refused
		);
	});
}

/// Who pays for what: the table of `docs/operating/governance.md`, row by row.
#[test]
fn the_table_of_payers_holds() {
	local().execute_with(|| {
		use pallet_members::Payer;
		let bank = join("bank", &[Role::Seller]);
		let fund = join("fund", &[Role::Issuer]);
		let board = Several::new("board", 2, 2);
		assert_ok!(CouncilMembership::add_member(council(4), board.account().into()));
		let proxy = key("proxy");
		let add = |who: &AccountId, proxy_type| {
			assert_ok!(crate::Proxy::add_proxy_delegate(who, account(&proxy), proxy_type, 0));
		};
		add(&account(&bank.manager), ProxyType::Consortium);
		let remark: RuntimeCall = frame_system::Call::remark { remark: Vec::new() }.into();
		let anchor: RuntimeCall = pallet_anchors::Call::anchor {
			sequence: 0,
			root: [1; 32],
		}
		.into();
		let through = |real: &AccountId, call: &RuntimeCall| -> RuntimeCall {
			pallet_proxy::Call::proxy {
				real: real.clone().into(),
				force_proxy_type: None,
				call: Box::new(call.clone()),
			}
			.into()
		};
		let alice = COUNCIL[0].pair();
		let by_council = |who: AccountId| Ok(Payer::Council(who));
		let by_member = |who: &Institution| Ok(Payer::Member(who.member));
		let not = |why: InvalidTransaction| Err(why);
		let bank_manager = account(&bank.manager);
		let rows = [
			("a seat", &alice, remark.clone(), by_council(account(&alice))),
			("a manager", &bank.manager, remark.clone(), by_member(&bank)),
			(
				"a delegate, an anchor",
				&bank.delegate,
				anchor.clone(),
				by_member(&bank),
			),
			(
				"a delegate, anything else",
				&bank.delegate,
				remark.clone(),
				not(InvalidTransaction::Call),
			),
			(
				"a signatory of a seat",
				&board.people[0],
				board.approve(0, &remark),
				by_council(board.account()),
			),
			(
				"a signatory, in its own name",
				&board.people[0],
				remark.clone(),
				not(InvalidTransaction::BadSigner),
			),
			(
				"a proxy of a manager",
				&proxy,
				through(&bank_manager, &anchor),
				by_member(&bank),
			),
			(
				"a proxy, beyond its kind",
				&proxy,
				through(&bank_manager, &remark),
				not(InvalidTransaction::BadSigner),
			),
			(
				"a proxy of another",
				&proxy,
				through(&account(&fund.manager), &anchor),
				not(InvalidTransaction::BadSigner),
			),
			(
				"a manager that signs for a seat",
				&bank.manager,
				board.approve(0, &remark),
				by_member(&bank),
			),
			(
				"a stranger",
				&key("stranger"),
				board.approve(0, &remark),
				not(InvalidTransaction::BadSigner),
			),
		];
		for (row, who, call, pays) in rows {
			assert_eq!(Members::payer_of(&account(who), &call), pays, "{row}");
			assert_eq!(validate(next_by(who, call)).is_ok(), pays.is_ok(), "{row}");
		}
	});
}

/// A seat of several is no door for strangers: what they send does not enter the pool, and leaves no record.
#[test]
fn strangers_do_not_come_in_through_a_seat_of_several() {
	let mut chain = Chain::new();
	let board = Several::new("board", 3, 2);
	chain.look(|| {
		assert_ok!(CouncilMembership::add_member(council(4), board.account().into()));
	});
	chain.pass(1);
	let stranger = key("stranger");
	chain.block(|| {
		let remark: RuntimeCall = frame_system::Call::remark { remark: Vec::new() }.into();
		let unknown: TransactionValidityError = InvalidTransaction::Payment.into();
		let mut with_itself = board.others(0);
		with_itself.push(account(&board.people[0]));
		with_itself.sort();
		// All three named beside the stranger; another threshold; two of the three.
		for (threshold, others) in [(2, with_itself), (3, board.others(0)), (2, board.others(0))] {
			let call = Multisig::approve_as_multi {
				threshold,
				other_signatories: others,
				maybe_timepoint: None,
				call_hash: [1; 32],
				max_weight: Weight::zero(),
			};
			assert_eq!(validate(next_by(&stranger, call.clone().into())), Err(unknown));
			assert_eq!(send(&stranger, call.into()), Err(unknown));
		}
		assert_eq!(System::providers(&account(&stranger)), 0);
		// A signatory draws on the seat, and only on the seat.
		let left = |who: &AccountId| Members::allowance_of(who.clone()).expect("a seat");
		let (seat, other) = (board.account(), Sr25519Keyring::Alice.to_account_id());
		let (before, beside) = (left(&seat), left(&other));
		assert_ok!(send(&board.people[1], board.approve(1, &remark)).expect("valid"));
		assert!(left(&seat) < before);
		assert_eq!(left(&other), beside);
		// Its record begins with that, and its nonce counts.
		assert_eq!(System::account_nonce(account(&board.people[1])), 1);
		assert_eq!(
			crate::Executive::apply_extrinsic(signed_by(&board.people[1], board.approve(1, &remark), 0)),
			Err(InvalidTransaction::Stale.into())
		);
	});
}
