/** Whether the values of the TLS options are valid by themselves, in the order of the Mosquitto clients. */
import { runtimeError, unsupported, usage } from '../complaint.ts';
import { DEFAULTS, type Settings } from '../options/settings.ts';

/** One exact version each; in the Mosquitto clients `tlsv1.2` allows 1.3 as well. */
export const TLS_VERSIONS = { 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' } as const;

export const isTlsVersion = (word: string): word is keyof typeof TLS_VERSIONS => Object.hasOwn(TLS_VERSIONS, word);

/** Throws a Complaint. */
export function checkTls(settings: Settings): void {
  const { psk, keyForm = DEFAULTS.keyForm, engineKeyPassword, alpn, tlsVersion, ciphers } = settings;
  if (psk !== undefined && !/^[\da-f]*$/i.test(psk))
    throw runtimeError('Error: Problem setting TLS-PSK options.').hinting(
      '--psk needs hexadecimal digits, without 0x.',
    );
  const form = keyForm.toLowerCase();
  if (form !== 'pem' && form !== 'engine') {
    throw runtimeError("Error: Problem setting key form, it must be one of 'pem' or 'engine'.");
  }
  if (engineKeyPassword !== undefined && !/^[\da-f]{40}$/i.test(engineKeyPassword)) {
    throw runtimeError('Error: Problem setting TLS engine key pass sha, is it a 40 character hex string?');
  }
  if (alpn === '')
    throw runtimeError('Error: Problem setting TLS ALPN protocol.').hinting(
      '--tls-alpn needs the name of a protocol, such as mqtt.',
    );
  const badVersion = tlsVersion !== undefined && !isTlsVersion(tlsVersion.toLowerCase());
  if (badVersion || ciphers === '') {
    throw runtimeError('Error: Problem setting TLS options, check the options are valid.').hinting(
      badVersion
        ? `--tls-version takes ${Object.keys(TLS_VERSIONS).join(' or ')}.`
        : '--ciphers needs a cipher list of OpenSSL, such as HIGH.',
    );
  }
  checkAbilities(settings, form);
  if (!settings.noTls) checkConnectable(settings);
}

/** Options that cannot work, here or anywhere. */
function checkAbilities(
  { engine, engineKeyPassword, psk, pskIdentity, certFile, noTls }: Settings,
  form: string,
): void {
  if (form === 'engine' && engine === undefined) throw usage('Error: --keyform engine needs --tls-engine.');
  if (engineKeyPassword !== undefined) {
    throw unsupported('--tls-engine-kpass-sha1, Node.js cannot hand the password of a key to an engine');
  }
  if (noTls) return;
  if (pskIdentity !== undefined && psk === undefined) throw usage('Error: --psk-identity needs --psk.');
  if (psk !== undefined && certFile !== undefined) {
    throw usage('Error: --cert and --psk argument cannot be used together.');
  }
}

/** Errors that the Mosquitto clients get from OpenSSL: their line, and then the reason. */
function checkConnectable({ tlsVersion, psk }: Settings): void {
  if (tlsVersion !== undefined && !isTlsVersion(tlsVersion)) {
    throw runtimeError('Unable to connect (Invalid input).').hinting('Write --tls-version in lowercase.');
  }
  if (psk === undefined) return;
  const failed = (hint: string) => runtimeError('Unable to connect (A TLS error occurred).').hinting(hint);
  if (tlsVersion === 'tlsv1.3') throw failed('A pre-shared key needs TLS 1.2. Omit --tls-version tlsv1.3.');
  const { length } = pskBytes(psk);
  if (length === 0) throw failed('The key of --psk is empty.');
  if (length > MAX_PSK_BYTES) throw failed(`The key of --psk is longer than ${MAX_PSK_BYTES} bytes.`);
}

/** PSK_MAX_PSK_LEN of OpenSSL 3.0. */
const MAX_PSK_BYTES = 512;

/**
 * The key of `--psk`: hexadecimal digits as Mosquitto clients and brokers read them. Pairs of zeros at the start are
 * bytes; the rest is a number in as few bytes as possible.
 */
export function pskBytes(hex: string): Uint8Array {
  const zeros = /^(?:00)*/.exec(hex)![0].length / 2;
  const number = hex.replace(/^0+/, '');
  const digits = number.length % 2 === 0 ? number : `0${number}`;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(digits, 'hex')]);
}
