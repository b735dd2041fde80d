/**
 * Calls in the thread pool whose end depends on others: on a device, a pipe, a file system. The exit of Node waits for
 * them, so entry/end.ts asks whether there are any.
 */
let underWay = 0;

/** To be called when such a call begins; what it returns, when it ends. */
export function inPool(): () => void {
  underWay++;
  return () => {
    underWay--;
  };
}

export const poolIsBusy = (): boolean => underWay > 0;
