/** Asking for the pass phrase of an encrypted key, in the words of OpenSSL, which the Mosquitto clients leave it to. */
import type { CommonPlan, Plan } from '../../cli/plan/types.ts';
import { Failure } from '../../errors.ts';
import type { Io } from '../../runtime/io.ts';
import { SIGNAL_STATUS } from '../run.ts';
import { type Asker, Interrupted, streamAsker, terminalAsker } from '../terminal/prompt.ts';

const PROMPT = 'Enter PEM pass phrase:';

/** Those that no program has a use for. */
const SIGNALS = ['SIGHUP', 'SIGQUIT'] as const;

/** Undefined when there is nobody to ask, or no answer. Throws a Failure when the user interrupts. */
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
    // What is printed next begins a line.
    io.stderr('\n');
    // An empty answer opens no key.
    Failure.of(error);
    return undefined;
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
  if (readsMessages(plan as Exclude<Plan, { program: 'text' }>)) return undefined;
  // Standard output is for messages.
  return streamAsker(io.stdin(), io.stderr);
}

function readsMessages(plan: Exclude<Plan, { program: 'text' }>): boolean {
  return plan.program !== 'sub' && (plan.source.kind === 'stdin' || plan.source.kind === 'lines');
}
