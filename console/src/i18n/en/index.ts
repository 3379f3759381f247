// SPDX-License-Identifier: Apache-2.0

import { app } from './app';
import { auditor } from './auditor';
import { issuer } from './issuer';
import { operator } from './operator';
import { problems } from './problems';
import { seller } from './seller';
import { ui } from './ui';

export default { app, auditor, issuer, operator, problems, seller, ui };
