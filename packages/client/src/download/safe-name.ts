/**
 * Characters that a name of a file must not have: separators, colons (drives, streams of NTFS), what Windows forbids besides,
 * and what a terminal or a reader takes for commands: control characters (C0, DEL, C1), line breaks, and those that turn the direction of text.
 */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Names of devices in every directory of Windows, with any extension; COM¹ is COM1 there. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i;

/** Windows drops these, which would make another name of it. */
const TRAILING = /[. ]+$/;

/** Makes a name that the API gave one file of a directory, on any system. It leads nowhere else, and does nothing to a terminal. */
export function safeName(name: string): string {
	const safe = name.replace(UNSAFE, '_').replace(TRAILING, (dropped) => '_'.repeat(dropped.length));
	return safe === '' || DEVICE.test(safe) ? `_${safe}` : safe;
}
