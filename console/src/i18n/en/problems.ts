// SPDX-License-Identifier: Apache-2.0

/** What an answer that is none means, and what to do, by the code of the API. A code that is not here is told in the server's words. */
export const problems = {
	all_refused: { title: 'Every entry was refused.', todo: 'Look at the entries below, mend them, send them again.' },
	already_confirmed: { title: 'It has been answered already.', todo: 'Load the page again to see the answer.' },
	body_too_large: { title: 'The file is larger than the server takes.', todo: 'Split it.' },
	busy: { title: 'The server has too much to do.', todo: 'Try again in a few seconds.' },
	evidence_not_ready: { title: 'The evidence is not complete yet.', todo: 'Both nodes sign it within minutes of the answer: try again.' },
	forbidden: { title: 'Your user may not do this.', todo: 'Ask an administrator for the role.' },
	internal: { title: 'The server made a mistake.', todo: 'Tell your operator the code and the time.' },
	invalid_field: { title: 'A field breaks its rule.', todo: 'Mend the field and try again.' },
	invalid_parameter: { title: 'A filter or an address breaks its rule.', todo: 'Change the filter.' },
	name_taken: { title: 'The name belongs to another.', todo: 'Choose another name.' },
	not_cancellable: { title: 'An order of this kind cannot be taken back.', todo: 'Agree with the partner outside of the system.' },
	not_found: { title: 'There is nothing at this address.', todo: 'It may be gone: go back to the list.' },
	not_ready: { title: 'The server is starting or stopping.', todo: 'Try again in a few seconds.' },
	order_unknown: { title: 'There is no order with this id.', todo: 'Check the id: capital and small letters differ.' },
	second_person: { title: 'Another person must do this.', todo: 'Ask a colleague who did not make the entry.' },
	store_failed: { title: 'The database or the node\'s log failed.', todo: 'Tell your operator.' },
	store_full: { title: 'The disk is full; what is there is safe.', todo: 'Tell your operator.' },
	too_many_requests: { title: 'Too many requests or wrong passwords.', todo: 'Wait a minute, then try again.' },
	unauthenticated: { title: 'Name and password do not belong together, or the session is over.', todo: 'Log in again.' },
	unknown: { title: 'Something went wrong.', todo: 'Try again; if it stays, tell your operator.' },
	unreachable: { title: 'The server does not answer.', todo: 'Check the network; the page goes on by itself when it is back.' },
	wrong_state: { title: 'Not possible in the state in which it is now.', todo: 'Load the page again: it may have moved on.' },
} as const;
