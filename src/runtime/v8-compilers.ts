/**
 * Which of V8's compilers may run, and on which thread: none that allocates on its own thread.
 *
 * From Node 22 on, V8 compiles warm code with Maglev, on its own threads, which allocate memory for the result. If that
 * needs a garbage collection, the thread waits for the main thread to do it. If the main thread is in process.exit(), it
 * waits for the thread. Both then wait indefinitely, after everything was sent and acknowledged (decision 22). Concurrent
 * Sparkplug, which compiles code earlier, has the same problem; without concurrency it stays on, on the main thread.
 */
import { isBun } from './features.ts';

/** The first version of Node that enables Maglev. */
const FIRST_WITH_MAGLEV = 22;

/** Long-running programs call this before they begin, because a compilation in progress cannot be cancelled. */
export function withoutAllocatingThreads(): void {
  if (isBun || Number.parseInt(process.versions.node, 10) < FIRST_WITH_MAGLEV) return;
  // Loaded here, because a single message and Node 20 do not need it.
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-maglev --no-concurrent-sparkplug');
}
