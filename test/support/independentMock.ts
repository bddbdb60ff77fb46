/** Somebody else's server of the three protocols (@copilotkit/aimock, MIT), on a port of its own on loopback. */
import { LLMock } from '@copilotkit/aimock';

export const MOCK_KEY = 'mock-key-1';
/** What it is asked for and what it then says; it matches on the last message of the person. */
export const GREETING = { asked: 'greet', text: 'Hello from somebody else, in several pieces.' };
export const MOCK_MODEL = 'mock-model-2026-11-20';
export const MOCK_USAGE = { input: 31, output: 12 };

/** Pieces of so many characters. */
const PIECE = 6;

/** It knows one key, and answers only what it was told about. */
export async function startIndependentMock(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', auth: { apiKeys: [MOCK_KEY] }, chunkSize: PIECE });
  const { input, output } = MOCK_USAGE;
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
  };
  mock.onMessage(GREETING.asked, { content: GREETING.text, model: MOCK_MODEL, usage });
  await mock.start();
  return mock;
}
