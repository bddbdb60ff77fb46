/**
 * The inline chat in the real workbench: from the key to the focus in its input, with a bare comment thread of another
 * extension as the peer, in turns; from Enter to the first word on screen, over the model's own time; and how long a key
 * takes in the code while an answer streams. Units: milliseconds.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExtension } from '../support/buildExtension.ts';
import { startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { answer, chooseOption } from '../support/quickInput.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { meter } from '../support/sluiceViews.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/workbench.ts';
import { startTimedModel, type TimedModel } from './inlineModel.ts';
import { InlinePage } from './inlinePage.ts';
import { type Bench, check, quantile, round } from './report.ts';

const OPENINGS = 12;
const FIRST_WORDS = 10;
const KEYS = 120;
const KEY = 'Alt+I';
const never = new AbortController().signal;

/** Nothing but a comment thread that is opened and closed by a key, and a question whose first word is shown in the code. */
const peerOf = (modelUrl: string) => ({
  manifest: {
    name: 'bare',
    publisher: 'sluice-bench',
    version: '1.0.0',
    engines: { vscode: '^1.104.0' },
    main: './extension.cjs',
    activationEvents: ['onStartupFinished'],
    contributes: {
      commands: [
        { command: 'bare.toggle', title: 'Bare' },
        { command: 'bare.ask', title: 'Bare: Ask' },
      ],
      keybindings: [
        { command: 'bare.toggle', key: 'ctrl+f9' },
        { command: 'bare.ask', key: 'ctrl+f8' },
      ],
    },
  },
  code: `const { commands, comments, window, Range, CommentMode } = require('vscode');
exports.activate = () => {
  const controller = comments.createCommentController('bare', 'Bare');
  let thread;
  commands.registerCommand('bare.toggle', () => {
    if (thread) {
      thread.dispose();
      thread = undefined;
      return commands.executeCommand('workbench.action.focusActiveEditorGroup');
    }
    const { document, selection } = window.activeTextEditor;
    const comment = { body: '', mode: CommentMode.Editing, author: { name: 'You' } };
    thread = controller.createCommentThread(document.uri, new Range(selection.start, selection.end), [comment]);
    thread.canReply = false;
    thread.collapsibleState = 1;
  });
  const hints = window.createTextEditorDecorationType({});
  const body = JSON.stringify({ stream: true, padding: 'x'.repeat(400) });
  commands.registerCommand('bare.ask', async () => {
    const editor = window.activeTextEditor;
    const answer = await fetch('${modelUrl}/v1/messages', { method: 'POST', body });
    for await (const chunk of answer.body) {
      const [word] = /Token\\d+x/.exec(Buffer.from(chunk).toString()) ?? [];
      if (!word) continue;
      const range = new Range(editor.selection.active, editor.selection.active);
      editor.setDecorations(hints, [{ range, renderOptions: { after: { contentText: word } } }]);
    }
  });
};`,
});
const PEER_KEY = 'Control+F9';
const PEER_ASKS = 'Control+F8';

export const inline: Bench = async ({ say }) => {
  await buildExtension(never);
  const model = await startTimedModel();
  const [folder, sample] = await Promise.all([temporaryFolder(), copySample()]);
  try {
    const extensionFolders = [repoRoot, await writePeer(folder.path, peerOf(model.url))];
    const settings = { 'sluice.anthropic.baseUrl': model.url, 'sluice.cache.enabled': false };
    const server = await startCodeServer({ name: 'bench-inline', extensionFolders, settings }, never);
    try {
      const workbench = await Workbench.open(server, { folder: sample.folder, animated: true }, never);
      try {
        return await measure(workbench, model, say);
      } finally {
        await workbench.close();
      }
    } finally {
      await server.stop();
    }
  } finally {
    model.stop();
    await Promise.all([folder.remove(), sample.remove()]);
  }
};

async function writePeer(parent: string, peer: ReturnType<typeof peerOf>): Promise<string> {
  const folder = join(parent, 'bare');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(peer.manifest));
  await writeFile(join(folder, 'extension.cjs'), peer.code);
  return folder;
}

