// SPDX-License-Identifier: Apache-2.0

//! The runtime once more, built with its feature `next-version`: one `spec_version` on and with a migration over several
//! blocks. Tests upgrade a running network to it; nothing else uses it.

include!(concat!(env!("OUT_DIR"), "/wasm_binary_upgraded.rs"));
