/** Characters that move the cursor, colour, break a line, or turn the direction of what follows. */
const COMMANDING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A text that somebody else wrote, as a name of a file: on a terminal it is shown, and does nothing. */
export function printable(text: string): string {
	return text.replace(COMMANDING, '\ufffd');
}
