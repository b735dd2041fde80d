// What is told of a certificate, whatever its makers wrote into it.
import { describe, expect, test } from 'vitest';
import { dateText, distinguishedName, namesOf, organisation, shortName } from '../../src/net/tls-certificate.ts';

describe('the names that a certificate is for', () => {
  const many = Array.from({ length: 12 }, (_, i) => `DNS:h${i}`).join(', ');
  const rows: [subjectAltName: string | undefined, subject: string, names: string][] = [
    ['DNS:localhost, IP Address:127.0.0.1', 'CN=x', 'localhost, 127.0.0.1'],
    ['DNS:*.example', '', '*.example'],
    ['DNS:"a, DNS:b", DNS:c', '', '"a, DNS:b", c'],
    ['email:me@example, DNS:a', '', 'a'],
    [many, '', 'h0, h1, h2, h3, h4, h5, h6, h7, h8, h9 and 2 more'],
    [undefined, 'O=o\nCN=name', 'name'],
    ['email:me@example', 'CN=name', 'name'],
    [undefined, 'O=o', 'nobody'],
    ['DNS:a\u001b[31m\u202eb', '', 'a\\u001b[31m\\u202eb'],
    [undefined, 'CN=a\rb\u0000', 'a\\u000db\\u0000'],
  ];
  for (const [subjectAltName, subject, names] of rows) {
    test(JSON.stringify([subjectAltName, subject]), () => {
      expect(namesOf({ subjectAltName, subject })).toBe(names);
    });
  }
});

test('a distinguished name is one line', () => {
  expect(distinguishedName('C=DE\nO=o\nCN=name')).toBe('C=DE, O=o, CN=name');
  expect(distinguishedName('')).toBe('nobody');
  expect(distinguishedName('CN=\u001b]0;x\u0007')).toBe('CN=\\u001b]0;x\\u0007');
  expect(shortName('O=o\nCN=name')).toBe('name');
  expect(shortName('O=o')).toBe('O=o');
  expect(organisation('O=o\nCN=name')).toBe('o');
  expect(organisation('CN=name')).toBe(undefined);
});

test('dates are in UTC', () => {
  expect(dateText('Jan  1 00:00:00 2021 GMT')).toBe('2021-01-01 00:00:00 UTC');
  expect(dateText('never\u0007')).toBe('never\\u0007');
});
