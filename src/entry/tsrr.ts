import { readFormat } from '../cli/values/format.ts';
import { rr } from '../commands/rr/requester.ts';
import { run } from './run.ts';

void run('rr', rr, readFormat);
