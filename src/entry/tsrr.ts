import { rr } from '../commands/rr.ts';
import { run } from './run.ts';

void run('rr', rr);
