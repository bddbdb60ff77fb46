/** Earlier prompts of this workspace, for the arrow keys. Bounded; kept in the workspace's state, never in settings. */
import type * as vscode from 'vscode';

const KEY = 'sluice.inlineChatPrompts';
const MOST = 50;
/** A longer one is code that was pasted: not worth keeping. */
const MOST_CHARS = 2_000;

export class PromptHistory {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Newest first. */
  get prompts(): readonly string[] {
    const kept = this.#state.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter((prompt) => typeof prompt === 'string') : [];
  }

  add(prompt: string): void {
    if (prompt.trim() === '' || prompt.length > MOST_CHARS) return;
    const others = this.prompts.filter((other) => other !== prompt);
    void this.#state.update(KEY, [prompt, ...others].slice(0, MOST));
  }
}

/** One walk through the prompts: `draft` is what was typed before it began. */
export class PromptWalk {
  readonly #prompts: readonly string[];
  readonly #draft: string;
  #at = -1;

  constructor(prompts: readonly string[], draft: string) {
    this.#prompts = prompts.filter((prompt) => prompt !== draft);
    this.#draft = draft;
  }

  get text(): string {
    return this.#prompts[this.#at] ?? this.#draft;
  }

  earlier(): string {
    this.#at = Math.min(this.#at + 1, this.#prompts.length - 1);
    return this.text;
  }

  later(): string {
    this.#at = Math.max(this.#at - 1, -1);
    return this.text;
  }
}
