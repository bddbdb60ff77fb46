/** What the semantic level keeps between starts, and how it is read back: all of it, or nothing. */
import type { VerifierState } from './verifier.ts';
import type { OnlineCounts } from './verifierCalibration.ts';

export interface SemanticState {
  readonly version: 1;
  /** Id, question, scope; from least to most recently used. */
  readonly entries: readonly (readonly [string, string, string])[];
  readonly verifier: VerifierState;
}

/** Undefined when it is not what `toJSON` wrote, or of another version. */
export function readSemanticState(saved: unknown): SemanticState | undefined {
  if (!isRecord(saved) || saved.version !== 1 || !Array.isArray(saved.entries) || !isRecord(saved.verifier))
    return undefined;
  const entries = saved.entries.filter(isEntry);
  const free = countsOf(saved.verifier.free);
  const code = countsOf(saved.verifier.code);
  if (entries.length !== saved.entries.length || free === undefined || code === undefined) return undefined;
  return { version: 1, entries, verifier: { free, code } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isEntry(value: unknown): value is [string, string, string] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');
}

function countsOf(value: unknown): OnlineCounts | undefined {
  if (!isRecord(value) || !isCounts(value.right) || !isCounts(value.wrong)) return undefined;
  return { right: value.right, wrong: value.wrong };
}

function isCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((count) => typeof count === 'number' && Number.isFinite(count) && count >= 0)
  );
}
