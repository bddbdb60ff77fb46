/** What an inline chat says: the line before sending, the answer with its receipt, and what became of an edit. */
import * as vscode from 'vscode';
import type { TaskType } from '../base/task.ts';
import type { Receipt } from '../flow/request.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import type { Decision, Option, Reason } from '../routing/decision.ts';
import type { EditRefusal, EditResult, EditVerdict } from './liveEdit.ts';
import { money, percent, whyWords } from './words.ts';

const t = vscode.l10n.t;

export function formName(form: ChatForm): string {
  return form === 'edit' ? t('Edit') : t('Ask');
}

/** In the empty input while nothing runs. `fix`: the chat was opened at a problem. */
export function idleHint(talking: boolean, fix: boolean): string {
  if (talking) return t('Ask more, or change more');
  return fix ? t('Enter fixes it; or say how') : t('Ask, or say what to change');
}

/** What was asked for by a command, without words of the person's own. */
export function taskWords(task: TaskType): string {
  switch (task) {
    case 'document':
      return t('Write documentation comments for this code.');
    case 'simplify':
      return t('Simplify this code without changing what it does.');
    case 'refactor':
      return t('Refactor this code without changing what it does.');
    default:
      return t('Fix the problems that the editor reports here.');
  }
}

/** What would be sent where, why, and for what. */
export function previewWords(
  form: ChatForm,
  { decision, cached }: { readonly decision: Decision; readonly cached: boolean },
): string {
  const { chosen, estimatedInputTokens, estimatedOutputTokens } = decision;
  const model = choiceWords(form, decision);
  if (cached) return `${model} · ${t('answered before: from the cache, for nothing')}`;
  const tokens = t('about {0} tokens in, {1} out', estimatedInputTokens, estimatedOutputTokens);
  return [model, tokens, estimateWords(chosen), shortWhy(decision)].join(' · ');
}

export function choiceWords(form: ChatForm, { chosen }: Decision): string {
  return `${formName(form)}: ${modelName(chosen)}`;
}

/** The labels of simulated models say what they are. */
function modelName({ label, simulated }: Option): string {
  return simulated && !/simulated/i.test(label) ? t('{0} (simulated)', label) : label;
}

export function estimateWords({ billing, estimatedUsd, simulated }: Option): string {
  if (billing === 'subscription') return t('in your subscription');
  return estimatedUsd === undefined ? t('price unknown') : t('about {0}', money(estimatedUsd, simulated));
}

/** The reason that decided, in few words: it stands on one line with all the rest. */
function shortWhy(decision: Decision): string {
  const { chosen, reasons } = decision;
  const has = (kind: Reason['kind']) => reasons.some((reason) => reason.kind === kind);
  if (has('rule')) return t('by your rule');
  if (has('asked-by-name')) return t('chosen by you');
  if (has('asked-stronger')) return t('stronger, as asked');
  if (has('best-available')) return t('the best there is ({0})', percent(chosen.chance));
  if (has('cheapest-adequate')) return t('cheapest that is good enough ({0})', percent(chosen.chance));
  return has('only-model') ? t('the only one that can') : whyWords(decision);
}

/** `3 changes: +12 −4`. */
export function editWords(result: EditResult): string {
  switch (result.kind) {
    case 'edited': {
      const size = `+${result.addedLines} −${result.removedLines}`;
      return result.hunks === 1
        ? t('1 change: {0} lines', size)
        : t('{0} changes: {1} lines', result.hunks, size);
    }
    case 'unchanged':
      return t('The model gave the code back as it was. Nothing was changed.');
    case 'no-code':
      return '';
    case 'refused':
      return refusalWords(result.why);
  }
}

function refusalWords(why: EditRefusal): string {
  switch (why) {
    case 'elision':
      return t('The model left parts of the code out, so nothing was written into the file.');
    case 'several-blocks':
      return t(
        'The model gave several pieces of code; which one is meant is unclear, so nothing was written.',
      );
    case 'wrong-file':
      return t('The model answered with another file, so nothing was written into this one.');
    case 'half':
      return t('The answer is not complete, so the code was put back as it was.');
    case 'stopped':
      return t('The edit was stopped, and the code put back as it was.');
    case 'document-changed':
      return t('The code changed while the answer came, so nothing of yours was overwritten. Ask again.');
    case 'document-closed':
      return t('The file was closed while the answer came. It was left as it was.');
    case 'read-only':
      return t('This file is read-only. Nothing was changed.');
  }
}

export function verdictWords({ accepted, rejected, lost }: EditVerdict, undone: boolean): string {
  const parts = [
    accepted > 0 ? t('{0} accepted', accepted) : '',
    rejected > 0 ? t('{0} rejected', rejected) : '',
    lost > 0 ? t('{0} changed by you', lost) : '',
    undone ? t('undone') : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Model text as Markdown that loads nothing and runs nothing: pictures stay text, of commands only the decision's is alive. */
export function modelMarkdown(text: string, footer: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(
    footer === '' ? withoutPictures(text) : `${closed(text)}\n\n${footer}`,
  );
  markdown.isTrusted = { enabledCommands: ['sluice.showLastDecision'] };
  return markdown;
}

/** A picture's address could carry code away. Inside code, nothing is a picture. */
export function withoutPictures(text: string): string {
  return text
    .split(/(^ {0,3}(?:`{3,}|~{3,})[\s\S]*?(?:^ {0,3}(?:`{3,}|~{3,})[ \t]*$|$(?![\s\S]))|`[^`\n]+`)/m)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('![', '\\!\\[') : part))
    .join('');
}

/** What was cut inside a fence must not swallow what follows. */
function closed(text: string): string {
  const open = /(?:^|\n) {0,3}(`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}\1)[^\n]*)*$/.exec(text);
  const balanced = (text.match(/^ {0,3}(?:`{3,}|~{3,})/gm) ?? []).length % 2 === 0;
  return withoutPictures(open && !balanced ? `${text}\n${open[1]}` : text);
}

export function decisionLink(receipt: Receipt): string {
  return `[${t('Why this model?')}](${commandUri('sluice.showLastDecision', receipt.id)})`;
}

export function commandUri(command: string, argument: unknown): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([argument]))}`;
}

/** The beginning of an answer on one line. */
export function firstWords(text: string, mostChars: number): string {
  const line = text
    .replaceAll(/[`*#>_]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= mostChars ? line : `${line.slice(0, mostChars)}…`;
}
