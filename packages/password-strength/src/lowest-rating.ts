/** The lowest rating of a password that auth takes; below it a million guesses are enough. Apart from the dictionary, which is large. */
export const LOWEST_RATING = 2;
