// Has a broker write down its sessions.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../support/mosquitto.ts';

/** Resolves when everything that the broker has now stands in its store: a new file takes the place of the old one. */
export async function saveState(broker: Broker, store: string): Promise<void> {
  const file = join(store, 'mosquitto.db');
  const identity = (): number => statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
  const before = identity();
  await broker.kill('SIGUSR1');
  while (identity() === before) await sleep(10);
}
