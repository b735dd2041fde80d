/**
 * A file system in memory that separates what is on disk from what is only on its way there, and that can stop in the
 * middle of a call: for one moment in the life of a spool, every state in which a machine can leave it.
 */
import type { FileSystem } from '../../src/runtime/files.ts';

/** Thrown by the call at which the process is killed, and by all that it still tries. */
export class Killed extends Error {}

const errno = (code: string): Error => Object.assign(new Error(code), { code });

class Inode {
  readonly ino: number;
  data: Buffer = Buffer.alloc(0);
  /** As it is on the disk for certain. */
  durable: Buffer = Buffer.alloc(0);
  mode = 0o100600;
  mtimeMs = 0;
  constructor(ino: number) {
    this.ino = ino;
  }
}

type Names = Map<string, Inode>;
type Step = (names: Names) => void;

/** What happens at a call that changes something. */
export type Fate =
  | 'go'
  | 'kill before'
  | 'kill half way'
  | 'kill after'
  | { readonly errno: string; readonly half: boolean };

export class MemoryFiles {
  readonly folder: string;
  /** Asked at each call that changes something, by its name. */
  fate: (call: string) => Fate = () => 'go';
  now = 1_800_000_000_000;
  readonly calls: string[] = [];
  /** By everybody so far. */
  bytesRead = 0;
  #names: Names = new Map();
  #durableNames: Names = new Map();
  /** Changes of names since the folder was synced, in order. */
  #steps: Step[] = [];
  #exists = false;
  #killed = false;
  #inodes = 0;
  readonly #open = new Map<number, Inode | 'folder'>();
  #fds = 3;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The names and sizes of what is there, for messages of tests. */
  listing(): string {
    return [...this.#names].map(([name, { data }]) => `${name} ${data.length}`).join(', ');
  }

  file(name: string): Buffer | undefined {
    return this.#names.get(name)?.data;
  }

  names(): string[] {
    return [...this.#names.keys()];
  }

  /** Changes a file behind the back of everybody. */
  put(name: string, data: Buffer): void {
    const inode = this.#names.get(name) ?? new Inode(++this.#inodes);
    inode.data = data;
    inode.durable = data;
    this.#names.set(name, inode);
    this.#durableNames.set(name, inode);
  }

  /** The process is gone; another one starts. What was written is in the system, synced or not. */
  restart(): void {
    this.#killed = false;
    this.#open.clear();
  }

  /**
   * The machine is gone. Of what was not synced, each thing is on the disk or not, as `chance` has it (numbers in [0, 1)):
   * of the names a first part of the changes, of each file its old content, or a first part of the new one, with zeros
   * for the rest of its length or without.
   */
  powerCut(chance: () => number): void {
    const kept = Math.floor(chance() * (this.#steps.length + 1));
    for (const step of this.#steps.slice(0, kept)) step(this.#durableNames);
    this.#steps = [];
    this.#names = new Map(this.#durableNames);
    for (const inode of new Set(this.#names.values())) {
      if (!inode.data.equals(inode.durable)) {
        const way = chance();
        const length = Math.floor(chance() * (inode.data.length + 1));
        if (way < 0.3) inode.data = inode.durable;
        // Only what was added since can be missing: what was synced stays.
        else if (way < 0.9 && inode.data.subarray(0, inode.durable.length).equals(inode.durable)) {
          const cut = Math.max(length, inode.durable.length);
          const zeros = way < 0.6 ? Buffer.alloc(inode.data.length - cut) : Buffer.alloc(0);
          inode.data = Buffer.concat([inode.data.subarray(0, cut), zeros]);
        }
      }
      inode.durable = inode.data;
    }
    this.restart();
  }

  readonly fs: FileSystem = this.#make();

  #make(): FileSystem {
    const world = this;
    const nameOf = (path: unknown): string => {
      const text = String(path);
      if (text === world.folder) return '';
      if (!text.startsWith(`${world.folder}/`)) throw errno('ENOENT');
      return text.slice(world.folder.length + 1);
    };
    const at = (path: unknown): Inode => {
      const found = world.#names.get(nameOf(path));
      if (found === undefined) throw errno('ENOENT');
      return found;
    };
    const opened = (fd: unknown): Inode => {
      const found = world.#open.get(fd as number);
      if (found === undefined || found === 'folder') throw errno('EBADF');
      return found;
    };
    const look = (): void => {
      if (world.#killed) throw new Killed();
    };
    /** Does a change, or half of it, or none. */
    const change = (call: string, whole: () => void, half: () => void = () => {}): void => {
      look();
      world.calls.push(call);
      const fate = world.fate(call);
      if (fate === 'go') return whole();
      if (typeof fate === 'object') {
        if (fate.half) half();
        throw errno(fate.errno);
      }
      if (fate === 'kill half way') half();
      if (fate === 'kill after') whole();
      world.#killed = true;
      throw new Killed();
    };
    const rename = (step: Step): void => {
      step(world.#names);
      world.#steps.push(step);
    };
    const stat = (inode: Inode | 'folder'): object =>
      inode === 'folder'
        ? { mode: 0o40700, uid: 0, gid: 0, isDirectory: () => true, isFile: () => false }
        : { ...inode, size: inode.data.length, uid: 0, gid: 0, isDirectory: () => false, isFile: () => true };
    const setTo = (inode: Inode, data: Buffer): void => {
      inode.data = data;
      inode.mtimeMs = world.now;
    };
    const calls = {
      mkdirSync(path: string) {
        look();
        if (nameOf(path) !== '') throw errno('ENOENT');
        if (world.#exists) throw errno('EEXIST');
        world.#exists = true;
      },
      readdirSync() {
        look();
        return [...world.#names.keys()];
      },
      openSync(path: string, flags: string) {
        look();
        const name = nameOf(path);
        let target: Inode | 'folder';
        if (name === '') target = 'folder';
        else if (flags === 'wx') {
          if (world.#names.has(name)) throw errno('EEXIST');
          target = new Inode(++world.#inodes);
          target.mtimeMs = world.now;
          const inode = target;
          change('open', () => rename((names) => void names.set(name, inode)));
        } else target = at(path);
        world.#open.set(++world.#fds, target);
        return world.#fds;
      },
      closeSync(fd: number) {
        look();
        world.#open.delete(fd);
      },
      fchmodSync: () => look(),
      fstatSync: (fd: number) => stat(world.#open.get(fd)!),
      statSync: (path: string) => stat(at(path)),
      lstatSync: (path: string) => stat(at(path)),
      utimesSync: () => look(),
      readFileSync(path: string | number, encoding?: BufferEncoding) {
        look();
        const { data } = typeof path === 'number' ? opened(path) : at(path);
        world.bytesRead += data.length;
        return encoding === undefined ? Buffer.from(data) : data.toString(encoding);
      },
      readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number) {
        look();
        world.bytesRead += length;
        return opened(fd).data.copy(buffer, offset, position, position + length);
      },
      writeSync(fd: number, content: Buffer | string, offset = 0, length?: number, position?: number) {
        const inode = opened(fd);
        const bytes =
          typeof content === 'string'
            ? Buffer.from(content)
            : content.subarray(offset, offset + (length ?? content.length));
        const start = position ?? inode.data.length;
        const write = (part: Buffer): void => {
          const size = Math.max(inode.data.length, start + part.length);
          const data = Buffer.alloc(size);
          inode.data.copy(data);
          part.copy(data, start);
          setTo(inode, data);
        };
        change(
          'write',
          () => write(bytes),
          () => write(bytes.subarray(0, bytes.length >> 1)),
        );
        return bytes.length;
      },
      ftruncateSync(fd: number, size: number) {
        const inode = opened(fd);
        change('truncate', () => setTo(inode, Buffer.from(inode.data.subarray(0, size))));
      },
      fsyncSync(fd: number) {
        look();
        const target = world.#open.get(fd);
        change('fsync', () => {
          if (target instanceof Inode) {
            target.durable = target.data;
            return;
          }
          world.#durableNames = new Map(world.#names);
          world.#steps = [];
        });
      },
      linkSync(from: string, to: string) {
        const inode = at(from);
        const name = nameOf(to);
        if (world.#names.has(name)) throw errno('EEXIST');
        change('link', () => rename((names) => void names.set(name, inode)));
      },
      renameSync(from: string, to: string) {
        const inode = at(from);
        const [old, name] = [nameOf(from), nameOf(to)];
        change('rename', () =>
          rename((names) => {
            names.delete(old);
            names.set(name, inode);
          }),
        );
      },
      unlinkSync(path: string) {
        at(path);
        const name = nameOf(path);
        change('unlink', () => rename((names) => void names.delete(name)));
      },
    };
    // Only what a spool calls is there.
    return calls as unknown as FileSystem;
  }
}
