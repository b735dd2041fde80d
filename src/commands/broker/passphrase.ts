/** Asking for the pass phrase of an encrypted key, in the words of OpenSSL, which the Mosquitto clients leave it to. */
import type { CommonPlan, Plan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Io, Sink } from '../../runtime/io.ts';
import { type Asker, Interrupted, streamAsker, terminalAsker } from '../terminal/prompt.ts';

const PROMPT = 'Enter PEM pass phrase:';

/** Those that no program has a use for, and what a shell reports for a program that they ended. */
const SIGNALS = { SIGHUP: 129, SIGQUIT: 131 } as const;

/** Undefined when there is nobody to ask, or no answer. Throws a Failure when the user interrupts. */
export async function passphrase(plan: CommonPlan, io: Io): Promise<string | undefined> {
  const asker = await whomToAsk(plan, io);
  if (asker === undefined) return undefined;
  const listening: (() => void)[] = [];
  const interrupted = new Promise<never>((_, reject) => {
    for (const [name, status] of Object.entries(SIGNALS))
      listening.push(io.onSignal(name as keyof typeof SIGNALS, () => reject(new Interrupted(status))));
  });
  try {
    return (await Promise.race([asker.ask(PROMPT), interrupted])).toString();
  } catch (error) {
    // What is said next begins a line.
    if (!(error instanceof Interrupted)) io.stderr('\n');
    if (error instanceof Interrupted) throw new Failure('invalid-input', { message: '', status: error.status });
    // An empty answer opens no key.
    if (error instanceof Failure) return undefined;
    throw error;
  } finally {
    for (const stop of listening) stop();
    // The terminal has its echo back.
    asker.close();
  }
}

/** The terminal; without one standard input, as the original does, unless messages are read from there. */
async function whomToAsk(plan: CommonPlan, io: Io): Promise<Asker | undefined> {
  const terminal = await io.terminal();
  if (terminal !== undefined) return terminalAsker(terminal);
  return readsMessages(plan as Exclude<Plan, { program: 'text' }>)
    ? undefined
    : streamAsker(io.stdin(), promptSink(io));
}

function readsMessages(plan: Exclude<Plan, { program: 'text' }>): boolean {
  return plan.program !== 'sub' && (plan.source.kind === 'stdin' || plan.source.kind === 'lines');
}

/** Standard output is for messages. */
function promptSink(io: Io): Sink {
  return {
    write: (bytes, done) => {
      io.stderr(Buffer.from(bytes).toString());
      done();
    },
    close: () => {},
  };
}
