/** Whether a string has UTF-8: no half of a surrogate pair is in it. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
