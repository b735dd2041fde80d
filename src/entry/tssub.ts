import { readFormat } from '../cli/values/format.ts';
import { sub } from '../commands/sub/subscriber.ts';
import { run } from './run.ts';

void run('sub', sub, readFormat);
