/** Asks for the pass phrase of an encrypted key, in OpenSSL's words, since the Mosquitto clients leave the prompt to OpenSSL. */
import type { CommonPlan, Plan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { SIGNAL_STATUS } from '../run.ts';
import { type Asker, Interrupted, streamAsker, terminalAsker } from '../terminal/prompt.ts';

const PROMPT = 'Enter PEM pass phrase:';

/** Signals that interrupt the prompt, besides those that Run handles. */
const SIGNALS = ['SIGHUP', 'SIGQUIT'] as const;

/** Resolves with undefined when there is no way to ask, or no reply. Rejects with a Failure when the user interrupts. */
export async function passphrase(plan: CommonPlan, io: Io): Promise<string | undefined> {
  const asker = await whomToAsk(plan, io);
  if (asker === undefined) return undefined;
  const listening: (() => void)[] = [];
  const interrupted = new Promise<never>((_, reject) => {
    for (const name of SIGNALS) listening.push(io.onSignal(name, () => reject(new Interrupted(SIGNAL_STATUS[name]))));
  });
  try {
    return (await Promise.race([asker.ask(PROMPT), interrupted])).toString();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // The next output begins on a new line.
    io.stderr('\n');
    // An empty pass phrase opens no key, so its Failure is ignored; other errors are thrown again.
    Failure.of(error);
    return undefined;
  } finally {
    for (const stop of listening) stop();
    // close() turns the terminal's echo back on.
    asker.close();
  }
}

/** The terminal, or without one standard input, as mosquitto_pub does, unless messages are read from it. */
async function whomToAsk(plan: CommonPlan, io: Io): Promise<Asker | undefined> {
  const terminal = await io.terminal();
  if (terminal !== undefined) return terminalAsker(terminal);
  if (readsMessages(plan as Exclude<Plan, { program: 'text' }>)) return undefined;
  // The prompt is on standard error, because standard output is for messages.
  return streamAsker(io.stdin(), io.stderr);
}

function readsMessages(plan: Exclude<Plan, { program: 'text' }>): boolean {
  return (
    plan.program !== 'sub' && plan.program !== 'check' && (plan.source.kind === 'stdin' || plan.source.kind === 'lines')
  );
}
