// SPDX-License-Identifier: Apache-2.0

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The proof of one trade record, as `sealane evidence verify` reads it. The pack is kept as the bytes that the
/// node made: whoever stores it must not write it anew.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct EvidencePack(pub Box<serde_json::value::RawValue>);
