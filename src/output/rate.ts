/** `--message-rate`: messages are counted and not printed. */
export class MessageRate {
  #count = 0;

  /** A message came. */
  add(): void {
    this.#count++;
  }

  /** To be called each second: the line to print for it. Counting begins anew. */
  line(): string {
    const line = `${this.#count} msgs/s\n`;
    this.#count = 0;
    return line;
  }
}
