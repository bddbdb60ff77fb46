/** What the simulated platform's two OpenAI protocols share. */
import type { SimulatedLimits } from './simulatedLimits.ts';
import type { Failure } from './simulatedWire.ts';

/** OpenAI's names for what Anthropic calls otherwise. */
const NAMES: Readonly<Record<string, { readonly type: string; readonly code: string | null }>> = {
  authentication_error: { type: 'invalid_request_error', code: 'invalid_api_key' },
  not_found_error: { type: 'invalid_request_error', code: 'model_not_found' },
  rate_limit_error: { type: 'tokens', code: 'rate_limit_exceeded' },
  overloaded_error: { type: 'server_error', code: 'server_is_overloaded' },
  api_error: { type: 'server_error', code: 'server_error' },
  context_error: { type: 'invalid_request_error', code: 'context_length_exceeded' },
};

export function openaiFailure({ type, code, message }: Failure) {
  const named = NAMES[type] ?? { type, code: null };
  return { error: { message, type: named.type, code: code ?? named.code, param: null } };
}

export function openaiHeaders(requestId: string, limits: SimulatedLimits): Record<string, string> {
  return { 'x-request-id': requestId, ...limits.openaiHeaders() };
}
