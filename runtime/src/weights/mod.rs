// SPDX-License-Identifier: Apache-2.0

//! Weights measured with this runtime, one file per pallet. A pallet without a file here uses those it comes with.
