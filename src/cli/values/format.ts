/** Reads the value of `-F`. Only programs that print messages pass this in, so the others do not load the format compiler. */
import { type CompiledFormat, compileFormat, FormatError } from '../../output/compile.ts';
import { usage } from '../complaint.ts';

/** Throws a Complaint. */
export type ReadFormat = (format: Uint8Array) => CompiledFormat;

export const readFormat: ReadFormat = (format) => {
  try {
    return compileFormat(format);
  } catch (error) {
    throw error instanceof FormatError ? usage(`Error: ${error.message}`) : error;
  }
};
