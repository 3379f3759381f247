// SPDX-License-Identifier: Apache-2.0

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router';
import { chosenTheme, showTheme } from './app/theme';
import { ApiProblem } from './api/problem';
import { startLanguage } from './i18n';
import './styles/index.css';

/** Tries of a request that got no answer; what the server refused is not tried again. */
const TRIES = 2;

const queries = new QueryClient({
	defaultOptions: {
		queries: {
			retry: (failures, error) => failures < TRIES && !(error instanceof ApiProblem && error.status < 500),
			refetchOnWindowFocus: true,
			// Events say what is old.
			staleTime: 30_000,
		},
		mutations: { retry: false },
	},
});

showTheme(chosenTheme());
await startLanguage();
const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no element `root`');
createRoot(element).render(
	<StrictMode>
		<QueryClientProvider client={queries}>
			<RouterProvider router={router} />
		</QueryClientProvider>
	</StrictMode>,
);
