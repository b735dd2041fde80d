/** How tsrr starts. */
import { readFormat } from '../cli/values/format.ts';
import { rr } from '../commands/rr/requester.ts';
import { run } from './client-main.ts';

void run('rr', rr, readFormat);
