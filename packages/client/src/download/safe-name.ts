/**
 * Characters that a file name must not have: separators, colons (drives, NTFS streams), other characters that Windows forbids, and
 * control characters (C0, DEL, C1), line breaks and bidirectional controls, which change what a terminal or reader shows.
 */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Windows device names, reserved in every directory and with any extension. COM¹ is COM1. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i;

/** Windows drops trailing dots and spaces, which changes the name. */
const TRAILING = /[. ]+$/;

/** Makes a name from the API a safe file name on any system: one without directories or control characters. */
export function safeName(name: string): string {
	const safe = name.replace(UNSAFE, '_').replace(TRAILING, (dropped) => '_'.repeat(dropped.length));
	return safe === '' || DEVICE.test(safe) ? `_${safe}` : safe;
}
