// Runs before every test file. Unit tests share their modules, so a module cannot do this for each file.
import { afterAll } from 'vitest';
import { undoFile } from './cleanup.ts';

afterAll(undoFile);
