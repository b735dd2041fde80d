/** The manual pages: what is in man/ is what the tables say. Covers src/cli/help/man/check.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PURPOSES } from '../../../src/cli/help/man/purposes.ts';
import { statusRows } from '../../../src/cli/help/man/statuses.ts';
import { COMMAND_VARIABLES } from '../../../src/cli/help/man/surroundings.ts';
import { manualPages } from '../../../src/cli/help/man.ts';
import { CLIENT_IDS } from '../../../src/cli/programs.ts';
import { targetsOf } from '../../../src/cli/values/property.ts';
import { messageEnvironment } from '../../../src/commands/sub/exec/environment.ts';
import { FAILURES } from '../../../src/errors.ts';
import { PROPERTIES, type Property } from '../../../src/mqtt/properties.ts';
import type { PublishPacket } from '../../../src/mqtt/types.ts';

const folder = join(import.meta.dirname, '../../../man');
const pages = [...manualPages()];

describe('man/', () => {
  it.each(pages)('%s is what npm run man writes', (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('has a page for each program, and package.json installs them', () => {
    const { bin, man } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'));
    const names = pages.map(([name]) => name).sort();
    expect(readdirSync(folder).sort()).toEqual(names);
    expect([...man].sort()).toEqual(names.map((name) => `man/${name}`));
    expect(Object.keys(bin)).toEqual(expect.arrayContaining(names.map((name) => name.replace('.1', ''))));
  });

  it.each(['tssub.1', 'tsrr.1'])('%s says what closed standard output does', (name) => {
    expect(readFileSync(join(folder, name), 'utf8')).toContain('With standard output closed');
  });
});

describe('the tables of the pages', () => {
  it.each(CLIENT_IDS)('have a meaning for each exit status of %s', (program) => {
    const statuses = statusRows(program, []).map(([status]) => status);
    const failures = Object.values(FAILURES).map(({ status }) => `${status}`);
    expect(failures.filter((status) => !statuses.includes(status))).toEqual([]);
    expect(statuses).toEqual([...new Set(statuses)]);
  });

  it('add the row of a program to the meaning that the programs share', () => {
    const rows = new Map(
      statusRows('pub', [
        ['0', 'Or queued.'],
        ['3000', 'Too far.'],
      ]),
    );
    expect(rows.get('0')).toMatch(/^Every message was delivered: .* Or queued\.$/);
    expect([...rows.keys()].at(-1)).toBe('3000');
  });

  it('say what each property is for that a client can send, and no other', () => {
    const names = PROPERTIES.filter((row) => targetsOf(row).length > 0).map(({ name }) => name);
    expect(Object.keys(PURPOSES).sort()).toEqual(names.sort());
  });

  it('name every variable that a command of --exec receives', () => {
    const properties: Property[] = [
      { name: 'content-type', value: 'a' },
      { name: 'response-topic', value: 'a' },
      { name: 'message-expiry-interval', value: 1 },
      { name: 'payload-format-indicator', value: 1 },
      { name: 'subscription-identifier', value: 1 },
      { name: 'correlation-data', value: Buffer.from('a') },
      { name: 'user-property', value: ['a', 'b'] },
    ];
    const packet: PublishPacket = {
      type: 'publish',
      topic: 'a',
      payload: new Uint8Array(0),
      qos: 1,
      retain: false,
      dup: false,
      packetId: 1,
      properties,
    };
    const named = COMMAND_VARIABLES.flatMap(([names]) => names.replaceAll('*', '').split(', '));
    const given = Object.keys(messageEnvironment(packet, 1));
    expect(given.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name) => !given.includes(name))).toEqual(['MQTT_CORRELATION_DATA_BASE64', '_NAME__LEFT_OUT']);
  });
});
