/** Whether the code of an answer parses, or at least no worse than what was there before. Units: characters, milliseconds. */
import { type CheckVerdict, failed, PASSED, unknown } from '../base/check.ts';
import { answerParts } from '../edit/answerBlocks.ts';
import type { AnswerCheck, CheckedAnswer } from './answerChecks.ts';
import { formOf, readingOf } from './checkForm.ts';

/** A grammar has to be loaded the first time; a megabyte of code parses in less. */
const LIMIT_MS = 5_000;
/** Longer files are seldom written by people. */
const MOST_CHARS = 1_000_000;

export type Parsed =
  /** `line` of the first error, from 0. */
  | { readonly kind: 'parsed'; readonly errors: number; readonly line?: number }
  | { readonly kind: 'no-grammar' }
  /** It took too long, or was aborted. */
  | { readonly kind: 'gave-up' };

/** Implemented at the edge. */
export interface SyntaxParser {
  /** `language`: VS Code's id, or what a fence calls it. */
  parse(text: string, language: string, signal: AbortSignal): Promise<Parsed>;
}

export function parsesCheck(parser: () => Promise<SyntaxParser>): AnswerCheck {
  return {
    kind: 'parses',
    limitMs: LIMIT_MS,
    fits: (request) => ['edit', 'code'].includes(formOf(request) ?? ''),
    run: async (answer, signal) => {
      const code = codeOf(answer);
      if (code === undefined) return unknown({ kind: 'no-code' });
      if (code.after.length > MOST_CHARS) return unknown({ kind: 'too-long' });
      return compare(code, await parser(), signal);
    },
  };
}

interface NewCode {
  readonly language: string;
  /** The file, or the code that was sent, as it was; absent: there was none. */
  readonly before?: string;
  readonly after: string;
}

function codeOf(answer: CheckedAnswer): NewCode | undefined {
  const { code, rest } = answer.request;
  if (formOf(answer.request) === 'code') return blockOf(answer);
  const reading = readingOf(answer);
  if (reading.kind !== 'code' || code === undefined) return undefined;
  const within = (text: string) => `${rest?.above ?? ''}${text}${rest?.below ?? ''}`;
  return {
    language: code.language,
    before: within(code.text),
    after: within(reading.lines.join('\n')),
  };
}

/** The longest block, which is the one that is taken over. A translation says by its fence what it is. */
function blockOf({ request, text }: CheckedAnswer): NewCode | undefined {
  const blocks = answerParts(text, true).blocks.map(({ info, lines }) => ({ info, after: lines.join('\n') }));
  const [longest] = blocks.toSorted((one, other) => other.after.length - one.after.length);
  if (longest === undefined) return undefined;
  const named = /^[\w+#.-]*/.exec(longest.info)?.[0] ?? '';
  const own = request.task === 'translate' ? '' : (request.code?.language ?? '');
  return { language: named === '' ? own : named, after: longest.after };
}

/** Code that did not parse before is not blamed for it, only for more errors; nor is it praised. */
async function compare(
  { language, before, after }: NewCode,
  parser: SyntaxParser,
  signal: AbortSignal,
): Promise<CheckVerdict> {
  const now = await parser.parse(after, language, signal);
  if (now.kind === 'no-grammar') return unknown({ kind: 'no-grammar', language });
  if (now.kind === 'gave-up') return unknown({ kind: 'timed-out', afterMs: LIMIT_MS });
  if (now.errors === 0) return PASSED;
  const was = before === undefined ? undefined : await parser.parse(before, language, signal);
  if (was?.kind === 'gave-up') return unknown({ kind: 'timed-out', afterMs: LIMIT_MS });
  const errorsBefore = was?.kind === 'parsed' ? was.errors : 0;
  // A piece of a file, or a file that was broken before: what is new in it cannot be told apart.
  if (now.errors <= errorsBefore) return unknown({ kind: 'failed-before' });
  const line = now.line === undefined ? {} : { line: now.line + 1 };
  return failed({ kind: 'syntax', before: errorsBefore, after: now.errors, ...line });
}
