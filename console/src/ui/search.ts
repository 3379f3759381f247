// SPDX-License-Identifier: Apache-2.0

/** An object without what is undefined or empty, for filters and addresses. */
export function pick<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
	return Object.fromEntries(
		Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
	) as Partial<T>;
}
