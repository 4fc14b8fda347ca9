/** The lowest password score that auth accepts: fewer than a million guesses score less. Separate from the dictionary, which is large. */
export const LOWEST_SCORE = 2;
