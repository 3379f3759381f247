// SPDX-License-Identifier: Apache-2.0

import { createContext, useContext } from 'react';

/** The institution's time zone, an IANA name. The pages show times in it wherever their reader sits. */
const Zone = createContext('UTC');

export const ZoneProvider = Zone.Provider;

export const useZone = (): string => useContext(Zone);
