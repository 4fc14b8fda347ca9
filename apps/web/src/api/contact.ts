import { useEffect, useState } from 'react';

/** How to reach the operator of this service. */
export interface Contact {
	/** An email address, or a URL. */
	text: string;
	href: string;
}

let known: Contact | undefined;
let loading: Promise<Contact | undefined> | undefined;

/** Parses the operator's file: one email address or URL. Undefined for anything else, such as an empty file. */
export function parseContact(file: string): Contact | undefined {
	const text = file.trim();
	if (/^https:\/\/\S+$/.test(text)) return { text, href: text };
	return /^[^\s@]+@[^\s@]+$/.test(text) ? { text, href: `mailto:${text}` } : undefined;
}

async function load(): Promise<Contact | undefined> {
	try {
		const response = await fetch('/legal/contact.txt');
		known = response.ok ? parseContact(await response.text()) : undefined;
	} catch {
		// messages then name no contact; the next visit tries again
	}
	return known;
}

/** Returns the contact if it is set and loaded. */
export const knownContact = (): Contact | undefined => known;

/** Loads the contact once a visit. Undefined until then, and if none is set. */
export function useContact(): Contact | undefined {
	const [contact, setContact] = useState(known);
	useEffect(() => {
		loading ??= load();
		void loading.then(setContact);
	}, []);
	return contact;
}
