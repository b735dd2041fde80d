/** Asks for a password: on the terminal if there is one, else on standard output and input as mosquitto_passwd does. */
import { Failure } from '../../errors.ts';
import type { Source, Terminal } from '../../runtime/io.ts';
import { SIGNAL_STATUS } from '../run.ts';
import { SecretLine } from './secret-line.ts';

/** Most bytes of an input line including its newline; the rest is the next line, as in mosquitto_passwd. */
const LONGEST_LINE = 65_499;
const LF = 10;
const CR = 13;

const BY_KEY = { interrupt: SIGNAL_STATUS.SIGINT, quit: SIGNAL_STATUS.SIGQUIT } as const;

export interface Asker {
  /** Prints the prompt and waits for a line. Rejects with a Failure when the line is empty. */
  ask(prompt: string): Promise<Buffer>;
  close(): void;
}

/** Asks twice, for a new password. */
export async function askTwice(asker: Asker): Promise<Buffer> {
  const password = await asker.ask('Password: ');
  const again = await asker.ask('Reenter password: ');
  const same = password.equals(again);
  again.fill(0);
  if (same) return password;
  password.fill(0);
  throw new Failure('invalid-input', { status: 2, message: 'Passwords do not match.' });
}

export function terminalAsker(terminal: Terminal): Asker {
  let early: Uint8Array = Buffer.alloc(0);
  return {
    ask: async (prompt) => {
      terminal.write(prompt);
      const line = new SecretLine();
      for (let keys: Uint8Array | undefined = early; keys !== undefined; keys = await terminal.keys()) {
        const done = line.type(keys);
        if (done === undefined) continue;
        early = Uint8Array.from(keys.subarray(done.used));
        keys.fill(0);
        const password = line.take();
        if (done.typed !== 'line') {
          terminal.write('\n');
          if (done.typed === 'interrupt') terminal.interrupted?.();
          throw new Interrupted(BY_KEY[done.typed]);
        }
        if (password.length === 0) terminal.write('\n');
        return answer(password, terminal.write);
      }
      line.take();
      return answer(Buffer.alloc(0), terminal.write);
    },
    close: () => terminal.close(),
  };
}

/** `write` prints a prompt; a failure to print is not an error. */
export function streamAsker(input: Source, write: (text: string) => unknown): Asker {
  let rest: Uint8Array | undefined = Buffer.alloc(0);

  async function line(): Promise<Uint8Array> {
    let held: Uint8Array = rest ?? Buffer.alloc(0);
    for (;;) {
      const found = held.indexOf(LF);
      if ((found >= 0 && found < LONGEST_LINE) || held.length >= LONGEST_LINE || rest === undefined) {
        const end = found >= 0 && found < LONGEST_LINE ? found + 1 : Math.min(held.length, LONGEST_LINE);
        if (rest !== undefined || end < held.length) rest = held.subarray(end);
        return held.subarray(0, end);
      }
      rest = await input.read();
      if (rest !== undefined) held = Buffer.concat([held, rest]);
    }
  }

  return {
    ask: async (prompt) => {
      await write(prompt);
      const password = trimLine(await line());
      return answer(password, write);
    },
    close: () => input.close(),
  };
}

/** The newline is printed only after an accepted line. */
async function answer(password: Buffer, write: (text: string) => unknown): Promise<Buffer> {
  if (password.length === 0) throw new Failure('invalid-input', { status: 1, message: 'Empty password.' });
  await write('\n');
  return password;
}

/** Returns the bytes before the first NUL, without trailing line ends. */
export function trimLine(line: Uint8Array): Buffer {
  const nul = line.indexOf(0);
  let end = nul < 0 ? line.length : nul;
  while (end > 0 && (line[end - 1] === LF || line[end - 1] === CR)) end--;
  return Buffer.from(line.subarray(0, end));
}

/** The user pressed Ctrl-C or a similar key, so no message is necessary. */
export class Interrupted extends Failure {
  constructor(status: number) {
    super('invalid-input', { message: '', status });
    this.name = 'Interrupted';
  }
}
