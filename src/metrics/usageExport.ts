/**
 * The usage history as a file for other programs: one row for each request, oldest first, without prompt, code or
 * answer. Columns: `time` (ISO 8601, UTC), `day` (local), `task`, `model`, `simulated`, `cache`, `stop`, `input_tokens`,
 * `output_tokens`, `cost_usd`, `total_ms`. What is unknown is empty in CSV and absent in JSON.
 */
import type { UsageRecord } from './usageLedger.ts';

export const EXPORT_FORMATS = ['csv', 'json'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const COLUMNS = [
  'time',
  'day',
  'task',
  'model',
  'simulated',
  'cache',
  'stop',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'total_ms',
] as const;

type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | boolean>>>;

export function exportUsage(records: readonly UsageRecord[], format: ExportFormat): string {
  const rows = records.map(rowOf);
  if (format === 'json') return `${JSON.stringify(rows, undefined, 2)}\n`;
  const lines = rows.map((row) => COLUMNS.map((column) => field(row[column])).join(','));
  // RFC 4180: lines end in CR LF.
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function rowOf(record: UsageRecord): Row {
  return {
    time: new Date(record.atMs).toISOString(),
    day: record.day,
    task: record.task,
    model: record.modelKey,
    simulated: record.simulated,
    cache: record.cache,
    stop: record.stop,
    ...(record.inputTokens === undefined ? {} : { input_tokens: record.inputTokens }),
    ...(record.outputTokens === undefined ? {} : { output_tokens: record.outputTokens }),
    ...(record.costUsd === undefined ? {} : { cost_usd: record.costUsd }),
    total_ms: Math.round(record.totalMs),
  };
}

/** A text that a spreadsheet would take for a formula is kept a text. */
function field(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
