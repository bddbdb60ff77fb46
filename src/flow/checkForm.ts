/** Whether an answer is whole and has the form that was asked for, and whether an edit can be applied. No wait, no cost. */
import { type CheckVerdict, failed, PASSED } from '../base/check.ts';
import { answerParts } from '../edit/answerBlocks.ts';
import { linesOf } from '../edit/lines.ts';
import { type Reading, readEdit } from '../edit/readEdit.ts';
import { readCommitMessage } from '../prompt/readCommitMessage.ts';
import { readNames } from '../prompt/readNames.ts';
import type { AnswerCheck, CheckedAnswer } from './answerChecks.ts';
import type { RouteRequest } from './request.ts';

/** Far more than they take: they only look at the text. */
const LIMIT_MS = 1_000;

/** What an answer is to be read as. */
export type AnswerForm = 'edit' | 'code' | 'names' | 'message' | 'words';

/** Another program's talk has no form that we know. */
export function formOf({ form, task, conversation }: RouteRequest): AnswerForm | undefined {
  if (conversation !== undefined) return undefined;
  if (form === 'edit') return 'edit';
  if (task === 'tests' || task === 'translate') return 'code';
  if (task === 'name') return 'names';
  return task === 'commit-message' ? 'message' : 'words';
}

export const completeCheck: AnswerCheck = {
  kind: 'complete',
  limitMs: LIMIT_MS,
  fits: (request) => formOf(request) !== undefined,
  run: complete,
};

export const appliesCheck: AnswerCheck = {
  kind: 'applies',
  limitMs: LIMIT_MS,
  fits: (request) => formOf(request) === 'edit' && request.code !== undefined,
  run: applies,
};

/** A short answer that begins so does not do what it was asked. */
const REFUSAL =
  /^(?:>.*\n+)?\s*(?:i['’]?m sorry|sorry|i apologi[sz]e|i can(?:no|['’])t (?:help|assist|do|comply|provide)|i(?:['’]m| am) (?:not able|unable) to|as an ai\b)/i;
const SHORT_CHARS = 400;

function complete({ request, text, stop }: CheckedAnswer): CheckVerdict {
  if (stop === 'cut' || stop === 'length' || stop === 'refused') return failed({ kind: stop });
  if (stop === 'other' || stop === 'cancelled') return failed({ kind: 'stopped' });
  if (text.trim() === '') return failed({ kind: 'empty' });
  const { blocks } = answerParts(text, true);
  if (blocks.length === 0 && text.length <= SHORT_CHARS && REFUSAL.test(text))
    return failed({ kind: 'refused' });
  if (blocks.some(({ closed }) => !closed)) return failed({ kind: 'open-fence' });
  return ofForm(request, text, blocks.length);
}

function ofForm(request: RouteRequest, text: string, blocks: number): CheckVerdict {
  switch (formOf(request)) {
    case 'code':
      return blocks === 0 ? failed({ kind: 'no-code' }) : PASSED;
    case 'names':
      return readNames(text, request.code?.symbol ?? '').length === 0 ? failed({ kind: 'no-names' }) : PASSED;
    case 'message':
      return readCommitMessage(text) === '' ? failed({ kind: 'no-message' }) : PASSED;
    default:
      return PASSED;
  }
}

/** What an answer makes of the code that was sent. */
export function readingOf({ request, text, stop }: CheckedAnswer): Reading {
  const { code } = request;
  const asked = {
    before: linesOf(code?.text ?? ''),
    language: code?.language ?? '',
    ...(code?.fileName === undefined ? {} : { fileName: code.fileName }),
  };
  return readEdit(text, asked, stop === 'complete');
}

function applies(answer: CheckedAnswer): CheckVerdict {
  const reading = readingOf(answer);
  if (reading.kind === 'no-code') return failed({ kind: 'no-code' });
  if (reading.kind === 'refused') return failed({ kind: reading.why });
  const before = linesOf(answer.request.code?.text ?? '').join('\n');
  return reading.lines.join('\n') === before ? failed({ kind: 'unchanged' }) : PASSED;
}
