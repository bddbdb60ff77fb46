/**
 * The chance that a model's answer is good enough for a task, in [0, 1]. A prior only: the model's quality is the
 * chance at middle complexity (0.5), and the chance falls as the task gets harder.
 */

/** How fast chances (as log-odds) fall over complexity 0…1; chosen so that a model of quality 0.7 is at 0.95 on the easiest and at 0.22 on the hardest task. */
const STEEPNESS = 4.2;
const MIDDLE = 0.5;

export function chanceAdequate(quality: number, complexity: number): number {
  const odds = Math.log(quality / (1 - quality)) + STEEPNESS * (MIDDLE - complexity);
  return 1 / (1 + Math.exp(-odds));
}
