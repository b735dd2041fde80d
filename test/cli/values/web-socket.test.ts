/** `--ws`, `--ws-path`, `--ws-header`, and the URLs that mean the same. */
import { describe, expect, it } from 'vitest';
import { pub, stderrOf } from '../support.ts';

const HINT = "Use 'tspub --help' to see usage.\n";
const webSocket = (...argv: string[]) => pub(...argv).target.webSocket;

describe('WebSocket', () => {
  it.each([
    [[], undefined],
    [['--ws'], { path: '/mqtt', headers: [] }],
    [['-L', 'ws://h/a'], { path: '/mqtt', headers: [] }],
    [['-L', 'wss://h/a'], { path: '/mqtt', headers: [] }],
    [['-L', 'ws://h/a', '-L', 'mqtt://h/a'], undefined],
    [['--ws', '-L', 'mqtt://h/a'], { path: '/mqtt', headers: [] }],
    [['--ws', '--unix', '/run/s'], { path: '/mqtt', headers: [] }],
    [['--ws-path', '/', '--ws'], { path: '/', headers: [] }],
    [['--ws', '--ws-path', '/x', '--ws-path', '/a/b?token=c&d=%20'], { path: '/a/b?token=c&d=%20', headers: [] }],
  ])('with %s', (argv, plan) => {
    expect(webSocket(...argv)).toEqual(plan);
  });

  it.each([
    ['A: b', ['A', 'b']],
    ['Host:other.example', ['Host', 'other.example']],
    ['Authorization:  Bearer a:b  ', ['Authorization', 'Bearer a:b']],
    ['X-Empty:', ['X-Empty', '']],
    ["x!#$%&'*+.^_`|~9:\ta\tb", ["x!#$%&'*+.^_`|~9", 'a\tb']],
  ])("sends the header '%s'", (typed, header) => {
    expect(webSocket('--ws', '--ws-header', typed)?.headers).toEqual([header]);
  });

  it('sends every header, in the order given', () => {
    expect(webSocket('--ws', '--ws-header', 'B: 1', '--ws-header', 'A: 2', '--ws-header', 'B: 3')?.headers).toEqual([
      ['B', '1'],
      ['A', '2'],
      ['B', '3'],
    ]);
  });

  it.each(['', 'A', ': b', 'A b: c', 'A : b', ' A: b', 'A: b\r\nC: d', 'A: b\n', 'A: \x7f', 'A: é', 'é: a', 'A: \0'])(
    'refuses the header %j, and does not show it',
    (typed) => {
      expect(stderrOf(() => pub('--ws', '--ws-header', typed))).toBe(
        `Error: Invalid WebSocket header, it must be 'Name: value' in one line of ASCII.\n\n${HINT}`,
      );
    },
  );

  it.each([
    'Upgrade',
    'CONNECTION',
    'Sec-WebSocket-Key',
    'sec-websocket-protocol',
    'Sec-WebSocket-Extensions',
    'Content-Length',
    'Transfer-Encoding',
    'Trailer',
  ])('keeps the header %s to itself', (name) => {
    expect(stderrOf(() => pub('--ws', '--ws-header', `${name}: x`))).toBe(
      `Error: The WebSocket header '${name}' cannot be set.\n\n${HINT}`,
    );
  });

  it.each([
    ['', "it must begin with '/'"],
    ['mqtt', "it must begin with '/'"],
    ['/a b', "it must be ASCII without spaces and '#'; write %20 for a space"],
    ['/a#b', "it must be ASCII without spaces and '#'; write %20 for a space"],
    ['/é', "it must be ASCII without spaces and '#'; write %20 for a space"],
    ['/\r\n', "it must be ASCII without spaces and '#'; write %20 for a space"],
  ])('refuses the path %j', (typed, reason) => {
    expect(stderrOf(() => pub('--ws', '--ws-path', typed))).toBe(
      `Error: Invalid WebSocket path, ${reason}.\n\n${HINT}`,
    );
  });

  it.each([
    ['--ws-path', '/a'],
    ['--ws-header', 'A: b'],
  ])('is needed by %s', (name, value) => {
    expect(stderrOf(() => pub(name, value))).toBe(
      `Error: ${name} needs WebSocket.\nHint: Turn WebSocket on with --ws or a ws:// URL.\n\n${HINT}`,
    );
  });
});
