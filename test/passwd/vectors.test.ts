/**
 * Entries that mosquitto_passwd wrote, and damaged ones, each with what real brokers of 2.0 and 2.1 made of it.
 * Covers src/passwd/argon2id.ts, src/passwd/broker-verdict.ts, src/passwd/crypt3.ts,
 * src/passwd/lines.ts, src/passwd/schemes.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/passwd/broker-verdict.ts';
import { isSha512Crypt, matchesCrypt } from '../../src/passwd/crypt3.ts';
import { entryAt, linesOf, linesOfUser, textAt } from '../../src/passwd/lines.ts';
import { checkContent } from '../../src/passwd/report.ts';
import { matches, parseField, SCHEMES, type Stored } from '../../src/passwd/schemes.ts';

interface Broker {
  readonly connack_right_password?: number;
  readonly connack_wrong_password?: number;
  readonly outcome?: string;
}

interface Vector {
  readonly id: string;
  readonly kind: 'positive' | 'negative';
  readonly mutation?: string;
  readonly scheme: Stored['scheme'];
  readonly username: string;
  readonly password?: string;
  readonly password_repeat?: { readonly unit: string; readonly count: number };
  readonly iterations: number | null;
  readonly argon2?: { readonly m: number; readonly t: number; readonly p: number };
  readonly salt_hex: string;
  readonly hash_hex: string;
  readonly line: string;
  readonly broker: Readonly<Record<string, Broker>>;
}

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/passwd-vectors.json'), 'utf8'),
) as Vector[];
const passwordOf = ({ password, password_repeat: long }: Vector): Buffer =>
  Buffer.from(password ?? long!.unit.repeat(long!.count));

/** What a login with this name and password makes of the file. */
async function login(file: Buffer, user: string, password: Buffer): Promise<boolean> {
  const found = [...linesOfUser(file, Buffer.from(user))].at(-1)?.entry;
  if (found === undefined) return false;
  const { stored, kind, refusedBy } = judge(textAt(file, found.hash));
  // Brokers with Argon2 are of neither kind.
  if (stored === undefined || (refusedBy.length === 2 && kind !== 'argon2id')) return false;
  return matches(password, stored);
}

describe('an entry that mosquitto_passwd wrote', () => {
  const positive = vectors.filter(({ kind }) => kind === 'positive');

  it.each(positive.map((vector) => [vector.id, vector] as const))(
    '%s is read, verified and written the same',
    async (_, vector) => {
      const file = Buffer.from(`${vector.line}\n`);
      const field = textAt(file, entryAt(file, [...linesOf(file)][0]!)!.hash);
      const stored = parseField(field)!;
      expect(stored.scheme).toBe(vector.scheme);
      expect(stored.salt.toString('hex')).toBe(vector.salt_hex);
      expect(stored.hash.toString('hex')).toBe(vector.hash_hex);
      expect(stored.iterations ?? null).toBe(vector.iterations);
      const password = passwordOf(vector);
      expect(await login(file, vector.username, password)).toBe(true);
      expect(await login(file, vector.username, Buffer.concat([password, Buffer.from('x')]))).toBe(false);
      const computed = await SCHEMES[stored.scheme].compute(password, stored, stored.hash.length);
      expect(SCHEMES[stored.scheme].write({ ...stored, hash: computed })).toBe(field);
    },
  );

  it.each(positive.map((vector) => [vector.id, vector] as const))(
    '%s is accepted by the brokers that we say',
    (_, vector) => {
      const { refusedBy } = judge(vector.line.slice(vector.line.indexOf(':') + 1));
      for (const broker of ['2.0', '2.1'] as const) {
        const seen = vector.broker[broker === '2.0' ? '2.0.11' : '2.1.2']!;
        // No user can log in with an empty password, whatever the entry.
        if (passwordOf(vector).length > 0)
          expect(refusedBy.includes(broker), broker).toBe(seen.connack_right_password !== 0);
      }
    },
  );
});

describe('a damaged entry', () => {
  const negative = vectors.filter(({ kind }) => kind === 'negative');

  it.each(negative.map((vector) => [`${vector.id} ${vector.mutation}`, vector] as const))(
    '%s is judged as by the brokers',
    (_, vector) => {
      const file = Buffer.from(`${vector.line}\nsecond:x\n`);
      const problems = checkContent(file).problems.filter(({ line }) => line < [...linesOf(file)].length);
      for (const broker of ['2.0', '2.1'] as const) {
        const { outcome = '' } = vector.broker[broker === '2.0' ? '2.0.11' : '2.1.2']!;
        const refused = outcome === 'broker refuses to start' || outcome.startsWith('entry dropped');
        // These load and do no good: the checker says so where the broker is silent.
        const useless = /byte order mark|NUL|spaces only/.test(vector.mutation!);
        const said = problems.some(({ brokers }) => brokers.includes(broker));
        if (!useless) expect(said, broker).toBe(refused);
        else expect(said).toBe(true);
      }
    },
  );

  it.each(negative.map((vector) => [`${vector.id} ${vector.mutation}`, vector] as const))(
    '%s lets in whom some broker lets in',
    async (_, vector) => {
      const accepted = Object.values(vector.broker).some(({ outcome }) => outcome === 'accepted');
      const file = Buffer.from(`${vector.line}\n`);
      const user = vector.username;
      expect(await login(file, user, passwordOf(vector))).toBe(accepted);
    },
  );

  it('of crypt(3) is known, and its password verified', async () => {
    const crypt = negative.filter(({ mutation }) => /crypt\(3\) SHA-512/.test(mutation!));
    expect(crypt.length).toBeGreaterThanOrEqual(4);
    for (const vector of crypt) {
      const field = vector.line.slice(vector.line.indexOf(':') + 1);
      expect(isSha512Crypt(field)).toBe(true);
      expect(await matchesCrypt(passwordOf(vector), field)).toBe(true);
      expect(await matchesCrypt(Buffer.from('other'), field)).toBe(false);
    }
  });
});

it('the line of the tutorial verifies for password123', async () => {
  const line =
    'rajan:$6$dtMF49Z2e8YSrYEY$1nAtPhU4V+d8dj/3glka5H7VrQBf/IZ2WFhJDQI5CGpbK6soFrwk0cciOf0pioSvkTsiZ9rD24pOZTPpYxq1Kg==';
  expect(await login(Buffer.from(line), 'rajan', Buffer.from('password123'))).toBe(true);
  expect(await login(Buffer.from(line), 'rajan', Buffer.from('password124'))).toBe(false);
});
