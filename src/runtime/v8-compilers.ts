/**
 * Which of V8's compilers may work for us, and on which thread: none that allocates on a thread of its own.
 *
 * From Node 22 on, V8 compiles warm code with Maglev, on threads of its own, which allocate what they make. Where that needs
 * a garbage collection, the thread waits for the main thread to do it; process.exit() has the main thread wait for the
 * thread. Both wait for ever then, with everything sent and acknowledged (decision 22). Sparkplug, which compiles what is
 * not warm yet, does the same on such a thread: it stays, on the main thread.
 */
import { isBun } from './features.ts';

/** The first Node that has Maglev on. */
const FIRST_WITH_MAGLEV = 22;

/** To be called before the work begins, by what works for longer than a moment: what is being compiled is not called off. */
export function withoutAllocatingThreads(): void {
  if (isBun || Number.parseInt(process.versions.node, 10) < FIRST_WITH_MAGLEV) return;
  // Loaded here: a single message, and Node 20, do without.
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-maglev --no-concurrent-sparkplug');
}
