/** A model behind a loopback socket that notes when it was asked and when it began to answer. Units: epoch milliseconds. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface TimedAnswer {
  readonly askedMs: number;
  readonly firstMs: number;
}

export interface TimedModel {
  readonly url: string;
  /** Of the requests that were streamed, oldest first. */
  readonly answers: readonly TimedAnswer[];
  /** How the next answers are streamed. */
  pace: { readonly words: number; readonly everyMs: number };
  readonly stop: () => void;
}

const MODEL = 'claude-haiku-5-5';
/** What a model takes for its first word. */
const FIRST_MS = 300;
const now = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function startTimedModel(): Promise<TimedModel> {
  const answers: TimedAnswer[] = [];
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  const model = { answers, url: '', pace: { words: 20, everyMs: 20 }, stop };
  const server = createServer((request, response) => void serve(request, response, model, answers));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  model.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return model;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { pace }: TimedModel,
  answers: TimedAnswer[],
): Promise<void> {
  const askedMs = now();
  if (request.method === 'GET')
    return sendJson(response, { data: [{ id: MODEL, type: 'model' }], has_more: false });
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.url?.includes('count_tokens')) return sendJson(response, { input_tokens: 100 });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (type: string, rest: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);
  const usage = { input_tokens: 100, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: MODEL, content: [], usage };
  send('message_start', { message: { ...message, stop_reason: null, stop_sequence: null } });
  send('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const short = !body.includes('"stream":true') || body.length < 400;
  if (!short) await pause(FIRST_MS);
  const say = (text: string) =>
    send('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
  const number = answers.length + 1;
  if (!short) answers.push({ askedMs, firstMs: now() });
  say(`Token${number}x `);
  for (let word = 1; word < pace.words && !response.destroyed; word += 1) {
    if (pace.everyMs > 0) await pause(pace.everyMs);
    say(word % 12 === 0 ? 'word.\n\n' : `word${word} `);
  }
  send('content_block_stop', { index: 0 });
  send('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: pace.words },
  });
  send('message_stop', {});
  response.end();
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
