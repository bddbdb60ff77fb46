/**
 * How well the predictor foretells the answers of a trace: learned in the order of the trace, judged on its second half,
 * each answer before it is learned from. Units: tokens; pinball loss at the level of each quantile.
 */
import { TaskPredictor } from '../../src/quota/taskPredictor.ts';
import { quantile, round } from './report.ts';
import type { TracedTask } from './traceData.ts';

export function predictionFigures(tasks: readonly TracedTask[]) {
  const predictor = new TaskPredictor();
  const half = Math.floor(tasks.length / 2);
  const ours = new Loss();
  const mean = new Loss();
  let [sum, covered] = [0, 0];
  const startedMs = performance.now();
  for (const [index, { inputTokens, outputTokens }] of tasks.entries()) {
    const ahead = { task: 'question', model: 'model', inputTokens, usualOutputTokens: 400, usualMs: 1_000 };
    const { p50, p90 } = predictor.outputTokens(ahead);
    if (index >= half) {
      ours.add(p50, p90, outputTokens);
      mean.add(sum / index, sum / index, outputTokens);
      if (outputTokens <= p90) covered += 1;
    }
    predictor.learn(ahead, { outputTokens });
    sum += outputTokens;
  }
  const us = ((performance.now() - startedMs) * 1_000) / tasks.length;
  const constant = bestConstant(tasks.slice(half).map(({ outputTokens }) => outputTokens));
  const ratio = (loss: Loss) => ({ p50: round(loss.p50 / mean.p50), p90: round(loss.p90 / mean.p90) });
  return {
    judged: tasks.length - half,
    coveredByP90: round(covered / (tasks.length - half)),
    pinballToRunningMean: ratio(ours),
    /** The best that one number for all answers can do, known only afterwards. */
    bestConstantToRunningMean: ratio(constant),
    stateBytes: JSON.stringify(predictor).length,
    usPerOutcome: round(us),
  };
}

class Loss {
  p50 = 0;
  p90 = 0;

  add(p50: number, p90: number, outcome: number): void {
    this.p50 += pinball(p50, outcome, 0.5);
    this.p90 += pinball(p90, outcome, 0.9);
  }
}

function bestConstant(outcomes: readonly number[]): Loss {
  const loss = new Loss();
  const [p50, p90] = [quantile(outcomes, 0.5), quantile(outcomes, 0.9)];
  for (const outcome of outcomes) loss.add(p50, p90, outcome);
  return loss;
}

function pinball(predicted: number, outcome: number, level: number): number {
  return outcome >= predicted ? level * (outcome - predicted) : (1 - level) * (predicted - outcome);
}
