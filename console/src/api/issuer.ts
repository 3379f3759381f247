// SPDX-License-Identifier: Apache-2.0

import { clientOf } from './client';
import type { paths } from './generated/issuer';

/** The issuer terminal. */
export const issuer = clientOf<paths>();
