// How long each fuzzer runs, and with which seed: FUZZ_SECONDS and FUZZ_SEED. CI gives it a minute.
import fc from 'fast-check';

export const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 1);
export const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 0x7fffffff);
/** For the test around a property. */
export const TIMEOUT = SECONDS * 1000 + 30_000;

let runs = 0;

/** Prints the seed, and at the end how many times the property was tried. */
export function announce(name: string): { report(): void } {
  console.log(`fuzz/${name}: FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}`);
  return { report: () => console.log(`fuzz/${name}: ${runs} runs, no finding`) };
}

/** The same for a property that takes its time, alone. */
export async function holdAsync<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>): Promise<void> {
  const property = fc.asyncProperty(arbitrary, (value) => {
    runs++;
    return check(value);
  });
  await fc.assert(property, limits(1));
}

const limits = (share: number) => ({
  seed: SEED,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: SECONDS * share * 1000,
  markInterruptAsFailure: false,
});

/** Tries the property for this share of the time. */
export function hold<T>(share: number, arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  const property = fc.property(arbitrary, (value) => {
    runs++;
    check(value);
  });
  fc.assert(property, limits(share));
}
