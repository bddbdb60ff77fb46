/**
 * A scripted session: tasks of three kinds, one after the other, to simulated models that fail at known rates, and a
 * person who takes an answer when nothing is wrong with it and refuses it otherwise. Units: USD, shares in [0, 1].
 */
import type { TaskType } from '../../src/base/task.ts';
import type { Outcomes } from '../../src/flow/outcomes.ts';
import type { Pipeline } from '../../src/flow/pipeline.ts';
import type { Platform } from '../../src/flow/platforms.ts';
import type { Receipt, RouteRequest } from '../../src/flow/request.ts';
import type { ModelTransport } from '../../src/flow/transport.ts';
import type { SimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import type { SimulatedSkill } from '../../src/node/simulatedSkills.ts';
import { bindModel } from '../../src/routing/catalogue.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';

export const SESSION_PLATFORM = 'session';

/** How often each model fails; by `BAR` the first that is good enough is the cheapest adequate one. */
export const SESSION_RATES = {
  explain: { 'sim-fast': 0.05, 'sim-balanced': 0.04, 'sim-powerful': 0.03 },
  fix: { 'sim-fast': 0.65, 'sim-balanced': 0.06, 'sim-powerful': 0.04 },
  refactor: { 'sim-fast': 0.8, 'sim-balanced': 0.6, 'sim-powerful': 0.05 },
} as const satisfies Partial<Record<TaskType, Readonly<Record<string, number>>>>;

export type SessionTask = keyof typeof SESSION_RATES;

export const SESSION_TASKS: readonly SessionTask[] = ['explain', 'fix', 'refactor'];

/** As in the settings by default. */
export const BAR = 0.7;

export const SESSION_SKILLS: readonly SimulatedSkill[] = SESSION_TASKS.flatMap((task) =>
  Object.entries(SESSION_RATES[task]).map(([model, fails]) => ({
    ...{ model, task, fails },
    how: task === 'explain' ? (['words-only'] as const) : (['wrong', 'unparsable', 'words-only'] as const),
  })),
);

/** Key of the cheapest model whose answers pass the bar in truth. */
export function cheapestAdequate(task: SessionTask): string {
  const [name] = Object.entries(SESSION_RATES[task]).find(([, fails]) => 1 - fails >= BAR) ?? [];
  return `${SESSION_PLATFORM}/${name}`;
}

export function sessionPlatform(open: () => Promise<ModelTransport>): Platform {
  return {
    id: SESSION_PLATFORM,
    label: 'Session',
    simulated: true,
    models: SIMULATED_MODELS.map((row) => bindModel(row, SESSION_PLATFORM, true)),
    open,
  };
}

export interface SessionStep {
  readonly task: SessionTask;
  readonly modelKey: string;
  readonly accepted: boolean;
  readonly costUsd: number;
  /** What the strongest model would have cost for the same tokens. */
  readonly strongestUsd: number;
  readonly chance: number;
  readonly explored: boolean;
  readonly receipt: Receipt;
}

/** As a file holds it. */
export type PlainStep = Omit<SessionStep, 'receipt'>;

export interface SessionDeps {
  readonly pipeline: Pick<Pipeline, 'run'>;
  readonly outcomes: Pick<Outcomes, 'happened'>;
  readonly server: SimulatedPlatform;
}

/** Resolves with what became of each task, in order. */
export async function runSession(
  tasks: number,
  { pipeline, outcomes, server }: SessionDeps,
  onStep: (step: SessionStep) => void = () => undefined,
): Promise<readonly SessionStep[]> {
  const steps: SessionStep[] = [];
  for (let index = 0; index < tasks; index += 1) {
    const task = SESSION_TASKS[index % SESSION_TASKS.length] ?? 'explain';
    const { receipt } = await pipeline.run(taskNumber(index, task), () => undefined, never);
    const accepted = server.requests.at(-1)?.flaw === undefined;
    const [took, left] = accepted ? [1, 0] : [0, 1];
    outcomes.happened(receipt, { kind: 'edit-settled', accepted: took, rejected: left, lost: 0 });
    const step = stepOf(task, receipt, accepted);
    steps.push(step);
    onStep(step);
  }
  return steps;
}

const never = new AbortController().signal;

function taskNumber(index: number, task: SessionTask): RouteRequest {
  const text = `export function step${index}(items: readonly number[]) {\n  return items.length * ${index};\n}\n`;
  return {
    ...{ task, priority: 'medium', instruction: '', freshness: 'fresh' },
    code: { language: 'typescript', text, problems: [], cutChars: 0 },
    ...(task === 'explain' ? {} : { form: 'edit' }),
  };
}

function stepOf(task: SessionTask, receipt: Receipt, accepted: boolean): SessionStep {
  const { usage, costUsd = 0, decision, modelKey } = receipt;
  const { price } = SIMULATED_MODELS.at(-1) ?? {};
  const strongestUsd =
    ((usage?.input ?? 0) * (price?.inputUsdPerMTok ?? 0) +
      (usage?.output ?? 0) * (price?.outputUsdPerMTok ?? 0)) /
    1e6;
  const explored = decision.reasons.some(({ kind }) => kind === 'explored');
  return {
    task,
    modelKey,
    accepted,
    costUsd,
    strongestUsd,
    chance: decision.chosen.chance,
    explored,
    receipt,
  };
}

/** Of the last third of the tasks of one kind: how many went to the cheapest adequate model. */
export function settledShare(steps: readonly PlainStep[], task: SessionTask): number {
  const own = steps.filter((step) => step.task === task);
  const last = own.slice(-Math.ceil(own.length / 3));
  return last.filter(({ modelKey }) => modelKey === cheapestAdequate(task)).length / last.length;
}
