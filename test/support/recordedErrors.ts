/** Failures of the platforms as they come over HTTP, and the code that each must become. */
import type { ErrorCode } from '../../src/base/errors.ts';
import type { WireName } from './simulatedTrial.ts';

/** Shapes of bodies as the platforms' references show them, and as compatible hosts were seen to send them. */
export const RECORDED: readonly {
  readonly wire: WireName;
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly code: ErrorCode;
  readonly facts?: Readonly<Record<string, unknown>>;
}[] = [
  {
    wire: 'messages',
    name: 'Anthropic, prompt too long',
    status: 400,
    body: anthropic('invalid_request_error', 'prompt is too long: 213342 tokens > 200000 maximum'),
    code: 'context-too-long',
    facts: { tokens: 213_342, limitTokens: 200_000 },
  },
  {
    wire: 'messages',
    name: 'Anthropic, prompt and answer together too long',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease either',
    ),
    code: 'context-too-long',
    facts: { tokens: 190_000, limitTokens: 200_000 },
  },
  {
    wire: 'messages',
    name: 'Anthropic, no credit',
    status: 400,
    body: anthropic('invalid_request_error', 'Your credit balance is too low to access the API.'),
    code: 'billing',
  },
  {
    wire: 'messages',
    name: 'Anthropic, own spend limit',
    status: 429,
    body: anthropic('rate_limit_error', 'Limit.', { error_code: 'enforced_spend_limit_reached' }),
    code: 'billing',
  },
  {
    wire: 'messages',
    name: 'Anthropic, ramping up too fast',
    status: 429,
    body: anthropic('rate_limit_error', 'Slower.', { error_code: 'ramp_limit_exceeded' }),
    code: 'rate-limited',
  },
  {
    wire: 'messages',
    name: 'Anthropic, wrong key',
    status: 401,
    body: anthropic('authentication_error', 'invalid x-api-key'),
    code: 'invalid-key',
  },
  {
    wire: 'messages',
    name: 'Anthropic, login expired',
    status: 401,
    body: anthropic('authentication_error', 'OAuth token has expired. Please obtain a new token.'),
    code: 'invalid-key',
    facts: { why: 'expired' },
  },
  {
    wire: 'messages',
    name: 'Anthropic, key switched off',
    status: 401,
    body: anthropic('authentication_error', 'This API key has been disabled.'),
    code: 'invalid-key',
    facts: { why: 'revoked' },
  },
  {
    wire: 'messages',
    name: 'Anthropic, key without permission',
    status: 403,
    body: anthropic('permission_error', 'Your API key does not have permission to use this resource.'),
    code: 'invalid-key',
    facts: { why: 'not-allowed' },
  },
  {
    wire: 'chat',
    name: 'Google in the words of its compatible address, key expired',
    status: 400,
    body: {
      error: { code: 400, message: 'API key expired. Please renew the API key.', status: 'INVALID_ARGUMENT' },
    },
    code: 'invalid-key',
    facts: { why: 'expired' },
  },
  {
    wire: 'chat',
    name: 'OpenAI, account switched off',
    status: 401,
    body: openai('invalid_request_error', 'account_deactivated', 'Your account was closed.'),
    code: 'invalid-key',
    facts: { why: 'revoked' },
  },
  {
    wire: 'messages',
    name: 'Anthropic, a model that has gone',
    status: 404,
    body: anthropic('not_found_error', 'model: claude-opus-2'),
    code: 'model-not-found',
  },
  {
    wire: 'responses',
    name: 'OpenAI, a model that has gone',
    status: 404,
    body: openai('invalid_request_error', 'model_not_found', 'The model `gpt-3` has been deprecated.'),
    code: 'model-not-found',
  },
  {
    wire: 'chat',
    name: 'a compatible host, a model that has gone, as a bad request',
    status: 400,
    body: openai('invalid_request_error', 'model_decommissioned', 'It is no longer supported.'),
    code: 'model-not-found',
  },
  {
    wire: 'chat',
    name: 'OpenAI, context length exceeded',
    status: 400,
    body: openai(
      'invalid_request_error',
      'context_length_exceeded',
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 10045 tokens.",
    ),
    code: 'context-too-long',
    facts: { tokens: 10_045, limitTokens: 8_192 },
  },
  {
    wire: 'responses',
    name: 'OpenAI, input over the configured limit',
    status: 400,
    body: openai(
      'invalid_request_error',
      'context_length_exceeded',
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.',
    ),
    code: 'context-too-long',
    facts: { tokens: 300_000, limitTokens: 272_000 },
  },
  {
    wire: 'responses',
    name: 'OpenAI, quota used up',
    status: 429,
    body: openai('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'),
    code: 'billing',
  },
  {
    wire: 'responses',
    name: 'OpenAI, wrong key',
    status: 401,
    body: openai('invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: sk-ab***yz.'),
    code: 'invalid-key',
  },
  {
    wire: 'responses',
    name: 'OpenAI, parameter not supported',
    status: 400,
    body: {
      error: {
        ...openai('invalid_request_error', 'unsupported_parameter', 'No.').error,
        param: 'max_tokens',
      },
    },
    code: 'bad-request',
    facts: { detail: 'status 400 invalid_request_error unsupported_parameter max_tokens' },
  },
  {
    wire: 'responses',
    name: 'OpenAI, refused by its policy',
    status: 400,
    body: openai('invalid_request_error', 'content_policy_violation', 'No.'),
    code: 'refused',
  },
  {
    wire: 'chat',
    name: 'a compatible host, model unknown in words',
    status: 400,
    body: { error: { message: 'foo/bar is not a valid model ID', code: 400 } },
    code: 'model-not-found',
  },
  {
    wire: 'chat',
    name: 'a compatible host, no credit',
    status: 402,
    body: { error: { message: 'Insufficient credits', code: 402 } },
    code: 'billing',
  },
  {
    wire: 'chat',
    name: 'a compatible host, error as a bare string',
    status: 400,
    body: { error: 'something about the prompt' },
    code: 'bad-request',
    facts: { detail: 'status 400' },
  },
  {
    wire: 'chat',
    name: 'a compatible host, error as a list',
    status: 500,
    body: ['boom'],
    code: 'server-error',
  },
  { wire: 'chat', name: 'a compatible host, error as nothing', status: 503, body: null, code: 'overloaded' },
  { wire: 'messages', name: 'unprocessable', status: 422, body: { detail: [] }, code: 'bad-request' },
];

export function anthropic(type: string, message: string, details?: unknown) {
  return {
    type: 'error',
    error: { type, message, ...(details === undefined ? {} : { details }) },
    request_id: 'req_1',
  };
}

function openai(type: string, code: string, message: string) {
  return { error: { message, type, code, param: null } };
}
