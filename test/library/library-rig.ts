// What the tests of the library do with it, whatever stands at the other end.
import { type Client, connect, type Message } from '../../src/library/library.ts';
import { cleanUp } from '../support/cleanup.ts';

type Options = Parameters<typeof connect>[0];

/** A client that is gone when the test is over. */
export async function open(server: { readonly port: number }, options: Options = {}): Promise<Client> {
  const client = await connect({ host: '127.0.0.1', port: server.port, ...options });
  cleanUp(() => client.abort());
  return client;
}

/** The next `count` messages. */
export async function take(messages: AsyncIterable<Message>, count: number): Promise<Message[]> {
  const taken: Message[] = [];
  for await (const message of messages) {
    taken.push(message);
    if (taken.length === count) break;
  }
  return taken;
}

/** Why it is rejected; undefined: it is not. */
export const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
