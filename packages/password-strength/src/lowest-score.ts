/** The lowest score of a password that auth accepts; below it a million guesses are enough. Apart from the dictionary, which is large. */
export const LOWEST_SCORE = 2;
