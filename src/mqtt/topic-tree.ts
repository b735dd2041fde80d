/** Many topic filters as a tree of their levels: whether any takes a topic costs as many steps as the topic has levels. */

interface Level {
  /** The next level by its text; `+` and `#` are not among them. */
  readonly named: Map<string, Level>;
  /** The next level where it is `+`. */
  any: Level | undefined;
  /** A filter goes on with `#` here, so it takes this level and everything below. */
  takesRest: boolean;
  /** A filter ends here. */
  isEnd: boolean;
}

const newLevel = (): Level => ({ named: new Map(), any: undefined, takesRest: false, isEnd: false });

export class TopicTree {
  readonly #root = newLevel();

  /** The filters have to be valid ones (isTopicFilter). */
  constructor(filters: Iterable<string>) {
    for (const filter of filters) this.#add(filter);
  }

  /** Whether any of the filters takes the topic, as matches() says it of one. */
  matches(topic: string): boolean {
    const levels = topic.split('/');
    if (!topic.startsWith('$')) return takes(this.#root, levels, 0);
    // A wildcard in the first level never takes a `$` topic [MQTT-4.7.2-1].
    const first = this.#root.named.get(levels[0]!);
    return first !== undefined && takes(first, levels, 1);
  }

  #add(filter: string): void {
    let at = this.#root;
    for (const level of filter.split('/')) {
      if (level === '#') {
        at.takesRest = true;
        return;
      }
      at = level === '+' ? anyOf(at) : namedOf(at, level);
    }
    at.isEnd = true;
  }
}

function anyOf(level: Level): Level {
  level.any ??= newLevel();
  return level.any;
}

function namedOf(level: Level, name: string): Level {
  const known = level.named.get(name);
  if (known !== undefined) return known;
  const added = newLevel();
  level.named.set(name, added);
  return added;
}

function takes(level: Level, levels: readonly string[], at: number): boolean {
  if (level.takesRest) return true;
  if (at === levels.length) return level.isEnd;
  const named = level.named.get(levels[at]!);
  if (named !== undefined && takes(named, levels, at + 1)) return true;
  return level.any !== undefined && takes(level.any, levels, at + 1);
}
