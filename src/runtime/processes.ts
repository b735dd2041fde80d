/** Which files, users and processes this machine has, and whether another process is alive. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { kill } from 'node:process';
import { systemFiles } from './files.ts';
import type { Account, BrokerUser, Machine, Processes } from './io.ts';

const orEmpty = (read: () => string): string => {
  try {
    return read();
  } catch {
    return '';
  }
};

/** The start time, field 22; field 2 is in brackets and may contain any text. */
const startOf = (pid: number): string =>
  orEmpty(
    () =>
      readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? '',
  );

function place(): string {
  const boot = orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
  const namespace = orEmpty(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].join('/').replaceAll(/\s/g, '_');
}

export const systemProcesses: Processes = {
  self: () => ({ pid: process.pid, start: startOf(process.pid), place: place() }),
  alive: (other) => {
    if (other.place !== place()) return undefined;
    try {
      kill(other.pid, 0);
    } catch (error) {
      // EPERM: the process is alive and belongs to another user.
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
    const start = startOf(other.pid);
    return start === '' || other.start === '' || start === other.start;
  },
};

/** The number of the user that creates files; undefined where users have no numbers. */
export const systemUser = (): number | undefined => process.geteuid?.();

/** Sends a signal again after its listener was removed: it then has its default effect, or reaches other listeners. */
export const sendAgain = (signal: NodeJS.Signals): boolean => kill(process.pid, signal);

/** The user name in Mosquitto's packages and in the default of its option `user`. */
const BROKER = 'mosquitto';

/** The rows of /etc/passwd or /etc/group. */
const rowsOf = (path: string): string[][] =>
  orEmpty(() => readFileSync(path, 'utf8'))
    .split('\n')
    .map((row) => row.split(':'));

/** Undefined where the system has no such user. */
export function systemBroker(): BrokerUser | undefined {
  const [, , uid, gid] = rowsOf('/etc/passwd').find(([name]) => name === BROKER) ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  const others = rowsOf('/etc/group').filter(([, , , members = '']) => members.split(',').includes(BROKER));
  return { name: BROKER, uid: Number(uid), groups: [gid, ...others.map(([, , number]) => number)].map(Number) };
}

/** The real user and group, if they have names. */
export function systemAccount(): Account | undefined {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) return undefined;
  const user = orEmpty(() => {
    const info = userInfo();
    return info.uid === uid ? info.username : '';
  });
  const [group = ''] = rowsOf('/etc/group').find(([, , number]) => number === `${gid}`) ?? [];
  return user === '' || group === '' ? undefined : { uid, gid, user, group };
}

export const systemMachine = (): Machine => ({
  fs: systemFiles,
  processes: systemProcesses,
  user: systemUser(),
  account: systemAccount,
  broker: systemBroker,
});
