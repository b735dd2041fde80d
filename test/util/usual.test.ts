/** What is usual is the same for the programs, for the library, and in what both say of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findOption } from '../../src/cli/options/index.ts';
import { defaultText } from '../../src/cli/options/option.ts';
import * as usual from '../../src/util/usual.ts';

const library = readFileSync(new URL('../../src/library/library.ts', import.meta.url), 'utf8');

describe('what is usual', () => {
  it.each([
    ['-h', 'host', usual.HOST],
    ['-p', 'port', `${usual.PORT}, or ${usual.TLS_PORT} with TLS`],
    ['-k', 'keepAlive', usual.KEEP_ALIVE],
    ['-M', 'maxInflight', usual.MAX_INFLIGHT],
    ['--connect-timeout', 'connectTimeout', usual.CONNECT_TIMEOUT / 1000],
    ['--ws-path', 'webSocket', usual.WEB_SOCKET_PATH],
  ])('without %s is what help says, and the comment on %s', (option, field, value) => {
    expect(defaultText(findOption('pub', option)!, 'pub')).toBe(`${value}`);
    const comment = new RegExp(`/\\*\\* ((?:(?!\\*/).)*) \\*/\\s+readonly ${field}\\?:`).exec(library)?.[1];
    const words = `${value}`.split(/, or | with TLS/);
    for (const word of words) expect(comment?.replaceAll(',', '')).toContain(word);
  });
});
