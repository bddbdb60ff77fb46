/**
 * When the simulated platform asks for a tool, by a plain rule: the tool that the last message names, or the first one
 * when a call is forced; once a tool has answered, that answer is told. The same request gives the same call.
 */
import { typedIn } from '../flow/conversation.ts';
import type { Fault } from './simulatedScript.ts';
import type { SimulatedCall, SimulatedRequest, SimulatedTool } from './simulatedWire.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Everything that counts as input. */
export function textsOf({ system, messages, tools }: SimulatedRequest): string[] {
  const said = messages.flatMap(({ text, result = '' }) => [text, result]);
  return [system, ...said, ...tools.map((tool) => JSON.stringify(tool))];
}

export function scriptedCall({ name, input }: Fault & { readonly kind: 'call-tool' }): SimulatedCall {
  return { id: `call_${name}`, name, input };
}

export function simulatedCall(
  { tools, forced, messages }: SimulatedRequest,
  seed: number,
): SimulatedCall | undefined {
  const last = messages.at(-1);
  if (last === undefined || last.result !== undefined) return undefined;
  const asked = typedIn(last.text);
  const tool = tools.find(({ name }) => names(asked, name)) ?? (forced ? tools[0] : undefined);
  if (tool === undefined) return undefined;
  return { id: `call_${seed}_${messages.length}`, name: tool.name, input: inputFor(tool, asked) };
}

/** As a word of its own: `#read_file`, `read_file`. */
function names(text: string, tool: string): boolean {
  return text.split(/[^\w-]+/).includes(tool);
}

/** Every property that the schema requires, with a value of its type; of texts the last message. */
function inputFor({ schema }: SimulatedTool, text: string): Readonly<Record<string, unknown>> {
  const properties = record(schema.properties);
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(properties).filter((name) => required.includes(name));
  return Object.fromEntries(names.map((name) => [name, valueFor(record(properties[name]), text)]));
}

function valueFor({ type, enum: choices }: Schema, text: string): unknown {
  if (Array.isArray(choices)) return choices[0];
  if (type === 'number' || type === 'integer') return 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [];
  return type === 'object' ? {} : text.slice(0, 200);
}

function record(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}
