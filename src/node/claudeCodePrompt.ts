/** One request as the content of one user message: the program takes no other roles, and no system prompt a turn. */
import type { ModelCall } from '../flow/transport.ts';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

/**
 * Only the last block is searched for slash commands and `@path` mentions, whatever the environment says: it is
 * always ours, so nothing in anyone's code is taken for a command.
 */
const CLOSING = 'Answer the request above as its instructions say.';

export function claudePrompt({ system, messages }: Pick<ModelCall, 'system' | 'messages'>): TextBlock[] {
  const earlier = messages.slice(0, -1);
  const parts = [
    ...(system === '' ? [] : [`<instructions>\n${system}\n</instructions>`]),
    ...(earlier.length === 0 ? [] : [`<conversation>\n${earlier.map(turn).join('\n')}\n</conversation>`]),
    messages.at(-1)?.text ?? '',
  ];
  return [
    { type: 'text', text: parts.join('\n\n') },
    { type: 'text', text: CLOSING },
  ];
}

function turn({ role, text }: ModelCall['messages'][number]): string {
  return `<${role}>\n${text}\n</${role}>`;
}
