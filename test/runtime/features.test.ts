import { expect, test } from 'vitest';
import { alertFailure } from '../../src/net/tls-alerts.ts';
import { features, whyNot } from '../../src/runtime/features.ts';

test('Node has every feature, and no reason why not', () => {
  expect(features().map(({ name, available, reason }) => [name, available, reason])).toEqual(
    ['TLS', 'PSK', 'engines', 'WebSocket', 'argon2'].map((name) => [name, true, '']),
  );
  expect(whyNot('PSK')).toBeUndefined();
});

// Under Bun these are seen by test/e2e/tls-failures.test.ts as well.
test.each([
  ['ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  ['ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
])('%s of BoringSSL is %s of OpenSSL', (boring, open) => {
  expect(alertFailure(boring)?.message).toBe(alertFailure(open)?.message);
  expect(alertFailure(boring)?.code).toBe(open);
});
