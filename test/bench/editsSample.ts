/** A long file and an answer that changes every 25th of its lines. */
export const HUNKS = 400;
const LINES = 10_000;

export interface EditsSample {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly answer: string;
}

export function editsSample(): EditsSample {
  const before = Array.from({ length: LINES }, (_, line) =>
    line % 5 === 4 ? '}' : `  const value${line} = compute(${line * 37}, 'item ${line % 100}');`,
  );
  const step = LINES / HUNKS;
  const after = before.map((line, index) =>
    index % step === 0 ? line.replace('compute(', 'compute(1 + ') : line,
  );
  return { before, after, answer: `So:\n\n\`\`\`ts\n${after.join('\n')}\n\`\`\`\n` };
}

/** Where the host module leaves its times, and what they are. Units: milliseconds. */
export const editsResultVariable = 'SLUICE_BENCH_EDITS';

export interface EditsTimes {
  /** `finish` of a whole answer: read, compare, write, mark. */
  readonly liveMs: readonly number[];
  /** Accepting all of it. */
  readonly acceptMs: readonly number[];
  /** Rejecting all of it. */
  readonly rejectMs: readonly number[];
  /** One WorkspaceEdit with the same changes, ready made. */
  readonly workspaceEditMs: readonly number[];
  readonly quiet: boolean;
}
