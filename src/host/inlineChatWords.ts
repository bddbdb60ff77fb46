/** What an inline chat says: the line before sending, the answer with its receipt, and what became of an edit. */
import * as vscode from 'vscode';
import type { Receipt } from '../flow/request.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import type { Decision } from '../routing/decision.ts';
import type { ChatEditResult, ChatEditVerdict } from './inlineChatEdit.ts';
import { costWords, modelWords } from './receiptRows.ts';
import { cacheWords, duration, money, whyWords } from './words.ts';

const t = vscode.l10n.t;

export function formName(form: ChatForm): string {
  return form === 'edit' ? t('Edit') : t('Ask');
}

/** What would be sent where, why, and for what. */
export function previewWords(
  form: ChatForm,
  { decision, cached }: { decision: Decision; cached: boolean },
): string {
  const { chosen, estimatedInputTokens, estimatedOutputTokens } = decision;
  const model = chosen.simulated ? t('{0} (simulated)', chosen.label) : chosen.label;
  if (cached) return t('{0} · {1} · already answered: from the cache, for nothing', formName(form), model);
  const tokens = t('about {0} + {1} tokens', estimatedInputTokens, estimatedOutputTokens);
  const cost =
    chosen.billing === 'subscription'
      ? t('in your subscription')
      : t('about {0}', money(chosen.estimatedUsd, false));
  return `${formName(form)} · ${model} · ${tokens} · ${cost} — ${whyWords(decision)}`;
}

/** `sim-fast (simulated) · 420 in, 130 out · $0.0002 · 1.2 s · Miss`. */
export function receiptWords(receipt: Receipt): string {
  const { usage, cache, totalMs } = receipt;
  const tokens =
    usage === undefined
      ? t('tokens –')
      : cache === 'none'
        ? t('{0} in, {1} out', usage.input + usage.cacheWrite + usage.cacheRead, usage.output)
        : t('0 tokens');
  const parts = [modelWords(receipt), tokens, costWords(receipt), duration(totalMs)];
  return [...parts, ...(cache === 'none' ? [] : [cacheWords(receipt)])].join(' · ');
}

/** `3 changes: +12 −4`. */
export function editWords(result: ChatEditResult): string {
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

function refusalWords(why: string): string {
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
    case 'document-changed':
      return t('The code changed while the answer came, so nothing of yours was overwritten. Ask again.');
    case 'document-closed':
      return t('The file was closed while the answer came. It was left as it was.');
    case 'read-only':
      return t('This file is read-only. Nothing was changed.');
    default:
      return t('The answer could not be written into the file. Nothing was changed.');
  }
}

export function verdictWords({ accepted, rejected, lost }: ChatEditVerdict): string {
  const parts = [
    accepted > 0 ? t('{0} accepted', accepted) : '',
    rejected > 0 ? t('{0} rejected', rejected) : '',
    lost > 0 ? t('{0} changed by you', lost) : '',
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
