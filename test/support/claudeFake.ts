/**
 * Stands in for `claude`: speaks its stream of JSON as 2.1.329 does, and misbehaves when the request says so in double
 * brackets, such as [[hang]]. What it is started with is in its environment. Its answer tells what it was asked.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const {
  FAKE_START: start = '',
  FAKE_LOGGED_IN: loggedIn = 'true',
  FAKE_KEY: keySource = 'none',
} = process.env;
const args = process.argv.slice(2);

let model = 'unset';
let earlier = 0;
let running = false;

function say(message: unknown): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

function event(inner: unknown): void {
  say({ type: 'stream_event', event: inner, parent_tool_use_id: null });
}

function reply(id: string, body: unknown): void {
  say({ type: 'control_response', response: { subtype: 'success', request_id: id, response: body } });
}

function result(fields: object = {}): void {
  running = false;
  say({ type: 'result', subtype: 'success', is_error: false, result: '', ...fields });
}

function failure(fields: object, text: string): void {
  const message = { model: '<synthetic>', stop_reason: 'stop_sequence', content: [{ type: 'text', text }] };
  say({ type: 'assistant', message, is_api_error_message: true, ...fields });
  result({ is_error: true, result: text });
}

function clear(): void {
  if (start === 'exit') process.exit(7);
  if (start === 'hang') return;
  if (start === 'garbage') for (let line = 0; line < 200; line++) writeSync(1, 'no JSON here\n');
  if (start !== 'no-reset') say({ type: 'conversation_reset', new_conversation_id: 'x', trigger: 'clear' });
  earlier = 0;
  result();
}

function begin(): void {
  event({ type: 'message_start', message: { model, usage: { input_tokens: 10, output_tokens: 1 } } });
}

function text(words: string): void {
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } });
}

function stop(reason: string | null): void {
  event({
    type: 'message_delta',
    delta: { stop_reason: reason },
    usage: { input_tokens: 10, output_tokens: 20 },
  });
  event({ type: 'message_stop' });
}

function limits(status: string, utilization: number): void {
  const resetsAt = Math.floor(Date.now() / 1000) + 3_600;
  const unifiedWindows = {
    five_hour: { utilization, resetsAt, status },
    seven_day: { utilization: 0.125, resetsAt: resetsAt + 86_400, status: 'allowed' },
  };
  say({
    type: 'rate_limit_event',
    rate_limit_info: { status, resetsAt, rateLimitType: 'five_hour', unifiedWindows },
  });
}

function answer(prompt: string): void {
  begin();
  text(JSON.stringify({ model, earlier, prompt, cwd: process.cwd(), args }));
  stop('end_turn');
}

const TRICKS: Readonly<Record<string, (prompt: string) => void>> = {
  hang: () => undefined,
  'hang-after-text': () => {
    begin();
    text('half');
  },
  deaf: () => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
    setInterval(() => undefined, 1_000);
    begin();
    text(String(process.pid));
  },
  exit: () => process.exit(3),
  'exit-after-text': () => {
    begin();
    text('half');
    process.exit(3);
  },
  garbage: (prompt) => {
    for (const line of ['{"type":', 'warning: something', '', '42', '{"type":7}', 'null']) {
      writeSync(1, `${line}\n`);
    }
    answer(prompt);
    result();
  },
  flood: () => {
    for (let line = 0; line < 500; line++) writeSync(1, '<html>\n');
  },
  'two-results': (prompt) => {
    answer(prompt);
    result();
    result();
  },
  strange: (prompt) => {
    say({ type: 'sparkle' });
    event({ type: 'glitter', index: 1 });
    say({ type: 'system', subtype: 'thinking_tokens' });
    answer(prompt);
    result();
  },
  'no-stop': () => {
    begin();
    text('half');
    event({ type: 'message_stop' });
  },
  again: () => {
    begin();
    text('half');
    begin();
  },
  length: () => {
    begin();
    text('half');
    stop('max_tokens');
    // As the program does, it goes on by itself.
    begin();
    text('more');
  },
  refusal: () => {
    begin();
    text('I will not.');
    stop('refusal');
    result({ is_error: true });
  },
  empty: () => result(),
  retry: () => {
    say({ type: 'system', subtype: 'api_retry', attempt: 1, retry_delay_ms: 7_000, error_status: 429 });
  },
  'no-login': () => failure({ error: 'authentication_failed' }, 'Not logged in · Please run /login'),
  'used-up': () => {
    limits('rejected', 1);
    failure(
      { error: 'rate_limit', api_error_status: 429, api_error: 'usage_limit_reached' },
      "You've hit your 5-hour limit",
    );
  },
  limits: (prompt) => {
    answer(prompt);
    limits('allowed_warning', 0.91);
    result();
  },
};

function ask(prompt: string): void {
  running = true;
  say({ type: 'system', subtype: 'init', apiKeySource: keySource, model });
  const trick = /\[\[([\w-]+)\]\]/.exec(prompt)?.[1];
  const play = TRICKS[trick ?? ''];
  if (play !== undefined) play(prompt);
  else {
    answer(prompt);
    result();
  }
  earlier++;
}

const CONTROLS: Readonly<Record<string, (id: string, request: ControlRequest) => void>> = {
  apply_flag_settings: (id, { settings }) => {
    model = settings?.model ?? model;
    reply(id, undefined);
  },
  interrupt: (id) => {
    reply(id, {});
    if (running) result({ subtype: 'error_during_execution', is_error: true });
  },
  initialize: (id) => {
    reply(id, { models: [{ value: 'default', resolvedModel: 'big' }, { value: 'small' }] });
  },
  get_usage: (id) => {
    const five_hour = { utilization: 37.5, resets_at: '2026-11-21T18:00:00Z' };
    reply(id, { rate_limits: { five_hour, seven_day: { utilization: null, resets_at: null } } });
  },
};

interface ControlRequest {
  readonly subtype: string;
  readonly settings?: { readonly model?: string };
}

function read(line: string): void {
  const message = JSON.parse(line);
  if (message.type === 'control_request')
    CONTROLS[message.request.subtype]?.(message.request_id, message.request);
  else if (message.message.content === '/clear') clear();
  else ask(message.message.content.map((block: { text: string }) => block.text).join('\n'));
}

if (args[0] === '--version') process.stdout.write(`${process.env.FAKE_VERSION ?? '2.1.329 (Claude Code)'}\n`);
else if (args[0] === 'auth') process.stdout.write(`{ "loggedIn": ${loggedIn} }\n`);
else createInterface({ input: process.stdin }).on('line', read);
