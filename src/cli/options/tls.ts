/** Encryption and certificates. */
import { ALPN_BYTES } from '../../util/byte-limits.ts';
import { text } from '../values/kinds.ts';
import { flag, type Option, value } from './option.ts';
import { ALL } from './programs.ts';

export const TLS: readonly Option[] = [
  value({
    names: ['--cafile'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FILE',
    help: 'Use TLS and trust the CA certificates in FILE (PEM or DER)',
    brief: { help: 'Use TLS and trust the CA certificates in FILE' },
    missing: 'Error: --cafile argument given but no file specified.',
    kind: text(),
    instead: ['--psk', '--psk-identity'],
    completion: 'file',
    apply: (settings, path) => {
      settings.tls.caFile = path;
    },
  }),
  value({
    names: ['--capath'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FOLDER',
    help: 'Use TLS and trust the CA certificates in FOLDER',
    missing: 'Error: --capath argument given but no directory specified.',
    kind: text(),
    instead: ['--psk', '--psk-identity'],
    completion: 'directory',
    apply: (settings, path) => {
      settings.tls.caPath = path;
    },
  }),
  flag({
    names: ['--tls-use-os-certs'],
    programs: ALL,
    group: 'tls',
    help: 'Use TLS and trust the CA certificates of the system',
    apply: (settings) => {
      settings.tls.systemCa = true;
    },
  }),
  value({
    names: ['--cert'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FILE',
    help: 'Certificate (chain) to show to the broker (PEM or DER)',
    missing: 'Error: --cert argument given but no file specified.',
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.tls.certFile = path;
    },
  }),
  value({
    names: ['--key'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FILE',
    help: 'Private key of that certificate (PEM or DER)',
    missing: 'Error: --key argument given but no file specified.',
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.tls.keyFile = path;
    },
  }),
  value({
    names: ['--keyform'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FORM',
    help: 'What --key names: pem (a file) or engine',
    default: 'pem',
    missing: 'Error: --keyform argument given but no keyform specified.',
    // Which words are forms is checked after all arguments, as in the originals.
    kind: text(),
    completion: ['pem', 'engine'],
    apply: (settings, form) => {
      settings.tls.keyForm = form;
    },
  }),
  value({
    names: ['--ciphers'],
    programs: ALL,
    group: 'tls',
    placeholder: 'LIST',
    help: 'Ciphers to allow, in the notation of OpenSSL',
    missing: 'Error: --ciphers argument given but no ciphers specified.',
    kind: text(),
    apply: (settings, list) => {
      settings.tls.ciphers = list;
    },
  }),
  value({
    names: ['--tls-version'],
    programs: ALL,
    group: 'tls',
    placeholder: 'VERSION',
    help: 'Exactly this TLS version: tlsv1.2, tlsv1.3',
    default: '1.2 or newer',
    missing: 'Error: --tls-version argument given but no version specified.',
    // Which words are versions is checked after all arguments, as in the originals.
    kind: text(),
    completion: ['tlsv1.2', 'tlsv1.3'],
    apply: (settings, version) => {
      settings.tls.version = version;
    },
  }),
  value({
    names: ['--tls-alpn'],
    programs: ALL,
    group: 'tls',
    placeholder: 'PROTOCOL',
    help: 'Application protocol to ask for (ALPN)',
    missing: 'Error: --tls-alpn argument given but no protocol specified.',
    kind: text({ maxBytes: ALPN_BYTES }),
    apply: (settings, protocol) => {
      settings.tls.alpn = protocol;
    },
  }),
  value({
    names: ['--tls-engine'],
    programs: ALL,
    group: 'tls',
    placeholder: 'ENGINE',
    help: 'OpenSSL engine to load',
    missing: 'Error: --tls-engine argument given but no engine_id specified.',
    kind: text(),
    apply: (settings, engine) => {
      settings.tls.engine = engine;
    },
  }),
  value({
    names: ['--tls-engine-kpass-sha1'],
    programs: ALL,
    group: 'tls',
    placeholder: 'HEX',
    help: 'Refused: Node.js cannot hand it to an engine',
    missing: 'Error: --tls-engine-kpass-sha1 argument given but no kpass sha1 specified.',
    kind: text(),
    apply: (settings, hex) => {
      settings.tls.engineKeyPassword = hex;
    },
  }),
  value({
    names: ['--tls-keylog'],
    programs: ALL,
    group: 'tls',
    placeholder: 'FILE',
    help: 'Append the secrets of the session, to debug with',
    missing: 'Error: --tls-keylog argument given but no file specified.',
    kind: text(),
    completion: 'file',
    apply: (settings, path) => {
      settings.tls.keylogFile = path;
    },
  }),
  flag({
    names: ['--insecure'],
    programs: ALL,
    group: 'tls',
    help: "Do not check the host name in the broker's certificate",
    apply: (settings) => {
      settings.tls.insecure = true;
    },
  }),
  flag({
    names: ['--no-tls'],
    programs: ALL,
    group: 'tls',
    help: 'No TLS, whatever the other options and the port say',
    apply: (settings) => {
      settings.tls.off = true;
    },
  }),
  value({
    names: ['--psk'],
    programs: ALL,
    group: 'tls',
    placeholder: 'HEX',
    help: 'Use TLS with this pre-shared key',
    missing: 'Error: --psk argument given but no key specified.',
    // Whether it is a key is checked after all arguments, as in the originals.
    kind: text(),
    instead: ['--cafile', '--capath', '--tls-use-os-certs', '--cert', '--key', '--keyform', '--insecure'],
    apply: (settings, hex) => {
      settings.tls.psk = hex;
    },
  }),
  value({
    names: ['--psk-identity'],
    programs: ALL,
    group: 'tls',
    placeholder: 'NAME',
    help: 'Name of the pre-shared key',
    missing: 'Error: --psk-identity argument given but no identity specified.',
    kind: text(),
    apply: (settings, identity) => {
      settings.tls.pskIdentity = identity;
    },
  }),
];
