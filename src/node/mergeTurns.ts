/** Talks of other programs, made regular: the protocols want a user's and an assistant's message in turn. */
import type { ChatMessage } from '../flow/transport.ts';

/** `through`: how many of the original messages end here. */
export type MergedMessage = ChatMessage & { readonly through: number };

/** Two messages of the same side in a row are one, so that all results stand in the message after their calls. */
export function mergeTurns(messages: readonly ChatMessage[]): MergedMessage[] {
  const merged: MergedMessage[] = [];
  for (const [index, message] of messages.entries()) {
    const before = merged.at(-1);
    const through = index + 1;
    if (before?.parts === undefined || message.parts === undefined || before.role !== message.role) {
      merged.push({ ...message, through });
    } else {
      merged[merged.length - 1] = { ...before, parts: [...before.parts, ...message.parts], through };
    }
  }
  return merged;
}
