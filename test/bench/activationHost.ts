/** Runs inside the extension host: activates one extension after the other, asks Sluice once, notes time and memory. */
import { writeFileSync } from 'node:fs';
import Module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { type Activation, type HostPlan, type HostSample, hostPlanVariable } from './activationPlan.ts';
import { quietMoment } from './quiet.ts';

/** Long enough for what an activation has put off to be over. */
const settleMs = 500;
/** A machine that is never quiet is measured as it is, and the sample says so. */
const quietWithinMs = 15_000;
/** A first count takes 0.2 s; without one there is no worker to measure. */
const tokenizerMs = 10_000;
const CODE = Array.from(
  { length: 40 },
  (_, line) => `export function total${line}(prices: number[]) {\n  return prices.length * ${line};\n}\n`,
).join('\n');

export async function run(): Promise<void> {
  const plan: HostPlan = JSON.parse(process.env[hostPlanVariable] ?? '');
  const tokenizers = watchTokenizers();
  const editor = await openCode();
  const activations: Record<string, Activation> = {};
  for (const id of plan.order) activations[id] = await activation(id);
  const request = await firstRequest(editor, tokenizers);
  const { rss } = process.memoryUsage();
  const sample: HostSample = { activations, request, rssBytes: rss, host: hostFacts() };
  writeFileSync(plan.resultFile, JSON.stringify(sample));
}

/** Before anything is measured, so that the document and its editor count for nobody. */
async function openCode(): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content: CODE, language: 'typescript' });
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  editor.selection = new vscode.Selection(0, 0, document.lineCount - 1, 0);
  await pause(settleMs);
  return editor;
}

async function activation(id: string): Promise<Activation> {
  const extension = vscode.extensions.getExtension(id);
  if (extension === undefined) throw new Error(`${id} is not among the extensions.`);
  if (extension.isActive) throw new Error(`${id} was active before it was measured.`);
  const before = await settledHeap();
  const quiet = await quietMoment(quietWithinMs);
  const watched = watchLoading(extension.extensionPath);
  const [startedMs, usage] = [performance.now(), process.cpuUsage()];
  await extension.activate();
  const wholeMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(usage);
  const { loadMs, activateMs } = watched.end();
  const heapBytes = (await settledHeap()) - before;
  return { loadMs, activateMs, wholeMs, cpuMs: (user + system) / 1_000, quiet, heapBytes };
}

type Exports = Record<string, unknown> & { activate(context: vscode.ExtensionContext): unknown };
type Load = (request: string, ...rest: unknown[]) => unknown;

/** Times what VS Code times for its list of running extensions, which shows whole milliseconds only. */
function watchLoading(folder: string) {
  const times = { loadMs: Number.NaN, activateMs: Number.NaN };
  const load: Load = Reflect.get(Module, '_load');
  const timedLoad: Load = (request, ...rest) => {
    if (!request.startsWith(folder)) return load.call(Module, request, ...rest);
    const startedMs = performance.now();
    const loaded = load.call(Module, request, ...rest) as Exports;
    times.loadMs = performance.now() - startedMs;
    const activate = async (context: vscode.ExtensionContext) => {
      const calledMs = performance.now();
      const api = await loaded.activate(context);
      times.activateMs = performance.now() - calledMs;
      return api;
    };
    return { ...loaded, activate };
  };
  Reflect.set(Module, '_load', timedLoad);
  const end = () => {
    Reflect.set(Module, '_load', load);
    return times;
  };
  return { end };
}

async function firstRequest(
  editor: vscode.TextEditor,
  tokenizers: Tokenizers,
): Promise<HostSample['request']> {
  await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
  const before = await settledHeap();
  const receipt = await vscode.commands.executeCommand<{ model: string; stop: string } | undefined>(
    'sluice.explainSelection',
  );
  if (receipt?.stop !== 'complete') throw new Error(`The request ended as ${receipt?.stop ?? 'nothing'}.`);
  await Promise.race([tokenizers.counted, pause(tokenizerMs)]);
  const heapBytes = (await settledHeap()) - before;
  return { heapBytes, workerHeapBytes: await heapOf(tokenizers.workers), model: receipt.model };
}

/** Sluice counts tokens in a worker after the answer; its heap is a part of the price. */
interface Tokenizers {
  readonly workers: readonly Worker[];
  readonly counted: Promise<unknown>;
}

function watchTokenizers(): Tokenizers {
  const workers: Worker[] = [];
  const counted = new Promise((resolve) => {
    process.on('worker', (worker) => {
      workers.push(worker);
      worker.once('message', resolve);
    });
  });
  return { workers, counted };
}

async function heapOf(workers: readonly Worker[]): Promise<number> {
  const heaps = await Promise.all(workers.map((worker) => worker.getHeapStatistics()));
  return heaps.reduce((sum, { used_heap_size }) => sum + used_heap_size, 0);
}

/** After a pause and as many collections as weak references and finalizers need. */
async function settledHeap(): Promise<number> {
  await pause(settleMs);
  setFlagsFromString('--expose_gc');
  const collect: () => void = runInNewContext('gc');
  for (let pass = 0; pass < 4; pass++) {
    collect();
    await pause(0);
  }
  return process.memoryUsage().heapUsed;
}

function hostFacts(): Record<string, string> {
  const compileCache = Module.getCompileCacheDir() ?? 'none';
  return { vscode: vscode.version, node: process.version, app: vscode.env.appName, compileCache };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
