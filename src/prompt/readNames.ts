/** Reads proposed names out of an answer: identifiers in backticks, each the first of its line. */

export interface ProposedName {
  readonly name: string;
  /** What the answer says about it; may be empty. */
  readonly reason: string;
}

const MOST_NAMES = 10;
const NAMED = /`([\p{L}_$][\p{L}\p{N}_$]*[?!]?)`/u;

/** Without `old` itself, without repetitions, best first. */
export function readNames(answer: string, old: string): ProposedName[] {
  const found = new Map<string, ProposedName>();
  for (const line of answer.split(/\r?\n/)) {
    if (/^[ \t]*>/.test(line)) continue;
    const rest = line.replaceAll(`\`${old}\``, '');
    const match = NAMED.exec(rest);
    const [quoted, name] = match ?? [];
    if (match === null || quoted === undefined || name === undefined || name === old || found.has(name))
      continue;
    const reason = rest
      .slice(match.index + quoted.length)
      .replace(/^[\s*_:–—-]+/, '')
      .trim();
    found.set(name, { name, reason });
    if (found.size === MOST_NAMES) break;
  }
  return [...found.values()];
}
