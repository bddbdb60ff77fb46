/**
 * The sorts of platform that can be connected. Addresses: models.dev as packed in opencode-ai 1.18.33, read 2026-11-20;
 * that of LM Studio is its default on this machine.
 */
import * as vscode from 'vscode';
import { ollamaAddress } from './ollamaAddress.ts';

const t = vscode.l10n.t;

/** Which transport speaks with it; made in `extension.ts`. */
export type Wire = 'anthropic' | 'responses' | 'chat' | 'vscode' | 'claude-code';

export interface PlatformKind {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly wire: Wire;
  readonly key: 'required' | 'optional' | 'none';
  /** What its keys look like; shown while typing. */
  readonly keyHint: string;
  /** Absent: the SDK's own, or asked for where `asksUrl`. */
  readonly baseUrl?: string;
  readonly asksUrl?: boolean;
  /** Runs on this machine: offered as found when its port answers. */
  readonly local?: boolean;
  /** A second one makes no sense: there is one program, or one editor. */
  readonly single?: boolean;
}

export const PLATFORM_KINDS: readonly PlatformKind[] = [
  {
    id: 'claude-code',
    label: 'Claude Code',
    detail: t('Your subscription, through the claude program on this machine'),
    wire: 'claude-code',
    key: 'none',
    keyHint: '',
    single: true,
  },
  {
    id: 'anthropic',
    label: 'Anthropic API',
    detail: t('Claude models, by key'),
    wire: 'anthropic',
    key: 'required',
    keyHint: 'sk-ant-…',
  },
  {
    id: 'openai',
    label: 'OpenAI API',
    detail: t('GPT models, by key'),
    wire: 'responses',
    key: 'required',
    keyHint: 'sk-…',
  },
  {
    id: 'synthetic',
    label: 'Synthetic',
    detail: t('Open models, by subscription or key'),
    wire: 'chat',
    key: 'required',
    keyHint: 'syn_…',
    baseUrl: 'https://api.synthetic.new/openai/v1',
  },
  {
    id: 'openrouter',
    label: 'OpenRouter',
    detail: t('Many hosts behind one key'),
    wire: 'chat',
    key: 'required',
    keyHint: 'sk-or-…',
    baseUrl: 'https://openrouter.ai/api/v1',
  },
  {
    id: 'groq',
    label: 'Groq',
    detail: t('Open models, fast, by key'),
    wire: 'chat',
    key: 'required',
    keyHint: 'gsk_…',
    baseUrl: 'https://api.groq.com/openai/v1',
  },
  {
    id: 'togetherai',
    label: 'Together AI',
    detail: t('Open models, by key'),
    wire: 'chat',
    key: 'required',
    keyHint: '…',
    baseUrl: 'https://api.together.ai/v1',
  },
  {
    id: 'compatible',
    label: t('OpenAI-compatible address…'),
    detail: t('Any host that speaks OpenAI’s Chat Completions'),
    wire: 'chat',
    key: 'optional',
    keyHint: t('leave empty when it needs none'),
    asksUrl: true,
  },
  {
    id: 'ollama',
    label: 'Ollama',
    detail: t('Models on this machine'),
    wire: 'chat',
    key: 'none',
    keyHint: '',
    baseUrl: ollamaAddress(process.env.OLLAMA_HOST),
    local: true,
    single: true,
  },
  {
    id: 'lmstudio',
    label: 'LM Studio',
    detail: t('Models on this machine'),
    wire: 'chat',
    key: 'none',
    keyHint: '',
    baseUrl: 'http://127.0.0.1:1234/v1',
    local: true,
    single: true,
  },
  {
    id: 'vscode',
    label: t('VS Code’s language models'),
    detail: t('Copilot and others that extensions bring; VS Code asks for your consent'),
    wire: 'vscode',
    key: 'none',
    keyHint: '',
    single: true,
  },
];

export function kindOf(id: string): PlatformKind | undefined {
  return PLATFORM_KINDS.find((kind) => kind.id === id);
}
