/** A time or a duration in milliseconds. The place of use names the starting point. */
export type Millis = number;
