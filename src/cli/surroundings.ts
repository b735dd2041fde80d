/** What reading a command line needs to know about the system. */
import type { Environment, FileRead, Random } from '../runtime/io.ts';

export interface LineSurroundings {
  readonly pid: number;
  readonly random: Random;
  /** Bytes of the largest packet that this machine can receive; undefined: the largest of MQTT. */
  readonly packetRoom?: (() => number | undefined) | undefined;
  readonly env?: Environment | undefined;
  /** As in Files. */
  readonly readOptionsFile?: ((path: string, most: number, waits?: boolean) => FileRead) | undefined;
  readonly readSecretFile?: ((path: string, most: number) => FileRead) | undefined;
}
