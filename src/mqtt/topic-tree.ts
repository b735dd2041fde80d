/** Whether any of many topic filters matches a topic: a tree of levels, whose cost does not grow with the number of filters. */

interface Level {
  /** The next levels by their text, without `+` and `#`. */
  readonly named: Map<string, Level>;
  /** The next level for `+`. */
  any: Level | undefined;
  /** A filter continues with `#` here, so it matches this level and everything below. */
  takesRest: boolean;
  /** A filter ends here. */
  isEnd: boolean;
}

const newLevel = (): Level => ({ named: new Map(), any: undefined, takesRest: false, isEnd: false });

export class TopicTree {
  readonly #root = newLevel();

  /** The filters must be valid (isTopicFilter). */
  constructor(filters: Iterable<string>) {
    for (const filter of filters) this.#add(filter);
  }

  /** Whether any of the filters matches the topic, by the rules of matches(). */
  matches(topic: string): boolean {
    const levels = topic.split('/');
    if (!topic.startsWith('$')) return takes(this.#root, levels, 0);
    // A wildcard in the first level never matches a `$` topic [MQTT-4.7.2-1].
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
