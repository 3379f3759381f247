// SPDX-License-Identifier: Apache-2.0

import type { components } from './generated/sales';

/** A problem document (RFC 9457), as every API of Sealane answers one. */
export type Problem = components['schemas']['Problem'];
/** What went wrong, for programs. `unreachable` is the page's own: no answer came. */
export type ProblemCode = components['schemas']['ProblemCode'] | 'unreachable';

/** What of a problem document the pages use. */
interface Told extends Partial<Pick<Problem, 'title' | 'detail' | 'status' | 'field' | 'retry_after_ms'>> {
	code: ProblemCode;
}

/** An answer that is none. */
export class ApiProblem extends Error {
	readonly code: ProblemCode;
	/** The HTTP status; 0 where no answer came. */
	readonly status: number;
	/** Which field or parameter is to blame. */
	readonly field: string | undefined;
	/** When to try again, in milliseconds. */
	readonly retryAfterMs: number | undefined;

	constructor(problem: Told) {
		super(problem.detail || problem.title || problem.code);
		this.name = 'ApiProblem';
		this.code = problem.code;
		this.status = problem.status ?? 0;
		this.field = problem.field ?? undefined;
		this.retryAfterMs = problem.retry_after_ms ?? undefined;
	}
}

/** The problem of an answer. What a proxy between says in its own words becomes `unknown` with its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
	const type = response.headers.get('content-type') ?? '';
	if (type.startsWith('application/problem+json')) {
		const body: unknown = await response.json().catch(() => undefined);
		if (isProblem(body)) return new ApiProblem({ ...body, status: response.status });
	}
	return new ApiProblem({ code: 'unknown', status: response.status, title: `HTTP ${response.status}` });
}

function isProblem(body: unknown): body is Problem {
	return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

/** Any error as a problem: what the browser throws where nobody answers is `unreachable`. */
export function asProblem(error: unknown): ApiProblem {
	if (error instanceof ApiProblem) return error;
	if (error instanceof TypeError) return new ApiProblem({ code: 'unreachable' });
	return new ApiProblem({ code: 'unknown', title: error instanceof Error ? error.message : String(error) });
}
