/** A session as a picture: who answered each task, how many answers were taken, and what it cost, over the tasks. */
import { type PlainStep, SESSION_TASKS } from '../support/session.ts';

const WIDTH = 820;
const LEFT = 150;
const RIGHT = 30;
const STRIP = 22;
const PANEL = 120;
/** Tasks that one point of the acceptance looks back on. */
const WINDOW = 45;

const COLOURS: Readonly<Record<string, string>> = {
  'sim-fast': '#56b4e9',
  'sim-balanced': '#e69f00',
  'sim-powerful': '#7b3294',
};

export function sessionPlot(steps: readonly PlainStep[]): string {
  const stripsTop = 64;
  const acceptedTop = stripsTop + SESSION_TASKS.length * (STRIP + 6) + 40;
  const costTop = acceptedTop + PANEL + 54;
  const height = costTop + PANEL + 44;
  const body = [
    text(LEFT, 24, `${steps.length} tasks: which model answered, and what came of it`, 16),
    legend(),
    ...SESSION_TASKS.map((task, index) => strip(steps, task, stripsTop + index * (STRIP + 6))),
    panel(acceptedTop, `Accepted, of the last ${WINDOW} tasks`, ['0 %', '50 %', '100 %']),
    line(acceptedTop, accepted(steps), 1, '#1b7837'),
    ...costs(steps, costTop),
    text(
      LEFT,
      height - 12,
      'tasks, from the first to the last; a tick below a strip is an answer that was refused',
      12,
    ),
  ];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" fill="#222">`;
  const title = '<title>A session: models, acceptance and cost over the tasks</title>';
  return `${head}${title}<rect width="100%" height="100%" fill="#fff"/>${body.join('')}</svg>\n`;
}

function x(index: number, count: number): number {
  return LEFT + ((WIDTH - LEFT - RIGHT) * index) / count;
}

/** One cell for each task of this kind, where it came in the session. */
function strip(steps: readonly PlainStep[], task: string, top: number): string {
  const own = steps.filter((step) => step.task === task);
  const width = (WIDTH - LEFT - RIGHT) / own.length;
  const cells = own.map(({ modelKey, accepted: taken }, index) => {
    const left = x(index, own.length).toFixed(1);
    const fill = COLOURS[modelKey.slice(modelKey.indexOf('/') + 1)] ?? '#999';
    const cell = `<rect x="${left}" y="${top}" width="${width.toFixed(2)}" height="${STRIP - 5}" fill="${fill}"/>`;
    const tick = `<rect x="${left}" y="${top + STRIP - 4}" width="${width.toFixed(2)}" height="4" fill="#b2182b"/>`;
    return taken ? cell : `${cell}${tick}`;
  });
  return `${text(LEFT - 10, top + 13, task, 13, 'end')}${cells.join('')}`;
}

function legend(): string {
  return Object.entries(COLOURS)
    .map(([name, fill], index) => {
      const left = LEFT + index * 140;
      return `<rect x="${left}" y="38" width="12" height="12" fill="${fill}"/>${text(left + 18, 49, name, 12)}`;
    })
    .join('');
}

function accepted(steps: readonly PlainStep[]): number[] {
  return steps.map((_, index) => {
    const last = steps.slice(Math.max(0, index + 1 - WINDOW), index + 1);
    return last.filter((step) => step.accepted).length / last.length;
  });
}

function costs(steps: readonly PlainStep[], top: number): string[] {
  const own = sums(steps.map(({ costUsd }) => costUsd));
  const strongest = sums(steps.map(({ strongestUsd }) => strongestUsd));
  const most = Math.max(own.at(-1) ?? 0, strongest.at(-1) ?? 0);
  const labels = [0, most / 2, most].map((usd) => `$${usd.toFixed(2)}`);
  const mark = (values: readonly number[], words: string) =>
    text(
      WIDTH - RIGHT,
      top + PANEL * (1 - (values.at(-1) ?? 0) / most) + (words === 'Sluice' ? 16 : -6),
      words,
      12,
      'end',
    );
  return [
    panel(top, 'Cost so far (simulated prices)', labels),
    line(top, strongest, most, COLOURS['sim-powerful'] ?? '#999'),
    line(top, own, most, '#222'),
    mark(strongest, 'always sim-powerful'),
    mark(own, 'Sluice'),
  ];
}

function sums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** A frame with three labels, from the lower edge to the upper one. */
function panel(top: number, title: string, labels: readonly string[]): string {
  const rules = labels.map((label, index) => {
    const y = top + PANEL - (PANEL * index) / (labels.length - 1);
    const rule = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="#ddd"/>`;
    return `${rule}${text(LEFT - 10, y + 4, label, 12, 'end')}`;
  });
  return `${text(LEFT, top - 10, title, 13)}${rules.join('')}`;
}

function line(top: number, values: readonly number[], most: number, colour: string): string {
  const points = values.map((value, index) => {
    const y = top + PANEL - (PANEL * value) / most;
    return `${x(index + 0.5, values.length).toFixed(1)},${y.toFixed(1)}`;
  });
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

function text(left: number, baseline: number, words: string, size: number, anchor = 'start'): string {
  return `<text x="${left}" y="${baseline.toFixed(1)}" font-size="${size}" text-anchor="${anchor}">${words}</text>`;
}
