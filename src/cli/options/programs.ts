/** Sets of programs that share options. */
import type { ProgramId } from '../programs.ts';

export const ALL = ['pub', 'sub', 'rr'] as const satisfies readonly ProgramId[];
export const SENDERS = ['pub', 'rr'] as const satisfies readonly ProgramId[];
export const PRINTERS = ['sub', 'rr'] as const satisfies readonly ProgramId[];
