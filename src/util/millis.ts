/** A time, or a span of time, in milliseconds. What it counts from is said where it is used. */
export type Millis = number;
