// SPDX-License-Identifier: Apache-2.0

mod announce;
mod random;
mod withdraw;
