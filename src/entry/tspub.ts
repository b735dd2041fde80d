import { pub } from '../commands/pub.ts';
import { run } from './run.ts';

void run('pub', pub);
