/** What `#sluiceQuota` and `#sluiceContext` say. Neither sends anything to a model or changes anything. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import { TASK_TYPES } from '../base/task.ts';
import type { RouteRequest } from '../flow/request.ts';
import { buildPrompt } from '../prompt/buildPrompt.ts';
import { codeContext } from './editorContext.ts';
import { errorWords } from './errorWords.ts';
import { quotaWords } from './limitWords.ts';
import type { ParticipantDeps } from './participantChat.ts';
import { money, percent, reasonWords } from './words.ts';

const t = vscode.l10n.t;
const CHARS_PER_KB = 1_024;

export class LmToolAnswers {
  readonly #deps: ParticipantDeps;

  constructor(deps: ParticipantDeps) {
    this.#deps = deps;
  }

  prepareQuota(): vscode.PreparedToolInvocation {
    return { invocationMessage: t('Reading what is left of your limits') };
  }

  prepareContext(): vscode.PreparedToolInvocation {
    return { invocationMessage: t('Looking at what Sluice would send for the selection') };
  }

  quota(): vscode.LanguageModelToolResult {
    return said(
      quotaWords({ buckets: this.#deps.buckets(), platforms: this.#deps.platforms.list }, this.#deps.clock),
    );
  }

  /** `input` is checked here too: VS Code validates it only where a model made it. */
  async context(input: unknown, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    const abort = new AbortController();
    const listening = token.onCancellationRequested(() =>
      abort.abort(new DOMException('cancelled by the asker', 'AbortError')),
    );
    try {
      return said(await this.#contextWords(taskIn(input), abort.signal));
    } catch (error) {
      if (!SluiceError.any(error)) throw error;
      return said(errorWords(error, (platform) => platform));
    } finally {
      listening.dispose();
    }
  }

  async #contextWords(task: RouteRequest['task'], signal: AbortSignal): Promise<string> {
    const { settings, clock, pipeline } = this.#deps;
    const maxChars = settings()['request.maxSelectionKilobytes'] * CHARS_PER_KB;
    const code = await codeContext(maxChars, clock, signal);
    const request: RouteRequest = { task, priority: 'medium', instruction: '', code, freshness: 'cached' };
    const { decision, cached } = pipeline.preview(request);
    const { chosen } = decision;
    const { text, cutChars, file: _file, ...about } = code;
    const prompt = buildPrompt({ task, instruction: '', code: text, ...about });
    const lines = [
      t('Task: {0}', task),
      t('Model: {0} ({1} of a good answer)', chosen.label, percent(chosen.chance)),
      t('Estimated cost: {0}', money(chosen.estimatedUsd, chosen.simulated)),
      t('Estimated tokens: {0} in, {1} out', decision.estimatedInputTokens, decision.estimatedOutputTokens),
      ...(cached ? [t('The answer is in the cache: it would cost nothing.')] : []),
      ...(cutChars > 0 ? [t('{0} characters are too many and would be left out.', cutChars)] : []),
      ...decision.reasons.map(reasonWords),
    ];
    return `${lines.map((line) => `- ${line}`).join('\n')}\n\n${prompt.system}\n\n${prompt.user}`;
  }
}

function taskIn(input: unknown): RouteRequest['task'] {
  const asked = typeof input === 'object' && input !== null && 'task' in input ? input.task : undefined;
  return TASK_TYPES.find((task) => task === asked) ?? 'explain';
}

function said(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
