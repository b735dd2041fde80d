// TZ as the C library reads it: date(1) is the judge.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { zoneName, zoneOffset } from '../../src/output/zone.ts';
import { settleZone, ZONES_BY_RULE, zoneFor } from '../../src/runtime/time-zone.ts';
import { inZone } from '../output/render.ts';

const TIMES = [new Date('2026-01-15T12:00:00Z'), new Date('2026-07-15T12:00:00Z'), new Date('2026-10-28T12:00:00Z')];

const dates = (zone: string): string[] =>
  TIMES.map((time) => {
    const words = ['-d', `@${time.getTime() / 1000}`, '+%Z %z'];
    return spawnSync('date', words, { env: { TZ: zone, PATH: process.env['PATH'] }, encoding: 'utf8' }).stdout.trim();
  });

describe('TZ', () => {
  const FORMS = [
    '',
    ':',
    ':UTC',
    ':Europe/Berlin',
    '/usr/share/zoneinfo/Europe/Berlin',
    ':/usr/share/zoneinfo/America/New_York',
    '/usr/share/zoneinfo/posix/Asia/Tokyo',
    'CET-1CEST,M3.5.0/2,M10.5.0/3',
    'CET-1CEST,M3.5.0/02:00:00,M10.5.0/3',
    'EST5EDT',
    'Europe/Berlin',
    'Etc/GMT-3',
  ];

  it.each([...Object.keys(ZONES_BY_RULE), ...FORMS])("'%s' is what it is to date(1)", (zone) => {
    inZone(zone, () => {
      expect(settleZone(zone)).toBe(true);
      expect(TIMES.map((time) => `${zoneName(time)} ${zoneOffset(time)}`)).toEqual(dates(zone));
    });
  });

  it.each(['/etc/localtime', ':/etc/localtime'])("'%s' is the zone of the system", (zone) => {
    inZone(zone, () => {
      expect(settleZone(zone)).toBe(true);
      expect(process.env['TZ']).toBeUndefined();
    });
  });

  it.each(['CET-1CEST', 'ABC1:30', '<+0333>-3:33', 'AAA-1BBB,M1.1.0,M2.1.0', 'AAA-1BBB,J60,J300'])(
    "'%s' has unknown rules",
    (zone) => {
      expect(zoneFor(zone)).toBe('unknown');
    },
  );

  it.each(['UTC', 'Europe/Berlin', 'GMT+5', 'XYZ-2', 'Nonsense', 'EST5EDT', '/usr/share/zoneinfo/localtime'])(
    "'%s' stays",
    (zone) => {
      expect(zoneFor(zone)).toBeUndefined();
    },
  );
});
