// Messages rendered in memory, at a moment that the test chooses.

import type { Properties } from '../../src/mqtt/properties.ts';
import type { PublishPacket } from '../../src/mqtt/types.ts';
import { compileFormat } from '../../src/output/compile.ts';
import type { Layout } from '../../src/output/json-layout.ts';
import { isJson, putJson } from '../../src/output/json-value.ts';
import type { FormatOptions, Renderer } from '../../src/output/renderer.ts';
import { OutputWriter } from '../../src/output/writer.ts';
import type { WallTime } from '../../src/runtime/io.ts';

/** 2026-11-20T23:02:44.123456789 UTC, a Friday. */
export const AT: WallTime = { seconds: 1_795_215_764, nanoseconds: 123_456_789 };

export function packet(payload: string | Uint8Array = 'hello', more: Partial<PublishPacket> = {}): PublishPacket {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const rest = { dup: false, qos: 0, retain: false, topic: 't', packetId: 0, properties: [] as Properties } as const;
  return { type: 'publish', ...rest, payload: bytes, ...more };
}

/** Everything that `put` puts. */
export function gather(put: (output: OutputWriter) => void): Buffer {
  const chunks: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  const sink = {
    write(bytes: Uint8Array, done: (errno?: string) => void): void {
      chunks.push(Buffer.from(bytes));
      waiting.push(done);
    },
    close(): void {},
  };
  const output = new OutputWriter(sink, { written() {}, room() {}, broken() {} });
  put(output);
  output.flush();
  for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) done();
  return Buffer.concat(chunks);
}

export interface Rendered {
  stdout: Buffer;
  stderr: string;
}

export interface RenderOptions extends Partial<FormatOptions> {
  at?: WallTime;
}

/** What a format makes of a message; without a line end unless asked for. */
export function rendered(
  format: string | Uint8Array,
  message: PublishPacket,
  { at = AT, ...options }: RenderOptions = {},
): Rendered {
  let stderr = '';
  const warn = (line: string): void => {
    stderr += line;
  };
  const render: Renderer = compileFormat(format).renderer({ pretty: false, newline: false, warn, ...options });
  return { stdout: gather((output) => render(output, message, at)), stderr };
}

/** The same, as text. */
export const text = (format: string, message: PublishPacket, options?: RenderOptions): string =>
  rendered(format, message, options).stdout.toString();

/** Runs `body` as if the machine were in this time zone. */
export function inZone<T>(zone: string, body: () => T): T {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    return body();
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}

/** A JSON text in this layout, or undefined when it is not one. */
export function rewritten(json: string, layout: Layout): string | undefined {
  const bytes = Buffer.from(json);
  return isJson(bytes) ? gather((output) => putJson(output, bytes, layout, 1)).toString() : undefined;
}
