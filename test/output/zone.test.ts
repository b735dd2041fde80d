/** The local zone, named as the C library names it. */
import { describe, expect, it } from 'vitest';
import { zoneName, zoneOffset } from '../../src/output/zone.ts';
import { inZone } from './render.ts';

const JANUARY = new Date('2026-01-15T12:00:00Z');
const JULY = new Date('2026-07-15T12:00:00Z');

describe('the zone', () => {
  // Printed by date(1) with tzdata 2025b.
  it.each([
    ['UTC', 'UTC', '+0000', 'UTC', '+0000'],
    ['America/New_York', 'EST', '-0500', 'EDT', '-0400'],
    ['America/Phoenix', 'MST', '-0700', 'MST', '-0700'],
    ['America/St_Johns', 'NST', '-0330', 'NDT', '-0230'],
    ['America/Sao_Paulo', '-03', '-0300', '-03', '-0300'],
    ['Europe/London', 'GMT', '+0000', 'BST', '+0100'],
    ['Europe/Jersey', 'GMT', '+0000', 'BST', '+0100'],
    ['Europe/Dublin', 'GMT', '+0000', 'IST', '+0100'],
    ['Europe/Berlin', 'CET', '+0100', 'CEST', '+0200'],
    ['Europe/Kyiv', 'EET', '+0200', 'EEST', '+0300'],
    ['Europe/Moscow', 'MSK', '+0300', 'MSK', '+0300'],
    ['Europe/Minsk', '+03', '+0300', '+03', '+0300'],
    ['Europe/Istanbul', '+03', '+0300', '+03', '+0300'],
    ['Africa/Nairobi', 'EAT', '+0300', 'EAT', '+0300'],
    ['Asia/Kolkata', 'IST', '+0530', 'IST', '+0530'],
    ['Asia/Colombo', '+0530', '+0530', '+0530', '+0530'],
    ['Asia/Kathmandu', '+0545', '+0545', '+0545', '+0545'],
    ['Asia/Tokyo', 'JST', '+0900', 'JST', '+0900'],
    ['Australia/Lord_Howe', '+11', '+1100', '+1030', '+1030'],
    ['Pacific/Auckland', 'NZDT', '+1300', 'NZST', '+1200'],
    ['Pacific/Marquesas', '-0930', '-0930', '-0930', '-0930'],
  ])('%s is %s (%s) in January, %s (%s) in July', (zone, winter, winterOffset, summer, summerOffset) => {
    inZone(zone, () => {
      expect([zoneName(JANUARY), zoneOffset(JANUARY)]).toEqual([winter, winterOffset]);
      expect([zoneName(JULY), zoneOffset(JULY)]).toEqual([summer, summerOffset]);
    });
  });
});
