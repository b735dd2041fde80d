/** The messages of the programs about an outage, without its length. */

export const LOST = 'Warning: The connection was lost; connecting again.\n';
export const BACK = 'Connected again after TIME and 1 attempt.\n';
export const LOST_AND_BACK = LOST + BACK;

export const timeless = (stderr: string): string =>
  stderr.replace(/^(Connected .*after ).*( and \d+ attempts?\.)$/gm, '$1TIME$2');
