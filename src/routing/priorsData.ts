/**
 * Shares of adequate answers that were measured elsewhere and may be told: to be replaced when newer ones come. Models
 * by the names that Ollama and the hosts use. Figures from halves of published data sets, as of 2026-11-27:
 * LLMRouter (MIT, https://github.com/ulab-uiuc/LLMRouter) for code and questions with one right answer;
 * RouteLLM (Apache-2.0, https://github.com/lm-sys/RouteLLM) with MMLU (MIT) for mixtral-8x7b;
 * RouterArena (Apache-2.0, https://github.com/RouteWorks/RouterArena) for claude-3-haiku and gemini-2.0-flash.
 */
import type { TaskType } from '../base/task.ts';

export interface MeasuredPrior {
  readonly models: readonly string[];
  readonly tasks: readonly TaskType[];
  /** In [0, 1]. */
  readonly share: number;
  readonly outcomes: number;
}

const CODE: readonly TaskType[] = ['edit', 'fix', 'refactor', 'tests'];
const QUESTIONS: readonly TaskType[] = ['question'];

export const MEASURED_PRIORS: readonly MeasuredPrior[] = [
  ...both(['llama3.1', 'llama3.1:8b', 'llama-3.1-8b-instant'], 0.617, 0.622),
  ...both(['qwen2.5', 'qwen2.5:7b'], 0.713, 0.551),
  ...both(['gemma2', 'gemma2:9b', 'gemma2-9b-it'], 0.457, 0.649),
  ...both(['mistral', 'mistral:7b'], 0.06, 0.551),
  ...both(['codegemma', 'codegemma:7b'], 0.543, 0.306),
  { models: ['mixtral', 'mixtral:8x7b'], tasks: QUESTIONS, share: 0.676, outcomes: 7_061 },
  { models: ['claude-3-haiku-20240307'], tasks: QUESTIONS, share: 0.526, outcomes: 388 },
  { models: ['gemini-2.0-flash', 'gemini-2.0-flash-001'], tasks: QUESTIONS, share: 0.68, outcomes: 388 },
];

/** LLMRouter: 300 tasks of code, 1,216 questions with choices. */
function both(models: readonly string[], code: number, questions: number): MeasuredPrior[] {
  return [
    { models, tasks: CODE, share: code, outcomes: 300 },
    { models, tasks: QUESTIONS, share: questions, outcomes: 1_216 },
  ];
}
