/** Reads the values of `--exec` and `--dead-letter`. */
import { isTopicName } from '../../mqtt/topic.ts';
import { usage } from '../complaint.ts';
import type { Kind } from './kinds.ts';
import { textFault } from './text-fault.ts';

/** A command line for the shell. */
export function shellCommand(): Kind<string> {
  return {
    type: 'text',
    read(word, option) {
      const { text, wellFormed } = word;
      if (!wellFormed) throw usage(`Error: Malformed UTF-8 in ${option} argument.`).hinting(textFault(word));
      if (text.trim() === '' || text.includes('\0')) throw usage(`Error: ${option} needs a command.`);
      return text;
    },
  };
}

/** Where a message goes after the last attempt of its command has failed. */
export type DeadLetter =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'topic'; readonly topic: string };

const TOPIC = 'topic:';

/** `topic:NAME`, else a directory. */
export function deadLetter(): Kind<DeadLetter> {
  return {
    type: 'text',
    read(word, option) {
      const { text, wellFormed } = word;
      if (!wellFormed) throw usage(`Error: Malformed UTF-8 in ${option} argument.`).hinting(textFault(word));
      if (!text.startsWith(TOPIC)) {
        if (text === '' || text.includes('\0')) throw usage(`Error: ${option} needs a directory, or topic:NAME.`);
        return { kind: 'folder', path: text };
      }
      const topic = text.slice(TOPIC.length);
      if (isTopicName(topic)) return { kind: 'topic', topic };
      throw usage(`Error: Invalid ${option} topic '${topic}', does it contain '+' or '#'?`);
    },
  };
}
