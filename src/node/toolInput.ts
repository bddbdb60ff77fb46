/** What a model wrote as the input of a tool. */

/** `undefined` when it is no JSON object; nothing written means no arguments. */
export function parseToolInput(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const input: unknown = JSON.parse(json.trim() === '' ? '{}' : json);
    return isRecord(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