async function measure(workbench: Workbench, model: TimedModel, say: (line: string) => void) {
  await connect(workbench);
  await workbench.openFile('cart.ts');
  await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
  const page = await InlinePage.in(workbench.page);
  say('opening');
  const opening = await openings(page);
  say('first words');
  const overheads = await firstWords(workbench, page, model);
  say('typing');
  const typing = await typingTimes(workbench, page, model);
  const [ours, bare] = [quantile(opening.ours.slice(1), 0.5), quantile(opening.bare.slice(1), 0.5)];
  const [quiet, streaming] = [quantile(typing.quiet, 0.95), quantile(typing.streaming, 0.95)];
  const times = (values: readonly number[]) => ({
    p50: round(quantile(values, 0.5)),
    p95: round(quantile(values, 0.95)),
    n: values.length,
  });
  const legs = (all: readonly Leg[]) => ({
    both: times(all.map(bothOf)),
    send: times(all.map(({ sendMs }) => sendMs)),
    show: times(all.map(({ showMs }) => showMs)),
  });
  const ourWords = quantile(overheads.ours.map(bothOf), 0.5);
  const bareWords = quantile(overheads.bare.map(bothOf), 0.5);
  return {
    results: {
      focusMs: {
        ours: times(opening.ours.slice(1)),
        bare: times(opening.bare.slice(1)),
        first: { ours: opening.ours[0], bare: opening.bare[0] },
      },
      firstWordOverheadMs: { ours: legs(overheads.ours), bare: legs(overheads.bare) },
      keyMs: { quiet: times(typing.quiet), streaming: times(typing.streaming) },
      note: 'a frame of the browser takes 16.7 ms; the first opening loads the chat',
    },
    checks: [
      check('focus in the input, over a bare comment thread, median', ours - bare, '<=', 100, 'ms'),
      check('first word on screen, over the model’s own time, median', ourWords, '<=', 20, 'ms'),
      check('the same, over a bare request and decoration, median', ourWords - bareWords, '<=', 20, 'ms'),
      check('a key in the code while an answer streams, P95 over none', streaming - quiet, '<=', 2, 'ms'),
    ],
  };
}

async function connect(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await meter(workbench);
  await workbench.runCommand('Sluice: Connect a Platform…');
  await chooseOption(page, 'Anthropic API');
  await page.getByPlaceholder('sk-ant-…').waitFor();
  await answer(page, 'any-key');
  await meter(workbench, ({ text }) => !text.includes('simulated'));
}

async function openings(page: InlinePage) {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < OPENINGS; turn += 1) {
    bare.push(await page.focusAfter(PEER_KEY));
    await page.goneAfter(PEER_KEY);
    ours.push(await page.focusAfter(KEY));
    await page.goneAfter('Escape');
  }
  return { ours, bare };
}

/** From Enter to the model, and from its first word to the screen. */
interface Leg {
  readonly sendMs: number;
  readonly showMs: number;
}

const bothOf = ({ sendMs, showMs }: Leg) => sendMs + showMs;

/** What Sluice and VS Code add on the way there and back, and what VS Code and HTTP add alone. */
async function firstWords(workbench: Workbench, page: InlinePage, model: TimedModel) {
  const [ours, bare]: [Leg[], Leg[]] = [[], []];
  const legOf = async (press: string): Promise<Leg> => {
    const before = model.answers.length;
    const { key, at } = await page.wordsAfter(press, `Token${before + 1}x`);
    const sent = model.answers[before];
    if (sent === undefined) throw new Error('The model was not asked.');
    return { sendMs: sent.askedMs - key, showMs: at - sent.firstMs };
  };

  for (let turn = 0; turn < FIRST_WORDS; turn += 1) {
    await workbench.placeCursor(19);
    bare.push(await legOf(PEER_ASKS));
    await page.focusAfter(KEY);
    await workbench.page.keyboard.type(`question ${turn}?`, { delay: 20 });
    ours.push(await legOf('Enter'));
    await workbench.page.waitForFunction(
      'document.querySelector(".review-widget .comment-actions .codicon-copy") != null',
    );
    await page.goneAfter('Escape');
  }
  return { ours, bare };
}

async function typingTimes(workbench: Workbench, page: InlinePage, model: TimedModel) {
  const keys = async () => {
    const times: number[] = [];
    for (let count = 0; count < KEYS; count += 1) times.push(await page.keyLatency('x'));
    return times;
  };
  await workbench.placeCursor(19);
  await keys();
  const quiet = await keys();
  await page.focusAfter(KEY);
  model.pace = { words: 2_000, everyMs: 20 };
  await workbench.page.keyboard.type('tell me all of it', { delay: 20 });
  await page.wordsAfter('Enter', `Token${model.answers.length + 1}x`);
  await workbench.placeCursor(19);
  const streaming = await keys();
  return { quiet, streaming };
}
