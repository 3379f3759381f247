// SPDX-License-Identifier: Apache-2.0

/** Hands a file to the browser, which puts it where its user keeps downloads. */
export function saveFile(name: string, type: string, content: BlobPart): void {
	const url = URL.createObjectURL(new Blob([content], { type }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	URL.revokeObjectURL(url);
}
