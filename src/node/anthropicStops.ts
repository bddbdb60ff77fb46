/** Why Anthropic's Messages stopped, in the words of the core; Claude Code's events carry the same reasons. */
import type { StopReason } from '../flow/transport.ts';

const STOPS: Readonly<Record<string, StopReason>> = {
  end_turn: 'complete',
  stop_sequence: 'complete',
  tool_use: 'tool-use',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refused',
};

export function anthropicStop(reason: string): StopReason {
  return STOPS[reason] ?? 'other';
}
