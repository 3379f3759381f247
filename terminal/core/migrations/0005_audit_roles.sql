-- SPDX-License-Identifier: Apache-2.0
-- Who did or saw what: with which roles. Rows of before say nothing of it.

ALTER TABLE audit ADD COLUMN roles TEXT NOT NULL DEFAULT '';
