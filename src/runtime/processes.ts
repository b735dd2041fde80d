/** This machine: its files, its users, this process, and whether another one still lives. */
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

/** The 22nd field; the second is in brackets and may have anything in it. */
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
      // EPERM: it lives and is somebody else's.
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
    const start = startOf(other.pid);
    return start === '' || other.start === '' || start === other.start;
  },
};

/** The number of the user as whom files are made; undefined where users have none. */
export const systemUser = (): number | undefined => process.geteuid?.();

/** For who listened for a signal and listens no longer: it does what it would have done, or is for who else listens. */
export const sendAgain = (signal: NodeJS.Signals): boolean => kill(process.pid, signal);

/** What Mosquitto's packages and its option `user` call it. */
const BROKER = 'mosquitto';

/** Of /etc/passwd and /etc/group. */
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
