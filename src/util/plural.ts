/** `1 message`, `2 messages`: a number and what it counts. */
export const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
