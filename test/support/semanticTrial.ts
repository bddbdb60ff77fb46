/** What the semantic level would answer, judged: all first questions are inserted, all second ones asked. */
import { sameForm } from '../../src/cache/embedWords.ts';
import { VectorSearch, type WasmHost } from '../../src/cache/vectorSearch.ts';
import { type Prepared, Verifier } from '../../src/cache/verifier.ts';
import type { Evidence } from '../../src/cache/verifierCalibration.ts';
import { intentLikeness, intentOf } from '../../src/cache/verifierIntent.ts';
import type { VerifierModel } from '../../src/cache/verifierModel.ts';
import { INSTRUCTION_GROUPS } from './instructionGroups.ts';
import { type QuestionPair, split, Truth } from './questionPairs.ts';

export interface TrialHit {
  readonly asked: string;
  readonly found: string;
  readonly score: number;
  readonly verdict: 'same' | 'different' | 'unlabelled';
  /** The same but for case, blanks and punctuation: no merit of the verifier. */
  readonly equal: boolean;
  /** How it stood among the candidates. */
  readonly standing?: readonly number[];
}

/** Of the pairs, one in six is not inserted, so that its question is unrelated to all that is: 20 % of the others. */
export function withUnrelated(pairs: readonly QuestionPair[]): {
  related: QuestionPair[];
  unrelated: QuestionPair[];
} {
  const [related = [], unrelated = []] = split(pairs, [5 / 6, 1 / 6], 77);
  return { related, unrelated };
}

const NO_EVIDENCE: Evidence = { edges: [0], right: [0, 0], wrong: [0, 0] };
const CANDIDATES = 8;

export interface Trial {
  readonly hits: readonly TrialHit[];
  /** Questions asked that have an answer in the index, but not under the very same question. */
  readonly findable: number;
}

/** The best candidate of each distinct question asked, whatever its score. */
export function trial(
  pairs: readonly QuestionPair[],
  model: VerifierModel,
  wasm: WasmHost | undefined,
): Trial {
  const { related, unrelated } = withUnrelated(pairs);
  const truth = new Truth(pairs);
  const verifier = new Verifier(model, { free: NO_EVIDENCE, code: NO_EVIDENCE });
  const vectors = new VectorSearch(wasm);
  const entries = new Map<string, Prepared>();
  for (const { a } of related) {
    const prepared = verifier.prepare(a, 'free');
    entries.set(prepared.form, prepared);
    vectors.set(prepared.form, prepared.analysed.vector);
  }
  const asked = distinct([...related, ...unrelated]).map((b) => verifier.prepare(b, 'free'));
  const groups = new Set(related.map(({ a }) => truth.groupOf(a)));
  const hits = asked.flatMap((question) => {
    const near = vectors
      .nearest(question.analysed.vector, CANDIDATES)
      .flatMap(({ id }) => entries.get(id) ?? []);
    const best = verifier.best(question, near);
    const found = best && near[best.at];
    if (best === undefined || found === undefined) return [];
    const verdict = truth.of(question.question, found.question);
    return [
      {
        asked: question.question,
        found: found.question,
        score: best.score,
        verdict,
        equal: question.form === found.form,
        ...(best.standing === undefined ? {} : { standing: best.standing }),
      },
    ];
  });
  const findable = asked.filter(
    ({ form, question }) => !entries.has(form) && groups.has(truth.groupOf(question)),
  );
  return { hits, findable: findable.length };
}

/** The second questions, each form once: asked again, one is found as it stands. */
export function distinct(pairs: readonly QuestionPair[]): string[] {
  return [...new Map(pairs.map(({ b }) => [sameForm(b), b])).values()];
}

const BINS = 120;
/** Scores below the best fifth are served under no bound: one bin. */
const BINNED_SHARE = 0.2;

/** Equal questions are no evidence; what the file does not know counts as wrong. */
export function freeEvidence(hits: readonly TrialHit[]): Evidence {
  const similar = hits.filter(({ equal }) => !equal);
  const scores = similar.map(({ score }) => score).sort((x, y) => y - x);
  const edges = Array.from({ length: BINS }, (_, bin) => {
    return Number((scores[Math.floor((scores.length * BINNED_SHARE * (BINS - bin)) / BINS)] ?? 0).toFixed(4));
  });
  return evidenceOf(
    similar.map(({ score, verdict }) => ({ score, right: verdict === 'same' })),
    edges,
  );
}

export interface Instruction {
  readonly text: string;
  readonly family: number;
  readonly group: string;
}

/** Two families of five are kept apart to judge by. */
export function instructions(part: 'develop' | 'judge'): Instruction[] {
  return INSTRUCTION_GROUPS.trim()
    .split('\n\n')
    .flatMap((family, at) =>
      family
        .split('\n')
        .flatMap((line, group) =>
          line.split('|').map((text) => ({ text: text.trim(), family: at, group: `${at}.${group}` })),
        ),
    )
    .filter(({ family }) => (family % 5 === 1 || family % 5 === 3) === (part === 'judge'));
}

/** Every two instructions of a part. */
export function* instructionPairs(part: 'develop' | 'judge'): Generator<QuestionPair> {
  const all = instructions(part);
  for (const [at, a] of all.entries()) {
    for (const b of all.slice(at + 1)) yield { a: a.text, b: b.text, same: a.group === b.group };
  }
}

const CODE_EDGES = [0.5, 0.75, 0.95];

export function codeEvidence(): Evidence {
  const intents = new Map(instructions('develop').map(({ text }) => [text, intentOf(text)]));
  const judged = [...instructionPairs('develop')].flatMap(({ a, b, same }) => {
    const [inA, inB] = [intents.get(a), intents.get(b)];
    return inA && inB ? [{ score: intentLikeness(inA, inB), right: same }] : [];
  });
  return evidenceOf(judged, CODE_EDGES);
}

function evidenceOf(
  judged: readonly { score: number; right: boolean }[],
  edges: readonly number[],
): Evidence {
  const right = Array<number>(edges.length + 1).fill(0);
  const wrong = Array<number>(edges.length + 1).fill(0);
  for (const one of judged) {
    const bin = edges.filter((edge) => one.score >= edge).length;
    const counts = one.right ? right : wrong;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, right, wrong };
}
