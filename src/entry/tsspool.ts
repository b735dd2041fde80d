/** How tsspool starts. */
import { GRAMMAR, readSpoolWords } from '../cli/spool/parse.ts';
import { spool } from '../commands/spool/program.ts';
import { runSmall } from './small-main.ts';

void runSmall({ grammar: GRAMMAR, read: readSpoolWords, execute: spool });
