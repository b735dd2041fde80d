import { readFormat } from '../cli/format.ts';
import { rr } from '../commands/rr/requester.ts';
import { run } from './run.ts';

void run('rr', rr, readFormat);
