import { readFormat } from '../cli/format.ts';
import { sub } from '../commands/sub/subscriber.ts';
import { run } from './run.ts';

void run('sub', sub, readFormat);
