// SPDX-License-Identifier: Apache-2.0

/** The words of both partners' APIs, as people say them. A word of a later release is shown as it is. */

import type { TFunction } from 'i18next';
import { visible } from './foreign';

export const KINDS = [
	'subscription',
	'purchase',
	'redemption',
	'switch',
	'non_trade_transfer',
	'custody_transfer',
	'dividend_method',
	'cancellation',
] as const;
export type Kind = (typeof KINDS)[number];

export const isKind = (word: string): word is Kind => (KINDS as readonly string[]).includes(word);

export const kindWord = (t: TFunction, kind: string) => (isKind(kind) ? t(`business.kind.${kind}`) : visible(kind));

export const OUTCOMES = ['accepted', 'partial', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const isOutcome = (word: string): word is Outcome => (OUTCOMES as readonly string[]).includes(word);

export const outcomeWord = (t: TFunction, outcome: string) =>
	isOutcome(outcome) ? t(`business.outcome.${outcome}`) : visible(outcome);
