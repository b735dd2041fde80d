/** What the error codes of OpenSSL and BoringSSL say. */
import { describe, expect, it } from 'vitest';
import { worded } from '../../src/cli/advice.ts';
import { alertFailure, isTlsCode, knownName, plainWords, tlsFailure } from '../../src/net/tls-alerts.ts';

const NOT_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

describe('a code', () => {
  it.each([
    ['ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NOT_TLS],
    ['ERR_SSL_DATA_LENGTH_TOO_LONG', NOT_TLS],
    ['ERR_SSL_BAD_RECORD_TYPE', NOT_TLS],
    ['ERR_SSL_HTTP_REQUEST', NOT_TLS],
    ['ERR_SSL_HTTP_REQUEST_X', 'ERR_SSL_HTTP_REQUEST_X'],
    ['ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    ['ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
  ])('%s has one name: %s', (code, name) => {
    expect(knownName(code)).toBe(name);
    expect(alertFailure(code)).toEqual(alertFailure(name));
  });

  it.each([
    ['ERR_SSL_EE_KEY_TOO_SMALL', 'ee key too small'],
    ['ERR_OSSL_BAD_DECRYPT', 'bad decrypt'],
    ['ERR_CRYPTO_X_Y', 'x y'],
    ['ERR_TLS_INVALID', 'invalid'],
    ['ECONNRESET', 'econnreset'],
  ])('%s is in plain words: %s', (code, words) => {
    expect(plainWords(code)).toBe(words);
  });

  it('that is not of TLS, or means a cut, says nothing about TLS', () => {
    for (const code of ['', 'ECONNRESET', 'XERR_SSL_A', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING'])
      expect(alertFailure(code)).toBeUndefined();
    expect([isTlsCode('ERR_SSL_A'), isTlsCode('ERR_TLS_A')]).toEqual([true, false]);
  });

  it.each([
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'the broker does not know the requested host name'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'the broker does not support the protocol in --tls-alpn'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY', 'the broker does not know this --psk-identity'],
    ['ERR_SSL_NEVER_HEARD_OF', 'never heard of'],
  ])('%s is a failure of TLS: %s', (code, reason) => {
    expect(worded(alertFailure(code)!)).toMatchObject({
      ...{ kind: 'tls', status: 8, code },
      message: `A TLS error occurred: ${reason}`,
    });
  });
});

it('a failure of TLS has its advice, and another exit status where that is given', () => {
  expect(tlsFailure('C', { reason: 'r', advice: 'a' })).toMatchObject({ status: 8, advice: 'a', code: 'C' });
  expect(tlsFailure('C', { reason: 'r' }, 1)).toMatchObject({ status: 1, message: 'A TLS error occurred: r' });
});
