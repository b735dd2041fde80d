/** How tssub starts. */
import { readFormat } from '../cli/values/format.ts';
import { sub } from '../commands/sub/subscriber.ts';
import { run } from './client-main.ts';

void run('sub', sub, readFormat);
