/** What the activation bench asks of one extension host, and what the host answers. Units: milliseconds, bytes. */

export interface HostPlan {
  /** Ids of extensions, in the order in which they are activated. The first one pays for what VS Code does once. */
  readonly order: readonly string[];
  /** Written when everything has been measured. */
  readonly resultFile: string;
}

export interface HostSample {
  readonly activations: Readonly<Record<string, Activation>>;
  /** What one explanation added to the heap, its panel and its history included. */
  readonly request: RequestCost;
  /** Of the whole extension host at its end; for information. */
  readonly rssBytes: number;
  readonly host: Readonly<Record<string, string>>;
}

export interface RequestCost {
  readonly heapBytes: number;
  /** Of the worker threads that it started, garbage included. */
  readonly workerHeapBytes: number;
  readonly model: string;
}

export interface Activation {
  /** The `require` of the main chunk. */
  readonly loadMs: number;
  /** The call of `activate()`, until what it returned has settled. */
  readonly activateMs: number;
  /** All that VS Code does: the two above, and reading the extension's storage. */
  readonly wholeMs: number;
  /** What all of that has computed, in every thread: less than the time when the machine was busy with other things. */
  readonly cpuMs: number;
  /** Whether a core was free when it began. */
  readonly quiet: boolean;
  readonly heapBytes: number;
}

/** The plan travels in the environment, which every kind of host hands on. */
export const hostPlanVariable = 'SLUICE_BENCH_PLAN';
