// SPDX-License-Identifier: Apache-2.0

//! What the GETs of orders and registrations have in common.

use crate::{
	backend::Backend,
	extract::{Id, Parameters, SellerQuery},
	problem::Failure,
	state::AppState,
};
use sealane_courier::api::ReadError;
use sealane_primitives::ids::MemberId;
use sealane_sdk::types::ProblemCode;

/// What is looked for, in the words and with the code of the problem where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sought {
	Order,
	Registration,
}

/// A read of the courier: of an id, and of the seller that it is of.
pub(super) type Read<T> = fn(&dyn Backend, &str, Option<MemberId>) -> Result<Option<T>, ReadError>;

/// What `read` finds under this id, or the problem that there is none.
pub(super) async fn find<T: Send + 'static>(
	state: &AppState,
	sought: Sought,
	Id(id): Id,
	Parameters(query): Parameters<SellerQuery>,
	read: Read<T>,
) -> Result<T, Failure> {
	state
		.read(move |backend| {
			read(backend, &id, query.seller)?.ok_or_else(|| {
				let (code, what) = match sought {
					Sought::Order => (ProblemCode::OrderUnknown, "order"),
					Sought::Registration => (ProblemCode::RegistrationUnknown, "registration"),
				};
				Failure::new(code, format!("this node holds no {what} `{id}`"))
			})
		})
		.await
}
