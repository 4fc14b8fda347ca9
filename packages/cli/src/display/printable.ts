/** Characters that move the cursor, set colors, break a line, or change the text direction. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Replaces control characters in text of others, such as file names, so that it can't control the terminal. */
export function printable(text: string): string {
	return text.replace(CONTROL_CHARACTERS, '\ufffd');
}
