/** `@sluice` in the Chat view; what it does is loaded with the first question. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { once } from '../base/once.ts';
import type { ParticipantDeps } from './participantChat.ts';

/** As in `contributes.chatParticipants`. */
export const PARTICIPANT = 'sluice.chat';

export function registerParticipant(deps: ParticipantDeps, extension: vscode.Uri): Disposable {
  const bag = new DisposableBag();
  const chat = once(async () => {
    const { ParticipantChat } = await import('./participantChat.ts');
    return new ParticipantChat(deps);
  });
  const participant = bag.add(
    vscode.chat.createChatParticipant(PARTICIPANT, async (request, context, stream, token) =>
      (await chat()).answer({ request, context, stream, token }),
    ),
  );
  participant.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
  participant.followupProvider = { provideFollowups: async (result) => (await chat()).followups(result) };
  bag.add(participant.onDidReceiveFeedback(async (feedback) => (await chat()).found(feedback)));
  return bag;
}
