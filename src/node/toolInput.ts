/** What a model wrote as the input of a tool. */
import { isRecord } from '../base/unknown.ts';

/** `undefined` when it is no JSON object; nothing written means no arguments. */
export function parseToolInput(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const input: unknown = JSON.parse(json.trim() === '' ? '{}' : json);
    return isRecord(input) ? input : undefined;
  } catch {
    return undefined;
  }
}
