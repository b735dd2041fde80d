/** Connects by SRV records of the system's DNS server, and prints the steps: run by srv-system.test.ts. */
import { dialer } from '../../src/net/dial.ts';

const target = { host: process.argv[2] ?? '', port: 1883, srv: true, noDelay: false };
const context = {
  step: ({ what, outcome }: { what: string; outcome: string }) => console.log(`${what}: ${outcome}`),
  passphrase: async () => undefined,
};
const nobody = { data: () => {}, drain: () => {}, closed: () => {} };
dialer(
  target,
  context,
)(nobody).opened.then(
  (stream) => stream.destroy(),
  (failure: unknown) => console.log(failure instanceof Error ? failure.message : 'not an error'),
);
