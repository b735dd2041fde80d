/** How tspasswd starts. */
import { GRAMMAR, readPasswdWords } from '../cli/passwd/parse.ts';
import { passwd } from '../commands/passwd/program.ts';
import { endBy } from './end.ts';
import { runSmall } from './small-main.ts';

void runSmall({ grammar: GRAMMAR, read: readPasswdWords, execute: (plan, io) => passwd(plan, io, endBy) });
